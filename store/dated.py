"""Rows of the dated configuration: read once a transaction, parsed once a process, added between nights.

Rows are only ever added, each under the next ordinal: the last one says which rows there are. What they were parsed to
is kept with the connection, so that a night pays for nothing but that one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from sqlalchemy import func, select

from engine.dated.document import DatedRow, too_late
from engine.dated.history import BEGINNING, Dated
from engine.ports import NEVER
from ledger.faults import SluiceError
from store.bulk import Bulk, Columns
from store.held import Held
from store.tables import table

_KEPT: Final = "sluice_dated"
_READ_ROWS: Final = 8  # databases whose configuration stays parsed


class DatedRows(Held):
    """The dated configuration as a book's transaction sees it."""

    @cached_property
    def _dated(self) -> Dated:
        return read_dated(self.bulk)

    def dated(self) -> Dated:
        """See `DatedWork.dated`."""
        return self._dated


def read_dated(bulk: Bulk) -> Dated:
    """The configuration as a transaction sees it; parsed only where rows were added since its connection last asked."""
    last = _last(bulk)
    kept: tuple[int, Dated] | None = bulk.connection.info.get(_KEPT)
    if kept is not None and kept[0] == last:
        return kept[1]
    of = table("dated")
    query = select(of.c.name, of.c.first_day, of.c.value, of.c.source).order_by(of.c.ordinal)
    found = _parsed(tuple(DatedRow(*row) for row in bulk.rows(query)))
    bulk.connection.info[_KEPT] = (last, found)
    return found


def add_rows(bulk: Bulk, rows: Sequence[DatedRow], recorded: int) -> None:
    """Add rows in a transaction that writes; every book is locked first, so that no night runs meanwhile.

    A row that holds already, with the same value and source, is not added again. Raises SluiceError `rate_accrued`
    with the row's path where a rate is dated on or before the last accrued date of any book; nothing is kept then.
    """
    accrued = _accrued(bulk)
    holding = {(row.name, row.day): row for row in read_dated(bulk).rows}
    new: list[DatedRow] = []
    for place, row in enumerate(rows):
        if holding.get((row.name, row.day)) != row:
            _refuse_late(row, accrued, place)
            holding[row.name, row.day] = row
            new.append(row)
    if new:
        first = _last(bulk) + 1
        columns: Columns = {
            "ordinal": np.arange(first, first + len(new)),
            "name": [row.name for row in new],
            "first_day": np.array([row.day for row in new], np.int64),
            "value": [row.value for row in new],
            "source": [row.source for row in new],
            "recorded": recorded,
        }
        bulk.insert(table("dated"), columns)  # never read again here: only what is committed is kept as parsed


def _accrued(bulk: Bulk) -> int:
    """Lock every book; give the last accrued date of any: the day before its last night, or before a closing after it.

    The interest of an account that is closed is posted at once, and kept under that day (`keep_last_interest`); that of
    a month is kept under its first day, which comes before the night that posted it.
    """
    book, interest = table("book"), table("interest")
    nights = bulk.rows(select(book.c.last_night).order_by(book.c.book_id).with_for_update())
    kept = select(func.max(interest.c.month)).where(interest.c.book_id == book.c.book_id).correlate(book)
    closings = bulk.rows(select(kept.scalar_subquery()).select_from(book))  # under the locks: none is missed
    return max((day - 1 for (day,) in (*nights, *closings) if day not in {NEVER, None}), default=BEGINNING - 1)


def _refuse_late(row: DatedRow, accrued: int, place: int) -> None:
    for problem in too_late([row], accrued):
        raise SluiceError(problem.code, problem.sentence, f"rows.{place}.from")


def _last(bulk: Bulk) -> int:
    """The ordinal of the last row, 0 where there is none."""
    of = table("dated")
    found = bulk.rows(select(of.c.ordinal).order_by(of.c.ordinal.desc()).limit(1))
    return int(found[0][0]) if found else 0


@lru_cache(maxsize=_READ_ROWS)
def _parsed(rows: tuple[DatedRow, ...]) -> Dated:
    return Dated(rows)
