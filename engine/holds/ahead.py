"""When money becomes available: the days ahead of accounts, for pages, previews and refusals (ruling 18)."""

from dataclasses import dataclass

import numpy as np

from engine.holds.layers import Funds, Goal, Layers
from engine.waterfall import summed
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Availability:
    """So many cents become available on each day: account id, day ascending within it, cents above zero (k,)."""

    account: Int64s
    day: Int64s
    amount: Int64s


def availability(layers: Layers, funds: Funds, goal: Goal, floor: Int64s | int = 0) -> Availability:
    """Say from which day on each dollar of each account may go to the goal: today's first, then the days to come.

    An account keeps its `floor`, if need be of money that is under a hold anyway. The amounts of an account sum to
    what it has above that.
    """
    free_on = layers.free_on(goal)
    later = np.flatnonzero((free_on > goal.day) & (layers.amount > 0) & np.isin(layers.account, funds.account))
    at = np.searchsorted(funds.account, layers.account[later])
    place = np.concatenate([np.arange(len(funds.account)), at])
    day = np.concatenate([np.full(len(funds.account), goal.day, np.int64), free_on[later]])
    freed = np.concatenate([np.zeros(len(funds.account), np.int64), layers.amount[later]])
    order = np.lexsort((day, place))
    place, day, freed = place[order], day[order], freed[order]
    first = np.searchsorted(place, place)
    running = np.cumsum(freed)
    so_far = running - (running - freed)[first]
    held = summed(layers.amount[later], at, len(funds.account))[place] - so_far
    floors = np.broadcast_to(np.asarray(floor, np.int64), funds.account.shape)[place]
    least = np.where(held > 0, np.maximum(floors, held), floors)
    within = np.maximum(funds.balance[place] - least, 0)
    new = within - np.where(np.arange(len(place)) == first, 0, np.concatenate([within[:1], within[:-1]]))
    days, which = np.unique(np.column_stack([place, day])[new > 0], axis=0, return_inverse=True)
    total = np.zeros(len(days), np.int64)
    np.add.at(total, which.reshape(-1), new[new > 0])
    return Availability(funds.account[days[:, 0]], days[:, 1], total)
