"""`make bench-rebalance`: portfolios a second of the rebalance core, beside the plain program of one pie, in one run.

    python -m bench.rebalance [--slices 10 100] [--pies 100000]

Both get the same random portfolios (weights of 10,000 basis points, values around 100 to 100,000 dollars, a deposit of
1% to 20%). The plain program of tests/invest/model.py gets a sample of them, and its cents are compared. The columns
are timed from ragged columns to trades, guard and checks included; the best of three.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from engine.invest.columns import Pies, Trades
from engine.invest.minimum import Terms
from engine.invest.rebalance import deposit, rebalance
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP
from tests.invest import model

SAMPLE: Final = 500
SEED: Final = 2_026
MINIMUM: Final = 100


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of rebalance: on columns, and by the plain program."""

    columns: Callable[[Pies, Int64s, Terms], Trades]
    plain: Callable[[model.Pie, int], list[int]]


WORKS: Final = {
    "deposit": Work(deposit, model.deposit),
    "full": Work(lambda pies, cash, terms: rebalance(pies, cash, np.zeros_like(cash), terms), model.rebalance),
}


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


def measure(pies: Pies, cash: Int64s, work: Work, minimum: int) -> tuple[int, int]:
    """Portfolios a second: of the columns, and of the plain program, whose cents must be the same."""
    terms = Terms.alike(len(pies), minimum)
    best = []
    for _ in range(3):
        began = time.perf_counter()
        work.columns(pies, cash, terms)
        best.append(time.perf_counter() - began)
    sample = min(SAMPLE, len(pies))
    ends = pies.start[: sample + 1].tolist()
    weight, value = pies.weight.tolist(), pies.value.tolist()
    singles = [model.Pie(weight[a:b], value[a:b], (), minimum) for a, b in pairwise(ends)]
    began = time.perf_counter()
    expected = [work.plain(pie, money) for pie, money in zip(singles, cash[:sample].tolist(), strict=True)]
    took = time.perf_counter() - began
    found = work.columns(pies, cash, terms)
    if found.trade[: ends[-1]].tolist() != [cents for trades in expected for cents in trades]:
        raise AssertionError("the columns and the plain program differ")
    return round(len(pies) / min(best)), round(sample / took)


def main() -> None:
    """Measure every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--pies", type=int, default=100_000)
    given = parser.parse_args()
    table = Table(title="portfolios a second, exact cents")
    for name in ("slices", "pies", "what", "columns", "plain program", "times"):
        table.add_column(name, justify="right")
    for slices in given.slices:
        count = max(SAMPLE, given.pies * 10 // slices)
        pies, cash = portfolios(count, slices)
        for what, work in WORKS.items():
            for minimum, label in ((0, what), (MINIMUM, f"{what}, minimum 1.00")):
                fast, slow = measure(pies, cash, work, minimum)
                table.add_row(str(slices), f"{count:,}", label, f"{fast:,}", f"{slow:,}", f"{fast / slow:,.0f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
