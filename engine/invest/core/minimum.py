"""The minimum order: a split is solved again without the orders that are too small (investing.md D8, ruling 22).

One slice a pie and a step: first a sale that would leave less than the minimum becomes the sale of the whole slice, the
smallest rest first, ties the earlier slice, and what it brings in excess reduces the other sales; then the smallest
order below the minimum, ties the later slice, is left out. Whole sales are exempt. With `leave_cash` the money of
buys below the minimum stays cash instead; sales are solved again either way, for they pay for something.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from engine.invest.core.columns import Block, Flags
from engine.invest.core.solve import Solve
from ledger.accounts import Int64s

_FAR: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Terms:
    """The minimum order in cents of each pie (n,), and which pies leave buys that are too small in cash (n,)."""

    minimum: Int64s
    leave_cash: Flags

    @classmethod
    def alike(cls, count: int, minimum: int = 0, *, leave_cash: bool = False) -> Self:
        """The same terms for every pie."""
        return cls(np.full(count, minimum, np.int64), np.full(count, leave_cash))

    def take(self, pies: Int64s) -> Self:
        """The terms of these pies."""
        return type(self)(self.minimum[pies], self.leave_cash[pies])


def solve_on_terms(block: Block, money: Int64s, terms: Terms, solve: Solve) -> Int64s:
    """Give the signed cents a slice (k, c) of a split that keeps the minimum; `money` (c,) is what it places."""
    trade = solve(block, money.astype(block.weight.dtype))
    value = np.where(block.free, block.value, 0).astype(np.int64)
    free, whole, left = block.free.copy(), np.zeros(trade.shape, np.bool_), money.copy()
    again = np.flatnonzero(terms.minimum > 1)
    while len(again):
        sell, leave = _step(value[:, again], trade[:, again], terms.take(again))
        changed = (sell | leave).any(axis=0)
        again, sell, leave = again[changed], sell[:, changed], leave[:, changed]
        free[:, again] &= ~(sell | leave)
        whole[:, again] |= sell
        left[again] += np.where(sell, value[:, again], 0).sum(axis=0)
        rest = Block(block.weight[:, again], block.value[:, again], free[:, again])
        solved = solve(rest, left[again].astype(block.weight.dtype))
        trade[:, again] = np.where(whole[:, again], -value[:, again], solved)
    trade[(trade > 0) & (trade < terms.minimum) & terms.leave_cash] = 0
    return trade


def _step(value: Int64s, trade: Int64s, terms: Terms) -> tuple[Flags, Flags]:
    """The one slice of each pie to sell whole, or else the one to leave out; neither where the trades may stand."""
    rest = value + trade
    enlarged = (trade < 0) & (rest > 0) & (rest < terms.minimum)
    small = (trade != 0) & (np.abs(trade) < terms.minimum) & (rest != 0) & ~((trade > 0) & terms.leave_cash)
    small &= ~enlarged.any(axis=0)
    return _first_least(rest, enlarged), _first_least(np.abs(trade)[::-1], small[::-1])[::-1]


def _first_least(number: Int64s, among: Flags) -> Flags:
    """Mark in each column the least of the numbers, ties the earlier; none where there is none among them."""
    least = np.argmin(np.where(among, number, _FAR), axis=0)
    found: Flags = among & (np.arange(len(number))[:, np.newaxis] == least)
    return found
