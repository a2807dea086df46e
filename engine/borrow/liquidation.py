"""What would have to be sold to end a margin call (ruling 15).

A sale turns a holding into cash of the same account: the equity falls by what the sale costs, the requirement by the
sale times the holding's maintenance. The highest requirement goes first, ties in display order; of each
ceil(deficit / requirement), and so much more as pays for the sales, until the deficit is met. No sale is below the
minimum order, nor leaves less than it, but of a holding that is itself smaller. What cures nothing is not sold: what
demands nothing, and what its sale costs more than.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.borrow.columns import GUARD, Position
from engine.proportion import Whole
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP

_ROUNDS: Final = 8
"""How often a sale is enlarged by what it costs; the costs of a sale are a small part of it, so few are needed."""


@dataclass(frozen=True, slots=True)
class Selling:
    """The minimum order in cents, and what sales do: of holdings (their places) in cents, to cents gone and cents got.

    A holding is worth so much less as is gone; what is got is less what the sale costs. All of a holding goes whole.
    """

    minimum: int
    brings: Callable[[Int64s, Int64s], tuple[Int64s, Int64s]]


FREE: Final = Selling(0, lambda _, cents: (cents, cents))
"""Sales of any size that cost nothing."""


@dataclass(frozen=True, slots=True)
class Liquidation:
    """Cents to sell of every holding (m,), and what its sale does not cure (n,): how far the equity is below zero.

    What the sales cost is not in it.
    """

    sell: Int64s
    missing: Int64s


def liquidate(position: Position, selling: Selling = FREE) -> Liquidation:
    """Propose sales for every customer whose excess is below zero; nothing is sold of the others."""
    sell = np.zeros(len(position.value), np.int64)
    total = position.totals(position.value) + np.abs(position.cash) + position.owed
    for exact, which in ((False, np.flatnonzero(total <= GUARD)), (True, np.flatnonzero(total > GUARD))):
        if len(which):
            part = position.take(which, exact=exact)
            places = np.flatnonzero(np.isin(position.owner(), which))
            sell[places] = _sold(part, places, selling)
    missing = position.owed - position.cash - position.totals(position.value)
    return Liquidation(sell, np.maximum(missing, 0))


def _deficit(part: Position) -> Whole:
    """What the excess lacks, in ten-thousandths of a cent (n,); zero where it lacks nothing."""
    free = part.totals(part.value * (WHOLE_BP - part.maintenance_bp))
    deficit: Whole = np.maximum((part.owed - part.cash) * WHOLE_BP - free, 0)
    return deficit


@dataclass(frozen=True, slots=True)
class _Rows:
    """Holdings in the order in which they are sold: their places in the position of all, value and maintenance."""

    place: Int64s
    value: Whole
    maintenance: Int64s
    selling: Selling

    def relief(self, cents: Whole) -> Whole:
        """What sales raise the excess by, in ten-thousandths of a cent (m,)."""
        gone, got = (one.astype(self.value.dtype) for one in self.selling.brings(self.place, cents.astype(np.int64)))
        relief: Whole = got * WHOLE_BP - gone * (WHOLE_BP - self.maintenance)
        return relief

    def enough(self, left: Whole) -> Whole:
        """Cents (m,) whose sale raises the excess by so much, which the sale of the whole does."""
        least = np.maximum(-(-left // self.maintenance), self.selling.minimum)
        asked = np.minimum(least, self.value)
        for _ in range(_ROUNDS):
            lacks = np.maximum(left - self.relief(asked), 0)
            asked = np.minimum(asked - (-lacks // self.maintenance), self.value)
        whole = (self.relief(asked) < left) | (self.value - asked < self.selling.minimum)
        cents: Whole = np.where(whole, self.value, asked)
        return cents


def _sold(part: Position, places: Int64s, selling: Selling) -> Whole:
    order = np.lexsort((-part.maintenance_bp, part.owner()))
    owner = part.owner()[order]
    rows = _Rows(places[order], part.value[order], part.maintenance_bp[order], selling)
    relief = np.maximum(rows.relief(rows.value), 0)
    running = np.cumsum(relief) - relief
    left = np.maximum(_deficit(part)[owner] - (running - running[part.start[owner]]), 0)
    needed = (relief > 0) & (left > 0)
    last = np.flatnonzero(needed & (left < relief))
    cents = np.where(needed, rows.value, 0)
    some = _Rows(rows.place[last], rows.value[last], rows.maintenance[last], selling)
    cents[last] = some.enough(left[last])
    sold = np.zeros_like(cents)
    sold[order] = cents
    return sold
