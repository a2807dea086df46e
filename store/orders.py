"""Blocks at the broker and the parts of slices in them (rulings 26, 27)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, literal_column, select

from engine.invest.market import OrderState, Side
from engine.invest.orderrecords import OrderRow, PartRow
from ledger.accounts import Int64s
from store.bulk import Columns, Given
from store.held import Held, alarm, broken
from store.tables import table

ORDER: Final = (
    *("client_id", "day", "slot", "attempt", "broker_account", "asset", "symbol", "side", "units", "amount", "state"),
    *("filled_units", "price", "fee", "booked", "changed", "reason"),
)
"""Columns of table order_block in the order of the fields of `OrderRow`."""

PART: Final = (
    *("client_id", "account_id", "slice", "purpose", "intent_id", "customer_id", "units", "amount", "lots"),
    *("filled_units", "filled", "fee"),
)
"""Columns of table order_part in the order of the fields of `PartRow`."""

Lots = tuple[tuple[int, int], ...]
"""Lots by number, with units."""

ASKED_AT_ONCE: Final = 1_000
"""Client ids in one query."""


class Orders(Held):
    """Blocks and parts."""

    def keep_orders(self, orders: Sequence[OrderRow], parts: Sequence[PartRow]) -> None:
        """See `WindowWork.keep_orders`. Raises SluiceError `books_broken` for a client id twice or a part of none."""
        self.must_write()
        lost = {one.client_id for one in parts} - {one.client_id for one in orders}
        if lost:
            raise broken(f"a part names the block {min(lost)}, which is not among the new ones")
        with alarm("a constraint of the database refused orders"):
            self.bulk.insert(table("order_block"), {"book_id": self.book, **_order_columns(orders)})
            self.bulk.insert(table("order_part"), {"book_id": self.book, **_part_columns(parts)})

    def orders(self, day: int, slot: int) -> list[OrderRow]:
        """See `WindowWork.orders`."""
        of = table("order_block")
        return self._orders((of.c.day == day) & (of.c.slot == slot))

    def orders_in(self, states: Sequence[OrderState]) -> list[OrderRow]:
        """See `WindowWork.orders_in`; ascending client id."""
        of = table("order_block")
        unbooked = of.c.booked == literal_column("0")  # as the index has it: a bound value would not use it
        return self._orders(unbooked & of.c.state.in_([int(one) for one in states]))

    def _orders(self, chosen: ColumnElement[bool]) -> list[OrderRow]:
        of = table("order_block")
        rows = self.bulk.rows(select(*(of.c[name] for name in ORDER)).where(self.here(of), chosen))
        return sorted((_order(tuple(row)) for row in rows), key=lambda one: one.client_id)

    def set_orders(self, orders: Sequence[OrderRow]) -> None:
        """See `WindowWork.set_orders`. Raises SluiceError `books_broken` for one that is not kept."""
        self.must_write()
        columns = _order_columns(orders)
        names = ("state", "filled_units", "price", "fee", "booked", "changed", "reason")
        key: Columns = {"book_id": self.book, "day": columns["day"], "client_id": columns["client_id"]}
        with alarm("a constraint of the database refused orders"):
            self.change("order_block", key, {name: columns[name] for name in names})

    def parts(self, client_ids: Sequence[str]) -> list[PartRow]:
        """See `WindowWork.parts`."""
        of, found = table("order_part"), []
        for start in range(0, len(client_ids), ASKED_AT_ONCE):
            some = of.c.client_id.in_(client_ids[start : start + ASKED_AT_ONCE])
            rows = self.bulk.rows(select(*(of.c[name] for name in PART)).where(self.here(of), some))
            found += [_part(tuple(row)) for row in rows]
        return sorted(found, key=_place)

    def parts_of(self, customer: int) -> list[tuple[OrderRow, PartRow]]:
        """See `WindowWork.parts_of`."""
        order, part = table("order_block"), table("order_part")
        same = (order.c.book_id == part.c.book_id) & (order.c.client_id == part.c.client_id)
        names = [*(order.c[name].label(f"o_{name}") for name in ORDER), *(part.c[name] for name in PART)]
        query = select(*names).join_from(part, order, same).where(self.here(part), part.c.customer_id == customer)
        split = len(ORDER)
        rows = [tuple(row) for row in self.bulk.rows(query)]
        found = [(_order(row[:split]), _part(row[split:])) for row in rows]
        return sorted(found, key=lambda pair: (-pair[0].day, -pair[0].slot, _place(pair[1])))

    def set_parts(self, parts: Sequence[PartRow]) -> None:
        """See `WindowWork.set_parts`. Raises SluiceError `books_broken` for one that is not kept."""
        self.must_write()
        columns = _part_columns(parts)
        names = ("account_id", "slice", "intent_id", "client_id", "purpose")
        key: Columns = {"book_id": self.book, **{name: columns[name] for name in names}}
        with alarm("a constraint of the database refused parts of orders"):
            self.change("order_part", key, {name: columns[name] for name in ("filled_units", "filled", "fee")})


def _place(part: PartRow) -> tuple[str, int, int, str, int]:
    return part.client_id, part.account, part.slice, part.purpose, part.intent


def _order(row: Sequence[Any]) -> OrderRow:
    given = dict(zip(ORDER, row, strict=True))
    words = {"side": Side(given["side"]), "state": OrderState(given["state"]), "booked": bool(given["booked"])}
    return OrderRow(**{**given, **words})


def _part(row: Sequence[Any]) -> PartRow:
    client_id, account, number, purpose, intent, customer, units, amount, lots, *got = row
    return PartRow(client_id, account, number, purpose, intent, customer, units, amount, lots_of(lots), *got)


def _order_columns(orders: Sequence[OrderRow]) -> dict[str, Given]:
    texts = ("client_id", "broker_account", "symbol", "reason")
    return {
        name: [getattr(one, name) for one in orders]
        if name in texts
        else _column([getattr(one, name) for one in orders])
        for name in ORDER
    }


def _part_columns(parts: Sequence[PartRow]) -> dict[str, Given]:
    columns: dict[str, Given] = {
        "client_id": [one.client_id for one in parts],
        "purpose": [one.purpose for one in parts],
        "lots": [lots_text(one.lots) for one in parts],
    }
    for name in PART:
        if name not in columns:
            columns[name] = _column([getattr(one, name.removesuffix("_id")) for one in parts])
    return columns


def lots_text(lots: Lots) -> str:
    """Lots with units as they are stored: "lot:units" apart by spaces."""
    return " ".join(f"{lot}:{units}" for lot, units in lots)


def lots_of(text: str) -> Lots:
    """The inverse of `lots_text`."""
    pairs = (pair.split(":") for pair in text.split())
    return tuple((int(lot), int(units)) for lot, units in pairs)


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)
