"""Books as an hledger journal (ledger.md 4.15, exact mode), for `hledger check -s ordereddates`.

Accounts and commodities are declared; the last posting of each account on each day asserts its running balance; a
last transaction of zeros asserts the balances that the books hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.days import format_day
from ledger.export_books import HEAD, ExportedBooks
from ledger.export_entries import ExportEntry, Holds, Journal, posted_days


def hledger_lines(books: ExportedBooks, transfers: Iterable[ExportEntry]) -> Iterator[str]:
    """The lines of the file, each with its end; see `ledger.export.export`."""
    yield from HEAD
    yield "decimal-mark .\n"
    for asset, scale in sorted({(one.asset, one.scale) for one in books.accounts.values()}):
        yield f"commodity 1000.{'0' * scale} {books.commodity(asset)}\n"
    holds, last = Holds(), 0
    for day, journals in posted_days(transfers, holds):
        yield from _day(books, journals)
        last = day
    yield from _declared(books, books.unused())
    if books.posted:
        yield "\n"
        yield f"{format_day(last + 1)} * the balances that the books hold\n"
    for account in books.posted:
        held = books.amount(account, books.closing(account))
        yield f"    {books.path[account]}  {books.amount(account, 0)} = {held}\n"
    yield "\n"
    yield from books.pending(holds)


def _day(books: ExportedBooks, journals: list[Journal]) -> Iterator[str]:
    """The day's transactions; postings are counted to know the last one of each account."""
    final: dict[int, int] = {}
    sides = (account for journal in journals for entry in journal for account in (entry.debit, entry.credit))
    final.update({account: at for at, account in enumerate(sides)})
    at = 0
    for journal in journals:
        for entry in journal:
            yield from _declared(books, books.unopened((entry.debit, entry.credit)))
        yield "\n"
        yield _heading(min(journal, key=lambda entry: entry.seq))
        for entry in journal:
            for account, sign in ((entry.debit, 1), (entry.credit, -1)):
                moved = sign * entry.amount
                after = books.post(account, moved)
                claim = f" = {books.amount(account, after)}" if final[account] == at else ""
                tag = f"  ; seq:{entry.seq}" if sign == 1 else ""
                yield f"    {books.path[account]}  {books.amount(account, moved)}{claim}{tag}\n"
                at += 1


def _heading(first: ExportEntry) -> str:
    return f"{format_day(first.day)} * {first.narration()}  ; book:{first.book}, journal:{first.journal}\n"


def _declared(books: ExportedBooks, accounts: Iterable[int]) -> Iterator[str]:
    for account in accounts:
        tags = ", ".join(f"{key}:" + text.replace(",", "\\u{2c}") for key, text in books.words(account))
        yield "\n"
        yield f"account {books.path[account]}  ; {tags}\n"
