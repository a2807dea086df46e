"""Dollars under holds as layers of an account, when each becomes available, and which go first (ruling 18).

A layer is money that arrived together: an amount, the bank it came from, and for each destination the first day from
which it may go there: the holds of one arrival side by side. What an account has beyond its layers is free.
Outgoing money takes free dollars first, then, oldest layer first, those that may go to the destination already.
Between own accounts the restrictions travel with the dollars, so a detour frees nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.holds.terms import Destination
from engine.waterfall import pour, summed
from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]
LEAVES = 0
"""In a column of account ids: the money leaves the books' accounts, nothing is carried."""


@dataclass(frozen=True, slots=True)
class Layers:
    """m layers, ascending by (account, arrived): account id, business day, cents, bank account id (0 for none), until.

    `until` is (DESTINATIONS, m): from that day on the dollars may go there.
    """

    account: Int64s
    arrived: Int64s
    amount: Int64s
    origin: Int64s
    until: Int64s

    def __len__(self) -> int:
        """Number of layers."""
        return len(self.account)

    def take(self, which: Int64s | Flags) -> Layers:
        """The layers at these places, in that order."""
        return Layers(
            self.account[which], self.arrived[which], self.amount[which], self.origin[which], self.until[:, which]
        )

    def free_on(self, goal: Goal) -> Int64s:
        """The day from which each layer (m,) may go to the goal: its "available on"."""
        own, other = self.until[Destination.OWN_BANK], self.until[Destination.OTHER_BANK]
        found: Int64s = self.until[goal.destination]
        return found if goal.bank == LEAVES else np.where(self.origin == goal.bank, own, other)


@dataclass(frozen=True, slots=True)
class Goal:
    """Where money is to go and on which business day; `bank` is the bank account's id, 0 for any other destination."""

    destination: Destination
    day: int
    bank: int = LEAVES


@dataclass(frozen=True, slots=True)
class Funds:
    """n accounts, ascending: id, and the cents that are there in all, held ones included."""

    account: Int64s
    balance: Int64s


@dataclass(frozen=True, slots=True)
class Spent:
    """What went out: cents of each layer (m,), of free dollars (n,), what was not met (n,), and the layers left."""

    taken: Int64s
    free: Int64s
    short: Int64s
    layers: Layers


def released(layers: Layers, day: int) -> Layers:
    """The layers that still forbid something on that day; the night drops the others and those that are empty."""
    return layers.take((layers.until.max(axis=0, initial=day) > day) & (layers.amount > 0))


def merged(first: Layers, second: Layers) -> Layers:
    """Both together, in order; those of an account that arrived on one day stay in the order given."""
    both = Layers(
        np.concatenate([first.account, second.account]),
        np.concatenate([first.arrived, second.arrived]),
        np.concatenate([first.amount, second.amount]),
        np.concatenate([first.origin, second.origin]),
        np.concatenate([first.until, second.until], axis=1),
    )
    return both.take(np.lexsort((both.arrived, both.account)))


def available(layers: Layers, funds: Funds, goal: Goal) -> Int64s:
    """Cents (n,) of each account that may go to the goal on its day."""
    place, ours = _places(layers, funds)
    held = ours & (layers.free_on(goal) > goal.day)
    kept = summed(layers.amount[held], place[held], len(funds.account))
    left: Int64s = np.maximum(funds.balance - kept, 0)
    return left


def spend(layers: Layers, funds: Funds, amount: Int64s, goal: Goal) -> Spent:
    """Take an amount (n,) out of each account for the goal; what may not go there stays, and counts as short."""
    place, ours = _places(layers, funds)
    count = len(funds.account)
    given = np.minimum(np.maximum(amount, 0), available(layers, funds, goal))
    loose = np.maximum(funds.balance - summed(layers.amount[ours], place[ours], count), 0)
    free = np.minimum(given, loose)
    open_ones = np.flatnonzero(ours & (layers.free_on(goal) <= goal.day))
    taken = np.zeros(len(layers), np.int64)
    taken[open_ones] = pour(given - free, place[open_ones], layers.amount[open_ones])
    left = replace(layers, amount=layers.amount - taken)
    return Spent(taken, free, np.maximum(amount, 0) - given, left)


def carried(layers: Layers, taken: Int64s, to: Int64s) -> Layers:
    """The layers that arrive in other accounts: what was taken (m,) with its restrictions, `to` an account id (m,)."""
    which = np.flatnonzero((taken > 0) & (to != LEAVES))
    there = replace(layers, account=to, amount=taken).take(which)
    return there.take(np.lexsort((there.arrived, there.account)))


def returned(layers: Layers, funds: Funds, back: tuple[Int64s, Int64s]) -> Spent:
    """Take back deposits that the bank returned: `back` is (m,) cents of each layer and (n,) cents of each account.

    The first is what is still in the deposit's own layer, as far as it is; what it lacks and the second come out of
    free dollars. `short` is what must be forced below (ledger.md 4.4).
    """
    own, other = back
    place, ours = _places(layers, funds)
    count = len(funds.account)
    taken = np.where(ours, np.minimum(np.maximum(own, 0), layers.amount), 0)
    wanted = np.maximum(other, 0) + summed(np.where(ours, np.maximum(own, 0), 0) - taken, place, count)
    loose = np.maximum(funds.balance - summed(layers.amount[ours], place[ours], count), 0)
    free = np.minimum(wanted, loose)
    return Spent(taken, free, wanted - free, replace(layers, amount=layers.amount - taken))


def _places(layers: Layers, funds: Funds) -> tuple[Int64s, Flags]:
    """The place of each layer's account among the funds, and whether it is among them."""
    if len(funds.account) == 0:
        return np.zeros(len(layers), np.int64), np.zeros(len(layers), np.bool_)
    at = np.minimum(np.searchsorted(funds.account, layers.account), len(funds.account) - 1)
    return at, funds.account[at] == layers.account
