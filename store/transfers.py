"""Transfers between the columns of the engine and the columns of the table."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sqlalchemy import Select, select

from ledger.accounts import Int64s
from ledger.batch import Transfers
from store.bulk import Columns, high_low, ids16
from store.tables import table

SAME: Final = ("kind", "debit", "credit", "asset", "amount", "code", "day", "run", "rank")
"""Columns that have one name on both sides."""


def query() -> Select[Any]:
    """Every column a transfer is made of, and its seq."""
    transfer = table("transfer")
    names = ("seq", "transfer_id", "pending_id", "journal", "customer_id", *SAME)
    return select(*(transfer.c[name] for name in names))


def loaded(columns: dict[str, Any]) -> Transfers:
    """Rows of `query` as transfers; `journal` is the stored journal number."""
    same: dict[str, Any] = {name: columns[name] for name in SAME}
    id_hi, id_lo = high_low(columns["transfer_id"])
    pending_hi, pending_lo = high_low(columns["pending_id"])
    ids: dict[str, Any] = {"id_hi": id_hi, "id_lo": id_lo, "pending_hi": pending_hi, "pending_lo": pending_lo}
    return Transfers(**ids, journal=columns["journal"], customer=columns["customer_id"], **same)


def sorted_by(columns: dict[str, Any], *names: str) -> dict[str, Any]:
    """The rows in ascending order of these columns, the first the most significant."""
    order = np.lexsort([columns[name] for name in reversed(names)])
    return {name: given[order] for name, given in columns.items()}


def stored(book: int, seq: Int64s, transfers: Transfers, journal: Int64s) -> Columns:
    """Transfers as columns of the table, without the instant."""
    return {
        "book_id": book,
        "seq": seq,
        "transfer_id": ids16(transfers.id_hi, transfers.id_lo),
        "pending_id": ids16(transfers.pending_hi, transfers.pending_lo),
        "journal": journal,
        "customer_id": transfers.customer,
        **{name: getattr(transfers, name) for name in SAME},
    }
