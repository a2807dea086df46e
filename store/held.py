"""One book inside one database transaction: what every part of the writer and of the reads starts from."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import psycopg
from sqlalchemy import ColumnElement, Select, Table, select, update
from sqlalchemy.exc import IntegrityError

from engine.ports import BookRow
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from store.bulk import Bulk, Columns, length
from store.tables import table

REFUSED: Final = (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)
"""What the drivers raise when a constraint of the database is broken."""


SELDOM: Final = ("borrow_line", "layer", "loosened", "ownership", "slice")
"""Tables that a night reads and of which most books have no row."""


def broken(sentence: str) -> SluiceError:
    """The alarm: what was to be written does not agree with the books. Nothing of it is kept."""
    return SluiceError("books_broken", f"The books do not agree, so nothing was written: {sentence}")


@contextlib.contextmanager
def alarm(what: str) -> Iterator[None]:
    """Turn a broken constraint into the alarm."""
    try:
        yield
    except REFUSED as error:
        raise broken(f"{what}: {error}") from error


@dataclass(frozen=True, slots=True)
class Chart:
    """What never changes of accounts: columns ascending by account id."""

    account: Int64s
    customer: Int64s
    kind: Int64s
    asset: Int64s

    def find(self, ids: Int64s) -> Int64s:
        """Position of each id, -1 where it is not on the chart."""
        if len(self.account) == 0:
            return np.full(len(ids), -1, np.int64)
        at = np.minimum(np.searchsorted(self.account, ids), len(self.account) - 1)
        return np.where(self.account[at] == ids, at, -1)

    def joined(self, other: Chart) -> Chart:
        """Both charts in one."""
        account, first = np.unique(np.concatenate([self.account, other.account]), return_index=True)
        rest = (("customer", self.customer), ("kind", self.kind), ("asset", self.asset))
        return Chart(account, *(np.concatenate([mine, getattr(other, name)])[first] for name, mine in rest))


class Held:
    """A book in a transaction: its row, and statements on tables of this book."""

    def __init__(self, bulk: Bulk, row: BookRow, *, locked: bool) -> None:
        """Work on the book whose row was read, under its lock if `locked`."""
        none = np.zeros(0, np.int64)
        self.bulk = bulk
        self._row = row
        self._locked = locked
        self._chart = Chart(none, none, none, none)
        self._there: set[str] | None = None

    @property
    def row(self) -> BookRow:
        """The book's row as it is now."""
        return self._row

    @property
    def book(self) -> int:
        """The number of the book."""
        return self._row.book

    @property
    def moment(self) -> dict[str, int]:
        """Where the book stands, as events and list versions keep it: next seq and last done night."""
        return {"seq": self.row.next_seq, "after_night": self.row.last_night}

    def must_write(self) -> None:
        """Refuse to write without the book's lock: a fault of the caller."""
        if not self._locked:
            raise SluiceError("book_not_locked", "This view of the book was opened for reading: it cannot be written.")

    def there(self, name: str) -> bool:
        """Whether the book has, or had in this transaction, any row of a table of `SELDOM`; all are asked at once."""
        if self._there is None:
            asked = ", ".join(f"EXISTS (SELECT 1 FROM {one} WHERE book_id = {self.book:d})" for one in SELDOM)
            found = self.bulk.connection.exec_driver_sql(f"SELECT {asked}").one()
            self._there = {one for one, is_there in zip(SELDOM, found, strict=True) if is_there}
        return name in self._there or name in self.bulk.filled

    def here(self, of: Table) -> ColumnElement[bool]:
        """The condition that a row is this book's."""
        return of.c.book_id == self.book

    def advance(self, row: BookRow) -> None:
        """Store the book's new row."""
        self.must_write()
        book = table("book")
        values = {"next_seq": row.next_seq, "head": row.head, "next_number": row.next_number}
        statement = update(book).where(self.here(book)).values(**values, last_night=row.last_night)
        if self.bulk.run(statement) != 1:
            raise broken(f"book {self.book} has no row")
        self._row = row

    def change(self, name: str, keys: Columns, values: Columns) -> None:
        """Change rows of a table, set-based; raises SluiceError `books_broken` unless every one of them is there."""
        wanted = length({key: given for key, given in keys.items() if not isinstance(given, int | bytes)})
        changed = self.bulk.update(table(name), keys, values)
        if changed != wanted:
            raise broken(f"{wanted} rows of {name} were to be changed and {changed} found")

    def chart(self, ids: Int64s) -> Chart:
        """What these accounts are. Kept for the transaction: no guard lets these columns change. Unknown: absent."""
        missing = ids[self._chart.find(ids) < 0]
        if len(missing):
            account = table("account")
            query = self.charted().where(self.bulk.among(account.c.account_id, np.unique(missing)))
            self.remember(self.bulk.read(query))
        return self._chart

    def charted(self) -> Select[Any]:
        """The query of the columns of the chart."""
        account = table("account")
        return select(account.c.account_id, account.c.customer_id, account.c.kind, account.c.asset).where(
            self.here(account)
        )

    def remember(self, columns: dict[str, Int64s]) -> None:
        """Add accounts that were read to the chart."""
        order = np.argsort(columns["account_id"])
        names = ("account_id", "customer_id", "kind", "asset")
        self._chart = self._chart.joined(Chart(*(columns[name][order] for name in names)))
