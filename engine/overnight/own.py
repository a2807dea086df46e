"""Interest of a few accounts of a book: read by account, so that a page does not read what everybody's money did."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dated.history import Dated
from engine.overnight.balances import take_changes
from engine.overnight.work import DayChanges, InterestRun
from engine.ports import BookWork
from ledger.accounts import Int64s

_BEFORE_ALL = -(10**9)


@dataclass(frozen=True, slots=True)
class Own:
    """An `engine.overnight.earning.EarningWork` of these accounts (ascending) alone."""

    work: BookWork
    accounts: Int64s

    def dated(self) -> Dated:
        """See `EarningWork`."""
        return self.work.dated()

    def day_changes(self, effective_from: int, recorded_from: int) -> DayChanges:
        """See `EarningWork`."""
        found = self.day_changes_of(self.accounts, _BEFORE_ALL)
        return take_changes(found, (found.effective >= effective_from) | (found.recorded_after >= recorded_from))

    def day_changes_of(self, accounts: Int64s, effective_from: int) -> DayChanges:
        """See `EarningWork`."""
        return self.work.day_changes_of(accounts, effective_from)

    def first_change(self) -> int | None:
        """See `EarningWork`."""
        found = self.day_changes_of(self.accounts, _BEFORE_ALL)
        return int(found.effective.min()) if len(found.effective) else None

    def interest_runs(self) -> list[InterestRun]:
        """See `EarningWork`."""
        return self.work.interest_runs()

    def carried(self, month: int) -> tuple[Int64s, Int64s]:
        """See `EarningWork`."""
        return self.work.carried(month, self.accounts)
