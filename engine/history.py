"""Live a statement through day by day: each date's lines, then its night (rulings 1, 7 and 58)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.household import Setup, furnish
from engine.importing import Importer
from engine.importing_book import ImportResult
from engine.lines import Statement
from engine.night import NightResult, run_night
from engine.ports import Books, BookWork
from ledger.days import format_day
from ledger.faults import SluiceError


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """One date: what its lines did, and its night in each book."""

    day: int
    imported: ImportResult
    nights: tuple[NightResult, ...]


def live_through(
    books: Books, statement: Statement, setup: Setup, dates: tuple[int, int], now: Callable[[], int]
) -> Iterator[HistoryDay]:
    """Import each date's lines and run its night, from the first to the last date; a date that is done is passed over.

    Lines before the first date are imported first, without nights. A household is opened by its first line, with the
    accounts and rules of the set-up, saved on the day before so that they count from that date on. Raises SluiceError
    `night_out_of_order`, before anything is done, where the books have lived beyond the first date without it.
    """

    def joined(work: BookWork, customers: list[int], day: int) -> None:
        furnish(work, customers, setup, statement.asset, (day - 1, now()))

    first, last = dates
    _prove_forward(books, first)
    importer = Importer(books, statement, now, joined=joined)
    if len(statement.day) and int(np.min(statement.day)) < first:
        yield HistoryDay(first - 1, importer.run(last=first - 1), ())
    for day in range(first, last + 1):
        imported = importer.run(day, day)
        nights = tuple(run_night(books, book, day, now) for book in books.book_ids())
        yield HistoryDay(day, imported, nights)


def _prove_forward(books: Books, first: int) -> None:
    for book in books.book_ids():
        with books.read(book) as work:
            last = work.row.last_night
        if last >= first and not books.done(book, first):
            sentence = f"The night of {format_day(last)} is done in book {book}; nights go forward only: start later."
            raise SluiceError("night_out_of_order", sentence, "from")
