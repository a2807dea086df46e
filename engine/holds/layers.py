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

from engine.holds.terms import DESTINATIONS, Destination
from engine.lookup import placed
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


def no_layers() -> Layers:
    """No dollar is under a hold."""
    none = np.zeros(0, np.int64)
    return Layers(none, none, none, none, np.zeros((DESTINATIONS, 0), np.int64))


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
    return _loose(layers, funds, layers.free_on(goal) > goal.day)


def spend(layers: Layers, funds: Funds, amount: Int64s, goal: Goal) -> Spent:
    """Take an amount (n,) out of each account for the goal; what may not go there stays, and counts as short."""
    return spend_open(layers, funds, amount, layers.free_on(goal) <= goal.day)


def spend_open(layers: Layers, funds: Funds, amount: Int64s, may_go: Flags) -> Spent:
    """The same where each account has a goal of its own: `may_go` (m,) are the layers that may go there today."""
    place, ours = placed(funds.account, layers.account)
    given = np.minimum(np.maximum(amount, 0), _loose(layers, funds, ~may_go))
    free = np.minimum(given, _loose(layers, funds, np.ones(len(layers), np.bool_)))
    open_ones = np.flatnonzero(ours & may_go)
    taken = np.zeros(len(layers), np.int64)
    taken[open_ones] = pour(given - free, place[open_ones], layers.amount[open_ones])
    left = replace(layers, amount=layers.amount - taken)
    return Spent(taken, free, np.maximum(amount, 0) - given, left)


def trimmed(layers: Layers, funds: Funds) -> Layers:
    """No more in an account's layers than it has: what left otherwise is gone, the oldest dollars first."""
    place, ours = placed(funds.account, layers.account)
    count = len(funds.account)
    excess = summed(layers.amount[ours], place[ours], count) - np.maximum(funds.balance, 0)
    gone = np.zeros(len(layers), np.int64)
    gone[ours] = pour(excess, place[ours], layers.amount[ours])
    return replace(layers, amount=layers.amount - gone)


def packed(layers: Layers) -> Layers:
    """In order and without empty ones; those of an account with equal days and origin are one."""
    if len(layers) == 0:
        return layers
    some = layers.take(layers.amount > 0)
    key = np.column_stack([some.account, some.arrived, some.origin, *some.until])
    rows, which = np.unique(key, axis=0, return_inverse=True)
    amount = summed(some.amount, which.reshape(-1), len(rows))
    return Layers(rows[:, 0], rows[:, 1], amount, rows[:, 2], np.ascontiguousarray(rows[:, 3:].T))


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
    place, ours = placed(funds.account, layers.account)
    taken = np.where(ours, np.minimum(np.maximum(own, 0), layers.amount), 0)
    wanted = np.maximum(other, 0) + summed(np.where(ours, np.maximum(own, 0), 0) - taken, place, len(funds.account))
    free = np.minimum(wanted, _loose(layers, funds, np.ones(len(layers), np.bool_)))
    return Spent(taken, free, wanted - free, replace(layers, amount=layers.amount - taken))


def _loose(layers: Layers, funds: Funds, held: Flags) -> Int64s:
    """Cents (n,) of each account beyond those of its layers that are `held` (m,)."""
    place, ours = placed(funds.account, layers.account)
    kept = summed(layers.amount[ours & held], place[ours & held], len(funds.account))
    left: Int64s = np.maximum(funds.balance - kept, 0)
    return left
