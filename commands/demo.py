"""The demo household: a year of salary, bills, card spending and investing, made before one's eyes."""

from collections.abc import Iterator
from typing import Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bank.demo import REFERENCE, demo_statement
from commands.demo_setup import demo_pies, demo_setup, furnish_pies
from commands.desk import Desk, errors, refusing, screen
from commands.told import night_table
from commands.windows import lived_windows
from engine.history import HistoryDay, Life, live
from engine.household import account_named
from engine.importing import CHECKING
from engine.request import TransferRequest, transfer
from store.books import Books

DRAW: Final = 1_800_00
"""What the demo household borrows, in cents."""

CREATED: Final = 201


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""

    @click.command("demo")
    @click.option(
        "--nights", type=click.IntRange(1, 366), default=365, show_default=True, help="nights to live through"
    )
    @refusing
    def demo(nights: int) -> None:
        """Make the demo household: a year of salary, bills, spending and trade windows, ten rules, three pies."""
        screen.print(make_demo(desk, nights))

    return [demo]


def make_demo(desk: Desk, nights: int) -> Table | str:
    """Make the demo household unless it is there; gives the table of its last night's decisions."""
    books = desk.prepare()
    last = desk.next_night() - 1
    if books.find(REFERENCE) is not None:
        return "The demo household is there already."
    first = last - nights + 1
    errors.print(f"A year in the life of the demo household, the last {nights} nights with rules and trade windows.")
    days = live(books, demo_statement(last), demo_setup(), Life((first, last), desk.now, desk.exchange.market))
    results = [lived.nights for lived in _shown(_traded(books, desk, days, last), nights)]
    return night_table(books, results[-1], last)


def _traded(books: Books, desk: Desk, days: Iterator[HistoryDay], last: int) -> Iterator[HistoryDay]:
    """The days as they come, with pies from the first on; the windows of each day are run before its night."""
    pies, drawn = demo_pies(desk.exchange.models(), last), False
    for lived in days:
        if pies and (home := books.find(REFERENCE)):
            with books.lock(home[0]) as work:
                furnish_pies(work, home[1], desk.exchange.market, pies, (lived.day, desk.now()))
            pies = {}
        drawn = drawn or first_draw(books, (lived.day + 1, desk.now()))
        yield lived
        if lived.day < last:
            lived_windows(books, desk, lived.day + 1)


def first_draw(books: Books, when: tuple[int, int]) -> bool:
    """Draw on the demo household's borrow line as soon as its collateral allows it; whether it did."""
    home = books.find(REFERENCE)
    if home is None:
        return False
    with books.lock(home[0]) as work:
        line = account_named(work, home[1], "borrow")
        if line.posted - line.rule_floor < DRAW:
            return False
        request = TransferRequest(home[1], "borrow", CHECKING, DRAW, f"demo {when[0]}", when[0])
        return transfer(work, request, when[1]).status == CREATED


def _shown(days: Iterator[HistoryDay], count: int) -> Iterator[HistoryDay]:
    columns = (TextColumn("nights"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("nights", total=count)
        for lived in days:
            bar.advance(task)
            yield lived
