"""Commands for nights: night, scheduler."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

import click
import schedule
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from commands.desk import BUSY, DONE, PARTIAL, Day, Desk, as_json, errors, refusing, screen
from commands.told import night_table, night_words
from engine.night import NightResult, run_night
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
        results, busy = run_books(books, books.book_ids(), on, desk.now, quiet=json_)
        if json_:
            for result in results:
                as_json(night_words(result))
        else:
            _say(books, results, on)
        if busy:
            errors.print(f"{len(busy)} book(s) stayed busy for {PATIENCE:.0f} s; run the command again.")
            sys.exit(BUSY)
        sys.exit(PARTIAL if any(result.quarantined for result in results) else DONE)

    return night


def run_books(
    books: Books, todo: Sequence[int], day: int, now: Callable[[], int], *, quiet: bool
) -> tuple[list[NightResult], list[int]]:
    """Run the night in each book; a book that another runner holds is tried again later. Gives results, busy books."""
    results: list[NightResult] = []
    left = list(todo)
    deadline = time.monotonic() + PATIENCE
    columns = (TextColumn("night of " + format_day(day)), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=quiet or len(left) < 2, transient=True) as bar:  # noqa: PLR2004 - one book needs no bar
        task = bar.add_task("night", total=len(left))
        while left:
            still = []
            for book in left:
                try:
                    results.append(run_night(books, book, day, now, wait=False))
                    deadline = time.monotonic() + PATIENCE
                    bar.advance(task)
                except SluiceError as fault:
                    if fault.code != "book_busy":
                        raise
                    still.append(book)
            left = still
            if left and time.monotonic() > deadline:
                break
            if left:
                time.sleep(0.05)
    return results, left


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
        """Ask every half minute what is due, and run it: the night of the latest date that has ended (ruling 34)."""
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
    """Run the latest night where it is not done; correctness rests on the night, never on the timer."""
    day = desk.next_night() - 1
    due = [book for book in books.book_ids() if _is_due(books, book, day)]
    if not due:
        return
    results, _ = run_books(books, due, day, desk.now, quiet=True)
    for result in results:
        as_json(night_words(result))


def _is_due(books: Books, book: int, day: int) -> bool:
    with books.read(book) as work:
        return work.row.last_night < day
