"""Interest day by day in plain integers and fractions, from rulings 2, 5 and 6 alone; nothing of the product is used.

What an account holds on a date follows from its lines, in the order in which they came in. The interest of a month is
all that its dates and those before have earned, as they are known now, less what was counted before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tests.interest.daily import yearly

TRILLION = 10**12
CARRIED_MOST = 200_00
"""Cents of a correction that an account may carry where it cannot pay them back."""

Key = tuple[date, bool, int]
"""The first day of a row of rates, whether it is a promotion, and the number of the tier."""


def after_month(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(31)).replace(day=1)


@dataclass
class Rates:
    """Rows as they were written: (first day, text); of two with one day the later holds."""

    base: dict[date, str] = field(default_factory=dict)
    promotion: dict[date, str] = field(default_factory=dict)
    apr: dict[date, str] = field(default_factory=dict)
    known: dict[tuple[date, bool], list[tuple[Key, int, int]]] = field(default_factory=dict)

    def add(self, name: str, first: date, text: str) -> None:
        """Add a row; those of other names are no rates."""
        rows = {"cash_apy": self.base, "cash_apy_promotion": self.promotion, "borrow_apr": self.apr}
        rows.get(name, {})[first] = text
        self.known.clear()

    def tiers(self, day: date, *, line: bool) -> list[tuple[Key, int, int]]:
        """(key, first cent, annual rate at 10**-12) of each tier on a day."""
        if (day, line) not in self.known:
            self.known[day, line] = self._tiers(day, line=line)
        return self.known[day, line]

    def _tiers(self, day: date, *, line: bool) -> list[tuple[Key, int, int]]:
        for promoted, rows in ((False, self.apr),) if line else ((True, self.promotion), (False, self.base)):
            first = max((one for one in rows if one <= day), default=None)
            if first is not None and rows[first] != "none":
                return [((first, promoted, number), *one) for number, one in enumerate(_read(rows[first], line=line))]
        return []


@cache
def _read(text: str, *, line: bool) -> list[tuple[int, int]]:
    parts = [part.split(":") if ":" in part else ["0.00", part] for part in text.split(",")]
    return [(int(Decimal(start) * 100), _annual(rate.strip().removesuffix("%"), line=line)) for start, rate in parts]


def _annual(percent: str, *, line: bool) -> int:
    return int((Fraction(percent) / 100 if line else yearly(percent)) * TRILLION)


@dataclass
class Posting:
    """What a month gave: cents, the fraction that is left, and the cent-days that were counted."""

    month: date
    cents: int
    carried: Fraction
    counted: dict[Key, int]
    exact: Fraction


@dataclass
class Account:
    """A cash account, or the principal of a borrow line (zero or less); lines are (day, cents) as they came in."""

    line: bool
    lines: list[tuple[date, int]] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    counted: dict[Key, int] = field(default_factory=dict)
    moves: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    read: int = 0
    reached: tuple[date, int] | None = None

    @property
    def balance(self) -> int:
        """What it holds now."""
        return sum(cents for _, cents in self.lines)

    @property
    def carried(self) -> Fraction:
        """The fraction that the last posting left."""
        return self.postings[-1].carried if self.postings else Fraction(0)

    def cent_days(self, until: date, rates: Rates) -> dict[Key, int]:
        """What all dates until this one, it included, count as is known now.

        Where nothing came in late, what was counted before is counted on.
        """
        fresh = self.lines[self.read :]
        for day, cents in fresh:
            self.moves[day].append(cents)
        self.read = len(self.lines)
        late = self.reached is None or any(day <= self.reached[0] for day, _ in fresh)
        found: dict[Key, int] = defaultdict(int, {} if late else self.counted)
        balance, day = 0, min(self.moves, default=until)
        if self.reached is not None and not late:
            day, balance = self.reached[0] + timedelta(1), self.reached[1]
        while day <= until:
            most = balance
            for cents in self.moves.get(day, ()):
                balance += cents
                most = min(most, balance)
            held = -most if self.line else balance
            for key, start, _ in reversed(rates.tiers(day, line=self.line) if held > 0 else []):
                if held > start:
                    found[key] += held - start
                    held = start
            day += timedelta(1)
        self.reached = (until, balance)
        return found

    def post(self, month: date, rates: Rates, there: int) -> int:
        """Post the month: cents, below zero where a correction takes some back; `there` can be taken at most."""
        following = after_month(month)
        whole = self.cent_days(following - timedelta(1), rates)
        keys = sorted({*whole, *self.counted})
        counted = {key: whole.get(key, 0) - self.counted.get(key, 0) for key in keys}
        exact = sum((cents * self._worth(key, rates) for key, cents in counted.items()), Fraction(0))
        total = exact + self.carried
        cents = round(total)
        if cents < 0:
            cents += min(max(-cents - max(there, 0), 0), CARRIED_MOST)
        kept = {key: cents for key, cents in counted.items() if cents}
        self.postings.append(Posting(month, cents, total - cents, kept, exact))
        self.counted = whole
        if cents and not self.line:
            self.lines.append((following, cents))
        return cents

    def _worth(self, key: Key, rates: Rates) -> Fraction:
        (rate,) = [rate for one, _, rate in rates.tiers(key[0], line=self.line) if one == key] or [
            self._hidden(key, rates)
        ]
        return Fraction(rate, TRILLION * (360 if self.line else 365))

    def _hidden(self, key: Key, rates: Rates) -> int:
        """The rate of a row of which a promotion took the place on its very first day."""
        first, promoted, number = key
        text = (rates.apr if self.line else rates.promotion if promoted else rates.base)[first]
        return _read(text, line=self.line)[number][1]
