"""All books of one database: finding them, locking one, reading one (ledger.md 4.5; rulings 49, 55)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.ports import BookRow
from ledger.faults import SluiceError
from store.bulk import Bulk
from store.database import Database
from store.dated import DatedRows, add_rows, read_dated
from store.imports import Imports
from store.layers import Layered
from store.lists import Lists
from store.matching import Matching
from store.migrate import assert_ready
from store.money import Money
from store.pies import Pies
from store.population import Reading
from store.rights import Rights
from store.tables import table
from store.windows import Windows
from store.writing import Writing

ASKED_AT_ONCE = 10_000  # references in one query


class Work(Reading, Writing, Pies, Windows, Lists, Imports, DatedRows, Money, Layered, Rights, Matching):
    """A book in one transaction: all that `BookWork` asks for, people and pies and windows included."""


class Books:
    """All books of the database at a URL. `unsafe` allows a server that may lose commits (benchmarks only)."""

    def __init__(self, url: str, *, unsafe: bool = False) -> None:
        """Open the database. Raises SluiceError `database_not_migrated` or `guard_missing` where it is not ready."""
        self.database = Database(url, unsafe=unsafe)
        try:
            with self.database.reading() as bulk:
                assert_ready(bulk.connection)
        except BaseException:
            self.database.close()
            raise

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()

    def book_ids(self) -> list[int]:
        """See `ports.Books.book_ids`."""
        book = table("book")
        with self.database.reading() as bulk:
            return [row[0] for row in bulk.rows(select(book.c.book_id).order_by(book.c.book_id))]

    @contextlib.contextmanager
    def lock(self, book: int, *, wait: bool = True) -> Iterator[Work]:
        """See `ports.Books.lock`."""
        with self.database.writing(wait=wait) as bulk:
            yield Work(bulk, _row(bulk, book, wait=wait, lock=True), locked=True)

    @contextlib.contextmanager
    def read(self, book: int) -> Iterator[Work]:
        """See `ports.Books.read`."""
        with self.database.reading() as bulk:
            yield opened(bulk, book)

    def done(self, book: int, day: int) -> bool:
        """See `ports.Books.done`."""
        night = table("night_book")
        with self.database.reading() as bulk:
            return bool(bulk.rows(select(night.c.day).where(night.c.book_id == book, night.c.day == day)))

    def find(self, reference: str) -> tuple[int, int] | None:
        """See `ports.Books.find`."""
        return self.find_many([reference]).get(reference)

    def find_many(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        """See `ports.Books.find_many`."""
        directory = table("directory")
        found: dict[str, tuple[int, int]] = {}
        with self.database.reading() as bulk:
            for start in range(0, len(references), ASKED_AT_ONCE):
                some = directory.c.reference.in_(references[start : start + ASKED_AT_ONCE])
                query = select(directory.c.reference, directory.c.book_id, directory.c.customer_id).where(some)
                found |= {reference: (book, customer) for reference, book, customer in bulk.rows(query)}
        return found

    def emptiest(self) -> dict[int, int]:
        """See `ports.Books.emptiest`."""
        book, directory = table("book"), table("directory")
        counted = select(directory.c.book_id, func.count()).group_by(directory.c.book_id)
        with self.database.reading() as bulk:
            households = {row[0]: 0 for row in bulk.rows(select(book.c.book_id).order_by(book.c.book_id))}
            return households | {row[0]: row[1] for row in bulk.rows(counted)}

    def dated(self) -> Dated:
        """See `ports.Books.dated`."""
        with self.database.reading() as bulk:
            return read_dated(bulk)

    def add_dated(self, rows: Sequence[DatedRow], recorded: int) -> None:
        """See `ports.Books.add_dated`."""
        with self.database.writing() as bulk:
            add_rows(bulk, rows, recorded)


def opened(bulk: Bulk, book: int) -> Work:
    """A book in a transaction that somebody else opened, for reading."""
    return Work(bulk, _row(bulk, book), locked=False)


def _row(bulk: Bulk, book: int, *, wait: bool = True, lock: bool = False) -> BookRow:
    """The book's row; with `lock` it is ours until the transaction ends (SQLite has locked everything already)."""
    of = table("book")
    names = ("book_id", "next_seq", "head", "next_number", "last_night")
    query = select(*(of.c[name] for name in names)).where(of.c.book_id == book)
    if lock:
        query = query.with_for_update(nowait=not wait)
    for number, next_seq, head, next_number, last_night in bulk.rows(query):
        return BookRow(number, next_seq, bytes(head), next_number, last_night)
    raise SluiceError("book_unknown", f"The database has no book {book}.", "book")
