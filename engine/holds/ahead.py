"""When money becomes available: the days ahead of one account, for pages and previews (ruling 18)."""

from dataclasses import dataclass

import numpy as np

from engine.holds.layers import Funds, Goal, Layers, available
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Availability:
    """So many cents become available on each day: account id, day ascending within it, cents above zero (k,)."""

    account: Int64s
    day: Int64s
    amount: Int64s


def availability(layers: Layers, funds: Funds, goal: Goal) -> Availability:
    """Say from which day on each dollar of each account may go to the goal: today's first, then the days to come.

    The amounts of an account sum to its balance, as long as that is not below what its layers hold.
    """
    now = available(layers, funds, goal)
    free_on = layers.free_on(goal)
    later = np.flatnonzero((free_on > goal.day) & (layers.amount > 0) & np.isin(layers.account, funds.account))
    account = np.concatenate([funds.account, layers.account[later]])
    day = np.concatenate([np.full(len(now), goal.day, np.int64), free_on[later]])
    amount = np.concatenate([now, layers.amount[later]])
    some = amount > 0
    days, which = np.unique(np.column_stack([account, day])[some], axis=0, return_inverse=True)
    total = np.zeros(len(days), np.int64)
    np.add.at(total, which.reshape(-1), amount[some])
    return Availability(days[:, 0], days[:, 1], total)
