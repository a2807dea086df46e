"""Find the customers whose facts or rules cannot be decided, so that the others go on (ruling 56)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.evaluate import evaluate
from engine.guards import Guards
from engine.marketfacts import MarketFacts
from engine.plan import Plan
from engine.ports import BookWork, Population
from engine.take import Reading, part, read, take
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT

Flags = npt.NDArray[np.bool_]

BEYOND = "An amount in the books is beyond 10,000,000,000,000.00."


@dataclass(frozen=True, slots=True)
class Basis:
    """What a night decides on.

    The population has balances as rules see them; `guards` are what else bounds moves. `market` tells what a reading
    asks of the market. `set_aside` are customers that are not to be decided, with the reason.
    """

    work: BookWork
    population: Population
    guards: Guards
    day: int
    market: Callable[[Reading], MarketFacts]
    set_aside: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """The plan of the customers that could be decided, and the others with the reason, by customer id.

    `market` is what the plan saw of the market, `guards` what else bounded its moves.
    """

    plan: Plan
    market: MarketFacts
    guards: Guards
    quarantined: dict[int, str]


def decide(basis: Basis) -> Decided:
    """Take the snapshot and evaluate it; a pass that raises is halved until the customer is found."""
    customer = basis.population.customer
    beyond = _beyond(basis.population)
    quarantined = {int(one): BEYOND for one in customer[beyond]} | dict(basis.set_aside)
    well = ~np.isin(customer, np.array(list(quarantined), np.int64))
    try:
        return Decided(*_plan(basis, well), basis.guards, quarantined)
    except Exception:  # noqa: BLE001  whatever one customer's data provokes, the others go on
        poisoned = _poisoned(basis, np.flatnonzero(well))
    for at, reason in poisoned.items():
        quarantined[int(customer[at])] = reason
        well[at] = False
    return Decided(*_plan(basis, well), basis.guards, quarantined)


def _plan(basis: Basis, keep: Flags) -> tuple[Plan, MarketFacts]:
    population = basis.population if keep.all() else part(basis.population, keep)
    reading = read(basis.work, population, basis.day)
    reading = replace(reading, market=basis.market(reading), guards=basis.guards)
    return evaluate(take(reading, population.accounts, basis.day)), reading.market


def _poisoned(basis: Basis, at: Int64s) -> dict[int, str]:
    """Which of the customers (by index) cannot be decided, each with what it raised."""
    keep = np.zeros(len(basis.population.customer), np.bool_)
    keep[at] = True
    try:
        _plan(basis, keep)
    except Exception as fault:  # noqa: BLE001  see above
        if len(at) == 1:
            return {int(at[0]): f"{type(fault).__name__}: {fault}"[:200]}
        left, right = np.array_split(at, 2)
        return _poisoned(basis, left) | _poisoned(basis, right)
    return {}


def _beyond(population: Population) -> Flags:
    """Customers with a number beyond 10**15, which could overflow unseen."""
    accounts = population.accounts
    out = np.zeros(len(population.customer), np.bool_)
    columns = (accounts.posted(), accounts.debits_pending, accounts.credits_pending)
    wild = np.zeros(len(accounts.account), np.bool_)
    for column in columns:
        wild |= np.abs(column) > MAX_AMOUNT
    out[np.searchsorted(population.customer, accounts.customer[wild])] = True
    totals = np.abs(population.tally_used) > MAX_AMOUNT
    out[np.searchsorted(population.customer, population.tally_customer[totals])] = True
    return out
