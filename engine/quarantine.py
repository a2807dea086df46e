"""Find the customers whose facts or rules cannot be decided, so that the others go on (ruling 56)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.evaluate import evaluate
from engine.plan import Plan
from engine.ports import BookWork, Population
from engine.take import part, read, take
from ledger.accounts import Accounts, Int64s
from ledger.money import MAX_AMOUNT

Flags = npt.NDArray[np.bool_]

BEYOND = "An amount in the books is beyond 10,000,000,000,000.00."


@dataclass(frozen=True, slots=True)
class Decided:
    """The plan of the customers that could be decided, and the others with the reason, by customer id."""

    plan: Plan
    quarantined: dict[int, str]


def decide(work: BookWork, population: Population, accounts: Accounts, day: int) -> Decided:
    """Take the snapshot and evaluate it; a pass that raises is halved until the customer is found.

    `accounts` are the population's, in its order, with balances as rules see them.
    """
    beyond = _beyond(population, accounts)
    quarantined = {int(customer): BEYOND for customer in population.customer[beyond]}
    well = ~beyond
    try:
        return Decided(_plan(work, population, accounts, day, well), quarantined)
    except Exception:  # noqa: BLE001  whatever one customer's data provokes, the others go on
        poisoned = _poisoned(work, population, accounts, day, np.flatnonzero(well))
    for at, reason in poisoned.items():
        quarantined[int(population.customer[at])] = reason
        well[at] = False
    return Decided(_plan(work, population, accounts, day, well), quarantined)


def _plan(work: BookWork, population: Population, accounts: Accounts, day: int, keep: Flags) -> Plan:
    if not keep.all():
        mine = keep[np.searchsorted(population.customer, accounts.customer)]
        population = part(population, keep)
        accounts = accounts.take(mine)
    return evaluate(take(read(work, population, day), accounts, day))


def _poisoned(work: BookWork, population: Population, accounts: Accounts, day: int, at: Int64s) -> dict[int, str]:
    """Which of the customers (by index) cannot be decided, each with what it raised."""
    keep = np.zeros(len(population.customer), np.bool_)
    keep[at] = True
    try:
        _plan(work, population, accounts, day, keep)
    except Exception as fault:  # noqa: BLE001  see above
        if len(at) == 1:
            return {int(at[0]): f"{type(fault).__name__}: {fault}"[:200]}
        left, right = np.array_split(at, 2)
        found = _poisoned(work, population, accounts, day, left)
        return found | _poisoned(work, population, accounts, day, right)
    return {}


def _beyond(population: Population, accounts: Accounts) -> Flags:
    """Customers with a number beyond 10**15, which could overflow unseen."""
    out = np.zeros(len(population.customer), np.bool_)
    columns = (accounts.posted(), accounts.debits_pending, accounts.credits_pending)
    wild = np.zeros(len(accounts.account), np.bool_)
    for column in columns:
        wild |= np.abs(column) > MAX_AMOUNT
    out[np.searchsorted(population.customer, accounts.customer[wild])] = True
    totals = np.abs(population.tally_used) > MAX_AMOUNT
    out[np.searchsorted(population.customer, population.tally_customer[totals])] = True
    return out
