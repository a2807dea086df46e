"""Layers under holds, returned deposits and forced entries of a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, delete, func, select, true

from engine.holds.layers import Layers, no_layers
from engine.holds.terms import Destination
from engine.holds.work import ForcedRow, ReturnRow
from ledger.accounts import Int64s
from store.bulk import Columns
from store.held import Held, alarm, broken
from store.tables import table
from store.transfers import sorted_by

UNTIL: Final = tuple(f"to_{destination.name.lower()}" for destination in Destination)
LAYER: Final = ("arrived", "amount", "origin", *UNTIL)
RETURN: Final = (
    *("customer_id", "account_id", "origin", "amount", "reason", "day", "posted", "seq"),
    *("from_layers", "from_free", "forced", "given_back"),
)
RETURN_FLAGS: Final = ("posted", "given_back")
FORCED: Final = (
    *("customer_id", "account_id", "seq", "day", "code", "amount"),
    *("own_floor", "own_rule_floor", "floor", "own_ceiling", "ceiling"),
)


class Layered(Held):
    """Layers under holds, returned deposits and forced entries of a book."""

    def layers(self, customers: Int64s | None = None) -> Layers:
        """See `HoldWork.layers`."""
        if not self.there("layer"):
            return no_layers()
        layer = table("layer")
        mine = true() if customers is None else self.bulk.among(layer.c.customer_id, customers)
        names = ("account_id", "ordinal", *LAYER)
        columns = self.bulk.read(select(*(layer.c[name] for name in names)).where(self.here(layer), mine))
        columns = sorted_by(columns, "account_id", "ordinal")
        until = np.stack([columns[name] for name in UNTIL])
        return Layers(columns["account_id"], columns["arrived"], columns["amount"], columns["origin"], until)

    def set_layers(self, accounts: Int64s, layers: Layers) -> None:
        """See `HoldWork.set_layers`. Raises SluiceError `books_broken` for an account that is none of a household."""
        self.must_write()
        chart = self.chart(accounts)
        at = chart.find(accounts)
        if (at < 0).any() or (chart.customer[at] == 0).any() or not np.isin(layers.account, accounts).all():
            raise broken("money under a hold stands in accounts that are no household's")
        layer = table("layer")
        self.bulk.run(delete(layer).where(self.here(layer), self.bulk.among(layer.c.account_id, accounts)))
        if len(layers) == 0:
            return
        values: Columns = {
            "book_id": self.book,
            "account_id": layers.account,
            "ordinal": np.arange(len(layers)) - np.searchsorted(layers.account, layers.account),
            "customer_id": chart.customer[chart.find(layers.account)],
            **{name: getattr(layers, name) for name in ("arrived", "amount", "origin")},
            **dict(zip(UNTIL, layers.until, strict=True)),
        }
        with alarm("money under a hold was refused"):
            self.bulk.insert(layer, values)

    def returned(self, transfer: str) -> ReturnRow | None:
        """See `HoldWork.returned`."""
        row = table("returned")
        rows = self._returns(row.c.transfer_id == bytes.fromhex(transfer))
        return rows[0] if rows else None

    def returns_of(self, customer: int) -> list[ReturnRow]:
        """See `HoldWork.returns_of`."""
        return self._returns(table("returned").c.customer_id == customer)

    def _returns(self, chosen: ColumnElement[bool]) -> list[ReturnRow]:
        row = table("returned")
        query = select(row.c.transfer_id, *(row.c[name] for name in RETURN)).where(self.here(row), chosen)
        found = self.bulk.rows(query.order_by(row.c.seq.desc()))
        return [_return_row(bytes(key).hex(), dict(zip(RETURN, rest, strict=True))) for key, *rest in found]

    def keep_return(self, row: ReturnRow, recorded: int) -> None:
        """See `HoldWork.keep_return`."""
        self.must_write()
        ids = {"customer_id": row.customer, "account_id": row.account}
        ids |= {name: int(getattr(row, name)) for name in RETURN_FLAGS}
        rest = {name: getattr(row, name) for name in RETURN if name not in ids}
        key = {"book_id": self.book, "transfer_id": bytes.fromhex(row.transfer)}
        with alarm("a returned deposit was refused"):
            self.bulk.run(table("returned").insert().values(**key, **ids, **rest, recorded=recorded))

    def keep_forced(self, rows: Sequence[ForcedRow]) -> None:
        """See `HoldWork.keep_forced`."""
        self.must_write()
        if not rows:
            return
        of = table("forced")
        ids = np.array([row.account for row in rows], np.int64)
        mine = self.bulk.among(of.c.account_id, np.unique(ids))
        ordinal: Counter[int] = Counter()
        for account, following in self.bulk.rows(_next_of(of).where(self.here(of), mine)):
            ordinal[account] = following
        ordinals = []
        for row in rows:
            ordinals.append(ordinal[row.account])
            ordinal[row.account] += 1
        values: Columns = {
            "book_id": self.book,
            "account_id": ids,
            "ordinal": np.array(ordinals, np.int64),
            "customer_id": np.array([row.customer for row in rows], np.int64),
            **{name: np.array([getattr(row, name) for row in rows], np.int64) for name in FORCED[2:]},
        }
        with alarm("a forced entry was refused"):
            self.bulk.insert(of, values)

    def forced(self, accounts: Int64s | None = None) -> list[ForcedRow]:
        """See `HoldWork.forced`."""
        row = table("forced")
        mine = true() if accounts is None else self.bulk.among(row.c.account_id, accounts)
        query = select(*(row.c[name] for name in FORCED)).where(self.here(row), mine)
        return [ForcedRow(*found) for found in self.bulk.rows(query.order_by(row.c.account_id, row.c.ordinal))]


def _next_of(of: Table) -> Select[Any]:
    """The next ordinal of each account that has any row."""
    return select(of.c.account_id, func.max(of.c.ordinal) + 1).group_by(of.c.account_id)


def _return_row(transfer: str, columns: dict[str, Any]) -> ReturnRow:
    ids = {name: columns.pop(f"{name}_id") for name in ("customer", "account")}
    posted, given_back = (bool(columns.pop(name)) for name in RETURN_FLAGS)
    return ReturnRow(transfer=transfer, posted=posted, given_back=given_back, **ids, **columns)
