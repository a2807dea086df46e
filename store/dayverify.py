"""What dates did to balances that earn or cost interest, held against the transfers (C09): interest is made of it.

The rows of `balance_day` are folded again from the transfers, in order of sequence, in the one pass of `verify`. Which
night was the last before a transfer was recorded follows from the nights' own last seq.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from sqlalchemy import select

from engine.overnight.balances import take_changes
from engine.overnight.work import DayChanges
from engine.ports import NEVER
from ledger.accounts import Int64s, Kind
from ledger.batch import Code, TransferKind, Transfers
from ledger.invariants import Finding, Findings
from store.books import Work
from store.held import Chart
from store.tables import table

EARNING: Final = (Kind.CASH, Kind.BORROW)
"""Kinds of the accounts whose dates are kept."""

KEYS: Final = ("account", "effective", "recorded_after")
NUMBERS: Final = ("change", "lowest", "highest")
_EVER: Final = -(2**62)


class DayCheck:
    """The changes of dates of one book, from its transfers."""

    def __init__(self, work: Work, chart: Chart) -> None:
        """Begin; `chart` has every account of the book."""
        self._work, self._chart = work, chart
        night = table("night_book")
        rows = work.bulk.rows(select(night.c.day, night.c.last_seq).where(work.here(night)).order_by(night.c.day))
        self._night = np.array([NEVER, *(row[0] for row in rows)], np.int64)
        self._last_seq = np.array([row[1] for row in rows], np.int64)
        self._begun = max((run.night for run in work.interest_runs() if run.month == NEVER), default=NEVER)
        none = np.zeros(0, np.int64)
        self._open = DayChanges(none, none, none, none, none, none)
        self._done = [self._open]

    def add(self, seq: Int64s, lines: Transfers) -> None:
        """Take the next transfers, between accounts of the book, in order of sequence."""
        after = self._night[np.searchsorted(self._last_seq, seq)]
        posted = (lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.POST)
        day = lines.day + (lines.code == Code.INTEREST)  # interest counts from the date after its own (ruling 2)
        parts = []
        for side, sign in ((lines.debit, 1), (lines.credit, -1)):
            at = np.flatnonzero(posted & np.isin(self._chart.kind[self._chart.find(side)], EARNING))
            parts.append(np.stack([at, side[at], day[at], after[at], sign * lines.amount[at]]))
        at, account, effective, recorded, change = np.concatenate(parts, axis=1)
        new = DayChanges(account, effective, recorded, change, np.minimum(change, 0), np.maximum(change, 0))
        rows = self._folded(_joined(self._open, take_changes(new, np.argsort(at, kind="stable"))))
        last = rows.recorded_after == rows.recorded_after.max(initial=NEVER)
        self._done.append(take_changes(rows, ~last))  # later transfers are recorded after later nights
        self._open = take_changes(rows, last)

    def findings(self) -> list[Finding]:
        """Every row that the transfers do not make as it is, after the last of them."""
        found = Findings(self._work.book)
        kept = self._folded(self._work.day_changes(_EVER, _EVER))
        both, stored = _joined(kept, *self._done, self._open), len(kept.account)
        order, starts, size = _by_key(both)
        numbers = np.stack([getattr(both, name) for name in NUMBERS])
        first, last = order[starts], order[starts + size - 1]
        wrong = (first == last) | np.any(numbers[:, first] != numbers[:, last], axis=0)
        for one, other in zip(first[wrong].tolist(), last[wrong].tolist(), strict=True):
            account, day, after = (int(getattr(both, name)[one]) for name in KEYS)
            says = _words(numbers[:, one]) if one < stored else "nothing"
            made = _words(numbers[:, other]) if other >= stored else "nothing"
            where = f"the balance of account {account} on day {day}, recorded after night {after},"
            found.add("C09", 0, f"{where} says {says}; its transfers make {made}")
        return found.all()

    def _folded(self, rows: DayChanges) -> DayChanges:
        """One row a key; rows of one key are given in the order in which their transfers came in.

        Revision 0005 of the tables made one row of all nights until then: theirs are put together here too.
        """
        early = rows.recorded_after <= self._begun
        rows = replace(rows, recorded_after=np.where(early, NEVER, rows.recorded_after))
        order, starts, size = _by_key(rows)
        if len(order) == 0:
            return rows
        rows = take_changes(rows, order)
        running = np.cumsum(rows.change) - rows.change
        running -= np.repeat(running[starts], size)
        return replace(
            take_changes(rows, starts),
            change=np.add.reduceat(rows.change, starts),
            lowest=np.minimum.reduceat(running + rows.lowest, starts),
            highest=np.maximum.reduceat(running + rows.highest, starts),
        )


def _by_key(rows: DayChanges) -> tuple[Int64s, Int64s, Int64s]:
    """The order of the rows by key, those of one key as they are given; where each key begins in it, and its rows."""
    order = np.lexsort([getattr(rows, name) for name in reversed(KEYS)])
    new = np.ones(len(order), np.bool_)
    keys = np.stack([getattr(rows, name)[order] for name in KEYS])
    new[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    starts = np.flatnonzero(new)
    return order, starts, np.diff(np.append(starts, len(order)))


def _joined(*parts: DayChanges) -> DayChanges:
    """All parts, in order."""
    names = DayChanges.__dataclass_fields__
    return DayChanges(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


def _words(numbers: Int64s) -> str:
    change, lowest, highest = numbers.tolist()
    return f"{change} from {lowest} to {highest}"
