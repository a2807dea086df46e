"""`make bench-night`: customers a second of `evaluate` alone and of whole nights, on both engines, with memory.

    python -m bench.night [--customers 10000 100000] [--books 16] [--nights 3] [--engine sqlite postgresql]

Each size and engine runs in a process of its own, so that its peak memory is its own. The second night is the one to
quote: the first moves what the drawn opening balances make due. PostgreSQL runs with fsync on, SQLite with FULL sync.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench._population import START, populate
from engine.evaluate import evaluate
from engine.night import freed, run_night
from engine.take import read, take
from store.books import Books
from store.migrate import create_books, migrate
from tests.postgres_server import private_postgres


def instant() -> int:
    """The instant in microseconds."""
    return time.time_ns() // 1000


def measure(url: str, customers: int, count: int, nights: int) -> dict[str, object]:
    """Populate a database and run nights; seconds, transfers and memory."""
    migrate(url)
    create_books(url, count, instant())
    books = Books(url)
    began = time.perf_counter()
    populate(books, customers, instant())
    filled = time.perf_counter() - began
    alone = [_evaluate_alone(books, book, START + 1) for book in books.book_ids()]
    walls, moved = [], []
    for night in range(1, nights + 1):
        began = time.perf_counter()
        results = [run_night(books, book, START + night, instant) for book in books.book_ids()]
        walls.append(time.perf_counter() - began)
        moved.append(sum(result.transfers for result in results))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "customers": customers,
        "books": count,
        "populate_s": round(filled, 1),
        "evaluate_cpu_s": sum(cpu for cpu, _ in alone),
        "snapshot_cpu_s": sum(cpu for _, cpu in alone),
        "night_s": walls,
        "transfers": moved,
        "peak_mib": peak,
    }


def _evaluate_alone(books: Books, book: int, day: int) -> tuple[float, float]:
    """CPU seconds of `evaluate` on the snapshot of a book (least of 3), and of reading and taking that snapshot."""
    with books.read(book) as work:
        began = time.process_time()
        population = work.population()
        snapshot = take(read(work, population, day), freed(work, population, day).accounts, day)
        taken = time.process_time() - began
    plan = evaluate(snapshot)
    best = []
    for _ in range(3):
        began = time.process_time()
        evaluate(snapshot)
        best.append(time.process_time() - began)
    if not np.count_nonzero(plan.decisions.outcome):
        raise AssertionError("the population has no rules")
    return min(best), taken


def _in_process(work: Callable[..., dict[str, object]], *args: object) -> dict[str, object]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, args)


def main() -> None:
    """Run every size on every engine and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--books", type=int, default=16)
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--engine", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    results = []
    for engine in given.engine:
        for customers in given.customers:
            if engine == "sqlite":
                with tempfile.TemporaryDirectory() as folder:
                    url = f"sqlite:///{Path(folder) / 'bench.db'}"
                    results.append((engine, _in_process(measure, url, customers, given.books, given.nights)))
            else:
                with private_postgres() as server:
                    url = server.url(server.fresh())
                    results.append((engine, _in_process(measure, url, customers, given.books, given.nights)))
            sys.stderr.write(json.dumps(results[-1]) + "\n")
    Console(width=140).print(_table(results))


def _table(results: list[tuple[str, dict[str, object]]]) -> Table:
    table = Table(title="five rules a customer")
    for name in ("engine", "customers", "books", "evaluate /CPU-s", "night /s", "night s", "transfers", "peak MiB"):
        table.add_column(name, justify="right")
    for engine, told in results:
        customers = int(str(told["customers"]))
        walls, moved = list(told["night_s"]), list(told["transfers"])  # type: ignore[call-overload]  # lists by construction
        last = sorted(walls[1:] or walls)[len(walls[1:] or walls) // 2]
        table.add_row(
            engine,
            f"{customers:,}",
            str(told["books"]),
            f"{customers / float(str(told['evaluate_cpu_s'])):,.0f}",
            f"{customers / last:,.0f}",
            f"{last:.2f}",
            f"{moved[-1]:,}",
            str(told["peak_mib"]),
        )
    return table


if __name__ == "__main__":
    main()
