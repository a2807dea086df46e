"""Commands for trade windows: window, market check; and the scheduler's look at windows that are due."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import click
from sqlalchemy.exc import DBAPIError

from commands.desk import BUSY, DONE, PARTIAL, REFUSED, Day, Desk, as_json, database_failed, errors, refusing, screen
from commands.markets import feed_words
from commands.toldpies import slot_words, window_words
from engine.dated.history import Dated
from engine.dated.trading import order_minimum
from engine.invest.market import Window
from engine.invest.orderrecords import Phase
from engine.invest.windows.brokers import MINUTE, Trading
from engine.invest.windows.preview import basis_now, is_idle, is_quiet
from engine.ports import Books
from engine.window import WindowResult, run_window
from ledger.days import format_day
from ledger.faults import SluiceError

SLOTS = {"morning": 1, "afternoon": 2}
FRUITLESS = 15 * MINUTE
"""How long continuous mode leaves a book alone after a window of which no order was filled."""

BUSY_CODES = frozenset({"book_busy", "window_busy", "window_taken"})


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    return [_window(desk), _market(desk)]


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a window's books: results, books where another runner is at work, and faults by book."""

    results: list[WindowResult] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    faults: dict[int, SluiceError] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The exit code: refused before busy before partial."""
        if self.faults:
            return REFUSED
        if self.busy:
            return BUSY
        return PARTIAL if any(result.open for result in self.results) else DONE


def run_books(books: Books, todo: Sequence[int], window: Window, trading: Trading) -> Ran:
    """Run the window in each book; one that fails stops no other.

    What is left of the day's other windows is finished first, so that no account stands in two open plans.
    """
    ran = Ran()
    for book in todo:
        try:
            for left in _left_open(books, book, window):
                run_window(books, book, left, trading)
            ran.results.append(run_window(books, book, window, trading))
        except SluiceError as fault:
            if fault.code in BUSY_CODES:
                ran.busy.append(book)
            else:
                ran.faults[book] = fault
        except DBAPIError as fault:
            ran.faults[book] = database_failed(fault)
    return ran


def _left_open(books: Books, book: int, window: Window) -> list[Window]:
    """The windows of the day that were begun and are not final, in order of time; the window itself left out."""
    with books.read(book) as work:
        rows = [row for row in work.windows(window.day) if row.day == window.day and row.phase != Phase.FINAL]
    found = [Window(row.day, row.slot, row.opens, row.ends) for row in rows if row.slot != window.slot]
    return sorted(found, key=lambda one: (one.opens, one.slot))


def _window(desk: Desk) -> click.Command:
    @click.command("window")
    @click.option("--on", "day", type=Day(), help="the session's date; the last window that opened where not given")
    @click.option("--slot", type=click.Choice(list(SLOTS)), help="the morning where a date is given without it")
    @click.option("--now", "at_once", is_flag=True, help="a window of its own, while the exchange is open")
    @click.option("--json", "json_", is_flag=True, help="one JSON line a book")
    @refusing
    def window(*, day: int | None, slot: str | None, at_once: bool, json_: bool) -> None:
        """Run a trade window in every book. Exit code 0 done, 2 orders still open, 3 busy, 4 refused."""
        if at_once and (day is not None or slot is not None):
            raise click.UsageError("--now stands alone: it takes no --on and no --slot.")
        books = desk.open()
        dated = books.dated()
        chosen = _chosen_now(desk, dated) if at_once else _chosen(desk, dated, day, slot)
        ran = run_books(books, books.book_ids(), chosen, desk.exchange.trading())
        for result in ran.results:
            if json_:
                as_json(window_words(result))
            else:
                _say(result)
        _say_faults(ran)
        sys.exit(ran.code)

    return window


def _chosen(desk: Desk, dated: Dated, day: int | None, slot: str | None) -> Window:
    """The window that was asked for. Raises SluiceError `window_ahead` where it has not opened yet."""
    now, exchange = desk.now(), desk.exchange
    if day is None and slot is None:
        opened = exchange.opened(now, dated)
        if opened is None:
            raise SluiceError("window_ahead", "No window has opened yet; name a date with --on.", "on")
        return opened
    if day is None:
        session = exchange.calendar.begun(now)
        day = exchange.calendar.first if session is None else session.day
    chosen = exchange.window(day, SLOTS[slot or "morning"], dated)
    if chosen.opens > now:
        sentence = f"The {slot_words(chosen.slot)} window of {format_day(day)} has not opened yet; it cannot run early."
        raise SluiceError("window_ahead", sentence, "on")
    return chosen


def _chosen_now(desk: Desk, dated: Dated) -> Window:
    """The continuous window that stands open. Raises SluiceError `window_over` while the exchange is closed."""
    chosen = desk.exchange.continuous(desk.now())
    if chosen is None:
        following = format_day(desk.exchange.next_window(desk.now(), dated).day)
        sentence = f"The exchange is closed, and orders wait; the next window is on {following}."
        raise SluiceError("window_over", sentence, "now")
    return chosen


def _say(result: WindowResult) -> None:
    where = f"Book {result.book}, window of {format_day(result.day)}, {slot_words(result.slot)}"
    if result.status == "already_done":
        screen.print(f"{where}: already done.")
        return
    still = f", {result.open} still open" if result.open else ""
    screen.print(f"{where}: {result.orders} order(s), {result.filled} filled{still}.")


def _say_faults(ran: Ran) -> None:
    for book, fault in ran.faults.items():
        where = fault.field or f"book {book}"
        errors.print(f"{where}: {fault.sentence} [{fault.code}]", markup=False, soft_wrap=True)
    if ran.busy:
        errors.print(f"{len(ran.busy)} book(s) are busy with another run; run the command again.")


def look(books: Books, desk: Desk) -> None:
    """Run the last window that opened, while its session lasts, in books where it is not done (ruling 34).

    In continuous mode the window of the quiet time follows, in books that have work and are not busy or broken.
    """
    now = desk.now()
    todo = [book for book in books.book_ids() if _has_pies(books, book)]
    window = desk.exchange.opened(now, books.dated()) if todo else None
    if window is None or now >= window.ends:
        return
    ran = _looked_at(books, desk, window, [book for book in todo if _is_due(books, book, window)])
    often = desk.exchange.continuous(now) if desk.exchange.is_continuous else None
    if often is not None:
        free = [book for book in todo if book not in ran.busy and book not in ran.faults]
        trading = desk.exchange.trading()
        _looked_at(books, desk, often, [book for book in free if _has_work(books, book, often, trading)])


def _looked_at(books: Books, desk: Desk, window: Window, due: Sequence[int]) -> Ran:
    """Run the window in the books where it is due, and say what came of it."""
    ran = run_books(books, due, window, desk.exchange.trading())
    for result in ran.results:
        as_json(window_words(result))
    _say_faults(ran)
    return ran


def _has_pies(books: Books, book: int) -> bool:
    """Whether any account of the book has a pie: without one there is no market to look at."""
    with books.read(book) as work:
        return len(work.invest_accounts()) > 0


def _is_due(books: Books, book: int, window: Window) -> bool:
    with books.read(book) as work:
        row = work.window(window.day, window.slot)
        return (row is None or row.phase != Phase.FINAL) and len(work.invest_accounts()) > 0


def _has_work(books: Books, book: int, window: Window, trading: Trading) -> bool:
    """Whether a continuous window is due: it was begun, another of its day was, or it would do something."""
    with books.read(book) as work:
        rows = [row for row in work.windows(window.day) if row.day == window.day]
        if any(row.phase != Phase.FINAL for row in rows):
            return True
        if any(row.slot == window.slot for row in rows):
            return False
        last = max(rows, key=lambda row: row.opens, default=None)
        orders = work.orders(last.day, last.slot) if last is not None else []
        fruitless = bool(orders) and not any(one.filled_units for one in orders)
        if last is not None and fruitless and window.opens < last.opens + FRUITLESS:
            return False
    return not is_passed(books, book, window, trading)


def lived_windows(books: Books, desk: Desk, day: int) -> int:
    """Run the windows of a day of a history, each at its own instant; those with nothing to do are passed over.

    Gives how many orders there were.
    """
    orders = 0
    for window in desk.exchange.windows(day, books.dated()):
        trading = desk.exchange.trading(lambda window=window: window.opens)  # type: ignore[misc]  # bound at once
        for book in books.book_ids():
            if not is_passed(books, book, window, trading):
                orders += run_window(books, book, window, trading).orders
    return orders


def is_passed(books: Books, book: int, window: Window, trading: Trading) -> bool:
    """Whether a window would do nothing in a book; one that was begun is not passed over."""
    with books.read(book) as work:
        if work.window(window.day, window.slot) is not None:
            return False
        minimum = order_minimum(work.dated(), window.day)
        if is_quiet(work, window):
            return True
        return is_idle(work, basis_now(work, trading.market, window, (window.opens, minimum)))


def _market(desk: Desk) -> click.Command:
    @click.group("market")
    def market() -> None:
        """Where prices come from."""

    @market.command("check")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def check(*, json_: bool) -> None:
        """Read the feed and say its range and which symbols have no usable price now. Exit code 2 where some lack."""
        stale = desk.exchange.stale(desk.now())
        told = {**feed_words(desk.exchange.feed), "missing": stale}
        if json_:
            as_json(told)
        else:
            screen.print(
                f"{told['source']}: {told['symbols']} symbols, {told['first']} to {told['last']}.", markup=False
            )
            for symbol, reason in stale.items():
                screen.print(f"{symbol}: {reason}", markup=False)
        sys.exit(PARTIAL if stale else DONE)

    return market
