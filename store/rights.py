"""Persons, owners and contributions of a book: see `engine.contributions.work.RightsWork`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, func, select

from engine.contributions.rights import Ownership
from engine.contributions.work import (
    ContributionRows,
    Earned,
    NamedIras,
    NewPerson,
    Owned,
    Ownerships,
    PersonRecord,
)
from ledger.accounts import Int64s, Kind
from store.bulk import Columns
from store.held import Held, alarm
from store.tables import table
from store.transfers import sorted_by

INVESTED: Final = (Kind.INVEST, Kind.IRA)
RETIREMENT: Final = (Ownership.TRADITIONAL, Ownership.ROTH, Ownership.SEP)
NAMES: Final = {
    "customer": "customer_id",
    "person": "person_id",
    "year": "year",
    "pool": "pool",
    "amount": "amount",
    "day": "day",
    "account": "account_id",
    "seq": "seq",
}
"""Fields of contributions and their columns."""


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)


class Rights(Held):
    """Persons, owners and contributions of a book."""

    def ownerships(self, customers: Int64s | None = None) -> Ownerships:
        """See `RightsWork.ownerships`."""
        account, ownership = table("account"), table("ownership")
        invested = select(account.c.account_id, account.c.kind).where(
            *self._of(account, customers), account.c.kind.in_([int(kind) for kind in INVESTED])
        )
        there, said = self.bulk.read(invested), self.bulk.read(self._ownership(ownership, customers))
        every = np.unique(np.concatenate([there["account_id"], said["account_id"]]))
        kind = np.full(len(every), int(Ownership.INDIVIDUAL), np.int64)
        agreed = np.zeros(len(every), np.int64)
        kind[np.searchsorted(every, there["account_id"][there["kind"] == Kind.IRA])] = Ownership.TRADITIONAL
        at = np.searchsorted(every, said["account_id"])
        kind[at], agreed[at] = said["kind"], said["agreed"]
        return Ownerships(every, kind, agreed)

    def stated_ownerships(self, customers: Int64s | None = None) -> Ownerships:
        """See `RightsWork.stated_ownerships`."""
        if not self.there("ownership"):
            return Ownerships(*(np.zeros(0, np.int64) for _ in fields(Ownerships)))
        rows = sorted_by(self.bulk.read(self._ownership(table("ownership"), customers)), "account_id")
        return Ownerships(rows["account_id"], rows["kind"], rows["agreed"])

    def open_persons(self, new: Sequence[NewPerson]) -> list[PersonRecord]:
        """See `RightsWork.open_persons`."""
        self.must_write()
        person = table("person")
        first = self.bulk.rows(select(func.coalesce(func.max(person.c.person_id), 0)).where(self.here(person)))[0][0]
        households = np.unique(_column([one.customer for one in new]))
        numbers = {one.customer: one.number for one in self.persons(households)} if new else {}
        made: list[PersonRecord] = []
        for place, one in enumerate(new, start=1):
            numbers[one.customer] = numbers.get(one.customer, 0) + 1
            number = numbers[one.customer]
            made.append(PersonRecord(first + place, one.customer, number, one.name, one.birth_year, one.role))
        if made:
            names = {"person_id": "person", "customer_id": "customer", "number": "number"}
            names |= {"birth_year": "birth_year", "role": "role"}
            rest: Columns = {name: _column([getattr(one, field) for one in made]) for name, field in names.items()}
            with alarm("a constraint of the database refused a person"):
                self.bulk.insert(person, {"book_id": self.book, "name": [one.name for one in made], **rest})
        return made

    def set_person(self, person: PersonRecord) -> None:
        """See `RightsWork.set_person`."""
        self.must_write()
        keys: Columns = {"book_id": self.book, "person_id": _column([person.person])}
        numbers = {"birth_year": _column([person.birth_year]), "role": _column([person.role])}
        with alarm("a constraint of the database refused a person"):
            self.change("person", keys, {"name": [person.name], **numbers})

    def persons(self, customers: Int64s | None = None) -> list[PersonRecord]:
        """See `RightsWork.persons`."""
        person = table("person")
        names = ("person_id", "customer_id", "number", "name", "birth_year", "role")
        query = select(*(person.c[name] for name in names)).where(*self._of(person, customers))
        rows = self.bulk.rows(query.order_by(person.c.customer_id, person.c.number))
        return [PersonRecord(*row) for row in rows]

    def own(self, accounts: Sequence[Owned]) -> None:
        """See `RightsWork.own`."""
        self.must_write()
        if not accounts:
            return
        key: Columns = {"book_id": self.book, "account_id": _column([one.account for one in accounts])}
        rest = {"kind": _column([one.kind for one in accounts]), "agreed": _column([one.agreed for one in accounts])}
        pairs = [(one, person) for one in accounts for person in one.owners]
        with alarm("a constraint of the database refused an ownership"):
            customers = _column([one.customer for one in accounts])
            self.bulk.insert(table("ownership"), {**key, "customer_id": customers, **rest})
            if pairs:
                named: Columns = {
                    "account_id": _column([one.account for one, _ in pairs]),
                    "person_id": _column([person for _, person in pairs]),
                    "customer_id": _column([one.customer for one, _ in pairs]),
                }
                self.bulk.insert(table("owner"), {"book_id": self.book, **named})

    def agree(self, account: int, *, agreed: bool) -> None:
        """See `RightsWork.agree`."""
        self.must_write()
        keys: Columns = {"book_id": self.book, "account_id": _column([account])}
        self.change("ownership", keys, {"agreed": _column([agreed])})

    def owners(self, customers: Int64s | None = None) -> list[Owned]:
        """See `RightsWork.owners`."""
        ownership, owner = table("ownership"), table("owner")
        query = select(owner.c.account_id, owner.c.person_id).where(*self._of(owner, customers))
        named: dict[int, list[int]] = {}
        for account, person in self.bulk.rows(query.order_by(owner.c.account_id, owner.c.person_id)):
            named.setdefault(account, []).append(person)
        rows = self.bulk.rows(self._ownership(ownership, customers).order_by(ownership.c.account_id))
        return [
            Owned(account, customer, kind, bool(agreed), tuple(named.get(account, ())))
            for account, customer, kind, agreed in rows
        ]

    def named_iras(self, customers: Int64s | None = None) -> NamedIras:
        """See `RightsWork.named_iras`."""
        if not self.there("ownership"):
            return NamedIras(*(np.zeros(0, np.int64) for _ in fields(NamedIras)))
        ownership, owner, person = table("ownership"), table("owner"), table("person")
        alike = (owner.c.book_id == ownership.c.book_id) & (owner.c.account_id == ownership.c.account_id)
        whose = (person.c.book_id == owner.c.book_id) & (person.c.person_id == owner.c.person_id)
        query = (
            select(owner.c.account_id, owner.c.customer_id, ownership.c.kind, owner.c.person_id, person.c.birth_year)
            .select_from(owner)
            .join(ownership, alike)
            .join(person, whose)
            .where(*self._of(owner, customers), ownership.c.kind.in_([int(kind) for kind in RETIREMENT]))
        )
        rows = sorted_by(self.bulk.read(query), "account_id")
        names = ("account_id", "customer_id", "kind", "person_id", "birth_year")
        return NamedIras(*(rows[name] for name in names))

    def keep_contributions(self, rows: ContributionRows) -> None:
        """See `RightsWork.keep_contributions`."""
        self.must_write()
        if len(rows.amount) == 0:
            return
        contribution = table("contribution")
        last = select(func.coalesce(func.max(contribution.c.number), 0)).where(self.here(contribution))
        first = self.bulk.rows(last)[0][0] + 1
        numbers = np.arange(first, first + len(rows.amount), dtype=np.int64)
        given: Columns = {column: getattr(rows, field) for field, column in NAMES.items()}
        with alarm("a constraint of the database refused a contribution"):
            keys: Columns = {"book_id": self.book, "number": numbers}
            self.bulk.insert(contribution, {**keys, **given, "source": rows.source})

    def contributed(self, year: int, customers: Int64s | None = None) -> ContributionRows:
        """See `RightsWork.contributed`."""
        contribution = table("contribution")
        return self._contributions(*self._of(contribution, customers), contribution.c.year == year)

    def contributions(self, customer: int) -> ContributionRows:
        """See `RightsWork.contributions`."""
        contribution = table("contribution")
        return self._contributions(*self._of(contribution, _column([customer])), texts=True)

    def contributions_at(self, seqs: Int64s) -> ContributionRows:
        """See `RightsWork.contributions_at`."""
        contribution = table("contribution")
        return self._contributions(
            self.here(contribution), contribution.c.seq > 0, self.bulk.among(contribution.c.seq, seqs), order="seq"
        )

    def keep_earned(self, person: PersonRecord, year: int, cents: int) -> None:
        """See `RightsWork.keep_earned`."""
        self.must_write()
        keys: Columns = {"book_id": self.book, "person_id": _column([person.person]), "year": _column([year])}
        rest: Columns = {"customer_id": _column([person.customer]), "cents": _column([cents])}
        with alarm("a constraint of the database refused earnings"):
            self.bulk.upsert(table("earnings"), {**keys, **rest}, "replace")

    def earned(self, year: int, customers: Int64s | None = None) -> Earned:
        """See `RightsWork.earned`."""
        earnings = table("earnings")
        query = select(earnings.c.person_id, earnings.c.cents).where(
            *self._of(earnings, customers), earnings.c.year == year
        )
        rows = sorted_by(self.bulk.read(query), "person_id")
        return Earned(rows["person_id"], rows["cents"])

    def _of(self, of: Table, customers: Int64s | None) -> list[ColumnElement[bool]]:
        """The conditions that rows are this book's, and these households'."""
        return [self.here(of), *([] if customers is None else [self.bulk.among(of.c.customer_id, customers)])]

    def _ownership(self, ownership: Table, customers: Int64s | None) -> Select[Any]:
        names = ("account_id", "customer_id", "kind", "agreed")
        return select(*(ownership.c[name] for name in names)).where(*self._of(ownership, customers))

    def _contributions(
        self, *chosen: ColumnElement[bool], texts: bool = False, order: str = "number"
    ) -> ContributionRows:
        contribution = table("contribution")
        names = dict.fromkeys(("number", *NAMES.values()))
        rows = sorted_by(self.bulk.read(select(*(contribution.c[name] for name in names)).where(*chosen)), order)
        columns: dict[str, Any] = {field: rows[name] for field, name in NAMES.items()}
        query = select(contribution.c.source, contribution.c[order]).where(*chosen)
        return ContributionRows(**columns, source=self.bulk.texts(query) if texts else [""] * len(rows["seq"]))
