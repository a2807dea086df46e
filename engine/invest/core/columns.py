"""Many pies as columns, the trades they need as columns, and the blocks of equal size they are worked on in.

Slices of all pies stand one after the other, each pie's in display order; a pie of one batch may have any number of
them. Work is done on blocks of pies with equally many slices, a slice a row and a pie a column, small enough for the
processor's cache. Columns of a block are int64 where the guard shows that no product can overflow, otherwise Python's
integers: the same steps on both, so the cents cannot differ (`engine/invest/core/guard.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[Any]
"""Whole numbers: int64, or Python integers where those would overflow."""

Weights = npt.NDArray[np.int64] | npt.NDArray[np.object_]

CELLS: Final = 1 << 16
"""Slices in a block: a few columns of so many fit into the cache."""


class Refusal(IntEnum):
    """Why a pie was left alone, in order of precedence; zero when it was not."""

    NONE = 0
    VALUE = 1  # a slice that may be traded is worth less than nothing or more than 10**15 cents
    WEIGHT = 2  # a slice weighs less than nothing
    AMOUNT = 3  # an amount is below zero where it may not be, or beyond 10**15 cents
    ABOVE_HOLDING = 4  # a withdrawal of more than cash and the slices that may be sold are worth


@dataclass(frozen=True, slots=True)
class Pies:
    """n pies with m slices: `start` (n + 1), and of each slice (m,) its weight and what it is worth in cents.

    Only the proportions of a pie's weights count, so flattened weights need no common denominator. A slice of weight
    zero was removed and is sold first. A slice that is `blocked` (m,), because its price is missing or stale or because
    it lies outside of what is rebalanced, takes no trade, and its value is neither read nor counted.
    """

    start: Int64s
    weight: Weights
    value: Int64s
    blocked: Flags | None = None

    def __len__(self) -> int:
        """How many pies."""
        return len(self.start) - 1

    def free(self) -> Flags:
        """The slices that may be traded (m,)."""
        return np.ones(len(self.value), np.bool_) if self.blocked is None else ~self.blocked

    def take(self, which: Int64s) -> Self:
        """Some of the pies as a batch of their own."""
        size = np.diff(self.start)[which]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
        place = np.repeat(self.start[which] - start[:-1], size) + np.arange(start[-1])
        return type(self)(start, self.weight[place], self.value[place], ~self.free()[place])

    def sums(self, number: Whole) -> Int64s:
        """Add up one number a slice (m,) for every pie (n,); a running sum may wrap around, a difference does not."""
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(number, dtype=np.int64)])
        found: Int64s = ends[self.start[1:]] - ends[self.start[:-1]]
        return found


@dataclass(frozen=True, slots=True)
class Trades:
    """What to do: cents of each slice (m,), bought above and sold below zero, and of each pie the cash left (n,).

    `left` is the cash of the account after the trades, and after the money that was withdrawn, if any. It ends up short
    of what was asked, by less than the minimum order, only where sales so small were left out. A pie with a `refusal`
    (n,) has no trades.
    """

    trade: Int64s
    left: Int64s
    refusal: Int64s


@dataclass(frozen=True, slots=True)
class Block:
    """k slices of c pies, (k, c) each: weights, cents, and which slices may be traded."""

    weight: Whole
    value: Whole
    free: Flags

    def take(self, pies: Int64s) -> Self:
        """The columns of these pies."""
        return type(self)(self.weight[:, pies], self.value[:, pies], self.free[:, pies])

    def exact(self) -> Self:
        """The same on Python's integers."""
        return type(self)(self.weight.astype(np.object_), self.value.astype(np.object_), self.free)

    def narrow(self) -> Self:
        """The same on int64, where every weight fits."""
        return type(self)(self.weight.astype(np.int64), self.value, self.free)

    def reduced(self) -> Self:
        """The same with weights in lowest terms."""
        common = np.maximum(np.gcd.reduce(self.weight, axis=0), 1)
        return type(self)(self.weight // common, self.value, self.free)


def blocks(pies: Pies, keep: Flags) -> Iterator[tuple[Int64s, Int64s, Block]]:
    """Give kept pies (n,) with slices, in blocks: which pies (c,), where their slices stand (k, c), their columns."""
    size = np.where(keep, np.diff(pies.start), 0)
    free = pies.free()
    for k in np.unique(size[size > 0]):
        alike = np.flatnonzero(size == k)
        step = max(1, CELLS // int(k))
        for first in range(0, len(alike), step):
            some = alike[first : first + step]
            place = pies.start[some] + np.arange(k)[:, np.newaxis]
            yield some, place, Block(pies.weight[place], pies.value[place], free[place])


def refusals(pies: Pies, amount_wrong: Flags) -> Int64s:
    """Give of each pie (n,) the first `Refusal` that its columns or its amount deserve."""
    outside = pies.free() & ((pies.value < 0) | (pies.value > MAX_AMOUNT))
    found: Int64s = np.full(len(pies), Refusal.NONE, np.int64)
    found[amount_wrong] = Refusal.AMOUNT
    found[_with_any(pies, pies.weight < 0)] = Refusal.WEIGHT
    found[_with_any(pies, outside)] = Refusal.VALUE
    return found


def _with_any(pies: Pies, slices: Flags) -> Flags:
    """Tell of each pie (n,) whether one of its slices (m,) is among these; most often none is, and nothing is added."""
    found: Flags = pies.sums(slices) > 0 if slices.any() else np.zeros(len(pies), np.bool_)
    return found
