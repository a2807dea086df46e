"""What `bench/rebalance.py` is measured against: other programs that split the same cash over the same portfolios.

Each peer takes a task, makes ready outside of the clock all that its library allows, and gives the function that the
clock runs: the number of a portfolio in, the cents of its slices out. Its packages must be there (`Peer.packages`).

- The plain program of one pie, tests/invest/model.py: exact integers, no library.
- bt: `Rebalance` on one strategy a portfolio. Strategies, holdings, cash and target weights are made ready before. bt
  has no deposit that only buys: it gets the weights that ours comes to, and is measured on carrying them out.
- cvxpy with OSQP: one problem with parameters for all portfolios, solved once before the clock starts.
- OSQP directly: one set-up for all portfolios; each changes q, l, u and, since weights differ, the diagonal of P.

The quadratic program: in parts of all the money, minimise the sum of (scale · x + offset)², where the trades x add up
to the cash. A full rebalance has scale 1 and offset value - target. A deposit has scale 1/√weight, offset value · scale
and x at least 0, so that in the end every slice bought has the same ratio of value to weight.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from tests.invest import model

Floats = npt.NDArray[np.float64]
Solve = Callable[[int], npt.ArrayLike]

ACCURACY: Final = {"eps_abs": 1e-8, "eps_rel": 1e-8}  # OSQP's own, 1e-3, is up to hundreds of dollars off
DAY: Final = "2026-01-02"


@dataclass(frozen=True, slots=True)
class Task:
    """n portfolios with k slices each: weights and cents (n, k), the cash (n,), and the trades we come to (n, k).

    Where nothing `sells` it is a deposit, otherwise a full rebalance; `minimum` is the minimum order in cents.
    """

    weight: Int64s
    value: Int64s
    cash: Int64s
    trade: Int64s
    sells: bool
    minimum: int = 0

    def __len__(self) -> int:
        """How many portfolios."""
        return len(self.cash)

    def first(self, count: int) -> Self:
        """The same for no more than so many portfolios."""
        weight, value, cash, trade = (column[:count] for column in (self.weight, self.value, self.cash, self.trade))
        return type(self)(weight, value, cash, trade, self.sells, self.minimum)


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to compare with: its name, its packages, how many portfolios it gets at most, how it is made ready."""

    name: str
    packages: tuple[str, ...]
    most: int
    prepare: Callable[[Task], Solve]


@dataclass(frozen=True, slots=True)
class Quadratic:
    """The quadratic program of each portfolio, and all its money in cents (n,) to come back from parts of it."""

    scale: Floats
    offset: Floats
    cash: Floats
    total: Floats

    @classmethod
    def of(cls, task: Task) -> Self:
        """Write the portfolios down so."""
        total = (task.value.sum(axis=1) + task.cash).astype(np.float64)
        value = task.value / total[:, np.newaxis]
        target = task.weight / task.weight.sum(axis=1, keepdims=True)
        if task.sells:
            return cls(np.ones_like(value), value - target, task.cash / total, total)
        scale = 1 / np.sqrt(target * target.shape[1])
        return cls(scale, value * scale, task.cash / total, total)


def plain(task: Task) -> Solve:
    """One pie at a time in Python's integers."""
    split = model.rebalance if task.sells else model.deposit
    weights, values, cash = task.weight.tolist(), task.value.tolist(), task.cash.tolist()
    pies = [model.Pie(weight, value, (), task.minimum) for weight, value in zip(weights, values, strict=True)]
    return lambda place: split(pies[place], cash[place])


def bt_rebalance(task: Task) -> Solve:
    """`bt.algos.Rebalance` on a strategy a portfolio, of securities that cost one cent, in any fraction of one."""
    bt, pandas = import_module("bt"), import_module("pandas")
    names = [f"slice {number}" for number in range(task.weight.shape[1])]
    prices = pandas.DataFrame(1.0, [pandas.Timestamp(DAY)], names)
    goal = task.weight if task.sells else task.value + task.trade
    target = (goal / goal.sum(axis=1, keepdims=True)).tolist()
    values, cash = task.value.tolist(), task.cash.tolist()
    strategies = []
    for place in range(len(task)):
        strategy = _bt_strategy(bt, prices, dict(zip(names, values[place], strict=True)), cash[place])
        strategy.temp = {"weights": dict(zip(names, target[place], strict=True))}
        strategies.append(strategy)
    algorithm = bt.algos.Rebalance()

    def solve(place: int) -> Floats:
        strategy = strategies[place]
        algorithm(strategy)
        children = strategy.children
        held = [children[name].position if name in children else 0 for name in names]
        found: Floats = np.array(held, np.float64) - task.value[place]
        return found

    return solve


def _bt_strategy(bt: ModuleType, prices: Any, held: dict[str, int], cash: int) -> Any:  # noqa: ANN401 # bt has no types
    strategy = bt.Strategy("portfolio", children=list(held))
    strategy.setup(prices)
    strategy.use_integer_positions(False)
    strategy.update(prices.index[0])
    strategy.adjust(float(sum(held.values()) + cash))
    for name, cents in held.items():
        if cents:
            strategy.allocate(float(cents), name)
    strategy.update(prices.index[0])
    return strategy


def cvxpy_osqp(task: Task) -> Solve:
    """One cvxpy problem with parameters, solved again and again."""
    cvxpy = import_module("cvxpy")
    quadratic, count = Quadratic.of(task), task.weight.shape[1]
    trade, cash = cvxpy.Variable(count), cvxpy.Parameter()
    scale, offset = cvxpy.Parameter(count, nonneg=True), cvxpy.Parameter(count)
    bounds = [] if task.sells else [trade >= 0]
    scaled = trade if task.sells else cvxpy.multiply(scale, trade)
    problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.sum_squares(scaled + offset)), [cvxpy.sum(trade) == cash, *bounds])

    def solve(place: int) -> Floats:
        scale.value, offset.value, cash.value = quadratic.scale[place], quadratic.offset[place], quadratic.cash[place]
        problem.solve(solver="OSQP", **ACCURACY)
        found: Floats = trade.value * quadratic.total[place]
        return found

    solve(0)
    return solve


def osqp_directly(task: Task) -> Solve:
    """One OSQP solver, set up once; what differs between portfolios is changed in it."""
    osqp, sparse = import_module("osqp"), import_module("scipy.sparse")
    quadratic, count = Quadratic.of(task), task.weight.shape[1]
    squares, slopes = quadratic.scale**2, quadratic.scale * quadratic.offset
    rows = np.ones((1, count)) if task.sells else np.vstack([np.ones(count), np.eye(count)])
    lower, upper = np.zeros(len(rows)), np.full(len(rows), np.inf)
    lower[0] = upper[0] = quadratic.cash[0]
    solver = osqp.OSQP()
    diagonal = sparse.diags(squares[0]).tocsc()
    solver.setup(diagonal, slopes[0], sparse.csc_matrix(rows), lower, upper, verbose=False, **ACCURACY)

    def solve(place: int) -> Floats:
        lower[0] = upper[0] = quadratic.cash[place]
        if not task.sells:
            solver.update(Px=squares[place])
        solver.update(q=slopes[place], l=lower, u=upper)
        found: Floats = solver.solve().x * quadratic.total[place]
        return found

    return solve


PLAIN: Final = Peer("plain program", (), 500, plain)
PEERS: Final = (
    PLAIN,
    Peer("bt Rebalance", ("bt",), 100, bt_rebalance),
    Peer("cvxpy + OSQP", ("cvxpy", "osqp"), 500, cvxpy_osqp),
    Peer("OSQP directly", ("osqp",), 500, osqp_directly),
)
