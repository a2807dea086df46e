"""An invest account with a pie in it, and records put together by hand: one household's, in book 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.desk import NewAccount
from engine.invest.market import CRYPTO_SCALE, UNIT_SCALE, OrderState, Side
from engine.invest.orderrecords import Intent, IntentKind, KeptQuotes, OrderRow, PartRow, Phase, WindowRow
from engine.invest.records import LotMove, MoveKind, NewSecurity, PieVersion, SeenFacts, SliceRow
from ledger.accounts import Kind
from ledger.seal import asset_number
from store.books import Work
from tests.store.households import DAY, LIMIT, NOW, USD, Home, numbers

VTI, BND, BTC = (asset_number(symbol) for symbol in ("VTI", "BND", "BTC"))
TERMS: dict[str, int | str] = {
    "auto": 1,
    "minimum_cash": 5_00,
    "threshold": 25_00,
    "mode": 1,
    "leave_cash": 0,
    "absolute_bp": 500,
    "relative_bp": -1,
    "on_bands": 1,
    "every": 2,
    "cooldown_days": 30,
    "lot_order": 3,
    "slots": 3,
    "dividends": 1,
    "short_bp": 3200,
    "long_bp": 1500,
    "broker": "paper",
}


@dataclass(frozen=True)
class Invested:
    """Two invest accounts of a household, each with a pie: slices 1 and 2 of VTI, 3 of BND."""

    home: Home
    customer: int
    growth: int
    income: int

    @property
    def accounts(self) -> tuple[int, int]:
        """Both accounts."""
        return self.growth, self.income


def slice_row(customer: int, account: int, number: int, **changed: Any) -> SliceRow:
    """Slice 1 is core/VTI, 2 VTI, 3 BND."""
    asset, path = {1: (VTI, "core/VTI"), 2: (VTI, "VTI"), 3: (BND, "BND")}[number]
    given = {"asset": asset, "place": number, "weight": number * 1000, "state": 0, "path": path}
    return SliceRow(account=account, slice=number, customer=customer, **{**given, **changed})


def version(customer: int, account: int, number: int = 1) -> PieVersion:
    """A version of a pie."""
    return PieVersion(account, customer, number, 1, DAY, NOW, f'{{"pie":{number}}}', '{"every":"quarter"}')


def open_invest(work: Work, customer: int, home: Home) -> Invested:
    """Open both accounts and give them pies."""
    work.know_assets([NewSecurity("VTI", UNIT_SCALE), NewSecurity("BND", UNIT_SCALE), NewSecurity("BTC", CRYPTO_SCALE)])
    new = [
        NewAccount(customer, f"invest.{name}", name.title(), Kind.INVEST, USD, 0, LIMIT, 0)
        for name in ("growth", "income")
    ]
    made = Invested(home, customer, *work.open_accounts(new, DAY, NOW).tolist())
    for account in made.accounts:
        slices = [slice_row(customer, account, number) for number in (1, 2, 3)]
        work.keep_pie(version(customer, account), TERMS, slices)
    return made


def invested(home: Home) -> Invested:
    """The same in a transaction of its own, for the first household."""
    with home.books.lock(1) as work:
        return open_invest(work, home.customers[0], home)


def bought(made: Invested, lot: int, units: int, cost: int, **changed: Any) -> LotMove:
    """A buy of VTI into slice 1 of the growth account; a negative number is a sale."""
    kind = MoveKind.BUY if units > 0 else MoveKind.SELL
    given = {"account": made.growth, "slice": 1, "asset": VTI, "kind": kind, "day": DAY, "held_from": DAY - 3}
    return LotMove(lot=lot, customer=made.customer, units=units, cost=cost, **{**given, **changed})


def intent(made: Invested, key: str, **changed: Any) -> Intent:
    """An order to sell two lots of VTI."""
    given = {"kind": IntentKind.SELL, "path": "core/VTI", "amount": 100_00, "lots": ((7, 10**9), (8, 5))}
    return Intent(
        intent=0, customer=made.customer, account=made.growth, made=NOW, key=key, slot_wanted=2, **{**given, **changed}
    )


def window(slot: int = 1, day: int = DAY, **changed: Any) -> WindowRow:
    """A window just planned."""
    given = {"phase": Phase.PLANNED, "snapshot": "s1", "opens": NOW, "ends": NOW + 1, "started": NOW, "finished": 0}
    return WindowRow(day=day, slot=slot, **{**given, "fence": 1, **changed})


def order(client_id: str, side: Side = Side.BUY, **changed: Any) -> OrderRow:
    """A block of VTI, not sent."""
    sells = side == Side.SELL
    given = {"day": DAY, "slot": 1, "attempt": 1, "broker_account": "paper", "asset": VTI, "symbol": "VTI"}
    given |= {"units": 10**9 if sells else 0, "amount": 0 if sells else 50_00, "state": OrderState.NEW}
    return OrderRow(client_id=client_id, side=side, **{**given, **changed})


def order_part(made: Invested, client_id: str, **changed: Any) -> PartRow:
    """The growth account's part of a block."""
    given = {"slice": 1, "purpose": "deposit", "intent": 0, "units": 0, "amount": 50_00, "lots": ()}
    return PartRow(client_id=client_id, account=made.growth, customer=made.customer, **{**given, **changed})


def everything(made: Invested, work: Work) -> None:
    """A row in every table of pies and windows."""
    (lot,) = work.new_lots(1).tolist()
    work.keep_moves([bought(made, lot, 10**9, 50_00)], 1)
    work.keep_intent(intent(made, "k"))
    work.keep_window(window())
    work.keep_orders([order("o1")], [order_part(made, "o1")])
    work.keep_quotes(KeptQuotes("s1", NOW, "paper", {VTI: 250_000_000}, {BND: "stale"}))
    work.set_settlements([(made.growth, DAY, 10_00)])
    work.set_earmarks([(made.growth, "core", 5_00)])
    work.keep_actions(["split-1"], DAY)
    work.keep_seen(DAY, SeenFacts(*(numbers(value) for value in (made.customer, made.growth, 1, 0, 0, 5, 1))))
