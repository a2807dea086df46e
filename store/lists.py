"""Rule lists by version, and everything recorded of one household (ruling 50)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Row, Table, delete, select

from engine.desk import AccountEvent, CustomerEvent, DecisionRecord, ListVersion, NightRecord, Past, SavedList
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from store.bulk import Columns
from store.held import alarm, broken
from store.layers import Layered
from store.tables import table
from store.transfers import loaded, query, sorted_by

DECIDED: Final = (
    "day",
    "customer_id",
    "rank",
    "version",
    "outcome",
    "reason",
    "wanted",
    "amount",
    "limited_by",
    "journal",
)
NIGHT: Final = ("book_id", "day", "first_seq", "last_seq", "started", "finished")
COUNTED: Final = ("moved", "proposed", "would_move", "blocked", "quarantined")


class Lists(Layered):
    """What households want, and what became of it."""

    def save_lists(self, lists: Sequence[SavedList], day: int, recorded: int) -> None:
        """See `DeskWork.save_lists`. Raises SluiceError `list_twice` for two lists of one household at once."""
        self.must_write()
        saved = sorted(lists, key=lambda one: one.customer)
        customers = np.array([one.customer for one in saved], np.int64)
        if len(customers) == 0:
            return
        if (customers[1:] == customers[:-1]).any():
            raise SluiceError("list_twice", "A household has two new rule lists; save one after the other.", "rules")
        versions = self._next_versions(customers)
        key: Columns = {"book_id": self.book, "customer_id": customers}
        with alarm("a rule list was refused"):
            shapes = dict(chain.from_iterable(one.shapes.items() for one in saved))
            self._keep_shapes(shapes)
            kept: Columns = {**self.moment, "day": day, "recorded": recorded}
            texts = [one.documents for one in saved]
            self.bulk.insert(table("rule_list"), {**key, "version": versions, **kept, "documents": texts})
            for name in ("program", "tally"):
                old = table(name)
                self.bulk.run(delete(old).where(self.here(old), self.bulk.among(old.c.customer_id, customers)))
            words = [one.program.astype("<i8").tobytes() for one in saved]
            sizes = np.array([len(one.program) for one in saved], np.int64)
            self.bulk.insert(table("program"), {**key, "version": versions, "size": sizes, "words": words})
            self._keep_tallies(saved, customers)
            if self.bulk.update(table("customer"), key, {"version": versions}) != len(customers):
                raise broken("rules were saved for unknown households")

    def _next_versions(self, customers: Int64s) -> Int64s:
        customer = table("customer")
        chosen = self.bulk.among(customer.c.customer_id, customers)
        found = self.bulk.read(select(customer.c.customer_id, customer.c.version).where(self.here(customer), chosen))
        found = sorted_by(found, "customer_id")
        if not np.array_equal(found["customer_id"], customers):
            lost = sorted(set(customers.tolist()) - set(found["customer_id"].tolist()))
            raise SluiceError("customer_unknown", f"Book {self.book} has no customer {lost[0]}.", "customer")
        versions: Int64s = found["version"] + 1
        return versions

    def _keep_shapes(self, shapes: dict[int, str]) -> None:
        """Insert shapes that are new; the same id with another text is a collision and stops everything."""
        order = sorted(shapes)
        given: Columns = {"shape_id": np.array(order, np.int64), "text": [shapes[one] for one in order]}
        self.bulk.upsert(table("shape"), given, "keep")
        shape = table("shape")
        known = select(shape.c.shape_id, shape.c.text).where(
            self.bulk.among(shape.c.shape_id, np.array(order, np.int64))
        )
        if any(shapes[one] != text for one, text in self.bulk.rows(known)):
            raise broken("two shapes have one id")

    def _keep_tallies(self, saved: Sequence[SavedList], customers: Int64s) -> None:
        counts = [len(one.tallies) for one in saved]
        pairs = np.array(list(chain.from_iterable(one.tallies for one in saved)), np.int64).reshape(-1, 2)
        slots = np.concatenate([np.arange(count, dtype=np.int64) for count in counts])
        key: Columns = {"book_id": self.book, "customer_id": np.repeat(customers, counts), "slot": slots}
        self.bulk.insert(table("tally"), {**key, "since": pairs[:, 0], "used": pairs[:, 1]})

    def set_tallies(self, customer: int, tallies: Sequence[tuple[int, int]]) -> None:
        """See `DeskWork.set_tallies`. Raises SluiceError `books_broken` where the program has other tallies."""
        self.must_write()
        pairs = np.array(tallies, np.int64).reshape(-1, 2)
        mine: Columns = {"customer_id": np.full(len(pairs), customer, np.int64), "slot": np.arange(len(pairs))}
        self.change("tally", {"book_id": self.book, **mine}, {"since": pairs[:, 0], "used": pairs[:, 1]})

    def versions(self, customer: int) -> list[ListVersion]:
        """See `DeskWork.versions`."""
        rules = table("rule_list")
        names = ("version", "seq", "day", "documents", "after_night")
        return [ListVersion(*row) for row in self._rows(rules, names, rules.c.customer_id == customer)]

    def past(self, customer: int) -> Past:
        """See `DeskWork.past`."""
        transfer, account, night = table("transfer"), table("account"), table("night_book")
        rows = self.bulk.read(query().where(self.here(transfer), transfer.c.customer_id == customer))
        rows = sorted_by(rows, "seq")
        changed, event, quarantine = table("account_event"), table("customer_event"), table("quarantine")
        mine = select(account.c.account_id).where(self.here(account), account.c.customer_id == customer)
        limits = ("account_id", "seq", "floor", "ceiling", "rule_floor", "standing", "after_night", "ordinal")
        by_account = self._rows(changed, limits, changed.c.account_id.in_(mine))
        by_customer = self._rows(event, ("seq", "paused", "ira_room", "after_night"), event.c.customer_id == customer)
        out = self._rows(quarantine, ("day",), quarantine.c.customer_id == customer)
        contribution, decision = table("contribution"), table("decision")
        made = self._rows(contribution, ("seq",), contribution.c.customer_id == customer)
        days = select(night.c.day).where(self.here(night))
        decided = self._rows(decision, DECIDED, decision.c.customer_id == customer, decision.c.day.in_(days))
        return Past(
            transfers=loaded(rows),
            seq=rows["seq"],
            journal=rows["journal"],
            account_events=[AccountEvent(*row[:-1]) for row in sorted(by_account, key=lambda row: row.seq)],
            customer_events=[CustomerEvent(seq, bool(paused), room, night) for seq, paused, room, night in by_customer],
            versions=self.versions(customer),
            nights=[NightRecord(*row) for row in self._rows(night, (*NIGHT, *COUNTED))],
            quarantined=frozenset(row[0] for row in out),
            decisions=[DecisionRecord(*row) for row in decided],
            returns=self.returns_of(customer),
            contributed=frozenset(row[0] for row in made),
        )

    def _rows(self, of: Table, names: Sequence[str], *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
        """Rows of a table of this book in the order of its key."""
        chosen = select(*(of.c[name] for name in names)).where(self.here(of), *where)
        return self.bulk.rows(chosen.order_by(*of.primary_key))
