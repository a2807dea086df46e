"""What a window would do or did, and what is held, as words for programs and as tables for people."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.table import Table

from commands.desk import as_json, screen
from engine.invest.orderrecords import Intent
from engine.invest.windows.previewed import BuyLine, LeafLine, MoveLine, Preview, SellLine
from engine.ports import BookWork
from engine.window import WindowResult
from ledger.days import format_day
from ledger.money import format_money, format_units
from ledger.seal import asset_number

SLOTS = {1: "morning", 2: "afternoon"}

Words = dict[str, Any]


def slot_words(slot: int) -> str:
    """A window's name."""
    return SLOTS.get(slot, f"window {slot}")


def preview_words(told: Preview, handles: Mapping[int, str], scales: Mapping[int, int], only: int = 0) -> Words:
    """A preview ready for JSON; `only` leaves out every other account."""
    sayer = _Sayer(handles, scales)
    return {
        "window": {"day": format_day(told.window.day), "slot": slot_words(told.window.slot)},
        "prices": {"snapshot": told.snapshot, "source": told.source},
        "accounts": [
            {
                "account": handles[one.account],
                **{name: format_money(getattr(one, name)) for name in ("cash", "sales", "buys", "raised", "after")},
            }
            for one in told.purses
            if only in {0, one.account}
        ],
        "sells": [sayer.sell(one) for one in told.sells if only in {0, one.account}],
        "buys": [sayer.buy(one) for one in told.buys if only in {0, one.account}],
        "moves": [sayer.move(one) for one in told.moves if only in {0, one.account}],
        "slices": [sayer.leaf(one) for one in told.leaves if only in {0, one.account}],
        "refused": [{"order": number, "code": code, "detail": said} for number, code, said in told.refused],
    }


class _Sayer:
    """Lines of a preview as words."""

    def __init__(self, handles: Mapping[int, str], scales: Mapping[int, int]) -> None:
        self._handles, self._scales = handles, scales

    def _units(self, symbol: str, units: int) -> str:
        return format_units(units, self._scales.get(asset_number(symbol), 0))

    def sell(self, one: SellLine) -> Words:
        """A sale with its lots."""
        lots = [
            {
                "lot": taken.lot,
                "units": self._units(one.symbol, taken.units),
                "cost": format_money(taken.cost),
                "gain": format_money(taken.gain),
                "term": "long" if taken.long else "short",
            }
            for taken in one.lots
        ]
        return {
            **self._order(one),
            "short_gain": format_money(one.short_gain),
            "long_gain": format_money(one.long_gain),
            "estimated_tax": format_money(one.tax),
            "lots": lots,
        }

    def buy(self, one: BuyLine) -> Words:
        """A buy."""
        return self._order(one)

    def _order(self, one: SellLine | BuyLine) -> Words:
        return {
            "account": self._handles[one.account],
            "slice": one.path,
            "symbol": one.symbol,
            "why": one.purpose,
            "units": self._units(one.symbol, one.units),
            "amount": format_money(one.amount),
        }

    def move(self, one: MoveLine) -> Words:
        """Units that change slices."""
        units = self._units(one.symbol, one.units)
        return {"account": self._handles[one.account], "from": one.source, "to": one.target, "units": units}

    def leaf(self, one: LeafLine) -> Words:
        """A slice before and after."""
        return {
            "account": self._handles[one.account],
            "slice": one.path,
            "value": format_money(one.value),
            "value_after": format_money(one.value_after),
            "drift": percent(one.drift_bp),
            "drift_after": percent(one.drift_after_bp),
            "outside": one.outside,
            "outside_after": one.outside_after,
            "why": one.why,
            "reason": one.reason,
        }


def percent(basis_points: int) -> str:
    """Signed basis points as 1.25%."""
    return f"{format_money(basis_points)}%"


def say_preview(told: Words) -> None:
    """A preview for people."""
    window = told["window"]
    screen.print(f"Window of {window['day']}, {window['slot']}; prices: {told['prices']['source']}", markup=False)
    for title, names in (
        ("Money", ("accounts", "account", "cash", "sales", "buys", "raised", "after")),
        ("Sales", ("sells", "account", "slice", "why", "units", "amount", "short_gain", "long_gain", "estimated_tax")),
        ("Buys", ("buys", "account", "slice", "why", "units", "amount")),
        ("Inside", ("moves", "account", "from", "to", "units")),
        ("Slices", ("slices", "account", "slice", "value", "value_after", "drift", "drift_after", "why")),
    ):
        rows = told[names[0]]
        if rows:
            screen.print(table_of(title, rows, names[1:]))
    for refused in told["refused"]:
        screen.print(f"Order {refused['order']}: {refused['detail']} [{refused['code']}]", markup=False)
    if not (told["sells"] or told["buys"] or told["moves"]):
        screen.print("Nothing would be traded.")


def table_of(title: str, rows: Sequence[Words], names: Sequence[str]) -> Table:
    """Rows of words as a table."""
    table = Table(title=title)
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(str(row[name]) for name in names))
    return table


def window_words(result: WindowResult) -> Words:
    """What became of a book's window, ready for JSON."""
    return {
        "book": result.book,
        "on": format_day(result.day),
        "slot": slot_words(result.slot),
        "status": result.status,
        "orders": result.orders,
        "filled": result.filled,
        "open": result.open,
    }


def order_words(one: Intent, handles: Mapping[int, str]) -> Words:
    """An order, ready for JSON."""
    return {
        "order": one.intent,
        "account": handles[one.account],
        "kind": one.kind.name.lower(),
        "slice": one.path,
        "amount": format_money(one.amount) if one.amount else "all",
        "done": format_money(one.done),
        "state": one.state.name.lower(),
        "reason": one.reason,
        "window": f"{format_day(one.day)} {slot_words(one.slot)}" if one.day else "",
        "destination": handles.get(one.destination, ""),
    }


def handles_of(work: BookWork, customer: int) -> dict[int, str]:
    """The handles of a household's accounts by id."""
    return {one.account: one.handle for one in work.accounts_of(np.array([customer], np.int64))}


def say_rows(rows: Sequence[Words], *, json_: bool, title: str) -> None:
    """Rows of words for programs or as a table."""
    if json_:
        as_json(rows)
    elif rows:
        screen.print(table_of(title, rows, list(rows[0])))
    else:
        screen.print(f"{title}: none yet.")
