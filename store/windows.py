"""Trade windows of a book: how far they have come, the prices they used, corporate actions done, facts nights saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Final

import numpy as np
from sqlalchemy import ColumnElement, insert, select, update

from engine.invest.orderrecords import KeptQuotes, Phase, WindowRow
from engine.invest.records import SeenFacts
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from store.bulk import Columns
from store.held import alarm
from store.intents import Intents
from store.orders import Orders
from store.tables import table
from store.transfers import sorted_by

WINDOW: Final = tuple(field.name for field in fields(WindowRow))
SEEN: Final = ("customer_id", "account_id", "kind", "asset", "sessions", "value", "known")
"""Columns of table seen_fact in the order of the fields of `SeenFacts`."""


class Windows(Intents, Orders):
    """See `WindowWork`."""

    def window(self, day: int, slot: int) -> WindowRow | None:
        """See `WindowWork.window`."""
        window = table("window_run")
        found = self._windows((window.c.day == day) & (window.c.slot == slot))
        return found[0] if found else None

    def windows(self, since: int) -> list[WindowRow]:
        """See `WindowWork.windows`."""
        return self._windows(table("window_run").c.day >= since)

    def _windows(self, chosen: ColumnElement[bool]) -> list[WindowRow]:
        window = table("window_run")
        query = select(*(window.c[name] for name in WINDOW)).where(self.here(window), chosen)
        rows = self.bulk.rows(query.order_by(window.c.day, window.c.slot))
        return [WindowRow(day, slot, Phase(phase), *rest) for day, slot, phase, *rest in rows]

    def keep_window(self, row: WindowRow) -> None:
        """See `WindowWork.keep_window`."""
        self.must_write()
        window = table("window_run")
        values = {**asdict(row), "phase": int(row.phase)}
        key = {"day": values.pop("day"), "slot": values.pop("slot")}
        mine = [self.here(window), window.c.day == row.day, window.c.slot == row.slot]
        with alarm("a constraint of the database refused a window"):
            if self.bulk.run(update(window).where(*mine, window.c.fence <= row.fence).values(**values)):
                return
            if self.window(row.day, row.slot) is not None:
                sentence = "Another run has taken this window over; what this one wanted to write is left out."
                raise SluiceError("window_taken", sentence)
            self.bulk.run(insert(window).values(book_id=self.book, **key, **values))

    def keep_quotes(self, quotes: KeptQuotes) -> None:
        """See `WindowWork.keep_quotes`."""
        self.must_write()
        snapshot = table("price_snapshot")
        mine = (self.here(snapshot), snapshot.c.snapshot == quotes.snapshot)
        if self.bulk.rows(select(snapshot.c.snapshot).where(*mine)):
            return
        assets = sorted({*quotes.price, *quotes.missing})
        key: Columns = {"book_id": self.book, "snapshot": [quotes.snapshot] * len(assets)}
        given: Columns = {
            "asset": _column(assets),
            "price": _column([quotes.price.get(one, 0) for one in assets]),
            "reason": [quotes.missing.get(one, "") for one in assets],
        }
        row = {"snapshot": quotes.snapshot, "taken": quotes.instant, "source": quotes.source}
        with alarm("a constraint of the database refused a price snapshot"):
            self.bulk.run(insert(snapshot).values(book_id=self.book, **row))
            self.bulk.insert(table("quote"), {**key, **given})

    def quotes(self, snapshot: str) -> KeptQuotes:
        """See `WindowWork.quotes`."""
        of, quote = table("price_snapshot"), table("quote")
        head = self.bulk.rows(select(of.c.taken, of.c.source).where(self.here(of), of.c.snapshot == snapshot))
        if not head:
            sentence = f'Book {self.book} has no price snapshot "{snapshot}".'
            raise SluiceError("snapshot_unknown", sentence, "snapshot")
        chosen = select(quote.c.asset, quote.c.price, quote.c.reason).where(self.here(quote))
        rows = self.bulk.rows(chosen.where(quote.c.snapshot == snapshot).order_by(quote.c.asset))
        price = {asset: price for asset, price, _ in rows if price}
        missing = {asset: reason for asset, price, reason in rows if not price}
        return KeptQuotes(snapshot, head[0].taken, head[0].source, price, missing)

    def actions_done(self) -> dict[str, int]:
        """See `WindowWork.actions_done`."""
        done = table("action_done")
        return dict(
            sorted((row[0], row[1]) for row in self.bulk.rows(select(done.c.action, done.c.day).where(self.here(done))))
        )

    def keep_actions(self, actions: Sequence[str], day: int) -> None:
        """See `WindowWork.keep_actions`. Raises SluiceError `books_broken` for a step that is done already."""
        self.must_write()
        with alarm("a step of a corporate action is done already"):
            self.bulk.insert(table("action_done"), {"book_id": self.book, "action": list(actions), "day": day})

    def keep_seen(self, day: int, seen: SeenFacts) -> None:
        """See `WindowWork.keep_seen`. Raises SluiceError `books_broken` for a fact that is kept already."""
        self.must_write()
        columns = {name: getattr(seen, field.name) for name, field in zip(SEEN, fields(SeenFacts), strict=True)}
        with alarm("a night's market fact is kept already"):
            self.bulk.insert(table("seen_fact"), {"book_id": self.book, "day": day, **columns})

    def seen(self, day: int, customer: int) -> SeenFacts:
        """See `WindowWork.seen`; ascending by (customer, account, kind, asset, sessions)."""
        fact = table("seen_fact")
        mine = (fact.c.day == day, fact.c.customer_id.in_([0, customer]))
        rows = self.bulk.read(select(*(fact.c[name] for name in SEEN)).where(self.here(fact), *mine))
        rows = sorted_by(rows, *SEEN)
        return SeenFacts(*(rows[name] for name in SEEN))


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)
