"""What the engine asks of the store for interest, borrow lines and fees; filled by the object of `ports.BookWork`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.interest.accrue import Accrued
from engine.interest.post import Posted
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class DayChanges:
    """What postings did to balances that earn or cost interest, a row a (account, effective, recorded_after).

    Ascending by these. `change` is signed cents (debits less credits); `lowest` and `highest` are the least and the
    most that the change was while the row's lines came in, in order of sequence, zero included. Interest counts from
    the date after its own (ruling 2).
    """

    account: Int64s
    effective: Int64s
    recorded_after: Int64s  # the book's last done night when it was recorded, or NEVER
    change: Int64s
    lowest: Int64s
    highest: Int64s


@dataclass(frozen=True, slots=True)
class InterestRun:
    """A month whose interest is posted: the day of the night that did it, NEVER for months before the books began."""

    month: int
    night: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Borrow lines (n,), ascending by (customer, account).

    `due` is the account of the interest due, 0 before the first. `secured` (0 or 1): the limit follows the collateral;
    else it is fixed. `cash_pays` (0 or 1): charges may be taken from cash accounts. `state`, `opened`, `deadline` as
    `engine.borrow.states.Margin`. `charged` is the first day of the last month whose interest was charged, or NEVER.
    """

    customer: Int64s
    account: Int64s
    due: Int64s
    secured: Int64s
    cash_pays: Int64s
    state: Int64s
    opened: Int64s
    deadline: Int64s
    charged: Int64s


@dataclass(frozen=True, slots=True)
class Limits:
    """New limits of accounts (n,): floor and ceiling of the books, and the floor that rules keep; signed cents."""

    account: Int64s
    floor: Int64s
    ceiling: Int64s
    rule_floor: Int64s


@dataclass(frozen=True, slots=True)
class FeeCycles:
    """Fee cycles of customers (n,), ascending: registration day, first day of the running cycle, most a night saw."""

    customer: Int64s
    registered: Int64s
    start: Int64s
    best: Int64s


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A fee that was charged or waived: kind (`engine.fees.reasons.Fee`), cents, the part that was forced.

    `why` is `Waived` for a cycle that costs nothing, else 0; `seq` of the first transfer of its journal, 0 without one.
    """

    customer: int
    day: int
    kind: int
    account: int
    amount: int
    forced: int
    why: int
    seq: int


class MoneyWork(Protocol):
    """Interest, borrow lines and fees of one book inside one transaction."""

    def day_changes(self, effective_from: int, recorded_from: int) -> DayChanges:
        """Rows with effective day >= the first, or recorded_after >= the second."""

    def day_changes_of(self, accounts: Int64s, effective_from: int) -> DayChanges:
        """Rows of these accounts with effective day >= the given one."""

    def first_change(self) -> int | None:
        """The earliest effective day of any change, None before the first."""

    def interest_runs(self) -> list[InterestRun]:
        """Months that are posted, ascending."""

    def carried(self, month: int, accounts: Int64s | None = None) -> tuple[Int64s, Int64s]:
        """Accounts (ascending), of these or all, and remainders that the posting of that month left."""

    def keep_interest(self, run: InterestRun, accrued: Accrued, posted: Posted) -> None:
        """Keep the posting of a month: its run, the cent-days of each account, row and tier, cents and remainders."""

    def keep_last_interest(self, day: int, accrued: Accrued, posted: Posted) -> None:
        """Keep what was posted to an account that was closed on a day, under that day in place of a month."""

    def posted_interest(self, accounts: Int64s) -> tuple[Int64s, Int64s, Int64s]:
        """Postings of these accounts: (account, first day of the month, cents), ascending."""

    def lines(self, customers: Int64s | None = None) -> Lines:
        """Borrow lines of these households or of all."""

    def open_due(self, accounts: Sequence[tuple[int, int]], day: int) -> Int64s:
        """Open the account of interest due of these (customer, borrow account), which have none; ids in that order."""

    def set_lines(self, lines: Lines) -> None:
        """Store state, opened, deadline and charged of lines."""

    def set_line_terms(self, account: int, *, secured: bool, cash_pays: bool) -> None:
        """Change what a line was agreed to be."""

    def set_limits(self, limits: Limits) -> None:
        """New limits, kept as events. Raises SluiceError `books_broken` where a balance is outside of its own."""

    def fee_cycles(self, customers: Int64s | None = None) -> FeeCycles:
        """Cycles that have begun, of these households or of all."""

    def set_fee_cycles(self, cycles: FeeCycles) -> None:
        """Insert or replace cycles."""

    def keep_fees(self, fees: Sequence[FeeRow]) -> None:
        """Keep fees that were charged or waived."""

    def fees_of(self, customer: int) -> list[FeeRow]:
        """Fees of a household, newest first."""
