"""`make bench-money`: what a night costs where households earn, borrow on pies and pay fees, through two crashes.

    python -m bench.money [--households 200 2000] [--days 60] [--books 4]

The households, their market and their rules are those of `tests/money`: pies, secured lines, holds, retirement rooms,
fees. Every date has a night, every Wednesday its morning window. Seconds are on the clock, on SQLite with FULL sync;
nights on which a month is posted, and the slowest one, stand apart. The books are verified at the end.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from ledger.days import date_of
from store.verify import verify
from tests.money.exchange import Crash
from tests.money.test_years import YEARS
from tests.money.years import Years

BUSY: Final = 0.01
"""The share of days on which people ask for a transfer; what they ask is not measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one size: of an ordinary night, of one that posts a month, of the slowest, and of a day's windows."""

    households: int
    nights: int
    ordinary: float
    posting: float
    slowest: float
    window: float
    verified: float


def measure(households: int, days: int, books: int) -> Measured:
    """Open the households and let them live."""
    first = YEARS.first
    crashes = (Crash(first + days // 4, 45, max(days // 12, 1)), Crash(first + days // 2, 60, max(days // 12, 1)))
    span = replace(YEARS, last=first + days - 1, crashes=crashes, busy=BUSY)
    with tempfile.TemporaryDirectory() as folder:
        years = Years(f"sqlite:///{Path(folder) / 'bench.db'}", span, households, books, judged=False)
        years.live()
        began = time.perf_counter()
        if findings := list(verify(years.url)):
            raise AssertionError(findings)
        verified = time.perf_counter() - began
        years.close()
    nights = dict(zip(range(first, span.last + 1), years.times.nights, strict=True))
    posting = [seconds for day, seconds in nights.items() if day > first and date_of(day).day == 1]
    ordinary = sorted(seconds for day, seconds in nights.items() if date_of(day).day != 1)
    windows = sorted(years.times.windows)
    return Measured(
        households,
        len(nights),
        ordinary[len(ordinary) // 2],
        max(posting, default=0.0),
        max(nights.values()),
        windows[len(windows) // 2],
        verified,
    )


def main() -> None:
    """Run every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, nargs="+", default=[200, 2_000])
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--books", type=int, default=4)
    given = parser.parse_args()
    table = Table(title=f"{given.days} days with two crashes, {given.books} books, SQLite")
    for name in ("households", "night, s", "night that posts a month, s", "slowest night, s", "window, s", "verify, s"):
        table.add_column(name, justify="right")
    for households in given.households:
        told = measure(households, given.days, given.books)
        seconds = (told.ordinary, told.posting, told.slowest, told.window, told.verified)
        table.add_row(f"{told.households:,}", *(f"{one:.2f}" for one in seconds))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
