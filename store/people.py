"""Households and accounts: opening them, changing limits and standing, and reading them as records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

import numpy as np
from sqlalchemy import select, update

from engine.desk import AccountEvent, AccountRecord, CustomerRecord, NewAccount, NewCustomer
from engine.holds.work import Loosened
from engine.ports import NEVER
from ledger.accounts import UNLIMITED, Int64s, Kind, Standing
from ledger.faults import SluiceError
from ledger.ids import number
from store.bulk import Columns
from store.held import REFUSED, Held, broken
from store.loosened import Loose
from store.nights import Nights
from store.tables import table

SYSTEM: Final = {
    "income": Kind.INCOME,
    "expense": Kind.EXPENSE,
    "equity": Kind.EQUITY,
    "conversion": Kind.CONVERSION,
}
"""The kinds of system accounts, by the first word of their paths."""

INNER_SLOT: Final = 1 << 20
"""Where the slots of inner accounts begin, so that those of all others stay 0, 1, 2 and on for rules to name."""


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)


class Numbers(Held):
    """New ids of a book."""

    def numbers(self, count: int) -> Int64s:
        """The next ids of customers or accounts, ascending; they are never given again."""
        first = self.row.next_number
        if count:
            number(self.book, first + count - 1)
            self.advance(replace(self.row, next_number=first + count))
        return np.arange(count, dtype=np.int64) + number(self.book, first)


class People(Nights, Numbers, Loose):
    """Households and their accounts."""

    def open_customers(self, new: Sequence[NewCustomer], day: int, recorded: int) -> Int64s:  # noqa: ARG002 - the protocol gives the instant; seq is kept
        """See `DeskWork.open_customers`. Raises SluiceError `reference_taken`."""
        self.must_write()
        references = [one.reference for one in new]
        self._prove_free(references)
        ids = self.numbers(len(new))
        first: Columns = {"paused": 0, "ira_room": -1}
        household: Columns = {"book_id": self.book, "customer_id": ids}
        try:
            self.bulk.insert(table("directory"), {"reference": references, **household})
        except REFUSED as error:
            raise SluiceError("reference_taken", "Somebody else took one of the references just now.") from error
        names: Columns = {"reference": references, "name": [one.name for one in new]}
        state: Columns = {"opened": day, "last_night": NEVER, "strikes": 0, "version": 0, **first}
        self.bulk.insert(table("customer"), {**household, **names, **state})
        self.bulk.insert(table("customer_event"), {**household, "ordinal": 0, **self.moment, **first})
        return ids

    def _prove_free(self, references: Sequence[str]) -> None:
        """Refuse references that a household has, and one that is asked for twice."""
        directory = table("directory")
        taken = {one for one, count in Counter(references).items() if count > 1}
        for start in range(0, len(references), 10_000):
            some = directory.c.reference.in_(references[start : start + 10_000])
            taken |= {row[0] for row in self.bulk.rows(select(directory.c.reference).where(some))}
        if taken:
            sentence = f'The reference "{min(taken)}" is taken; every household has its own.'
            raise SluiceError("reference_taken", sentence, "reference")

    def open_accounts(self, new: Sequence[NewAccount], day: int, recorded: int) -> Int64s:  # noqa: ARG002 - the protocol gives the instant; seq is kept
        """See `DeskWork.open_accounts`. Raises SluiceError `handle_taken` or `books_broken`."""
        self.must_write()
        ids = self.numbers(len(new))
        customers = _column([one.customer for one in new])
        rows = {
            "account_id": ids,
            "customer_id": customers,
            "slot": self.slots(customers),
            "handle": [one.handle for one in new],
            "name": [one.name for one in new],
            "parent": 0,
        }
        for name in ("kind", "asset", "floor", "ceiling", "rule_floor"):
            rows[name] = _column([getattr(one, name) for one in new])
        self.keep_accounts(rows, day)
        self._open_lines(
            [(one, given) for one, given in zip(ids.tolist(), new, strict=True) if given.kind == Kind.BORROW]
        )
        return ids

    def _open_lines(self, new: Sequence[tuple[int, NewAccount]]) -> None:
        """Keep the terms of new borrow lines."""
        if not new:
            return
        terms = {name: _column([getattr(one, name) for _, one in new]) for name in ("secured", "cash_pays")}
        ids: Columns = {
            "book_id": self.book,
            "account_id": _column([account for account, _ in new]),
            "customer_id": _column([one.customer for _, one in new]),
        }
        never: Columns = {"due": 0, "state": 0, "opened": NEVER, "deadline": NEVER, "charged": NEVER}
        self.bulk.insert(table("borrow_line"), {**ids, **terms, **never})

    def system_accounts(self, asset: int, paths: Sequence[str]) -> Int64s:
        """See `DeskWork.system_accounts`. Raises SluiceError `path_unknown` for a first word that is no kind."""
        account = table("account")
        query = select(account.c.handle, account.c.account_id).where(
            self.here(account), account.c.customer_id == 0, account.c.asset == asset
        )
        known: dict[str, int] = {row[0]: row[1] for row in self.bulk.rows(query)}
        missing = [path for path in dict.fromkeys(paths) if path not in known]
        if missing:
            known.update(zip(missing, self._open_system(asset, missing).tolist(), strict=True))
        return _column([known[path] for path in paths])

    def _open_system(self, asset: int, paths: Sequence[str]) -> Int64s:
        """Open system accounts: no household, no limits."""
        self.must_write()
        kinds = [SYSTEM.get(path.split(":", 1)[0]) for path in paths]
        if None in kinds:
            sentence = f'"{paths[kinds.index(None)]}" is no system account; paths begin with {", ".join(SYSTEM)}.'
            raise SluiceError("path_unknown", sentence)
        ids, nobody = self.numbers(len(paths)), np.zeros(len(paths), np.int64)
        limit = nobody + UNLIMITED
        rows = {"account_id": ids, "customer_id": nobody, "slot": self.slots(nobody), "handle": paths, "name": paths}
        numbers = {"asset": nobody + asset, "floor": -limit, "ceiling": limit, "rule_floor": nobody, "parent": 0}
        self.keep_accounts({**rows, "kind": _column(cast("list[int]", kinds)), **numbers}, NEVER)
        return ids

    def slots(self, customers: Int64s, *, inner: bool = False) -> Int64s:
        """The next ordinals among each household's accounts, in the given order; of `inner` accounts their own."""
        account = table("account")
        wanted, which = np.unique(customers, return_inverse=True)
        alike = account.c.slot >= INNER_SLOT if inner else account.c.slot < INNER_SLOT
        mine = self.bulk.among(account.c.customer_id, wanted)
        there = self.bulk.read(select(account.c.customer_id).where(self.here(account), mine, alike))["customer_id"]
        used = np.bincount(np.searchsorted(wanted, there), minlength=len(wanted))
        order = np.argsort(which, kind="stable")
        starts = np.searchsorted(which[order], np.arange(len(wanted)))
        slots = np.zeros(len(customers), np.int64)
        slots[order] = np.arange(len(customers)) - starts[which[order]]
        slots += used[which] + (INNER_SLOT if inner else 0)
        return slots

    def keep_accounts(self, rows: dict[str, Any], day: int) -> None:
        """Insert accounts with zero balances and their first events; columns as in the table, and their limits."""
        if len(rows["handle"]) == 0:
            return
        key: Columns = {"book_id": self.book, "account_id": rows["account_id"]}
        limits = {"floor": rows["floor"], "ceiling": rows["ceiling"]}
        names = ("customer_id", "slot", "handle", "name", "kind", "asset", "rule_floor", "parent")
        open_now = {"standing": int(Standing.OPEN)}
        zeros = dict.fromkeys(("debits_posted", "credits_posted", "debits_pending", "credits_pending"), 0)
        try:
            self.bulk.insert(
                table("account"), {**key, **{name: rows[name] for name in names}, **open_now, "opened": day}
            )
        except REFUSED as error:
            raise self._refused_accounts(error) from error
        state: Columns = {**zeros, "version": 0, "last_seq": 0, **limits}
        try:
            self.bulk.insert(table("balance"), {**key, "customer_id": rows["customer_id"], **state})
        except REFUSED as error:
            sentence = "A new account has nothing in it: its floor is at most 0 and its ceiling at least 0."
            raise SluiceError("limits_exclude_zero", sentence, "floor") from error
        event: Columns = {
            "ordinal": 0,
            **self.moment,
            **limits,
            "rule_floor": rows["rule_floor"],
            **open_now,
        }
        self.bulk.insert(table("account_event"), {**key, **event})

    def _refused_accounts(self, error: Exception) -> SluiceError:
        """The reason the database refused new accounts, in words."""
        said = str(error)
        if "account.handle" in said or "account_handle" in said:
            return SluiceError("handle_taken", "One of the handles is taken: a household uses each once.", "handle")
        return broken(f"the database refused new accounts: {said}")

    def change_account(self, account: int, event: AccountEvent) -> None:
        """See `DeskWork.change_account`. Raises SluiceError `limit_crossed` where the balance is outside."""
        self.must_write()
        chart, balance = table("account"), table("balance")
        values = {"standing": event.standing, "rule_floor": event.rule_floor}
        of_chart = update(chart).where(self.here(chart), chart.c.account_id == account)
        if self.bulk.run(of_chart.values(**values)) != 1:
            raise SluiceError("account_unknown", f"Book {self.book} has no account {account}.", "account")
        posted = balance.c.debits_posted - balance.c.credits_posted
        floor, ceiling = self.bent(account, event.floor, event.ceiling)
        fits = (posted - balance.c.credits_pending >= floor) & (posted + balance.c.debits_pending <= ceiling)
        chosen = update(balance).where(self.here(balance), balance.c.account_id == account, fits)
        if self.bulk.run(chosen.values(floor=floor, ceiling=ceiling)) != 1:
            sentence = "The balance, with what is pending, is outside the new floor and ceiling; nothing was changed."
            raise SluiceError("limit_crossed", sentence, "floor")
        self.hold(Loosened(*(_column([one]) for one in (account, event.floor, event.ceiling, floor, ceiling))))
        limits = {"floor": event.floor, "ceiling": event.ceiling}
        kept = table("account_event")
        query = select(kept.c.ordinal).where(self.here(kept), kept.c.account_id == account)
        ordinal = len(self.bulk.rows(query))
        row = {"book_id": self.book, "account_id": account, "ordinal": ordinal, **self.moment}
        self.bulk.run(kept.insert().values(**row, **limits, **values))

    def customers(self, ids: Int64s | None = None) -> list[CustomerRecord]:
        """See `DeskWork.customers`."""
        customer = table("customer")
        names = ("customer_id", "reference", "name", "opened", "last_night", "paused", "ira_room", "version")
        query = (
            select(*(customer.c[name] for name in names)).where(self.here(customer)).order_by(customer.c.customer_id)
        )
        if ids is not None:
            query = query.where(self.bulk.among(customer.c.customer_id, ids))
        return [
            CustomerRecord(self.book, one, reference, name, opened, last_night, bool(paused), ira_room, version)
            for one, reference, name, opened, last_night, paused, ira_room, version in self.bulk.rows(query)
        ]

    def accounts_of(self, customers: Int64s | None = None, *, inner: bool = False) -> list[AccountRecord]:
        """See `DeskWork.accounts_of`."""
        account, balance = table("account"), table("balance")
        names = ("account_id", "customer_id", "slot", "handle", "name", "kind", "asset", "standing")
        query = (
            select(
                *(account.c[name] for name in names),
                balance.c.debits_posted - balance.c.credits_posted,
                *(balance.c[name] for name in ("debits_pending", "credits_pending", "floor", "ceiling")),
                account.c.rule_floor,
                account.c.opened,
            )
            .join(balance, (balance.c.book_id == account.c.book_id) & (balance.c.account_id == account.c.account_id))
            .where(self.here(account), self.here(balance), account.c.customer_id > 0)
            .order_by(account.c.customer_id, account.c.account_id)
        )
        if not inner:
            query = query.where(account.c.slot < INNER_SLOT)
        if customers is not None:
            query = query.where(self.bulk.among(account.c.customer_id, customers))
        records = self._with_own([AccountRecord(*row) for row in self.bulk.rows(query)], whole=customers is None)
        return records if inner else self._with_due(records)

    def _with_own(self, records: list[AccountRecord], *, whole: bool) -> list[AccountRecord]:
        """The records with their own limits, where others stand in for them; `whole`: they are all of the book."""
        loose = self.loosened(None if whole else _column([one.account for one in records]))
        if len(loose.account) == 0:
            return records
        rows = zip(*(column.tolist() for column in (loose.account, loose.own_floor, loose.own_ceiling)), strict=True)
        own = {account: {"floor": floor, "ceiling": ceiling} for account, floor, ceiling in rows}
        return [replace(one, **own[one.account]) if one.account in own else one for one in records]

    def _with_due(self, records: list[AccountRecord]) -> list[AccountRecord]:
        """The records with the interest due on borrow lines as part of their balances (ruling 12)."""
        lines = _column([one.account for one in records if one.kind == Kind.BORROW])
        if len(lines) == 0:
            return records
        line, balance = table("borrow_line"), table("balance")
        query = (
            select(
                line.c.account_id,
                line.c.due,
                balance.c.credits_posted - balance.c.debits_posted,
                balance.c.debits_pending,
            )
            .join(balance, (balance.c.book_id == line.c.book_id) & (balance.c.account_id == line.c.due))
            .where(self.here(line), self.here(balance), self.bulk.among(line.c.account_id, lines))
        )
        found = {row[0]: row[1:] for row in self.bulk.rows(query)}
        whole = []
        for one in records:
            if one.account in found:
                account, due, pending_in = found[one.account]  # what is on its way pays it already
                owed = {"posted": one.posted - due, "pending_in": one.pending_in + pending_in}
                one = replace(one, **owed, due_account=account, due=due - pending_in)  # noqa: PLW2901  the same account, whole
            whole.append(one)
        return whole

    def system_paths(self) -> dict[int, str]:
        """See `DeskWork.system_paths`."""
        account = table("account")
        query = select(account.c.account_id, account.c.handle).where(self.here(account), account.c.customer_id == 0)
        return {row[0]: row[1] for row in self.bulk.rows(query)}
