"""All interest of a book counted again from its transfers by the plain program, and its fees from its balances."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from ledger.accounts import Kind
from ledger.batch import Code, TransferKind
from ledger.days import date_of
from store.books import Work
from store.tables import table
from tests.money.found import NOTHING, rows, said
from tests.money.lives import rates
from tests.money.plain import Account, Rates


def interest(work: Work) -> tuple[int, Fraction]:
    """Prove every month of every account; gives the cents posted in all, and the exact sum."""
    accounts = _replayed(work)
    posted, exact = 0, Fraction(0)
    booked = _booked(work)
    for number, account in accounts.items():
        found = rows(work, number, line=account.line)
        for one in account.postings:
            assert found.get(one.month, NOTHING) == said(one), (number, one.month)
        cents = sum(one.cents for one in account.postings)
        assert booked[number] == cents, number
        posted += cents
        exact += sum((one.exact for one in account.postings), Fraction(0))
        assert abs(cents - sum((one.exact for one in account.postings), Fraction(0))) <= Fraction(1, 2)
        _within_a_cent(account)
    return posted, exact


def _within_a_cent(account: Account) -> None:
    """Over any run of months what was posted is within one cent of what was earned."""
    off, lowest, highest = Fraction(0), Fraction(0), Fraction(0)
    for one in account.postings:
        off += one.cents - one.exact
        lowest, highest = min(lowest, off), max(highest, off)
    assert highest - lowest <= 1


def _replayed(work: Work) -> dict[int, Account]:
    """Every account that earns or owes, with its lines as they came in, month after month."""
    kinds = _kinds(work)
    accounts = {number: Account(line=kind == Kind.BORROW) for number, (kind, _) in kinds.items()}
    waiting = _lines(work, kinds)
    place, known = 0, rates()
    for month, seq in _runs(work):
        while place < len(waiting) and waiting[place][0] < seq:
            _, number, day, cents = waiting[place]
            accounts[number].lines.append((day, cents))
            place += 1
        for account in accounts.values():
            _post(account, month, known)
    return accounts


def _post(account: Account, month: date, known: Rates) -> None:
    if account.lines:
        account.post(month, known, 0)


def _kinds(work: Work) -> dict[int, tuple[int, int]]:
    of = table("account")
    query = select(of.c.account_id, of.c.kind, of.c.customer_id).where(
        of.c.book_id == work.book, of.c.kind.in_([int(Kind.CASH), int(Kind.BORROW)])
    )
    return {account: (kind, customer) for account, kind, customer in work.bulk.rows(query)}


def _lines(work: Work, kinds: dict[int, tuple[int, int]]) -> list[tuple[int, int, date, int]]:
    """(seq, account, day, cents) of everything posted but interest, in order of sequence."""
    of = table("transfer")
    names = ("seq", "debit", "credit", "day", "amount")
    posted = (of.c.kind.in_([int(TransferKind.SINGLE), int(TransferKind.POST)]), of.c.code != int(Code.INTEREST))
    query = select(*(of.c[name] for name in names)).where(of.c.book_id == work.book, *posted).order_by(of.c.seq)
    found = []
    for seq, debit, credit, day, amount in work.bulk.rows(query):
        for account, cents in ((debit, amount), (credit, -amount)):
            if account in kinds:
                found.append((seq, account, date_of(day), cents))
    return found


def _runs(work: Work) -> list[tuple[date, int]]:
    """(month, first seq of the rules of the night that posted it)."""
    run, night = table("interest_run"), table("night_book")
    nights = work.bulk.rows(select(night.c.day, night.c.first_seq).where(night.c.book_id == work.book))
    first = {day: seq for day, seq in nights}  # noqa: C416  a row is no pair to mypy
    query = select(run.c.month, run.c.night).where(run.c.book_id == work.book).order_by(run.c.month)
    return [(date_of(month), first[day]) for month, day in work.bulk.rows(query)]


def _booked(work: Work) -> dict[int, int]:
    """Interest that the books moved, by the account that earned or owes it."""
    of, line = table("transfer"), table("borrow_line")
    lines = work.bulk.rows(select(line.c.due, line.c.account_id).where(line.c.book_id == work.book))
    owner = {due: account for due, account in lines}  # noqa: C416  the same
    query = select(of.c.debit, of.c.credit, of.c.amount).where(
        of.c.book_id == work.book, of.c.code == int(Code.INTEREST)
    )
    found: dict[int, int] = defaultdict(int)
    for debit, credit, amount in work.bulk.rows(query):
        found[debit] += amount
        found[credit] -= amount
        if credit in owner:
            found[owner[credit]] += amount
        if debit in owner:
            found[owner[debit]] -= amount
    return found
