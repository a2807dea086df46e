"""What households ask of the next windows, and their money that is on its way: settlements and earmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import bindparam, delete, select

from engine.invest.orderrecords import Intent, IntentKind, IntentState
from ledger.accounts import Int64s
from store.bulk import Columns
from store.held import alarm
from store.orders import lots_of, lots_text
from store.people import Numbers
from store.tables import table

INTENT: Final = (
    *("intent_id", "customer_id", "account_id", "kind", "path", "amount", "made", "key", "destination", "lots"),
    *("slot_wanted", "state", "day", "slot", "done", "reason"),
)
"""Columns of table intent in the order of the fields of `Intent`."""


class Intents(Numbers):
    """Intents, settlements, earmarks."""

    def keep_intent(self, intent: Intent) -> int:
        """See `WindowWork.keep_intent`."""
        self.must_write()
        of = table("intent")
        mine = (of.c.customer_id == intent.customer, of.c.key == intent.key)
        for row in self.bulk.rows(select(of.c.intent_id).where(self.here(of), *mine)):
            first: int = row[0]
            return first
        number = int(self.numbers(1)[0])
        kept = (number, intent.customer, intent.account, int(intent.kind), intent.path, intent.amount, intent.made)
        rest = (intent.key, intent.destination, lots_text(intent.lots), intent.slot_wanted, int(intent.state))
        told = (intent.day, intent.slot, intent.done, intent.reason)
        values = dict(zip(INTENT, (*kept, *rest, *told), strict=True))
        with alarm("a constraint of the database refused an order"):
            self.bulk.run(of.insert().values(book_id=self.book, **values))
        return number

    def intents(self, states: Sequence[IntentState] | None = None, customer: int | None = None) -> list[Intent]:
        """See `WindowWork.intents`."""
        of = table("intent")
        query = select(*(of.c[name] for name in INTENT)).where(self.here(of)).order_by(of.c.intent_id)
        if states is not None:
            query = query.where(of.c.state.in_([int(one) for one in states]))
        if customer is not None:
            query = query.where(of.c.customer_id == customer)
        return [_intent(tuple(row)) for row in self.bulk.rows(query)]

    def set_intents(self, intents: Sequence[Intent]) -> None:
        """See `WindowWork.set_intents`. Raises SluiceError `books_broken` for one that is not kept."""
        self.must_write()
        key: Columns = {"book_id": self.book, "intent_id": _column([one.intent for one in intents])}
        names = ("state", "day", "slot", "done")
        values = {name: _column([getattr(one, name) for one in intents]) for name in names}
        with alarm("a constraint of the database refused orders"):
            self.change("intent", key, {**values, "reason": [one.reason for one in intents]})

    def settlements(self) -> list[tuple[int, int, int]]:
        """See `WindowWork.settlements`."""
        of = table("settlement")
        query = select(of.c.account_id, of.c.day, of.c.amount).where(self.here(of))
        return [(row[0], row[1], row[2]) for row in self.bulk.rows(query.order_by(of.c.account_id, of.c.day))]

    def set_settlements(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """See `WindowWork.set_settlements`. Raises SluiceError `books_broken` below nothing."""
        self._replace("settlement", "day", rows)

    def earmarks(self) -> list[tuple[int, str, int]]:
        """See `WindowWork.earmarks`."""
        of = table("earmark")
        query = select(of.c.account_id, of.c.path, of.c.amount).where(self.here(of))
        return sorted((row[0], row[1], row[2]) for row in self.bulk.rows(query))

    def set_earmarks(self, rows: Sequence[tuple[int, str, int]]) -> None:
        """See `WindowWork.set_earmarks`. Raises SluiceError `books_broken` below nothing."""
        self._replace("earmark", "path", rows)

    def _replace(self, name: str, word: str, rows: Sequence[tuple[int, Any, int]]) -> None:
        """Replace the cents of (account, place), `word` the column of the place; where none are left the row goes."""
        self.must_write()
        of = table(name)
        places: Any = [place for _, place, cents in rows if cents]
        given: Columns = {
            "book_id": self.book,
            "account_id": _column([account for account, _, cents in rows if cents]),
            word: places if word == "path" else _column(places),
            "amount": _column([cents for *_, cents in rows if cents]),
        }
        with alarm(f"a constraint of the database refused a {name}"):
            self.bulk.upsert(of, given, "replace")
        gone = [{"whose": account, "where": place} for account, place, cents in rows if not cents]
        if gone:
            mine = (of.c.account_id == bindparam("whose"), of.c[word] == bindparam("where"))
            self.bulk.connection.execute(delete(of).where(self.here(of), *mine), gone)


def _intent(row: Sequence[Any]) -> Intent:
    given = dict(zip(INTENT, row, strict=True))
    given |= {"kind": IntentKind(given["kind"]), "state": IntentState(given["state"]), "lots": lots_of(given["lots"])}
    return Intent(**{name.removesuffix("_id"): value for name, value in given.items()})


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)
