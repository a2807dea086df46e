"""`make bench-night`: customers a second of `evaluate` alone and of whole nights, on both engines, with memory.

    python -m bench.night [--customers 10000 100000] [--books 16] [--engine sqlite postgresql] [--floor FOLDER]

Each size and engine runs in a process of its own, so that its peak memory is its own. The first night moves about two
and a half transfers a customer, the quiet ones after it few. PostgreSQL runs with fsync on, SQLite with FULL sync.
Where the floor of a night is at hand (two programs that do only what no night can avoid), it is run in the same minute
on the same number of customers and books, and the first night is given as a ratio to it.
"""

import argparse
import json
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from bench._population import START, populate
from engine.evaluate import evaluate
from engine.invest.nights.eve import Steps
from engine.night import run_night
from engine.overnight.block import overnight
from engine.overnight.places import Pretended
from engine.overnight.sight import night_sight
from engine.take import read, take
from store.books import Books
from store.migrate import create_books, migrate
from tests.postgres_server import PostgresServer, private_postgres

FLOOR: Final = Path(__file__).resolve().parents[2] / "shared" / "floor"
NIGHTS: Final = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """What one size on one engine took; seconds on the clock, `evaluate_cpu` in processor seconds."""

    engine: str
    customers: int
    books: int
    populate: float
    evaluate_cpu: float
    first_night: float
    quiet_night: float
    first_transfers: int
    quiet_transfers: int
    peak_mib: int
    floor: float | None = None


def instant() -> int:
    """The instant in microseconds."""
    return time.time_ns() // 1000


def measure(url: str, customers: int, count: int) -> Measured:
    """Populate a database and run its nights."""
    migrate(url)
    create_books(url, count, instant())
    books = Books(url)
    began = time.perf_counter()
    populate(books, customers, instant())
    filled = time.perf_counter() - began
    alone = sum(_evaluate_alone(books, book, START + 1) for book in books.book_ids())
    walls, moved = [], []
    for night in range(1, NIGHTS + 1):
        began = time.perf_counter()
        results = [run_night(books, book, START + night, instant) for book in books.book_ids()]
        walls.append(time.perf_counter() - began)
        moved.append(sum(result.transfers for result in results))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    quiet = sorted(walls[1:])[(NIGHTS - 1) // 2]
    engine = url.partition(":")[0].partition("+")[0]
    return Measured(engine, customers, count, filled, alone, walls[0], quiet, moved[0], moved[-1], peak)


def _evaluate_alone(books: Books, book: int, day: int) -> float:
    """CPU seconds of `evaluate` on the snapshot of a book, the least of three."""
    with books.read(book) as work:
        sight = night_sight(work, None, Steps(day))
        population = overnight(sight, work.population(), Pretended(work), None).population
        snapshot = take(read(work, population, day), population.accounts, day)
    if not np.count_nonzero(evaluate(snapshot).decisions.outcome):
        raise AssertionError("the population has no rules")
    best = []
    for _ in range(3):
        began = time.process_time()
        evaluate(snapshot)
        best.append(time.process_time() - began)
    return min(best)


def _in_process(url: str, customers: int, books: int) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (url, customers, books))


def _sqlite(customers: int, books: int, floor: Path) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        measured = _in_process(f"sqlite:///{Path(folder) / 'bench.db'}", customers, books)
        program, where = floor / "night_sqlite.py", str(Path(folder) / "floor.db")
        return _beside(measured, program, [where, str(customers), str(books), "delete", "load"])


def _postgres(customers: int, books: int, floor: Path) -> Measured:
    with private_postgres() as server:
        measured = _in_process(server.url(server.fresh()), customers, books)
        where = _dsn(server, server.fresh())
        return _beside(measured, floor / "night_pg.py", [where, str(customers), str(books), "1", "load"])


def _dsn(server: PostgresServer, name: str) -> str:
    user = re.search(r"//([^@]+)@", server.url(name))
    return f"host={server.folder} user={user[1] if user else ''} dbname={name}"


def _beside(measured: Measured, program: Path, arguments: list[str]) -> Measured:
    if not program.exists():
        return measured
    command = [sys.executable, str(program), *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1200).stdout
    wall = re.search(r"wall=([0-9.]+)s", told)
    return Measured(**(asdict(measured) | {"floor": float(wall[1]) if wall else None}))


def main() -> None:
    """Run every size on every engine and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--books", type=int, default=16)
    parser.add_argument("--engine", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--floor", type=Path, default=FLOOR)
    given = parser.parse_args()
    runs = {"sqlite": _sqlite, "postgresql": _postgres}
    results = []
    for engine in given.engine:
        for customers in given.customers:
            results.append(runs[engine](customers, given.books, given.floor))
            sys.stderr.write(json.dumps(asdict(results[-1])) + "\n")
    Console(width=150).print(_table(results))


def _table(results: list[Measured]) -> Table:
    table = Table(title="five rules a customer")
    names = ("engine", "customers", "books", "evaluate, customers /CPU-s", "first night, customers /s", "transfers")
    for name in (*names, "quiet night, customers /s", "transfers", "first night / floor", "peak MiB"):
        table.add_column(name, justify="right")
    for told in results:
        table.add_row(
            told.engine,
            f"{told.customers:,}",
            str(told.books),
            f"{told.customers / told.evaluate_cpu:,.0f}",
            f"{told.customers / told.first_night:,.0f}",
            f"{told.first_transfers:,}",
            f"{told.customers / told.quiet_night:,.0f}",
            f"{told.quiet_transfers:,}",
            f"{told.first_night / told.floor:.2f}" if told.floor else "no floor here",
            str(told.peak_mib),
        )
    return table


if __name__ == "__main__":
    main()
