"""Balances at the end of dates, and the most that was owed within them, worked back from what accounts hold now.

What an account holds now, less everything that counts for later dates, is what it held then: no balance of a date is
ever stored, so that none can be wrong (rulings 2 and 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.interest.accrue import EndOfDays
from engine.lookup import placed
from engine.overnight.work import DayChanges
from engine.waterfall import summed
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Now:
    """n accounts, ascending: signed posted cents as they are now, and whether each is a borrow line."""

    account: Int64s
    posted: Int64s
    borrow: Flags

    def take(self, which: Int64s | Flags) -> Now:
        """The accounts at these places."""
        return Now(self.account[which], self.posted[which], self.borrow[which])


@dataclass(frozen=True, slots=True)
class Dates:
    """Cents (n, dates) that count for interest on each date from `first` on.

    Cash: the balance at the end of the date. A borrow line: the highest principal owed on it, above zero.
    """

    first: int
    cents: Int64s

    def rows(self, account: Int64s) -> EndOfDays:
        """A row an account and date."""
        count, dates = self.cents.shape
        day = np.tile(self.first + np.arange(dates), count)
        return EndOfDays(np.repeat(account, dates), day, self.cents.reshape(-1))

    def at(self, place: Int64s, day: Int64s) -> Int64s:
        """Cents of the accounts at these places on these days."""
        found: Int64s = self.cents[place, day - self.first]
        return found


def counted(now: Now, changes: DayChanges, first: int, last: int) -> Dates:
    """What counts for interest on the dates first to last.

    `changes` are all of these accounts with effective day >= first (others are left out).
    """
    place, ours = placed(now.account, changes.account)
    some = ours & (changes.effective >= first)
    place, day = place[some], changes.effective[some]
    change, lowest = changes.change[some], changes.lowest[some]
    opening = now.posted - summed(change, place, len(now.account))
    inside = day <= last
    moved = np.zeros((len(now.account), last - first + 1), np.int64)
    np.add.at(moved, (place[inside], day[inside] - first), change[inside])
    ends = opening[:, np.newaxis] + np.cumsum(moved, axis=1)
    at, on = place[inside], day[inside] - first
    dips = _dips(at * (last - first + 1) + on, change[inside], lowest[inside], ends.size).reshape(ends.shape)
    lowest_of = ends - moved + dips
    cents = np.where(now.borrow[:, np.newaxis], -lowest_of, ends)
    return Dates(first, cents)


def fitting(dates: Dates) -> Flags:
    """Accounts (n,) that held no more than 10**15 cents on any of the dates, of either sign."""
    beyond = np.abs(dates.cents) > MAX_AMOUNT
    return np.asarray(~beyond.any(axis=1), np.bool_)


def _dips(key: Int64s, change: Int64s, lowest: Int64s, count: int) -> Int64s:
    """How far below its start each (account, date) fell; rows of one key stand in the order in which they came in."""
    found = np.zeros(count, np.int64)
    if len(key) == 0:
        return found
    order = np.argsort(key, kind="stable")
    key, change, lowest = key[order], change[order], lowest[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    running = np.cumsum(change) - change
    running -= np.repeat(running[starts], np.diff(np.append(starts, len(key))))
    found[key[starts]] = np.minimum(np.minimum.reduceat(running + lowest, starts), 0)
    return found


def take_changes(changes: DayChanges, which: Int64s | Flags) -> DayChanges:
    """The rows at these places."""
    return DayChanges(*(getattr(changes, name)[which] for name in DayChanges.__dataclass_fields__))
