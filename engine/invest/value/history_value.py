"""What an invest account was worth at the end of every day, and what was paid in and out: from the books and closes.

Money and units come from transfers, prices from the market's closes; nothing of it is stored. What passes through
trades, income and expenses is what the account earns, so it is no payment; money and holdings that come from other
accounts or go there are. docs/returns.md has the formulas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.invest.lots.worth import worth
from engine.invest.value.returns import Course
from ledger.accounts import Int64s
from ledger.batch import TransferKind, Transfers

PRICE_AGE_DAYS: Final = 7
"""A close this old still stands for a day; an older one does not, and the value of the day is unknown."""

EARNING: Final = ("conversion:", "income:", "expense:")
"""Beginnings of the system accounts through which an account earns."""

_POSTED: Final = (TransferKind.SINGLE, TransferKind.POST)

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pots:
    """One invest account: ids of the accounts of its money, securities by ids of its holdings, ids it earns through."""

    money: Int64s
    holdings: Mapping[int, int]
    earning: Int64s


@dataclass(frozen=True, slots=True)
class Priced:
    """What prices say: (day, close) of sessions by asset, ascending; decimals of units by asset."""

    closes: Mapping[int, Sequence[tuple[int, int]]]
    scales: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Values:
    """The account at the end of every day (n,), cents; `known` where every price that it takes was there."""

    day: Int64s
    value: Int64s
    cash: Int64s
    paid_in: Int64s
    paid_out: Int64s
    known: Flags

    def course(self) -> Course:
        """The days with a known value; what was paid on the others counts on the next known one."""
        at = np.flatnonzero(self.known)
        into, out = (np.cumsum(one)[at] for one in (self.paid_in, self.paid_out))
        return Course(self.day[at], self.value[at], np.diff(into, prepend=0), np.diff(out, prepend=0))


def first_day(lines: Transfers, pots: Pots) -> int | None:
    """The first day on which money or units came or went; None for an account that never had any."""
    ours = np.concatenate([pots.money, np.array(sorted(pots.holdings), np.int64)])
    touched = (np.isin(lines.debit, ours) | np.isin(lines.credit, ours)) & np.isin(lines.kind, _POSTED)
    return int(lines.day[touched].min()) if touched.any() else None


def values(lines: Transfers, pots: Pots, priced: Priced, last: int) -> Values:
    """The account from the day before its first to `last`; `lines` are the household's transfers, in any order.

    Empty for an account that never had anything by then. Once a holding came or went at an unknown price, no later
    value is known.
    """
    first = first_day(lines, pots)
    if first is None or first > last:
        none, never = np.zeros(0, np.int64), np.zeros(0, np.bool_)
        return Values(none, none, none, none, none, never)
    day = np.arange(first - 1, last + 1)
    value, into, out = (np.zeros(len(day), np.int64) for _ in range(3))
    known = np.ones(len(day), np.bool_)
    change, paid_in, paid_out = _changes(lines, pots, pots.money, day)
    cash = np.cumsum(change)
    into, out = into + paid_in, out + paid_out
    for asset in sorted(set(pots.holdings.values())):
        own = np.array([one for one, what in pots.holdings.items() if what == asset], np.int64)
        columns = _changes(lines, pots, own, day)
        scale = np.full(len(day), priced.scales.get(asset, 0), np.int64)
        close = _closes(priced.closes.get(asset, ()), day)
        for units, cents in zip((np.cumsum(columns[0]), *columns[1:]), (value, into, out), strict=True):
            worth_now, missing = worth(units, close, scale)
            np.add(cents, worth_now, out=cents)
            missing &= units != 0
            known &= ~(missing if cents is value else np.logical_or.accumulate(missing))
    return Values(day, cash + value, cash, into, out, known)


def _changes(lines: Transfers, pots: Pots, own: Int64s, day: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Change of these accounts' sum by day, and what of it was paid in and out: not traded, not earned."""
    change, into, out = (np.zeros(len(day), np.int64) for _ in range(3))
    posted = np.isin(lines.kind, _POSTED) & (lines.day <= day[-1])
    for mine, other, sign, paid in ((lines.debit, lines.credit, 1, into), (lines.credit, lines.debit, -1, out)):
        crossing = posted & np.isin(mine, own) & ~np.isin(other, own)
        place, amount = lines.day[crossing] - day[0], lines.amount[crossing]
        np.add.at(change, place, sign * amount)
        outside = ~np.isin(other[crossing], pots.earning)
        np.add.at(paid, place[outside], amount[outside])
    return change, into, out


def _closes(closes: Sequence[tuple[int, int]], day: Int64s) -> Int64s:
    """The last close at the end of each day; 0 where there is none or it is too old."""
    if not closes:
        return np.zeros(len(day), np.int64)
    days, prices = np.array(closes, np.int64).T
    at = np.searchsorted(days, day, side="right") - 1
    fresh = (at >= 0) & (day - days[at] <= PRICE_AGE_DAYS)
    found: Int64s = np.where(fresh, prices[at], 0)
    return found
