"""A book as it would be with a pie that is not saved yet, so that a preview can be made of it. Nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

import numpy as np

from engine.desk import AccountRecord
from engine.invest.core.flatten import whole_numbers
from engine.invest.market import Listing
from engine.invest.pies.editing import Draft, edited, symbol_problems
from engine.invest.pies.models import pie_document
from engine.invest.records import InvestAccounts, LotRow, PieVersion, SliceRow, Slices
from engine.ports import NEVER, BookWork
from ledger.accounts import Int64s
from ledger.faults import Problem
from ledger.seal import asset_number


def drafted(
    work: BookWork, account: AccountRecord, draft: Draft, listed: Mapping[str, Listing]
) -> tuple[BookWork, tuple[Problem, ...]]:
    """The book as it would be once the draft is saved, for reading alone; or as it is, with what forbids the draft."""
    now = work.slices(np.array([account.account], np.int64))
    after, problems = edited(draft, account, now)
    problems = (*symbol_problems(draft.pie, listed, "pie"), *problems)
    if problems:
        return work, problems
    scales = {asset_number(one.symbol): one.scale for one in listed.values()}
    held = dict(zip(now.slice.tolist(), now.units.tolist(), strict=True))
    joined = dict(after.joined)
    for old, new in joined.items():
        held[new] = held.get(new, 0) + held.pop(old, 0)
    rows = sorted((row for row in after.rows if row.slice not in joined), key=lambda row: (row.place, row.slice))
    return cast("BookWork", _Drafted(work, account, draft, _Changed(rows, held, scales, joined))), ()


@dataclass(frozen=True, slots=True)
class _Changed:
    """What the draft changes: the account's slices, units by slice, decimals of securities, slices that are joined."""

    rows: list[SliceRow]
    held: Mapping[int, int]
    scales: Mapping[int, int]
    joined: Mapping[int, int]

    def slices(self) -> Slices:
        """The account's slices as columns."""
        names = ("account", "slice", "customer", "asset", "place", "state")
        columns = {name: np.array([getattr(row, name) for row in self.rows], np.int64) for name in names}
        return Slices(
            **columns,
            weight=whole_numbers([row.weight for row in self.rows]),
            units=np.array([self.held.get(row.slice, 0) for row in self.rows], np.int64),
            path=[row.path for row in self.rows],
        )


class _Drafted:
    """A `BookWork` whose one account has another pie; everything else is the book's own."""

    def __init__(self, work: BookWork, account: AccountRecord, draft: Draft, changed: _Changed) -> None:
        self._work, self._account, self._draft, self._changed = work, account, draft, changed

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the book's own method is
        return getattr(self._work, name)

    def asset_scales(self) -> dict[int, int]:
        """See `PieWork.asset_scales`."""
        return {**self._work.asset_scales(), **self._changed.scales}

    def slices(self, accounts: Int64s | None = None) -> Slices:
        """See `PieWork.slices`."""
        stored = self._work.slices(accounts)
        if accounts is not None and self._account.account not in accounts.tolist():
            return stored
        own = self._changed.slices()
        before = stored.account < self._account.account
        after = stored.account > self._account.account
        columns: dict[str, Any] = {}
        for name in (field.name for field in fields(Slices) if field.name not in {"path", "weight"}):
            column = getattr(stored, name)
            columns[name] = np.concatenate([column[before], getattr(own, name), column[after]])
        weight = [*stored.weight[before].tolist(), *own.weight.tolist(), *stored.weight[after].tolist()]
        paths = np.array(stored.path, np.object_)
        path = [*paths[before].tolist(), *own.path, *paths[after].tolist()]
        return Slices(**columns, weight=whole_numbers(weight), path=path)

    def lots(self, accounts: Int64s | None = None, *, closed: bool = False) -> list[LotRow]:
        """See `PieWork.lots`."""
        target = self._changed.joined
        rows = self._work.lots(accounts, closed=closed)
        own = self._account.account
        return [replace(row, slice=target.get(row.slice, row.slice)) if row.account == own else row for row in rows]

    def pies_now(self, accounts: Int64s | None = None) -> dict[int, PieVersion]:
        """See `PieWork.pies_now`."""
        found = self._work.pies_now(accounts)
        number = self._account.account
        if accounts is None or number in accounts.tolist():
            text = json.dumps(pie_document(self._draft.pie))
            terms = self._draft.terms.model_dump_json()
            found[number] = PieVersion(number, self._account.customer, 0, 0, 0, 0, text, terms)
        return found

    def invest_accounts(self, customers: Int64s | None = None) -> InvestAccounts:
        """See `PieWork.invest_accounts`."""
        stored = self._work.invest_accounts(customers)
        number, customer = self._account.account, self._account.customer
        if customers is not None and customer not in customers.tolist():
            return stored
        at = int(np.searchsorted(stored.account, number))
        there = at < len(stored) and int(stored.account[at]) == number
        rest = at + there
        own: dict[str, Any] = {**self._draft.terms.columns(), "account": number, "customer": customer, "version": 0}
        own["rebalanced"] = int(stored.rebalanced[at]) if there else NEVER
        columns: dict[str, Any] = {}
        for name in (field.name for field in fields(InvestAccounts) if field.name != "broker"):
            column = getattr(stored, name)
            columns[name] = np.concatenate([column[:at], np.array([own[name]], np.int64), column[rest:]])
        broker = [*stored.broker[:at], str(own["broker"]), *stored.broker[rest:]]
        return InvestAccounts(**columns, broker=broker)
