"""One customer's line at a time, in fractions: what the columns of engine/borrow must equal.

Written from investing.md 1 and rulings 13, 15 and 16, sharing no code with the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

WHOLE = 10_000


@dataclass(frozen=True)
class Line:
    """Holdings as (cents, initial bp, maintenance bp) in display order, cash and owed in cents."""

    holdings: Sequence[tuple[int, int, int]]
    cash: int = 0
    owed: int = 0
    limit_bp: int = 4_000
    minimum: int = 2_000_00

    def after(self, fall: Fraction) -> tuple[Fraction, Fraction, int, Fraction]:
        """Value, equity, limit and excess after every price has fallen by so much."""
        values = [value * (1 - fall) for value, _, _ in self.holdings]
        worth = sum(values, Fraction(0))
        lent = sum(
            (v * (1 - Fraction(i, WHOLE)) for v, (_, i, _) in zip(values, self.holdings, strict=True)), Fraction(0)
        )
        asked = sum((v * Fraction(m, WHOLE) for v, (_, _, m) in zip(values, self.holdings, strict=True)), Fraction(0))
        equity = worth + self.cash - self.owed
        limit = max(0, floor(min(worth * Fraction(self.limit_bp, WHOLE), lent)))
        return worth, equity, limit if floor(equity) >= self.minimum else 0, equity - asked

    def excess(self) -> Fraction:
        return self.after(Fraction(0))[3]

    def ltv(self) -> Fraction | None:
        worth = self.after(Fraction(0))[0]
        return Fraction(0) if self.owed == 0 else Fraction(self.owed) / worth if worth else None

    def fall(self) -> Fraction | None:
        """How far prices may fall before a call; None where none triggers one; 0 where there is one."""
        if self.excess() < 0:
            return Fraction(0)
        if self.owed <= self.cash:
            return None
        free = sum((v * (1 - Fraction(m, WHOLE)) for v, _, m in self.holdings), Fraction(0))
        return 1 - (self.owed - self.cash) / free

    def liquidated(self) -> list[int]:
        """Sell the highest maintenance first until the excess is zero or more, one holding after the other."""
        sold = [0] * len(self.holdings)
        for place in sorted(range(len(sold)), key=lambda at: (-self.holdings[at][2], at)):
            deficit = -self.sold(sold).excess()
            value, _, maintenance = self.holdings[place]
            if deficit > 0 and maintenance > 0:
                sold[place] = min(value, ceil(deficit / Fraction(maintenance, WHOLE)))
        return sold

    def sold(self, sales: Sequence[int]) -> Line:
        """The line after sales: their proceeds are cash of the same accounts."""
        left = [(v - gone, i, m) for (v, i, m), gone in zip(self.holdings, sales, strict=True)]
        return Line(left, self.cash + sum(sales), self.owed, self.limit_bp, self.minimum)


def half_steps(percent: Fraction) -> int:
    """Twice the floor in basis points, plus one where that is not exact."""
    points = percent * WHOLE
    return 2 * floor(points) + (points.denominator != 1)
