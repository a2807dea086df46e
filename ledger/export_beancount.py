"""Books as a beancount file (ledger.md 4.15, exact mode): bean-check then audits every transaction and balance.

Two decimals everywhere make beancount's inferred tolerance half a cent, so a cent is never forgiven; the option that
sets it to zero has different names in versions 2 and 3, each refusing the other's. Balances are asserted with `~ 0`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.days import date_of, day_number, format_day, period_start
from ledger.export_books import HEAD, ExportedBooks, amount_of
from ledger.export_entries import ExportEntry, Holds, Journal, posted_days


def beancount_lines(books: ExportedBooks, transfers: Iterable[ExportEntry]) -> Iterator[str]:
    """The lines of the file, each with its end; see `ledger.export.export`."""
    yield from HEAD
    yield 'option "title" "Sluice"\n'
    holds, moved, last = Holds(), dict[int, None](), 0
    for day, journals in posted_days(transfers, holds):
        if moved and period_start(day, "month") > last:
            yield from _balances(books, moved, _next_month(last))
            moved.clear()
        for journal in journals:
            yield from _transaction(books, journal)
            moved.update(dict.fromkeys(account for entry in journal for account in (entry.debit, entry.credit)))
        last = day
    yield from _opened(books, books.unused(), last)
    yield "\n"
    yield "; the balances that the books hold\n"
    for account in books.posted:
        yield _balance(books, account, books.closing(account), last + 1)
    yield from books.pending(holds)


def _next_month(day: int) -> int:
    """The first day of the month after that of `day`."""
    return period_start(day_number(date_of(day).replace(day=28)) + 4, "month")


def _opened(books: ExportedBooks, accounts: Iterable[int], day: int) -> Iterator[str]:
    for account in accounts:
        yield "\n"
        yield f"{format_day(day)} open {books.path[account]} {books.accounts[account].asset}\n"
        for key, text in books.words(account):
            shown = text.replace("\\", "\\\\").replace('"', '\\"')
            yield f'  {key}: "{shown}"\n'


def _transaction(books: ExportedBooks, journal: Journal) -> Iterator[str]:
    first = journal[0]
    for entry in journal:
        yield from _opened(books, books.unopened(entry), entry.day)
    yield "\n"
    yield f'{format_day(first.day)} * "{first.narration()}"\n'
    yield f"  book: {first.book}\n"
    yield f"  journal: {first.journal}\n"
    for entry in journal:
        books.post(entry.debit, entry.amount)
        books.post(entry.credit, -entry.amount)
        yield f"  {books.path[entry.debit]}  {amount_of(entry)}\n"
        yield f"    seq: {entry.seq}\n"
        yield f"  {books.path[entry.credit]}  {amount_of(entry, -1)}\n"


def _balances(books: ExportedBooks, accounts: Iterable[int], day: int) -> Iterator[str]:
    yield "\n"
    for account in accounts:
        yield _balance(books, account, books.posted[account], day)


def _balance(books: ExportedBooks, account: int, cents: int, day: int) -> str:
    number, asset = books.amount(account, cents).split()
    return f"{format_day(day)} balance {books.path[account]}  {number} ~ 0 {asset}\n"
