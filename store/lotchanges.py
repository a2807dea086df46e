"""Changes of lots as the ledger's exports and checks read them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, select

from ledger.lotmoves import LotChange
from store.tables import table
from store.transfers import sorted_by

COLUMNS: Final = (
    *("seq", "lot_id", "customer_id", "account_id", "slice", "asset", "kind", "units", "cost", "day", "held_from"),
    *("proceeds", "gain", "other"),
)
"""Columns of table lot_move in the order of the fields of `LotChange`."""


def query() -> Select[Any]:
    """Every column a change is made of, and its place in the order of the book."""
    move = table("lot_move")
    return select(move.c.book_id, move.c.ordinal, *(move.c[name] for name in COLUMNS))


def loaded(columns: dict[str, Any]) -> list[LotChange]:
    """Rows of `query` in the order of (book, seq, ordinal)."""
    columns = sorted_by(columns, "book_id", "seq", "ordinal")
    return [LotChange(*row) for row in zip(*(columns[name].tolist() for name in COLUMNS), strict=True)]
