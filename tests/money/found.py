"""What books hold of interest, read row by row, beside what plain Python says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
from sqlalchemy import select

from ledger.accounts import Kind
from ledger.days import date_of
from store.books import Work
from store.tables import table
from tests.money.lives import Life, Pair
from tests.money.plain import Account, Key, Posting

Row = tuple[int, Fraction, dict[Key, int]]
"""Cents, the fraction that is left, and the cent-days counted."""

NOTHING: Row = (0, Fraction(0), {})


def rows(work: Work, account: int, *, line: bool) -> dict[date, Row]:
    """What the postings of an account left, by month."""
    interest, counted = table("interest"), table("cent_days")
    found: dict[date, Row] = {}
    unit = 10**12 * (360 if line else 365)
    query = select(interest.c.month, interest.c.cents, interest.c.remainder).where(interest.c.account_id == account)
    for month, cents, remainder in work.bulk.rows(query):
        found[date_of(month)] = (cents, Fraction(remainder, unit), {})
    names = ("month", "rate_row", "tier", "cent_days")
    for month, key, tier, cents in work.bulk.rows(
        select(*(counted.c[name] for name in names)).where(counted.c.account_id == account)
    ):
        found[date_of(month)][2][date_of(key // 2), key % 2 == 1, tier] = cents
    return found


def said(posting: Posting) -> Row:
    """The same from plain Python."""
    return posting.cents, posting.carried, posting.counted


def compare(life: Life) -> int:
    """Hold every month of every account against plain Python; gives how many months gave something."""
    some = 0
    with life.books.read(0) as work:
        for pair in life.pairs:
            for handle, account in pair.plain.cash.items():
                some += _compared(work, pair.accounts[handle].account, account)
            for handle, line in pair.plain.lines.items():
                some += _compared(work, pair.accounts[handle].account, line.principal)
            assert balances(work, pair) == plain_balances(pair)
            checking = pair.accounts["checking"].account
            assert rows(work, checking, line=False) == {}, "checking earns nothing"
    return some


def _compared(work: Work, number: int, account: Account) -> int:
    found = rows(work, number, line=account.line)
    assert found.keys() <= {one.month for one in account.postings}
    for one in account.postings:
        assert found.get(one.month, NOTHING) == said(one), (number, one.month)
    return sum(one.cents != 0 for one in account.postings)


def balances(work: Work, pair: Pair) -> dict[str, int]:
    """Signed cents of cash, principal and interest due, and invest cash, by handle."""
    records = work.accounts_of(np.array([pair.customer], np.int64), inner=True)
    wanted = (Kind.CASH, Kind.BORROW, Kind.BORROW_DUE, Kind.INVEST)
    return {one.handle: one.posted for one in records if one.kind in wanted and one.posted}


def plain_balances(pair: Pair) -> dict[str, int]:
    """The same from plain Python."""
    found = {handle: account.balance for handle, account in pair.plain.cash.items()}
    for handle, line in pair.plain.lines.items():
        found |= {handle: line.principal.balance, f"{handle}:due": -line.due}
    return {handle: cents for handle, cents in (found | {"invest.growth": pair.plain.invest}).items() if cents}
