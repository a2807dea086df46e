"""Limit, room, equity, excess, LTV and the fall in prices that triggers a call (rulings 12 and 13).

Money is in cents, rounded down: a limit is never too high, and an excess below zero stays below zero. Percents are
half steps: twice the floor in basis points, plus one where that floor is not exact (`engine.marketfacts`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from engine.borrow.columns import Flags, Position, Terms, worked
from engine.proportion import Whole
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT
from ledger.rounding import WHOLE_BP
from rules.compile import HALF_STEPS

WHOLE: Final = HALF_STEPS * WHOLE_BP
"""100% in half steps."""

STRESS_BP: Final = (1_000, 2_000, 3_000, 4_000, 5_000, 6_000)
"""The falls of the stress table."""

_FINE: Final = WHOLE_BP * WHOLE_BP


@dataclass(frozen=True, slots=True)
class Measures:
    """What is so of n customers, columns (n,).

    `value` of the holdings, `equity`, `limit`, `room` (zero where more is owed than the limit) and `excess` in cents.
    `ltv` in half steps; it is not known where something is owed on nothing. `fall` in half steps: how far all prices
    may fall before a call, 0 when there is one already, 100% where `endangered` is false: no fall triggers one.
    """

    value: Int64s
    equity: Int64s
    limit: Int64s
    room: Int64s
    excess: Int64s
    ltv: Int64s
    ltv_known: Flags
    fall: Int64s
    endangered: Flags


@dataclass(frozen=True, slots=True)
class Stress:
    """The same after every price has fallen by `fall_bp` (k,): columns (k, n); a call where `excess` is below zero."""

    fall_bp: Int64s
    value: Int64s
    equity: Int64s
    limit: Int64s
    excess: Int64s
    ltv: Int64s
    ltv_known: Flags


def measure(position: Position, terms: Terms) -> Measures:
    """Measure every customer at today's prices."""
    value, equity, limit, excess, ltv = worked(position, partial(_at, terms=terms, kept=WHOLE_BP))
    (fall,) = worked(position, lambda part: (_fall(part),))
    return Measures(
        value=value,
        equity=equity,
        limit=limit,
        room=np.maximum(limit - position.owed, 0),
        excess=excess,
        ltv=ltv,
        ltv_known=(value > 0) | (position.owed == 0),
        fall=fall,
        endangered=position.owed > position.cash,
    )


def stress(position: Position, terms: Terms, falls_bp: Sequence[int] = STRESS_BP) -> Stress:
    """Measure every customer after each of the falls, 0 to 10,000 basis points; exactly, no price is rounded first."""
    rows = [worked(position, partial(_at, terms=terms, kept=WHOLE_BP - fall)) for fall in falls_bp]
    value, equity, limit, excess, ltv = (np.stack(columns) for columns in zip(*rows, strict=True))
    known = (value > 0) | (position.owed == 0)
    return Stress(np.array(falls_bp, np.int64), value, equity, limit, excess, ltv, known)


def ceiling(limit: Int64s, owed: Int64s) -> Int64s:
    """The ceiling that the books keep: a line that owes more than its limit stays, but takes no draw (ruling 13)."""
    return np.maximum(limit, owed)


def _at(part: Position, terms: Terms, kept: int) -> Sequence[Whole]:
    """Value, equity, limit, excess and LTV when prices are `kept` ten-thousandths of today's."""
    value, cash, owed = part.totals(part.value), part.cash, part.owed
    lent = part.totals(part.value * (WHOLE_BP - part.initial_bp)) * kept // _FINE
    free = part.totals(part.value * (WHOLE_BP - part.maintenance_bp)) * kept // _FINE
    now = value * kept // WHOLE_BP
    equity = now + cash - owed
    limit = np.maximum(np.minimum(value * kept * terms.limit_bp // _FINE, lent), 0)
    limit = np.where(equity < terms.minimum_equity, 0, limit)
    ltv = np.where(value * kept == 0, 0, _half_steps(owed * _FINE, np.maximum(value * kept, 1)))
    return now, equity, limit, free + cash - owed, ltv


def _fall(part: Position) -> Whole:
    """1 − (owed − cash) / Σ MVᵢ(1 − mᵢ) in half steps, from 0 to 100%."""
    need = part.owed - part.cash
    free = part.totals(part.value * (WHOLE_BP - part.maintenance_bp))
    gone, beyond = _divided(np.maximum(need, 0) * _FINE, np.maximum(free, 1))
    left = WHOLE - HALF_STEPS * gone - (beyond > 0)
    return np.where(need <= 0, WHOLE, np.where(free < need * WHOLE_BP, 0, left))


def _half_steps(top: Whole, bottom: Whole) -> Whole:
    whole, rest = _divided(top, bottom)
    steps: Whole = np.minimum(HALF_STEPS * whole + (rest > 0), MAX_AMOUNT)
    return steps


def _divided(top: Whole, bottom: Whole) -> tuple[Whole, Whole]:
    parts = top // bottom
    rest: Whole = top - parts * bottom
    return parts, rest
