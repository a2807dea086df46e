"""The lots of a book against its transfers: what `verify` reads for `ledger.lotcheck` (C12, C14)."""

from __future__ import annotations

from typing import Final

import numpy as np
from sqlalchemy import func, literal_column, select

from ledger.accounts import INNER_KINDS, SYSTEM_KINDS, Accounts, Kind
from ledger.lotcheck import Kept, LotCheck, Place
from ledger.lotfold import HeldLot, HeldSlice
from store import lotchanges
from store.books import Work
from store.held import Chart
from store.holdings import LOT
from store.tables import table

KINDS: Final = (Kind.INVEST, Kind.IRA, *INNER_KINDS, *SYSTEM_KINDS)
"""Kinds of the accounts that have to do with lots."""


def lot_check(work: Work, accounts: Accounts) -> LotCheck:
    """The check of a book, before its transfers and its moves of lots."""
    return LotCheck(work.book, _places(work, accounts), _kept(work))


def take_changes(work: Work, check: LotCheck, rows: int) -> None:
    """Hand over every move of the book's lots, so many rows at once."""
    move = table("lot_move")
    seq, ordinal = 0, -1
    while True:
        later = (move.c.seq > seq) | ((move.c.seq == seq) & (move.c.ordinal > ordinal))
        chosen = lotchanges.query().where(work.here(move), later).order_by(move.c.seq, move.c.ordinal).limit(rows)
        columns = work.bulk.read(chosen)
        check.change(lotchanges.loaded(columns))
        if len(columns["seq"]) < rows:
            return
        seq = int(columns["seq"].max())
        ordinal = int(columns["ordinal"][columns["seq"] == seq].max())


def _places(work: Work, accounts: Accounts) -> dict[int, Place]:
    chart: Chart = work.chart(accounts.account)
    at = np.flatnonzero(np.isin(chart.kind, KINDS))
    balance = accounts.positions(chart.account[at])
    posted = np.where(balance >= 0, accounts.posted()[balance], 0).tolist() if len(at) else []
    columns = (chart.account[at], chart.kind[at], chart.customer[at], chart.asset[at])
    account = table("account")
    inner = account.c.parent > literal_column("0")
    chosen = select(account.c.account_id, account.c.parent).where(work.here(account), inner)
    parents = {row[0]: row[1] for row in work.bulk.rows(chosen)}
    rows = zip(*(column.tolist() for column in columns), posted, strict=True)
    return {
        one: Place(Kind(kind), customer, asset, parents.get(one, 0), cents)
        for one, kind, customer, asset, cents in rows
    }


def _kept(work: Work) -> Kept:
    lot, of = table("lot"), table("slice")
    lots = work.bulk.read(select(*(lot.c[name] for name in LOT)).where(work.here(lot)))
    held = {row[0]: HeldLot(*row[1:]) for row in zip(*(lots[name].tolist() for name in LOT), strict=True)}
    names = ("account_id", "slice", "customer_id", "asset", "units")
    slices = work.bulk.read(select(*(of.c[name] for name in names)).where(work.here(of)))
    listed = zip(*(slices[name].tolist() for name in names), strict=True)
    return Kept(
        held,
        {(account, number): HeldSlice(*rest) for account, number, *rest in listed},
        _summed(work, "settlement"),
        _summed(work, "earmark"),
    )


def _summed(work: Work, name: str) -> dict[int, int]:
    """Cents by invest account."""
    of = table(name)
    total = select(of.c.account_id, func.sum(of.c.amount)).where(work.here(of)).group_by(of.c.account_id)
    return {row[0]: int(row[1]) for row in work.bulk.rows(total)}
