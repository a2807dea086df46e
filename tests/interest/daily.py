"""A plain program that counts one account's interest day by day, written from rulings 1, 2, 5 and 6 alone.

Rates are decimals of sixty digits rounded to twelve places, interest is a fraction; nothing of the engine is used.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

Tiers = list[tuple[int, str]]
"""(first cent, APY or APR in percent)."""


def yearly(apy: str) -> Fraction:
    """R of ruling 5: 12 · ((1 + APY)^(1/12) − 1), to twelve places."""
    with localcontext() as context:
        context.prec = 60
        root = (1 + Decimal(apy) / 100) ** (Decimal(1) / 12)
        return Fraction((12 * (root - 1)).quantize(Decimal("1e-12"), ROUND_HALF_EVEN))


@dataclass
class Daily:
    """One high-yield account: what it held at the end of each date, and what that earned."""

    base: dict[date, Tiers]
    promotions: dict[date, Tiers | None] = field(default_factory=dict)
    lines: list[tuple[date, int]] = field(default_factory=list)
    counted: dict[date, int] = field(default_factory=dict)
    pot: Fraction = Fraction(0)
    carried: Fraction = Fraction(0)
    postings: list[tuple[date, int, Fraction]] = field(default_factory=list)

    def tiers(self, day: date) -> Tiers:
        """The promotion of the day, else the base."""
        promoted = [self.promotions[first] for first in sorted(self.promotions) if first <= day]
        if promoted and promoted[-1]:
            return promoted[-1]
        based = [self.base[first] for first in sorted(self.base) if first <= day]
        return based[-1] if based else []

    def interest(self, day: date, balance: int) -> Fraction:
        """A day's interest on a balance in cents, exact."""
        total, upper = Fraction(0), max(balance, 0)
        for start, apy in reversed(self.tiers(day)):
            if upper > start:
                total += (upper - start) * yearly(apy) / 365
                upper = start
        return total

    def night(self, that: date, lines: list[tuple[date, int]]) -> None:
        """The night of a date, with the lines recorded since the last one: (effective date, cents)."""
        for effective, cents in lines:
            for day in [day for day in self.counted if day >= effective]:
                self.pot += self.interest(day, self.counted[day] + cents) - self.interest(day, self.counted[day])
                self.counted[day] += cents
            self.lines.append((effective, cents))
        day = max(self.counted, default=that - timedelta(2)) + timedelta(1)
        while day < that:
            earned = [(effective + timedelta(1), cents) for effective, cents, _ in self.postings]
            self.counted[day] = sum(cents for effective, cents in self.lines + earned if effective <= day)
            self.pot += self.interest(day, self.counted[day])
            if (day + timedelta(1)).day == 1:
                self.post(day)
            day += timedelta(1)

    def post(self, effective: date) -> None:
        """Round once, half to even, and carry the rest."""
        total = self.pot + self.carried
        cents = round(total)
        self.pot, self.carried = Fraction(0), total - cents
        self.postings.append((effective, cents, self.carried))


def borrow_month(highest: dict[date, int], apr: dict[date, str], month: tuple[int, int], carried: Fraction) -> Fraction:
    """What a month's days cost with what was carried, in cents, exact: highest principal × APR / 360 a day."""
    total = carried
    for day, cents in highest.items():
        if (day.year, day.month) == month:
            rate = apr[max(first for first in apr if first <= day)]
            total += cents * Fraction(rate) / 100 / 360
    return total
