"""What would have to be sold to end a margin call (ruling 15).

A sale turns a holding into cash of the same account: the equity stays, the requirement falls by the sale times the
holding's maintenance. The highest requirement goes first, ties in display order; of each ceil(deficit / requirement),
until the deficit is met. What demands nothing is not sold: it would cure nothing.
"""

from dataclasses import dataclass

import numpy as np

from engine.borrow.columns import GUARD, Position
from engine.proportion import Whole
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP


@dataclass(frozen=True, slots=True)
class Liquidation:
    """Cents to sell of every holding (m,), and what its sale does not cure (n,): how far the equity is below zero."""

    sell: Int64s
    missing: Int64s


def liquidate(position: Position) -> Liquidation:
    """Propose sales for every customer whose excess is below zero; nothing is sold of the others."""
    sell = np.zeros(len(position.value), np.int64)
    total = position.totals(position.value) + np.abs(position.cash) + position.owed
    for exact, which in ((False, np.flatnonzero(total <= GUARD)), (True, np.flatnonzero(total > GUARD))):
        if len(which):
            part = position.take(which, exact=exact)
            sell[np.isin(position.owner(), which)] = _sold(part)
    missing = position.owed - position.cash - position.totals(position.value)
    return Liquidation(sell, np.maximum(missing, 0))


def _deficit(part: Position) -> Whole:
    """What the excess lacks, in ten-thousandths of a cent (n,); zero where it lacks nothing."""
    free = part.totals(part.value * (WHOLE_BP - part.maintenance_bp))
    deficit: Whole = np.maximum((part.owed - part.cash) * WHOLE_BP - free, 0)
    return deficit


def _sold(part: Position) -> Whole:
    order = np.lexsort((-part.maintenance_bp, part.owner()))
    value, maintenance, owner = part.value[order], part.maintenance_bp[order], part.owner()[order]
    relief = value * maintenance
    running = np.cumsum(relief) - relief
    first = part.start[owner]
    left = np.maximum(_deficit(part)[owner] - (running - running[first]), 0)
    asked = -(-left // np.maximum(maintenance, 1))
    sold = np.zeros_like(value)
    sold[order] = np.where(maintenance > 0, np.minimum(value, asked), 0)
    return sold
