"""A trade asked for by a person or a program: read from fields, tried out without a trace, or placed.

Trying places the order in the books, plans the next window on them, and takes everything back (investing.md D9); so
what a preview refuses is what placing would refuse, and what it shows is what the window would do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.invest.orderrecords import Intent, IntentKind
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from engine.invest.windows.previewed import LeafLine, Preview, PurseLine
from ledger.faults import SluiceError
from ledger.money import parse_money
from web.investing import Invested, planned_for

KINDS: Final = {
    "rebalance": IntentKind.REBALANCE,
    "buy": IntentKind.BUY,
    "sell": IntentKind.SELL,
    "remove": IntentKind.REMOVE,
    "raise": IntentKind.RAISE,
}
INVEST: Final = "invest"
"""Cash alone, into the whole pie: by itself where auto-invest is on, as an order to buy where it is off."""

CHOICES: Final = (
    ("rebalance", "Rebalance, sell too"),
    (INVEST, "Invest cash only"),
    ("buy", "Buy"),
    ("sell", "Sell"),
    ("remove", "Remove a slice"),
    ("raise", "Raise cash for another account"),
)
FIELDS: Final = ("kind", "path", "amount", "new_cash", "destination", "slot")
TRIED_KEY: Final = "tried, never kept"


@dataclass(frozen=True, slots=True)
class Trade:
    """What is asked: amounts in cents; `amount` 0 sells all, `new_cash` is cash that is still to come.

    Without `places` there is no order, and only the next window is looked at.
    """

    kind: str
    path: str = ""
    amount: int = 0
    new_cash: int = 0
    destination: str = ""
    slot: int = 0
    lots: tuple[tuple[int, int], ...] = ()
    places: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """What the next window would do for one account; `order` where there is something to place.

    `refused` are the sentences of orders for which nothing could be planned.
    """

    preview: Preview
    order: Intent | None
    purse: PurseLine | None
    leaves: tuple[LeafLine, ...]
    refused: tuple[str, ...]

    @property
    def netted(self) -> int:
        """Cents of the order that are settled inside of the account, without an order at the market."""
        number = self.order.intent if self.order else 0
        return self.preview.planned.credited.get(number, 0) + self.preview.planned.spent.get(number, 0)

    @property
    def tax(self) -> int:
        """The estimated tax of all sales, cents."""
        return sum(one.tax for one in self.preview.sells if self.purse and one.account == self.purse.account)


def read_trade(fields: Mapping[str, str]) -> Trade:
    """A trade from a form's fields. Raises SluiceError with the field that cannot be read."""
    kind = fields.get("kind", "rebalance") or "rebalance"
    if kind not in KINDS and kind != INVEST:
        sentence = f"There is no such trade; choose one of {', '.join(one for one, _ in CHOICES)}."
        raise SluiceError("choice", sentence, "kind")
    slot = fields.get("slot", "") or "0"
    if slot not in {"0", "1", "2"}:
        raise SluiceError("order_slot", "The windows are 1, the morning, and 2, the afternoon; 0 is any.", "slot")
    destination = fields.get("destination", "") if kind == "raise" else ""
    path = "" if kind in {"raise", INVEST} else fields.get("path", "").strip()
    amount = _cents(fields, "amount") if kind in {"buy", "sell", "raise"} else 0
    cash = _cents(fields, "new_cash") if kind in {"rebalance", INVEST} else 0
    return Trade(kind, path, amount, cash, destination, int(slot))


def _cents(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "").strip()
    if not text:
        return 0
    try:
        return parse_money(text)
    except SluiceError as fault:
        raise SluiceError(fault.code, fault.sentence, name) from None


def wanted(own: Invested, trade: Trade, key: str) -> Wanted | None:
    """The order that a trade is; None where the window does by itself what is asked."""
    amount, kind, beyond = trade.amount, KINDS.get(trade.kind), False
    if not trade.places:
        return None
    if trade.kind == INVEST:
        spare = max(own.cash - own.terms.minimum_cash, 0) + trade.new_cash
        if own.terms.auto_invest or not spare:
            return None
        kind, amount, beyond = IntentKind.BUY, spare, True
    return Wanted(
        customer=own.house.customer,
        account=own.account.handle,
        kind=kind or IntentKind.REBALANCE,
        key=key,
        path=trade.path,
        amount=amount,
        lots=trade.lots,
        destination=trade.destination,
        slot=trade.slot,
        beyond_cash=beyond,
    )


def placed(own: Invested, trade: Trade, key: str) -> Intent | None:
    """Place the order of a trade, once for each key; None where there is nothing to place. Raises as `place`."""
    order = wanted(own, trade, key)
    services = own.house.services
    if order is None:
        return None
    when = (own.house.day, services.now())
    return place(own.house.work, services.market, order, when)


def tried(own: Invested, trade: Trade) -> Tried:
    """Place the order of a trade and plan the next window; for a household of `asking.trying`, which takes it back."""
    order = placed(own, trade, TRIED_KEY)
    own = Invested(own.house, own.account)
    planned = planned_for(own, trade.new_cash)
    number = own.account.account
    return Tried(
        preview=planned,
        order=order,
        purse=next((one for one in planned.purses if one.account == number), None),
        leaves=tuple(one for one in planned.leaves if one.account == number),
        refused=tuple(sentence for intent, _, sentence in planned.refused if order and intent == order.intent),
    )
