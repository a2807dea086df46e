"""What each name of the dated configuration is on a day, and when it changes."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from engine.dated.catalogue import RETIRED, UNREAD, named
from engine.dated.document import DatedRow
from engine.dated.entry import split_name
from engine.dated.kinds import Tier, Value
from ledger.days import format_day
from ledger.faults import SluiceError

BEGINNING: Final = -25567
"""1900-01-01, the first date there is: a row of that day holds from the beginning."""

_PASSED_OVER: Final = RETIRED | UNREAD


class Dated:
    """All rows as exact values, but those of retired names. Of two rows with one name and one day the later holds.

    Raises SluiceError for a row whose name or value cannot be read, with the row's name as field.
    """

    __slots__ = ("_days", "_values", "rows")

    def __init__(self, rows: Iterable[DatedRow] = ()) -> None:
        """Read every row."""
        kept = {(row.name, row.day): row for row in rows if row.name not in _PASSED_OVER}
        self.rows: Final = tuple(kept[key] for key in sorted(kept))
        self._days: dict[str, list[int]] = {}
        self._values: dict[str, list[Value | None]] = {}
        for row in self.rows:
            self._days.setdefault(row.name, []).append(row.day)
            self._values.setdefault(row.name, []).append(_read(row))

    def value_on(self, name: str, day: int) -> Value | None:
        """Give what holds on a day: the row of the exact name, else that of the plain name; None where neither does."""
        value = self._of(name, day)
        plain, about = split_name(name)
        return self._of(plain, day) if value is None and about else value

    def changes(self, name: str, first: int, last: int) -> tuple[tuple[int, Value | None], ...]:
        """Give what holds from `first` to `last`: (day, value), beginning with `first`, each unlike the one before."""
        plain, _ = split_name(name)
        days = {day for one in (name, plain) for day in self._days.get(one, []) if first < day <= last}
        pieces: list[tuple[int, Value | None]] = []
        for day in (first, *sorted(days)):
            value = self.value_on(name, day)
            if not pieces or pieces[-1][1] != value:
                pieces.append((day, value))
        return tuple(pieces)

    def history(self, name: str) -> tuple[tuple[int, Value | None], ...]:
        """Give every (day, value) of exactly this name, the earliest first."""
        return tuple(zip(self._days.get(name, []), self._values.get(name, []), strict=True))

    def number_on(self, name: str, day: int) -> int:
        """Give a whole number that holds on a day. Raises SluiceError `config_missing` where there is none."""
        value = self.value_on(name, day)
        if isinstance(value, int):
            return value
        raise SluiceError("config_missing", _missing(name, day), name)

    def tiers_on(self, name: str, day: int) -> tuple[Tier, ...]:
        """Give the tiers that hold on a day. Raises SluiceError `config_missing` where there are none."""
        value = self.value_on(name, day)
        if isinstance(value, tuple):
            return value
        raise SluiceError("config_missing", _missing(name, day), name)

    def flag_on(self, name: str, day: int) -> bool:
        """Tell whether a yes or no that holds on a day is yes. Raises SluiceError `config_missing` without one."""
        return self.number_on(name, day) == 1

    def _of(self, name: str, day: int) -> Value | None:
        place = bisect_right(self._days.get(name, []), day)
        return self._values[name][place - 1] if place else None


def _missing(name: str, day: int) -> str:
    return f"The configuration has no {name} on {format_day(day)}; add a row from that day or before."


def _read(row: DatedRow) -> Value | None:
    try:
        name, entry = named(row.name)
        return entry.read(row.value, exception=name != entry.name)
    except SluiceError as fault:
        raise SluiceError(fault.code, fault.sentence, row.name) from None
