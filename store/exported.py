"""Reads for exports: accounts with their balances, and transfers of all books by effective date (ledger.md 4.15)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, and_, func, select, true

from ledger.accounts import Kind
from ledger.export import ExportAccount, ExportChunk, Scope
from ledger.ids import book_of
from ledger.lotmoves import LotChange
from store import lotchanges, transfers
from store.books import Books
from store.bulk import Bulk
from store.tables import table

CHUNK_ROWS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Exported:
    """One consistent reading of the books: accounts of the scope, transfers chunk by chunk, and changes of its lots."""

    accounts: dict[int, ExportAccount]
    chunks: Iterator[ExportChunk]
    changes: Iterator[LotChange]


@contextlib.contextmanager
def exported(books: Books, scope: Scope) -> Iterator[Exported]:
    """Read a scope inside one transaction, which ends with the block."""
    with books.database.reading() as bulk:
        yield Exported(_accounts(bulk, scope), _chunks(bulk, scope), _changes(bulk, scope))


def _accounts(bulk: Bulk, scope: Scope) -> dict[int, ExportAccount]:
    """Every account a transfer of the scope may name; a system account's balance is left out of one customer's."""
    account, balance, customer, asset = (table(name) for name in ("account", "balance", "customer", "asset"))
    same = and_(balance.c.book_id == account.c.book_id, balance.c.account_id == account.c.account_id)
    owner = and_(customer.c.book_id == account.c.book_id, customer.c.customer_id == account.c.customer_id)
    query = (
        select(
            account.c.book_id,
            account.c.account_id,
            account.c.customer_id,
            account.c.kind,
            asset.c.code,
            asset.c.scale,
            account.c.parent,
            account.c.handle,
            func.coalesce(customer.c.reference, ""),
            balance.c.debits_posted - balance.c.credits_posted,
        )
        .join(balance, same)
        .join(asset, asset.c.number == account.c.asset)
        .outerjoin(customer, owner)
        .order_by(account.c.book_id, account.c.account_id)
    )
    found: dict[int, ExportAccount] = {}
    for book, number, holder, kind, code, scale, parent, handle, reference, posted in bulk.rows(query):
        if holder in {0, scope.customer or holder} and scope.book in {None, book}:
            stated = None if holder == 0 and scope.customer is not None else posted
            words = (handle, holder, reference, stated)
            found[number] = ExportAccount(book, Kind(kind), code, *words, scale, parent)
    return found


def _changes(bulk: Bulk, scope: Scope) -> Iterator[LotChange]:
    """Every change of lots of the scope, in order; nothing is read before the first is asked for."""
    yield from lotchanges.loaded(bulk.read(lotchanges.query().where(_mine(scope, "lot_move"))))


def _chunks(bulk: Bulk, scope: Scope) -> Iterator[ExportChunk]:
    transfer = table("transfer")
    mine = _mine(scope)
    counted = select(transfer.c.day, func.count()).where(mine).group_by(transfer.c.day).order_by(transfer.c.day)
    first, rows = None, 0
    days = [(day, count) for day, count in bulk.rows(counted)]
    for place, (day, count) in enumerate(days):
        first = day if first is None else first
        rows += count
        if rows >= CHUNK_ROWS or place == len(days) - 1:
            yield _chunk(bulk.read(transfers.query().where(mine, transfer.c.day.between(first, day))))
            first, rows = None, 0


def _chunk(columns: dict[str, Any]) -> ExportChunk:
    moved = transfers.loaded(columns)
    order = np.lexsort((columns["seq"], book_of(moved.id_hi), moved.day))
    return ExportChunk(columns["seq"][order], moved.take(order))


def _mine(scope: Scope, name: str = "transfer") -> ColumnElement[bool]:
    of = table(name)
    mine: ColumnElement[bool] = true()
    if scope.book is not None:
        mine = and_(mine, of.c.book_id == scope.book)
    if scope.customer is not None:
        mine = and_(mine, of.c.customer_id == scope.customer)
    return mine
