"""What each name stands at on a day, since when, and what comes next: what commands, pages and programs show."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from engine.dated.catalogue import CATALOGUE, named
from engine.dated.document import DatedRow
from engine.dated.entry import Entry
from engine.dated.history import BEGINNING, Dated
from ledger.days import format_day

THE_BEGINNING: Final = "the beginning"


@dataclass(frozen=True, slots=True)
class Standing:
    """A name on a day: the row that holds, None before the first, and the row that comes next, None after the last."""

    name: str
    entry: Entry
    holds: DatedRow | None
    coming: DatedRow | None

    @property
    def since(self) -> str:
        """The day from which it holds, in words; empty before the first row."""
        return "" if self.holds is None else first_words(self.holds.day)


def standings(dated: Dated, day: int) -> tuple[Standing, ...]:
    """Give every name, in the order of the catalogue; an exception stands behind its plain name.

    A name of the catalogue without rows is there too, an exception without rows is none.
    """
    rows = _by_name(dated)
    names = [(entry, name) for entry in CATALOGUE for name in _names(entry, rows)]
    return tuple(_standing(name, entry, rows.get(name, ()), day) for entry, name in names)


def standing(dated: Dated, text: str, day: int) -> Standing:
    """Give one name, as it is written in `text`. Raises SluiceError `config_name` for what is no name."""
    name, entry = named(text)
    return _standing(name, entry, _by_name(dated).get(name, ()), day)


def rows_of(dated: Dated, text: str) -> tuple[DatedRow, ...]:
    """Give the rows of exactly one name, the earliest first. Raises SluiceError `config_name`."""
    return _by_name(dated).get(named(text)[0], ())


def first_words(day: int) -> str:
    """The first day of a row: its date, or `the beginning`."""
    return THE_BEGINNING if day == BEGINNING else format_day(day)


def _by_name(dated: Dated) -> Mapping[str, tuple[DatedRow, ...]]:
    return {name: tuple(rows) for name, rows in groupby(dated.rows, key=lambda row: row.name)}


def _names(entry: Entry, rows: Mapping[str, object]) -> list[str]:
    return [entry.name, *(name for name in rows if name.startswith(f"{entry.name}("))]


def _standing(name: str, entry: Entry, rows: tuple[DatedRow, ...], day: int) -> Standing:
    before = [row for row in rows if row.day <= day]
    after = [row for row in rows if row.day > day]
    return Standing(name, entry, before[-1] if before else None, after[0] if after else None)
