"""Commands for auditors: export and verify."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import click

from commands.desk import DONE, SHOWN, Desk, as_json, errors, home_of, refusing, screen
from ledger.export import FORMATS, Format, Scope, export
from ledger.export_lots import LOTS_FORMAT, export_lots
from ledger.faults import SluiceError
from store.exported import Exported, exported
from store.verify import overrides, verify

FOUND = 1
CHOICES: Final = (*FORMATS, LOTS_FORMAT)


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    return [_export(desk), _verify(desk)]


def _export(desk: Desk) -> click.Command:
    @click.command("export")
    @click.option("--format", "form", type=click.Choice(CHOICES), required=True)
    @click.option("--customer", "reference", help="one household's books; all where not given")
    @click.option("--book", type=int, help="one book")
    @click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path))
    @refusing
    def export_(*, form: str, reference: str | None, book: int | None, output: Path | None) -> None:
        """Write the books for beancount, hledger or a spreadsheet; strangers' programs then audit them.

        The format beancount-lots has every tax lot by name, so that beancount finds the gains itself.
        """
        books = desk.open()
        scope = Scope(book=book)
        if reference is not None:
            book, customer = home_of(books, reference)
            scope = Scope(customer=customer, book=book)
        elif book not in {None, *books.book_ids()}:
            raise SluiceError("book_unknown", f"The database has no book {book}.", "book")
        with exported(books, scope) as read:
            lines = _lines(form, read, scope)
            if output is None:
                sys.stdout.writelines(lines)
            else:
                with output.open("w", encoding="utf-8", newline="") as file:
                    file.writelines(lines)

    return export_


def _lines(form: str, read: Exported, scope: Scope) -> Iterator[str]:
    if form == LOTS_FORMAT:
        return export_lots(read.accounts, read.chunks, read.changes, scope)
    return export(cast("Format", form), read.accounts, read.chunks, scope)


def _verify(desk: Desk) -> click.Command:
    @click.command("verify")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def verify_(*, json_: bool) -> None:
        """Check the books against themselves: sums, holds, sequence, seals, guards. Exit code 1 for findings.

        Floors and ceilings that gave way to a forced entry are listed too; they are no findings.
        """
        count = 0
        for finding in verify(desk.url):
            count += 1
            words = {"code": finding.code, "book": finding.book, "seq": finding.seq, "detail": finding.sentence}
            if json_:
                as_json(words)
            elif count <= SHOWN:
                errors.print(f"{finding.code} book {finding.book} seq {finding.seq}: {finding.sentence}", markup=False)
        for one in overrides(desk.url):
            if json_:
                as_json({"override": {"book": one.book, "seq": one.seq, "detail": one.sentence}})
            else:
                errors.print(f"override: book {one.book} seq {one.seq}: {one.sentence}", markup=False, soft_wrap=True)
        if not json_:
            screen.print(f"{count} finding(s)." if count else "No finding: the books are in order.")
        sys.exit(FOUND if count else DONE)

    return verify_
