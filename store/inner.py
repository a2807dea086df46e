"""The accounts inside invest accounts: holdings, unsettled proceeds, earmarked money. Rules never see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from sqlalchemy import literal_column, select

from ledger.accounts import INNER_KINDS, Int64s, Kind
from ledger.money import MAX_AMOUNT
from ledger.seal import asset_code
from store.held import broken
from store.people import People
from store.tables import table

HOLDERS: Final = (int(Kind.INVEST), int(Kind.IRA))
"""Kinds of the accounts that may hold a pie, and inner accounts with it."""

Inner = tuple[int, int, int]
"""The invest account, a kind of `INNER_KINDS`, and the asset."""

WORDS: Final[dict[int, str]] = {Kind.UNSETTLED: "unsettled", Kind.EARMARKED: "earmarked"}
"""What the handle of an inner account ends in; that of a holding ends in the symbol."""


class InnerAccounts(People):
    """Inner accounts, opened where a journal needs them."""

    def inner_accounts(self, parents: Int64s) -> dict[Inner, int]:
        """See `PieWork.inner_accounts`."""
        account = table("account")
        inner = account.c.parent > literal_column("0")  # as the index has it: a bound value would not use it
        names = ("parent", "kind", "asset", "account_id")
        mine = self.bulk.among(account.c.parent, parents)
        rows = self.bulk.read(select(*(account.c[name] for name in names)).where(self.here(account), inner, mine))
        found = zip(*(rows[name].tolist() for name in names), strict=True)
        return {(parent, kind, asset): one for parent, kind, asset, one in sorted(found)}

    def open_inner(self, wanted: Sequence[Inner], day: int) -> dict[Inner, int]:
        """See `PieWork.open_inner`. Raises SluiceError `books_broken` where the parent or the kind is none."""
        known = self.inner_accounts(np.unique(np.array([one[0] for one in wanted], np.int64)))
        missing = [one for one in dict.fromkeys(wanted) if one not in known]
        if missing:
            self.must_write()
            known |= zip(missing, self._open(missing, day).tolist(), strict=True)
        return {one: known[one] for one in wanted}

    def _open(self, new: Sequence[Inner], day: int) -> Int64s:
        """Open inner accounts that do not exist."""
        parents = self._parents(np.unique(np.array([one[0] for one in new], np.int64)))
        lost = [one for one in new if one[0] not in parents]
        lost += [one for one in new if one[1] not in INNER_KINDS]
        if lost:
            raise broken(f"account {lost[0][0]} of book {self.book} takes no inner account of kind {lost[0][1]}")
        ids = self.numbers(len(new))
        words = [asset_code(asset) if kind == Kind.HOLDING else WORDS[kind] for _, kind, asset in new]
        customers = np.array([parents[one[0]][0] for one in new], np.int64)
        kinds = {"parent": 0, "kind": 1, "asset": 2}
        rows = {
            "account_id": ids,
            "customer_id": customers,
            "slot": self.slots(customers, inner=True),
            "handle": [f"{parents[one[0]][1]}:{word}" for one, word in zip(new, words, strict=True)],
            "name": [f"{parents[one[0]][2]}: {word}" for one, word in zip(new, words, strict=True)],
            **{name: np.array([one[at] for one in new], np.int64) for name, at in kinds.items()},
            "floor": np.zeros(len(new), np.int64),
            "ceiling": np.full(len(new), MAX_AMOUNT, np.int64),
            "rule_floor": np.zeros(len(new), np.int64),
        }
        self.keep_accounts(rows, day)
        return ids

    def _parents(self, ids: Int64s) -> dict[int, tuple[int, str, str]]:
        """Customer, handle and name of those of these accounts that may have inner ones."""
        account = table("account")
        invest = account.c.kind.in_(HOLDERS)
        query = select(account.c.account_id, account.c.customer_id, account.c.handle, account.c.name)
        rows = self.bulk.rows(query.where(self.here(account), invest, self.bulk.among(account.c.account_id, ids)))
        return {row[0]: (row[1], row[2], row[3]) for row in rows}
