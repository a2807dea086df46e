"""Transfers as CSV for spreadsheets: one row each, every field quoted, none of them a formula (reliability.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.batch import TransferKind
from ledger.days import format_day
from ledger.export_books import ExportedBooks
from ledger.export_entries import NO_ID, ExportEntry
from ledger.export_names import printable
from ledger.seal import asset_code

COLUMNS = (
    *("date", "book", "seq", "journal", "kind", "code", "debit", "credit", "amount", "asset"),
    *("customer", "transfer", "resolves"),
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take the wide forms as formulas too


def csv_lines(books: ExportedBooks, transfers: Iterable[ExportEntry]) -> Iterator[str]:
    """The header and a row for each transfer, pending, posted and voided; see `ledger.export.export`.

    `debit` and `credit` are account names, `amount` is positive, `resolves` names the pending transfer that a post or
    void resolves. Balances are the sum over kinds `single` and `post`.
    """
    yield _row(COLUMNS)
    for entry in transfers:
        yield _row(
            (
                *(format_day(entry.day), str(entry.book), str(entry.seq), str(entry.journal)),
                *(TransferKind(entry.kind).name.lower(), entry.narration()),
                *(books.path[entry.debit], books.path[entry.credit]),
                *(books.number(entry.debit, entry.amount), asset_code(entry.asset)),
                *(books.references[entry.customer], entry.id, "" if entry.resolves == NO_ID else entry.resolves),
            )
        )


def _row(fields: Iterable[str]) -> str:
    return ",".join(_field(text) for text in fields) + "\n"


def _field(text: str) -> str:
    """One field in quotes; an apostrophe before what a spreadsheet would run as a formula."""
    shown = printable(text)
    guard = "'" if shown.lstrip().startswith(_FORMULA) else ""
    return '"' + guard + shown.replace('"', '""') + '"'
