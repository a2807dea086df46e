"""Limits that gave way: an account keeps its own, and others stand in for them in its balance (ledger.md 4.4).

Whoever decides reads the own limits; what stands in for them is for the database's checks, and for entries that no
limit may stop. The account's events keep the own limits alone.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sqlalchemy import delete, select, true

from engine.holds.work import Loosened
from engine.lookup import placed
from ledger.accounts import Int64s
from store.bulk import Columns
from store.held import Held, alarm
from store.tables import table
from store.transfers import sorted_by

OWN: Final = ("own_floor", "own_ceiling")
STANDS_IN: Final = ("floor", "ceiling")


class Loose(Held):
    """Accounts of a book outside of their own limits."""

    def loosened(self, accounts: Int64s | None = None) -> Loosened:
        """See `HoldWork.loosened`."""
        names = ("account_id", *OWN, *STANDS_IN)
        if not self.there("loosened"):
            return Loosened(*(np.zeros(0, np.int64) for _ in names))
        row = table("loosened")
        mine = true() if accounts is None else self.bulk.among(row.c.account_id, np.unique(accounts))
        columns = self.bulk.read(select(*(row.c[name] for name in names)).where(self.here(row), mine))
        columns = sorted_by(columns, "account_id")
        return Loosened(*(columns[name] for name in names))

    def own_limits(self, columns: dict[str, Any], *, whole: bool = False) -> dict[str, Any]:
        """Columns of accounts with their own limits in place of those that stand in for them.

        `whole`: they are all or most accounts of the book, so that all of the table is read and no list of them sent.
        """
        loose = self.loosened(None if whole else columns["account_id"])
        at, ours = placed(loose.account, columns["account_id"])
        if not ours.any():
            return columns
        own: dict[str, Int64s] = {name: columns[name].copy() for name in STANDS_IN}
        own["floor"][ours], own["ceiling"][ours] = loose.own_floor[at[ours]], loose.own_ceiling[at[ours]]
        return {**columns, **own}

    def bent(self, account: int, floor: int, ceiling: int) -> tuple[int, int]:
        """What is to stand in for new limits of an account: themselves, but for a side that gave way before."""
        loose = self.loosened(np.array([account], np.int64))
        if len(loose.account) == 0:
            return floor, ceiling
        balance = table("balance")
        posted = balance.c.debits_posted - balance.c.credits_posted
        query = select(posted - balance.c.credits_pending, posted + balance.c.debits_pending)
        ((low, high),) = self.bulk.rows(query.where(self.here(balance), balance.c.account_id == account))
        return (
            min(floor, low) if loose.floor[0] < loose.own_floor[0] else floor,
            max(ceiling, high) if loose.ceiling[0] > loose.own_ceiling[0] else ceiling,
        )

    def hold(self, loose: Loosened) -> None:
        """Let limits stand in for the own ones of accounts; where they are those, nothing is kept."""
        self.must_write()
        bounds: Columns = {"floor": loose.floor, "ceiling": loose.ceiling}
        with alarm("a balance is outside of its new limits"):
            self.change("balance", {"book_id": self.book, "account_id": loose.account}, bounds)
        self.forget(loose.account)
        some = (loose.floor != loose.own_floor) | (loose.ceiling != loose.own_ceiling)
        if some.any():
            values: Columns = {name: getattr(loose, name)[some] for name in (*OWN, *STANDS_IN)}
            with alarm("limits that stand in for an account's own are not wider"):
                self.bulk.insert(table("loosened"), {"book_id": self.book, "account_id": loose.account[some], **values})

    def forget(self, accounts: Int64s) -> None:
        """Let nothing stand in for the limits of these accounts any more; the balances have their own."""
        if self.there("loosened"):
            row = table("loosened")
            self.bulk.run(delete(row).where(self.here(row), self.bulk.among(row.c.account_id, np.unique(accounts))))
