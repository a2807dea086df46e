"""Live a statement through day by day: each date's lines, then its night (rulings 1, 7 and 58)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.household import Setup, furnish
from engine.importing import Importer
from engine.importing_book import ImportResult
from engine.invest.market import Market
from engine.lines import Statement
from engine.night import Means, NightResult, run_night
from engine.ports import Books, BookWork
from ledger.days import format_day
from ledger.faults import SluiceError


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """One date: what its lines did, and its night in each book."""

    day: int
    imported: ImportResult
    nights: tuple[NightResult, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """What is lived through: the first and the last date, the clock, and the market that pies see, if any."""

    dates: tuple[int, int]
    now: Callable[[], int]
    market: Market | None = None


def live(books: Books, statement: Statement, setup: Setup, life: Life) -> Iterator[HistoryDay]:
    """Import each date's lines and run its night, from the first to the last date; a date that is done is passed over.

    Lines before the first date are imported first, without nights. A household is opened by its first line, with the
    accounts and rules of the set-up, saved on the day before so that they count from that date on. Raises SluiceError
    `night_out_of_order`, before anything is done, where the books have lived beyond the first date without it, and
    `household_without_rules` where the set-up has rules for a household of the file that exists and has none.
    """

    def joined(work: BookWork, customers: list[int], day: int) -> None:
        furnish(work, customers, setup, statement.asset, (day - 1, now()))

    (first, last), now = life.dates, life.now
    _prove_forward(books, first)
    if setup.rules:
        _prove_ruled(books, statement)
    importer = Importer(books, statement, now, joined=joined)
    if len(statement.day) and int(np.min(statement.day)) < first:
        yield HistoryDay(first - 1, importer.run(last=first - 1), ())
    for day in range(first, last + 1):
        imported = importer.run(day, day)
        nights = tuple(run_night(books, book, day, now, Means(life.market)) for book in books.book_ids())
        yield HistoryDay(day, imported, nights)


def _prove_forward(books: Books, first: int) -> None:
    for book in books.book_ids():
        with books.read(book) as work:
            last = work.row.last_night
        if last >= first and not books.done(book, first):
            sentence = f"The night of {format_day(last)} is done in book {book}; nights go forward only: start later."
            raise SluiceError("night_out_of_order", sentence, "from")


def _prove_ruled(books: Books, statement: Statement) -> None:
    """Refuse rules for households that a first line will not open: these have theirs from an earlier run, or none."""
    homes = books.find_many(sorted(set(statement.account)))
    for book in sorted({book for book, _ in homes.values()}):
        mine = np.array(sorted(customer for at, customer in homes.values() if at == book), np.int64)
        with books.read(book) as work:
            bare = [found.reference for found in work.customers(mine) if found.version == 0]
        if bare:
            sentence = (
                f"{bare[0]} exists already without rules, and a set-up is for households that the file opens: "
                "give it rules with `flask rules apply`, or leave out --setup."
            )
            raise SluiceError("household_without_rules", sentence, "setup")
