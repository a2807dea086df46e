"""Commands for nights: night, scheduler (which runs windows too)."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import click
import schedule
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.exc import DBAPIError

from commands import windows
from commands.desk import BUSY, DONE, PARTIAL, REFUSED, Day, Desk, as_json, database_failed, errors, refusing, screen
from commands.told import night_table, night_words
from engine.night import Means, NightResult, run_night
from engine.ports import Books
from ledger.days import format_day
from ledger.faults import SluiceError

PATIENCE: Final = 30.0  # seconds that a second runner waits for a book (ruling 55)
AHEAD: Final = 31  # days a night may run before its date has ended


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    return [_night(desk), _scheduler(desk)]


def _night(desk: Desk) -> click.Command:
    @click.command("night")
    @click.option("--on", "day", type=Day(), help="the business date; the latest that has ended where not given")
    @click.option("--ahead", is_flag=True, help=f"allow a date more than {AHEAD} days ahead")
    @click.option("--json", "json_", is_flag=True, help="one JSON line a book")
    @refusing
    def night(*, day: int | None, ahead: bool, json_: bool) -> None:
        """Run the night of a date in every book. Exit code 0 done, 2 partial, 3 busy, 4 refused."""
        latest = desk.next_night() - 1
        on = latest if day is None else day
        if on > latest + AHEAD and not ahead:
            sentence = f"{format_day(on)} is far ahead, and nights go forward only; if you mean it, add --ahead."
            raise SluiceError("night_ahead", sentence, "on")
        books = desk.open()
        ran = run_books(books, books.book_ids(), on, desk, quiet=json_)
        if json_:
            for result in ran.results:
                as_json(night_words(result))
        else:
            _say(books, ran.results, on)
        sys.exit(_exit_code(ran))

    return night


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a night's books: results, books that stayed busy, and books whose night could not be run."""

    results: list[NightResult]
    busy: list[int]
    faults: dict[int, SluiceError]


def _exit_code(ran: Ran) -> int:
    """Say which books had no night, and give the exit code: refused before busy before partial."""
    for book, fault in ran.faults.items():
        where = fault.field or f"book {book}"
        errors.print(f"{where}: {fault.sentence} [{fault.code}]", markup=False, soft_wrap=True)
    if ran.busy:
        errors.print(f"{len(ran.busy)} book(s) stayed busy for {PATIENCE:.0f} s; run the command again.")
    if ran.faults:
        return REFUSED
    if ran.busy:
        return BUSY
    return PARTIAL if any(result.quarantined for result in ran.results) else DONE


def run_books(books: Books, todo: Sequence[int], day: int, desk: Desk, *, quiet: bool) -> Ran:
    """Run the night in each book; one that another runner holds is tried again later, one that fails stops no other."""
    ran = Ran([], list(todo), {})
    deadline = time.monotonic() + PATIENCE
    columns = (TextColumn("night of " + format_day(day)), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=quiet or len(todo) < 2, transient=True) as bar:  # noqa: PLR2004 - one book needs no bar
        task = bar.add_task("night", total=len(todo))
        while ran.busy and time.monotonic() <= deadline:
            for book in tuple(ran.busy):
                if _run_one(books, (book, day), desk, ran):
                    deadline = time.monotonic() + PATIENCE
                    bar.advance(task)
            if ran.busy:
                time.sleep(0.05)
    return ran


def _run_one(books: Books, night: tuple[int, int], desk: Desk, ran: Ran) -> bool:
    """Run the night of (book, day); whether the book is done with, well or not."""
    book, day = night
    means = Means(desk.exchange.market, wait=False)
    try:
        ran.results.append(run_night(books, book, day, desk.now, means))
    except SluiceError as fault:
        if fault.code == "book_busy":
            return False
        ran.faults[book] = fault
    except DBAPIError as fault:
        ran.faults[book] = database_failed(fault)
    ran.busy.remove(book)
    return True


def _say(books: Books, results: Sequence[NightResult], day: int) -> None:
    if results and all(result.status == "already_done" for result in results):
        screen.print(f"The night of {format_day(day)} is already done.")
        return
    if results:
        screen.print(night_table(books, results, day))
    for result in results:
        for customer, reason in sorted(result.quarantined.items()):
            errors.print(f"book {result.book}, customer {customer}: set aside: {reason}", markup=False)


def _scheduler(desk: Desk) -> click.Command:
    @click.command("scheduler")
    @click.option("--once", is_flag=True, help="ask what is due once, then stop")
    @click.option("--every", type=click.IntRange(1, 3600), default=30, show_default=True, help="seconds between looks")
    @refusing
    def scheduler(*, once: bool, every: int) -> None:
        """Ask every half minute what is due, and run it: the latest night, a window that opened (ruling 34)."""
        books = desk.open()
        look(books, desk)
        if once:
            return
        timer = schedule.Scheduler()
        timer.every(every).seconds.do(look_or_say, books, desk)
        while True:
            timer.run_pending()
            time.sleep(min(1.0, max(0.0, timer.idle_seconds or 0.0)))

    return scheduler


def look_or_say(books: Books, desk: Desk) -> None:
    """Look; a fault is told and leaves the next look to come: a night that failed is still due then."""
    try:
        look(books, desk)
    except Exception as fault:  # noqa: BLE001 - a database that is away for a while must not end the scheduler
        why = fault.sentence if isinstance(fault, SluiceError) else type(fault).__name__
        errors.print(f"This look failed, the next will try again: {why}", markup=False)


def look(books: Books, desk: Desk) -> None:
    """Run the latest night, and the last window, where they are not done; correctness never rests on the timer."""
    _look_at_night(books, desk)
    windows.look(books, desk)


def _look_at_night(books: Books, desk: Desk) -> None:
    day = desk.next_night() - 1
    due = [book for book in books.book_ids() if _is_due(books, book, day)]
    if not due:
        return
    ran = run_books(books, due, day, desk, quiet=True)
    for result in ran.results:
        as_json(night_words(result))
    _exit_code(ran)


def _is_due(books: Books, book: int, day: int) -> bool:
    with books.read(book) as work:
        return work.row.last_night < day
