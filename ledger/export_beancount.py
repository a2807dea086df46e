"""Books as a beancount file (ledger.md 4.15, exact mode): bean-check then audits every transaction and balance.

All decimals everywhere make beancount's inferred tolerance half a cent, or half of the smallest unit, so neither is
ever forgiven; the option that sets it to zero has different names in versions 2 and 3, each refusing the other's.
Balances are asserted with `~ 0`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ledger.days import date_of, day_number, format_day, period_start
from ledger.export_books import HEAD, ExportedBooks
from ledger.export_entries import ExportEntry, Holds, Journal, posted_days

Transaction = Callable[[Journal], Iterator[str]]
"""Writes a posted journal, the accounts that it opens before it, and posts to the books what it moves."""


def beancount_lines(books: ExportedBooks, transfers: Iterable[ExportEntry]) -> Iterator[str]:
    """The lines of the file, each with its end; see `ledger.export.export`."""
    return beancount_file(books, transfers, partial(_transaction, books))


def beancount_file(books: ExportedBooks, transfers: Iterable[ExportEntry], transaction: Transaction) -> Iterator[str]:
    """The lines of a file whose transactions are written so; balances are asserted at each month's end and the last."""
    yield from HEAD
    yield 'option "title" "Sluice"\n'
    holds, last = Holds(), 0
    for day, journals in posted_days(transfers, holds):
        if books.moved and period_start(day, "month") > last:
            yield from _balances(books, books.moved, _next_month(last))
            books.moved.clear()
        for journal in journals:
            yield from transaction(journal)
        last = day
    yield from opened(books, books.unused(), last)
    yield "\n"
    yield "; the balances that the books hold\n"
    for account in books.posted:
        yield _balance(books, account, books.closing(account), last + 1)
    yield from books.pending(holds)


def _next_month(day: int) -> int:
    """The first day of the month after that of `day`."""
    return period_start(day_number(date_of(day).replace(day=28)) + 4, "month")


def opened(books: ExportedBooks, accounts: Iterable[int], day: int) -> Iterator[str]:
    """Accounts opened on a day, with the original words beside them."""
    for account in accounts:
        yield "\n"
        yield f"{format_day(day)} open {books.path[account]} {books.commodity(books.accounts[account].asset)}\n"
        for key, text in books.words(account):
            shown = text.replace("\\", "\\\\").replace('"', '\\"')
            yield f'  {key}: "{shown}"\n'


def heading(journal: Journal) -> Iterator[str]:
    """The first lines of a transaction."""
    first = min(journal, key=lambda entry: entry.seq)
    yield "\n"
    yield f'{format_day(first.day)} * "{first.narration()}"\n'
    yield f"  book: {first.book}\n"
    yield f"  journal: {first.journal}\n"


def posting(books: ExportedBooks, account: int, units: int) -> str:
    """One posting, also posted to the books."""
    books.post(account, units)
    return f"  {books.path[account]}  {books.amount(account, units)}\n"


def _transaction(books: ExportedBooks, journal: Journal) -> Iterator[str]:
    for entry in journal:
        yield from opened(books, books.unopened((entry.debit, entry.credit)), entry.day)
    yield from heading(journal)
    for entry in journal:
        yield posting(books, entry.debit, entry.amount)
        yield f"    seq: {entry.seq}\n"
        yield posting(books, entry.credit, -entry.amount)


def _balances(books: ExportedBooks, accounts: Iterable[int], day: int) -> Iterator[str]:
    yield "\n"
    for account in accounts:
        yield _balance(books, account, books.posted[account], day)


def _balance(books: ExportedBooks, account: int, cents: int, day: int) -> str:
    number, asset = books.amount(account, cents).split()
    return f"{format_day(day)} balance {books.path[account]}  {number} ~ 0 {asset}\n"
