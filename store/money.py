"""Interest, borrow lines and fees of a book (rulings 2, 5, 12 to 16, 30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
from sqlalchemy import func, select

from engine.interest.accrue import Accrued
from engine.interest.post import Posted
from engine.overnight.work import DayChanges, FeeCycles, FeeRow, InterestRun, Limits, Lines
from ledger.accounts import Int64s, Kind
from ledger.batch import Code, TransferKind, Transfers
from store.bulk import Columns
from store.held import Chart, alarm
from store.people import People
from store.tables import table
from store.transfers import sorted_by

_CHANGE_KEYS: Final = ("account_id", "effective", "recorded_after")
_CHANGES: Final = (*_CHANGE_KEYS, "change", "lowest", "highest")
_LINES: Final = tuple("account_id" if one.name == "account" else one.name for one in fields(Lines))
_LINE_STATE: Final = ("state", "opened", "deadline", "charged")
_EARNING: Final = (Kind.CASH, Kind.BORROW)


class Money(People):
    """What time does to money, as rows."""

    def day_changes(self, effective_from: int, recorded_from: int) -> DayChanges:
        """See `MoneyWork.day_changes`."""
        of = table("balance_day")
        return self._changes((of.c.effective >= effective_from) | (of.c.recorded_after >= recorded_from))

    def day_changes_of(self, accounts: Int64s, effective_from: int) -> DayChanges:
        """See `MoneyWork.day_changes_of`."""
        of = table("balance_day")
        return self._changes(self.bulk.among(of.c.account_id, accounts) & (of.c.effective >= effective_from))

    def _changes(self, where: Any) -> DayChanges:  # noqa: ANN401  a condition of SQLAlchemy
        of = table("balance_day")
        columns = self.bulk.read(select(*(of.c[name] for name in _CHANGES)).where(self.here(of), where))
        columns = sorted_by(columns, *_CHANGE_KEYS)
        return DayChanges(*(columns[name] for name in _CHANGES))

    def first_change(self) -> int | None:
        """See `MoneyWork.first_change`."""
        of = table("balance_day")
        found: int | None = self.bulk.rows(select(func.min(of.c.effective)).where(self.here(of)))[0][0]
        return found

    def interest_runs(self) -> list[InterestRun]:
        """See `MoneyWork.interest_runs`."""
        of = table("interest_run")
        query = select(of.c.month, of.c.night).where(self.here(of)).order_by(of.c.month)
        return [InterestRun(*row) for row in self.bulk.rows(query)]

    def carried(self, month: int, accounts: Int64s | None = None) -> tuple[Int64s, Int64s]:
        """See `MoneyWork.carried`."""
        of = table("interest")
        query = select(of.c.account_id, of.c.remainder).where(self.here(of), of.c.month == month, of.c.remainder != 0)
        if accounts is not None:
            query = query.where(self.bulk.among(of.c.account_id, accounts))
        columns = sorted_by(self.bulk.read(query), "account_id")
        return columns["account_id"], columns["remainder"]

    def keep_interest(self, run: InterestRun, accrued: Accrued, posted: Posted) -> None:
        """See `MoneyWork.keep_interest`. Raises SluiceError `books_broken` where the month is posted already."""
        self.must_write()
        with alarm("a month's interest is posted twice"):
            key = {"book_id": self.book, "month": run.month}
            self.bulk.run(table("interest_run").insert().values(**key, night=run.night))
            self._keep_posted(run.month, accrued, posted)

    def keep_last_interest(self, day: int, accrued: Accrued, posted: Posted) -> None:
        """See `MoneyWork.keep_last_interest`. Raises SluiceError `books_broken` for a second time on that day."""
        self.must_write()
        with alarm("an account's last interest is posted twice"):
            self._keep_posted(day, accrued, posted)

    def _keep_posted(self, month: int, accrued: Accrued, posted: Posted) -> None:
        key: Columns = {"book_id": self.book, "month": month, "account_id": posted.account}
        self.bulk.insert(table("interest"), {**key, "cents": posted.cents, "remainder": posted.remainder})
        counted: Columns = {"account_id": accrued.account, "rate_row": accrued.row, "tier": accrued.tier}
        whole: Columns = {"book_id": self.book, "month": month, **counted, "cent_days": accrued.cent_days}
        self.bulk.insert(table("cent_days"), whole)

    def posted_interest(self, accounts: Int64s) -> tuple[Int64s, Int64s, Int64s]:
        """See `MoneyWork.posted_interest`."""
        of = table("interest")
        query = select(of.c.account_id, of.c.month, of.c.cents).where(
            self.here(of), self.bulk.among(of.c.account_id, accounts)
        )
        columns = sorted_by(self.bulk.read(query), "account_id", "month")
        return columns["account_id"], columns["month"], columns["cents"]

    def lines(self, customers: Int64s | None = None) -> Lines:
        """See `MoneyWork.lines`."""
        if not self.there("borrow_line"):
            return Lines(*(np.zeros(0, np.int64) for _ in fields(Lines)))
        of = table("borrow_line")
        names = ("customer_id", *_LINES[1:])
        query = select(*(of.c[name] for name in names)).where(self.here(of))
        if customers is not None:
            query = query.where(self.bulk.among(of.c.customer_id, customers))
        columns = sorted_by(self.bulk.read(query), "customer_id", "account_id")
        return Lines(*(columns[name] for name in names))

    def open_due(self, accounts: Sequence[tuple[int, int]], day: int) -> Int64s:
        """See `MoneyWork.open_due`."""
        self.must_write()
        of = table("account")
        ids, wanted = self.numbers(len(accounts)), np.array([account for _, account in accounts], np.int64)
        query = select(of.c.account_id, of.c.handle, of.c.name, of.c.asset).where(
            self.here(of), self.bulk.among(of.c.account_id, np.unique(wanted))
        )
        lines = {account: rest for account, *rest in self.bulk.rows(query)}
        customers, zero = np.array([customer for customer, _ in accounts], np.int64), np.zeros(len(ids), np.int64)
        rows: dict[str, Any] = {
            "account_id": ids,
            "customer_id": customers,
            "slot": self.slots(customers, inner=True),
            "handle": [f"{lines[account][0]}:due" for _, account in accounts],
            "name": [f"{lines[account][1]}: interest due" for _, account in accounts],
            "kind": zero + Kind.BORROW_DUE,
            "asset": np.array([lines[account][2] for _, account in accounts], np.int64),
            "floor": zero - 10**15,
            "ceiling": zero,
            "rule_floor": zero,
            "parent": 0,
        }
        self.keep_accounts(rows, day)
        self.change("borrow_line", {"book_id": self.book, "account_id": wanted}, {"due": ids})
        return ids

    def set_lines(self, lines: Lines) -> None:
        """See `MoneyWork.set_lines`."""
        self.must_write()
        values = {name: getattr(lines, name) for name in _LINE_STATE}
        self.change("borrow_line", {"book_id": self.book, "account_id": lines.account}, values)

    def set_line_terms(self, account: int, *, secured: bool, cash_pays: bool) -> None:
        """See `MoneyWork.set_line_terms`."""
        self.must_write()
        flags: Mapping[str, Int64s] = {
            "secured": np.array([secured], np.int64),
            "cash_pays": np.array([cash_pays], np.int64),
        }
        self.change("borrow_line", {"book_id": self.book, "account_id": np.array([account], np.int64)}, flags)

    def set_limits(self, limits: Limits) -> None:
        """See `MoneyWork.set_limits`."""
        self.must_write()
        if len(limits.account) == 0:
            return
        keys: Columns = {"book_id": self.book, "account_id": limits.account}
        bounds: Columns = {"floor": limits.floor, "ceiling": limits.ceiling}
        with alarm("a balance is outside of its new limits"):
            self.change("balance", keys, bounds)
        self.forget(limits.account)
        self.change("account", keys, {"rule_floor": limits.rule_floor})
        event, of = table("account_event"), table("account")
        mine = self.bulk.among(event.c.account_id, limits.account)
        known = self.bulk.read(select(event.c.account_id, event.c.ordinal).where(self.here(event), mine))
        standing = self.bulk.read(
            select(of.c.account_id, of.c.standing).where(
                self.here(of), self.bulk.among(of.c.account_id, limits.account)
            )
        )
        standing = sorted_by(standing, "account_id")
        order = np.argsort(limits.account)
        count = np.bincount(np.searchsorted(limits.account[order], known["account_id"]), minlength=len(order))
        row: Columns = {
            **{name: getattr(limits, name)[order] for name in ("floor", "ceiling", "rule_floor")},
            "standing": standing["standing"],
        }
        self.bulk.insert(
            event,
            {
                "book_id": self.book,
                "account_id": limits.account[order],
                "ordinal": count.astype(np.int64),
                **self.moment,
                **row,
            },
        )

    def fee_cycles(self, customers: Int64s | None = None) -> FeeCycles:
        """See `MoneyWork.fee_cycles`."""
        of = table("fee_cycle")
        names = ("customer_id", "registered", "start", "best")
        query = select(*(of.c[name] for name in names)).where(self.here(of))
        if customers is not None:
            query = query.where(self.bulk.among(of.c.customer_id, customers))
        columns = sorted_by(self.bulk.read(query), "customer_id")
        return FeeCycles(*(columns[name] for name in names))

    def set_fee_cycles(self, cycles: FeeCycles) -> None:
        """See `MoneyWork.set_fee_cycles`."""
        self.must_write()
        values = {name: getattr(cycles, name) for name in ("registered", "start", "best")}
        given: Columns = {"book_id": self.book, "customer_id": cycles.customer, **values}
        self.bulk.upsert(table("fee_cycle"), given, "replace")

    def keep_fees(self, fees: Sequence[FeeRow]) -> None:
        """See `MoneyWork.keep_fees`."""
        self.must_write()
        if not fees:
            return
        of = table("fee")
        days = np.unique(np.array([one.day for one in fees], np.int64))
        counted = select(of.c.customer_id, of.c.day, of.c.kind, func.count()).where(
            self.here(of), self.bulk.among(of.c.day, days)
        )
        seen = {
            tuple(row[:3]): row[3] for row in self.bulk.rows(counted.group_by(of.c.customer_id, of.c.day, of.c.kind))
        }
        ordinal = []
        for one in fees:
            key = (one.customer, one.day, one.kind)
            ordinal.append(seen.get(key, 0))
            seen[key] = ordinal[-1] + 1
        names = ("day", "kind", "amount", "forced", "why", "seq")
        columns = {name: np.array([getattr(one, name) for one in fees], np.int64) for name in names}
        columns["customer_id"] = np.array([one.customer for one in fees], np.int64)
        columns["account_id"] = np.array([one.account for one in fees], np.int64)
        self.bulk.insert(of, {"book_id": self.book, **columns, "ordinal": np.array(ordinal, np.int64)})

    def fees_of(self, customer: int) -> list[FeeRow]:
        """See `MoneyWork.fees_of`."""
        of = table("fee")
        names = ("customer_id", "day", "kind", "account_id", "amount", "forced", "why", "seq")
        query = select(*(of.c[name] for name in names)).where(self.here(of), of.c.customer_id == customer)
        return [FeeRow(*row) for row in self.bulk.rows(query.order_by(of.c.day.desc(), of.c.kind, of.c.ordinal))]


def change_sums(lines: Transfers, chart: Chart) -> Columns:
    """What the posted lines do to balances that earn or cost interest, a row an account and day.

    Interest counts from the date after its own. Ascending (account, effective).
    """
    posted = (lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.POST)
    rows = []
    for side, sign in ((lines.debit, 1), (lines.credit, -1)):
        earns = posted & np.isin(chart.kind[chart.find(side)], _EARNING)
        at = np.flatnonzero(earns)
        day = lines.day[at] + (lines.code[at] == Code.INTEREST)
        rows.append(np.stack([side[at], day, at, sign * lines.amount[at]]))
    account, day, at, change = np.concatenate(rows, axis=1)
    order = np.lexsort((at, day, account))
    account, day, change = account[order], day[order], change[order]
    if len(account) == 0:
        return {"account_id": account, "effective": day, "change": change, "lowest": change, "highest": change}
    starts = np.flatnonzero(np.concatenate([[True], (account[1:] != account[:-1]) | (day[1:] != day[:-1])]))
    running = np.cumsum(change)
    running -= np.repeat(running[starts] - change[starts], np.diff(np.append(starts, len(account))))
    return {
        "account_id": account[starts],
        "effective": day[starts],
        "change": np.add.reduceat(change, starts),
        "lowest": np.minimum(np.minimum.reduceat(running, starts), 0),
        "highest": np.maximum(np.maximum.reduceat(running, starts), 0),
    }


def follow(old: Mapping[str, Any], new: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    """A row of changes after which more came in: SQL over the old row and the new one."""
    least, most = (func.min, func.max) if dialect == "sqlite" else (func.least, func.greatest)
    return {
        "change": old["change"] + new["change"],
        "lowest": least(old["lowest"], old["change"] + new["lowest"]),
        "highest": most(old["highest"], old["change"] + new["highest"]),
    }
