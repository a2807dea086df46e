"""What every command is handed: where the books are, the clock, and how to say what went wrong."""

import functools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from commands.markets import Exchange
from engine.businessday import business_day
from engine.desk import CustomerRecord
from engine.ports import BookWork
from ledger.days import parse_day
from ledger.faults import Problem, SluiceError
from store.books import Books
from store.database import address
from store.migrate import SCALES, create_books, is_newest, migrate

DONE: Final = 0
PARTIAL: Final = 2
BUSY: Final = 3
REFUSED: Final = 4

SHOWN: Final = 50

P = ParamSpec("P")
T = TypeVar("T")

screen: Final = Console(highlight=False)
errors: Final = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the books are and what time it is.

    `now` gives the instant in microseconds; `next_night` the business date of the next night by the clock, so that the
    latest night whose date has ended is the day before; what is booked takes `day`. `exchange` reads prices and opens
    brokers when first asked.
    `prove_secret` raises SluiceError `secret_missing` where pages could not be served.
    """

    url: str
    port: int
    zone: ZoneInfo
    secrets: Path
    now: Callable[[], int]
    next_night: Callable[[], int]
    exchange: Exchange
    prove_secret: Callable[[], object]

    def day(self, work: BookWork) -> int:
        """The business day of what is asked of a book now, see `engine.businessday`."""
        return business_day(work, self.next_night())

    def prepare(self, count: int | None = None, *, remake: bool = False) -> Books:
        """Create and migrate an empty database (ruling 58), or bring an old one up to date; then open it.

        It gets `count` books; without one an empty database gets one book, and another keeps those that it has. A
        database of this version is left alone unless its guards are to be made anew (`remake`).
        """
        if remake or not is_newest(self.url):
            migrate(self.url)
        books = self.open()
        there = len(books.book_ids())
        if there == 0:
            self.exchange.forget()
        if there == 0 or count not in {None, there}:
            create_books(self.url, count or 1, self.now())
        return books

    def open(self) -> Books:
        """Open the books as they are, until the command ends. Raises SluiceError where the database is not ready."""
        where = address(self.url)
        if where.get_backend_name() == "sqlite" and not Path(str(where.database)).is_file():
            sentence = f"There is no database {where.database} yet; make it with `flask init`, or with `flask demo`."
            raise SluiceError("database_not_migrated", sentence)
        books = Books(self.url)
        if context := click.get_current_context(silent=True):
            context.call_on_close(books.close)
        return books


def home_of(books: Books, reference: str) -> tuple[int, int]:
    """(book, customer) of a household. Raises SluiceError `customer_unknown`."""
    home = books.find(reference)
    if home is None:
        sentence = f"There is no household {reference}; open it with `flask customer add {reference}`."
        raise SluiceError("customer_unknown", sentence, "customer")
    return home


def prove_asset(code: str) -> None:
    """Refuse an asset that the database does not know. Raises SluiceError `asset_unknown`."""
    if code not in SCALES:
        raise SluiceError("asset_unknown", f"{code} is not known; the assets are {', '.join(SCALES)}.", "asset")


def household(work: BookWork, customer: int) -> CustomerRecord:
    """The record of a household that is known to exist."""
    return next(found for found in work.customers() if found.customer == customer)


def refusing(command: Callable[P, T]) -> Callable[P, T]:
    """Turn a SluiceError into its sentence and exit code 4, or 3 where the books are busy."""

    @functools.wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except SluiceError as fault:
            refuse(fault)
        except DBAPIError as fault:
            refuse(database_failed(fault))

    return told


def database_failed(fault: DBAPIError) -> SluiceError:
    """The database's own fault in one line, without the statement or its values."""
    why = str(fault.orig).partition("\n")[0]
    sentence = f"The database failed: {why}. Nothing of this step is kept; see docs/operations.md for backups."
    return SluiceError("database_failed", sentence)


def refuse(fault: SluiceError) -> NoReturn:
    """Say what was refused and leave."""
    where = f"{fault.field}: " if fault.field else ""
    errors.print(f"{where}{fault.sentence} [{fault.code}]", markup=False, soft_wrap=True)
    sys.exit(BUSY if fault.code == "book_busy" else REFUSED)


def list_problems(problems: Sequence[Problem]) -> None:
    """List what was wrong, one line each."""
    for problem in problems[:SHOWN]:
        path = f"{problem.path}: " if problem.path else ""
        errors.print(f"{path}{problem.sentence} [{problem.code}]", markup=False, soft_wrap=True)
    if len(problems) > SHOWN:
        errors.print(f"... and {len(problems) - SHOWN} more.")


def as_json(value: object) -> None:
    """Print a value as one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


class Day(click.ParamType[int]):
    """A date on the command line, as a day number."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002 - click's own signature
        """Read `2026-11-20`."""
        if isinstance(value, int):
            return value
        try:
            return parse_day(str(value))
        except SluiceError as fault:
            refuse(SluiceError(fault.code, fault.sentence, param.opts[0].lstrip("-") if param else ""))
