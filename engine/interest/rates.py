"""From dated rates to exact annual rates: which row holds on a day, and what a cent earns in a year under it.

The annual nominal rate of a row is a whole number at 10**-12. Cash: R = 12 · ((1 + APY)**(1/12) − 1), a year of 365
days; the borrow line: the APR itself, a year of 360 days (ruling 5).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from engine.dated.history import Dated
from engine.dated.kinds import WHOLE_RATE, Tier
from ledger.accounts import Int64s

RATE_SCALE: Final = 10**12
"""What an annual rate of 100% is as a whole number."""

CASH_YEAR: Final = 365
BORROW_YEAR: Final = 360

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class RateRow:
    """A row of rates: its key (its day × 2, a promotion one more), where tiers start in cents, their annual rates."""

    key: int
    start: tuple[int, ...]
    nominal: tuple[int, ...]

    @property
    def promotion(self) -> bool:
        """Whether the row is a promotional one."""
        return self.key % 2 == 1


@dataclass(frozen=True, slots=True)
class Rates:
    """The rows of one kind of account over all time: `row[i]` holds from day `begins[i]`, None for no rate at all.

    `known` has every row there is by its key, also one that never held because a promotion stood in its place.
    """

    year_days: int
    begins: tuple[int, ...]
    row: tuple[RateRow | None, ...]
    known: dict[int, RateRow]

    @property
    def denominator(self) -> int:
        """What cent-days × annual rate is divided by to be cents."""
        return self.year_days * RATE_SCALE

    def on(self, day: int) -> RateRow | None:
        """Give the row that holds on a day."""
        place = bisect_right(self.begins, day)
        return self.row[place - 1] if place else None

    def pieces(self, first: int, last: int) -> tuple[tuple[int, int, RateRow | None], ...]:
        """Give (first day, last day, row) of each stretch from `first` to `last`, both included."""
        edges = [first, *(day for day in self.begins if first < day <= last), last + 1]
        return tuple((day, following - 1, self.on(day)) for day, following in pairwise(edges))

    def nominal(self, key: Int64s, tier: Int64s) -> Int64s:
        """Give the annual rates of rows' tiers, at 10**-12. Raises KeyError for a key that no row has."""
        keys, inverse = np.unique(key, return_inverse=True)
        widest = max((len(row.nominal) for row in self.known.values()), default=1)
        table = np.zeros((len(keys), widest), np.int64)
        for place, one in enumerate(keys.tolist()):
            row = self.known[one]
            table[place, : len(row.nominal)] = row.nominal
        found: Int64s = table[inverse, tier]
        return found


@lru_cache(maxsize=4096)
def nominal_from_apy(apy: int) -> int:
    """Give R, at 10**-12, of an APY at 10**-8 (0 to 100%): the nearest whole number, decided by whole numbers alone.

    R is the largest n with n − 1/2 <= 12 · 10**12 · ((1 + APY)**(1/12) − 1), that is with
    (24 · 10**12 + 2n − 1)**12 <= (1 + APY) · (24 · 10**12)**12. The root is never exactly between two whole numbers.
    """
    unit = 2 * _MONTHS * RATE_SCALE
    most = (WHOLE_RATE + apy) * unit**_MONTHS // WHOLE_RATE
    low, high = 0, _MONTHS * RATE_SCALE  # low is always small enough, high never
    while high - low > 1:
        middle = (low + high) // 2
        if (unit + 2 * middle - 1) ** _MONTHS <= most:
            low = middle
        else:
            high = middle
    return low


def nominal_from_apr(apr: int) -> int:
    """Give the annual rate, at 10**-12, of an APR at 10**-8."""
    return apr * (RATE_SCALE // WHOLE_RATE)


def cash_rates(dated: Dated) -> Rates:
    """Give the rates of high-yield cash: `cash_apy`, a promotional row replacing the base row (ruling 6)."""
    base = _rows(dated.history("cash_apy"), promotion=0)
    promoted = _rows(dated.history("cash_apy_promotion"), promotion=1)
    days = sorted({day for day, _ in (*base, *promoted)})
    held = [_last(promoted, day) or _last(base, day) for day in days]
    known = {row.key: row for _, row in (*base, *promoted) if row is not None}
    return Rates(CASH_YEAR, tuple(days), tuple(held), known)


def borrow_rates(dated: Dated) -> Rates:
    """Give the rates of the borrow line: `borrow_apr`."""
    rows = [
        (day, RateRow(2 * day, (0,), (nominal_from_apr(apr),)))
        for day, apr in dated.history("borrow_apr")
        if isinstance(apr, int)
    ]
    return Rates(
        BORROW_YEAR, tuple(day for day, _ in rows), tuple(row for _, row in rows), {row.key: row for _, row in rows}
    )


def _rows(history: Iterable[tuple[int, object]], promotion: int) -> list[tuple[int, RateRow | None]]:
    return [
        (day, _cash_row(2 * day + promotion, value) if isinstance(value, tuple) else None) for day, value in history
    ]


def _cash_row(key: int, tiers: tuple[Tier, ...]) -> RateRow:
    return RateRow(key, tuple(one.start for one in tiers), tuple(nominal_from_apy(one.rate) for one in tiers))


def _last(rows: list[tuple[int, RateRow | None]], day: int) -> RateRow | None:
    held = [row for first, row in rows if first <= day]
    return held[-1] if held else None
