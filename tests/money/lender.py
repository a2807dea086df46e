"""A household's cash, borrow lines and what pays for them in plain Python, a night after the other (rulings 2, 12, 16).

Nothing of the product is used. A day that is `open` is one on which the line may be charged: an exchange's session, or
a bank's business day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.money.plain import Account, Rates, after_month

Open = Callable[[date], bool]
THIRD = 3


def charged_on(month: date, is_open: Open) -> date:
    """The third open day of the month."""
    day, left = month, THIRD
    while True:
        left -= is_open(day)
        if left == 0:
            return day
        day += timedelta(1)


@dataclass
class Line:
    """A line with a limit that was agreed: its principal, interest that is due, and who may pay its charge."""

    limit: int
    cash_pays: bool
    principal: Account = field(default_factory=lambda: Account(line=True))
    due: int = 0
    charged: date = date.min

    def pay(self, day: date, cents: int) -> None:
        """A payment covers the interest due first."""
        interest = min(cents, self.due)
        self.due -= interest
        if cents > interest:
            self.principal.lines.append((day, cents - interest))

    @property
    def owed(self) -> int:
        """Principal and interest."""
        return self.due - self.principal.balance


@dataclass
class House:
    """Accounts by handle; `invest` holds cash alone. What is in checking earns nothing and is not counted."""

    cash: dict[str, Account] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    invest: int = 0
    first: date | None = None
    posted: date | None = None
    last: date | None = None

    def night(self, day: date, rates: Rates, is_open: Open) -> None:
        """What a night does to money before its rules."""
        month = self.posted or (self.first or day).replace(day=1)
        fresh: list[tuple[date, Line, int]] = []
        while after_month(month) <= day:
            for account in self.cash.values():
                account.post(month, rates, account.balance)
            for line in self.lines.values():
                cents = line.principal.post(month, rates, line.due)
                line.due += cents
                fresh.append((month, line, max(cents, 0)))
            month = after_month(month)
            self.posted = month
        self._charge(day, is_open, fresh)
        self.last = day

    def _charge(self, day: date, is_open: Open, fresh: list[tuple[date, Line, int]]) -> None:
        """Charge the last month that can be, of every line of which it was not; `fresh` was posted just now."""
        this = day.replace(day=1)
        before = (this - timedelta(1)).replace(day=1)
        month = before if charged_on(this, is_open) <= day else (before - timedelta(1)).replace(day=1)
        for line in self.lines.values():
            if line.charged < month:
                later = sum(cents for one, of, cents in fresh if of is line and one > month)
                self._paid(line, day, max(line.due - later, 0))
                line.charged = month

    def _paid(self, line: Line, day: date, charge: int) -> None:
        """Cash of invest accounts, then cash accounts where agreed, then the loan itself; the rest stays due."""
        left = charge
        part = min(max(self.invest, 0), left)
        self.invest -= part
        left -= part
        for account in self.cash.values() if line.cash_pays else ():
            part = min(max(account.balance, 0), left)
            if part:
                account.lines.append((day, -part))
                left -= part
        grown = min(left, max(line.limit + line.principal.balance, 0))
        if grown:
            line.principal.lines.append((day, -grown))
            left -= grown
        line.due -= charge - left
