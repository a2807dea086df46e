"""Post statement lines into the books: each line once, each household in its book (rulings 7, 49, 52, 58)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.desk import NewAccount, NewCustomer
from engine.household import reference_flaw
from engine.importing_book import BookImport, Home, ImportResult
from engine.lines import Statement
from engine.ports import Books, BookWork
from ledger.accounts import Int64s, Kind
from ledger.faults import Problem, SluiceError
from ledger.money import MAX_AMOUNT
from ledger.seal import asset_number

CHECKING = "checking"

Joined = Callable[[BookWork, list[int], int], None]
"""What is done, in the same transaction, with a household that a first line opened: (work, customers, day)."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports one statement; `target` is (customer reference, account handle) for a file of one account.

    In a file of many accounts each reference is a household with one mirrored account `checking`. `adjust` False
    lists differences without posting adjustments. `now` gives the instant in microseconds.
    """

    books: Books
    statement: Statement
    now: Callable[[], int]
    target: tuple[str, str] | None = None
    adjust: bool = True
    joined: Joined | None = None

    def run(self, first: int | None = None, last: int | None = None) -> ImportResult:
        """Import the lines with first <= day <= last (all when None), each day sealed by itself in each book."""
        result = ImportResult()
        day = self.statement.day
        wanted = np.ones(len(day), np.bool_)
        if first is not None:
            wanted &= day >= first
        if last is not None:
            wanted &= day <= last
        at = np.flatnonzero(wanted)
        at = at[np.argsort(day[at], kind="stable")]
        references = [self.target[0] if self.target else self.statement.account[place] for place in at]
        homes = self._homes(references, day[at], result)
        at, references = self._reachable(at, references, homes, result)
        book_of = np.array([homes[name][0] for name in references], np.int64)
        for book in np.unique(book_of):
            mine = book_of == book
            customers = np.array([homes[name][1] for name in references], np.int64)[mine]
            with self.books.lock(int(book)) as work:
                handle = self.target[1] if self.target else CHECKING
                names = {customer: name for name, (at_book, customer) in homes.items() if at_book == book}
                home = Home(handle, names, self.target is not None)
                BookImport(work, self.statement, home, self.now, adjust=self.adjust).run(at[mine], customers, result)
        return result

    def _reachable(
        self, at: Int64s, references: list[str], homes: Mapping[str, tuple[int, int]], result: ImportResult
    ) -> tuple[Int64s, list[str]]:
        """The lines of households that there are; those of references that cannot be opened are listed."""
        apart = [(place, name) for place, name in zip(at.tolist(), references, strict=True) if name not in homes]
        numbers = self.statement.line_no
        result.problems += [
            Problem(f"line {numbers[place]}", "reference", reference_flaw(name)) for place, name in apart
        ]
        there = [name in homes for name in references]
        return at[np.array(there, np.bool_)], [name for name in references if name in homes]

    def _homes(self, references: Sequence[str], days: Int64s, result: ImportResult) -> dict[str, tuple[int, int]]:
        """(book, customer) of every reference; unknown ones are opened in the book with fewest, ties to the lowest.

        References that nobody could reach are left out; the one of a target is refused with SluiceError `reference`.
        """
        first_day = dict(reversed(list(zip(references, days.tolist(), strict=True))))
        names = list(dict.fromkeys(references))
        homes = self.books.find_many(names)
        sizes = self.books.emptiest()
        opening: dict[int, list[str]] = {}
        for name in names:
            if self.target and name not in homes and (flaw := reference_flaw(name)):
                raise SluiceError("reference", flaw, "customer")
            if name not in homes and not reference_flaw(name):
                book = min(sizes, key=lambda number: (sizes[number], number))
                sizes[book] += 1
                opening.setdefault(book, []).append(name)
        for book, new in sorted(opening.items()):
            with self.books.lock(book) as work:
                homes |= self._open(work, [(name, first_day[name]) for name in new])
            result.customers += len(new)
        return homes

    def _open(self, work: BookWork, new: Sequence[tuple[str, int]]) -> dict[str, tuple[int, int]]:
        asset = asset_number(self.statement.asset)
        handle = self.target[1] if self.target else CHECKING
        opened: dict[str, tuple[int, int]] = {}
        for day in sorted({day for _, day in new}):
            names = [name for name, first in new if first == day]
            instant = self.now()
            customers = work.open_customers([NewCustomer(name, name) for name in names], day, instant).tolist()
            work.open_accounts([mirrored(customer, handle, asset) for customer in customers], day, instant)
            if self.joined:
                self.joined(work, customers, day)
            opened |= {name: (work.row.book, customer) for name, customer in zip(names, customers, strict=True)}
        return opened


def mirrored(customer: int, handle: str, asset: int) -> NewAccount:
    """A mirrored checking account: no floor in the ledger, since statement lines are facts; rules keep 0.00."""
    return NewAccount(customer, handle, handle, Kind.CHECKING, asset, -MAX_AMOUNT, MAX_AMOUNT, 0)
