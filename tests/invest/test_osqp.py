"""Deposits and withdrawals against two solvers that know nothing of water levels (investing.md D13.3).

OSQP minimises the squared distance from the targets over the weights; HiGHS finds the highest level that the lowest
slice (or the lowest level that the highest slice) can be brought to. Money is scaled to parts of the total, so that
their tolerances are far below a cent.
"""

from random import Random

import numpy as np
import numpy.typing as npt
import osqp
import pytest
from scipy import optimize, sparse

from engine.invest.core.flatten import Flattened, columns, flatten
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit, withdraw
from engine.invest.pies.pie import Pie, Slice
from tests.invest.pies import column, trades_of

DEPOSITS, WITHDRAWALS = 500, 200
NEAR = 1.01  # cents: the core's own rounding is less than one
Reals = npt.NDArray[np.float64]


def drawn_weights(random: Random, count: int) -> list[int]:
    """Basis points that total 10,000, each at least 20."""
    cuts = sorted(random.sample(range(1, 10_000 - 20 * count), count - 1)) if count > 1 else []
    return [20 + last - first for first, last in zip([0, *cuts], [*cuts, 10_000 - 20 * count], strict=True)]


def drawn_pie(random: Random) -> Flattened:
    """A pie of up to twelve slices, some of them pies."""
    slices = []
    for place, weight in enumerate(drawn_weights(random, random.randint(1, 12))):
        if random.random() < 0.25:
            inside = drawn_weights(random, random.randint(1, 5))
            parts = tuple(Slice(symbol=f"S{number}", weight=share) for number, share in enumerate(inside))
            slices.append(Slice(pie=Pie(name=f"inner_{place}", slices=parts), weight=weight))
        else:
            slices.append(Slice(symbol=f"T{place}", weight=weight))
    return flatten(Pie(name="outer", slices=tuple(slices)))


def drawn_value(random: Random, pie: Flattened) -> list[int]:
    """What the leaves are worth: up to about 100,000.00 in all, off their weights by more or less."""
    total = random.randint(10_00, 100_000_00)
    return [
        int(total * leaf.weight / pie.whole * random.choice([0, 1, 1, random.uniform(0.5, 1.5), random.uniform(0, 3)]))
        for leaf in pie.leaves
    ]


def case(seed: int, number: int) -> tuple[list[Flattened], list[list[int]], Random]:
    random = Random(seed)
    pies = [drawn_pie(random) for _ in range(number)]
    return pies, [drawn_value(random, pie) for pie in pies], random


def part(pie: Flattened) -> Reals:
    return np.array([leaf.weight / pie.whole for leaf in pie.leaves])


def nearest(weight: Reals, value: list[int], money: int) -> Reals:
    """Trades in cents that bring the slices as near to their targets as buys (or, for less than none, sales) can.

    OSQP works on trades over the roots of the weights, where the problem is the distance from a point, and with a fixed
    step: the adaptive one does not settle where a deposit is a millionth of the pie.
    """
    total, root = sum(value) + abs(money), np.sqrt(weight)
    held, flow = np.array(value) / total, money / total
    none = np.zeros(len(value))
    low, high = (none, none + np.inf) if money > 0 else (-held / root, none)
    solver = osqp.OSQP()
    solver.setup(
        sparse.eye(len(value), format="csc"),
        held / root - (held.sum() + flow) * root,
        sparse.vstack([root[np.newaxis], sparse.eye(len(value))], format="csc"),
        np.concatenate([[flow], low]),
        np.concatenate([[flow], high]),
        eps_abs=1e-8,
        eps_rel=1e-8,
        polishing=True,
        rho=1.0,
        adaptive_rho=False,
        max_iter=100_000,
        verbose=False,
    )
    found = solver.solve(raise_error=True)
    trades: Reals = found.x * root * total
    return trades


def extreme_level(weight: Reals, value: list[int], money: int) -> float:
    """The highest that buys bring the lowest level to, or sales the highest down to: cents over weight."""
    total, count, sign = sum(value) + abs(money), len(value), 1 if money > 0 else -1
    held = np.array(value) / total
    bounds = [(0, None) if money > 0 else (-one, 0) for one in held]
    found = optimize.linprog(
        [*np.zeros(count), -sign],
        A_ub=np.column_stack([-sign * np.eye(count), sign * weight]),  # sign · (level · weight − trade) ≤ sign · held
        b_ub=sign * held,
        A_eq=[[*np.ones(count), 0]],
        b_eq=[money / total],
        bounds=[*bounds, (None, None)],
        method="highs",
    )
    assert found.success, found.message
    return float(found.x[-1]) * total


def assert_as_good(pies: list[Flattened], values: list[list[int]], money: list[int], trades: list[list[int]]) -> None:
    for pie, value, cents, trade in zip(pies, values, money, trades, strict=True):
        weight = part(pie)
        assert np.abs(nearest(weight, value, cents) - trade).max() <= NEAR
        after = np.array(value) + trade
        level = extreme_level(weight, value, cents)
        beyond = level * weight - after if cents > 0 else after - level * weight
        assert beyond.max() <= NEAR  # no slice is on the wrong side of the level
        reached = after - level * weight if cents > 0 else level * weight - after
        assert reached.min() <= NEAR  # and the extreme one has no better level than the solver's


@pytest.mark.parametrize("seed", range(5))
def test_3_deposits_are_the_solvers_within_a_cent(seed: int) -> None:
    pies, values, random = case(seed, DEPOSITS // 5)
    cash = [random.randint(1, random.choice([100, 1_000_00, 50_000_00])) for _ in pies]
    flat = columns(pies, column(*(cents for value in values for cents in value)))
    assert_as_good(pies, values, cash, trades_of(flat, deposit(flat, column(*cash), Terms.alike(len(pies))).trade))


@pytest.mark.parametrize("seed", range(5, 7))
def test_3_withdrawals_are_the_solvers_within_a_cent(seed: int) -> None:
    pies, values, random = case(seed, WITHDRAWALS // 2)
    held = [(pie, value) for pie, value in zip(pies, values, strict=True) if sum(value)]
    pies, values = [pie for pie, _ in held], [value for _, value in held]
    amount = [random.randint(1, sum(value)) for value in values]
    flat = columns(pies, column(*(cents for value in values for cents in value)))
    none = np.zeros(len(pies), np.int64)
    found = withdraw(flat, column(*amount), none, Terms.alike(len(pies)))
    assert_as_good(pies, values, [-cents for cents in amount], trades_of(flat, found.trade))
