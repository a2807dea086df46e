"""`make bench-rebalance`: portfolios a second of the rebalance core, beside other programs, in one run.

    python -m bench.rebalance [--slices 10 100] [--pies 100000]

All get the same random portfolios (weights of 10,000 basis points, values around 100 to 100,000 dollars, a deposit of
1% to 20%). The columns get all of them at once, from ragged columns to trades, guard and checks included; the best of
three. The peers (bench/_peers.py) get the first of them, one at a time, for a few seconds at most; their cents are
compared with ours. The plain program's must be the same; the others do not round, so up to one cent is agreement.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from bench._peers import ACCURACY, PEERS, PLAIN, Peer, Task
from engine.invest.core.columns import Pies, Trades
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit, rebalance
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP

SECONDS: Final = 3
SAMPLE: Final = 500
SEED: Final = 2_026
MINIMUM: Final = 100
PACKAGES: Final = ("numpy", "bt", "cvxpy", "osqp")
COLUMNS: Final = ("slices", "what", "program", "portfolios", "a second", "ours is", "furthest, cents")

WORKS: Final[dict[str, Callable[[Pies, Int64s, Terms], Trades]]] = {
    "deposit": deposit,
    "full": lambda pies, cash, terms: rebalance(pies, cash, np.zeros_like(cash), terms),
}


@dataclass(frozen=True, slots=True)
class Lap:
    """How many portfolios a program did, how many a second, and by how many cents it differs from ours at most."""

    count: int
    rate: float
    furthest: float


def portfolios(count: int, slices: int) -> tuple[Pies, Int64s]:
    """Random pies and the cash to place in each."""
    random = np.random.default_rng(SEED)
    cuts = np.sort(random.integers(0, WHOLE_BP - slices + 1, (count, slices - 1)), axis=1)
    edges = np.concatenate([np.zeros((count, 1), np.int64), cuts, np.full((count, 1), WHOLE_BP - slices)], axis=1)
    weight = np.diff(edges, axis=1) + 1
    total = 10 ** random.integers(4, 8, (count, 1))
    value = weight * total * random.integers(50, 151, (count, slices)) // (100 * WHOLE_BP)
    cash = value.sum(axis=1) * random.integers(1, 21, count) // 100
    return Pies(np.arange(count + 1) * slices, weight.ravel(), value.ravel()), cash


def ours(pies: Pies, cash: Int64s, what: str, minimum: int) -> tuple[float, Task]:
    """Portfolios a second of the columns, and a sample with the trades found for the peers."""
    terms = Terms.alike(len(pies), minimum)
    found = WORKS[what](pies, cash, terms)
    best = []
    for _ in range(3):
        began = time.perf_counter()
        WORKS[what](pies, cash, terms)
        best.append(time.perf_counter() - began)
    shape = len(pies), -1
    weight, value, trade = pies.weight.astype(np.int64), pies.value.reshape(shape), found.trade.reshape(shape)
    task = Task(weight.reshape(shape), value, cash, trade, what == "full", minimum)
    return len(pies) / min(best), task.first(SAMPLE)


def race(peer: Peer, task: Task) -> Lap:
    """Let a peer solve what it can in the time it has; raises ImportError where its library is absent."""
    for package in peer.packages:
        import_module(package)
    solve = peer.prepare(task)
    answers: list[npt.ArrayLike] = []
    began = time.perf_counter()
    while len(answers) < len(task) and (not answers or time.perf_counter() - began < SECONDS):
        answers.append(solve(len(answers)))
    took = time.perf_counter() - began
    furthest = np.abs(np.array(answers) - task.trade[: len(answers)]).max()
    return Lap(len(answers), len(answers) / took, float(furthest))


def rows(pies: Pies, cash: Int64s, what: str, minimum: int) -> Iterator[tuple[str, ...]]:
    """Measure ours and every peer on one kind of work; only the plain program knows a minimum order."""
    rate, task = ours(pies, cash, what, minimum)
    slices = str(task.weight.shape[1])
    label = f"{what}, minimum 1.00" if minimum else what
    yield slices, label, "ours", f"{len(pies):,}", f"{rate:,.0f}", "", ""
    for peer in (PLAIN,) if minimum else PEERS:
        try:
            lap = race(peer, task.first(peer.most))
        except ImportError as absent:
            yield "", "", peer.name, f"not measured: {absent}", "", "", ""
            continue
        if peer is PLAIN and lap.furthest:
            raise AssertionError("the columns and the plain program differ")
        figures = (f"{lap.count:,}", f"{lap.rate:,.0f}", f"{rate / lap.rate:,.0f} ×", f"{lap.furthest:.2f}")
        yield "", "", peer.name, *figures


def versions() -> str:
    """What the figures were made with."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            found.append(f"{package} absent")
    return ", ".join([*found, f"{os.cpu_count()} cores; each program works on one"])


def main() -> None:
    """Measure every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--pies", type=int, default=100_000)
    given = parser.parse_args()
    table = Table(title="portfolios a second; ours in exact cents, all at once", caption=versions())
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in {"what", "program"} else "right")
    for slices in given.slices:
        pies, cash = portfolios(max(SAMPLE, given.pies * 10 // slices), slices)
        for minimum in (0, MINIMUM):
            for what in WORKS:
                for row in rows(pies, cash, what, minimum):
                    table.add_row(*row)
                table.add_section()
    console = Console(width=120)
    console.print(table)
    console.print("bt carries out targets made for it (it has no split that only buys); making ready is not timed.")
    console.print(f"OSQP's accuracy is set to {ACCURACY['eps_abs']}, so that it agrees within a cent.")


if __name__ == "__main__":
    main()
