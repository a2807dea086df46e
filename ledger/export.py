"""Books as text that strangers' programs audit: beancount, hledger, CSV (ledger.md 4.12, 4.15; ruling 52)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal

from ledger.export_beancount import beancount_lines
from ledger.export_books import ExportedBooks
from ledger.export_csv import csv_lines
from ledger.export_entries import ExportChunk, ExportEntry, Scope, entries
from ledger.export_hledger import hledger_lines
from ledger.export_names import ExportAccount, beancount_commodity, hledger_commodity

__all__ = ["FORMATS", "ExportAccount", "ExportChunk", "Format", "Scope", "export"]

Format = Literal["beancount", "hledger", "csv"]
"""What an export can be written as."""

Writer = Callable[[ExportedBooks, Iterable[ExportEntry]], Iterator[str]]

FORMATS: Final[Mapping[Format, tuple[Writer, Callable[[str], str]]]] = {
    "beancount": (beancount_lines, beancount_commodity),
    "hledger": (hledger_lines, hledger_commodity),
    "csv": (csv_lines, str),
}
"""How each is written, and the codes of its assets."""


def export(
    form: Format, accounts: Mapping[int, ExportAccount], chunks: Iterable[ExportChunk], scope: Scope
) -> Iterator[str]:
    """The lines of an export, each with its end, made while they are read (ledger.md 4.15).

    `chunks` are stored transfers, ascending strictly by (effective date, book, seq) over all chunks: the caller
    sorts. Those outside `scope` are passed over, so that nobody's transfers stray into another's file; the rest is a
    balanced set, since every transfer names its customer. `accounts` describes by id every account that a transfer in
    scope names; it may hold more. Accounts given with their `posted` balance are audited: the file asserts it in the
    end. Posted transfers become transactions, a posted hold as its post; open holds become comments (ruling 52).

    Memory: a number an account, one day of transfers, and the holds open at one time. Raises ValueError for transfers
    out of order and for an account that is not described.
    """
    write, commodity = FORMATS[form]
    books = ExportedBooks(accounts, scope, commodity)
    return write(books, map(books.known, entries(chunks, scope)))
