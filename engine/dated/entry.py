"""One name of the dated configuration: what it means, its kind, its bounds, and what it can be about.

A name may be about something: `maintenance_requirement(TQQQ)` is the exception to `maintenance_requirement`, and
`hold_days(ach, in, cash, any)` the one to `hold_days`. The plain name holds wherever there is no exception.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from engine.dated.kinds import NONE, Kind, Value, read_value, show_value
from ledger.faults import SluiceError
from ledger.money import quoted
from rules.values import check_symbol

Group = Literal["Cash", "Borrow", "Fees", "Transfers", "Investing", "Accounts"]

SYMBOL: Final = frozenset({"symbol"})
"""Stands for any symbol of a security in `Entry.about`."""

Words = frozenset[str]
_NAME: Final = re.compile(r"([a-z][a-z0-9_]*)\s*(?:\(([^()]*)\))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that rows may give a value; `lowest` and `highest` bound it, both included, in the units of its kind.

    `ends`: the text `none` ends what stood before. `accrues`: interest was counted with it, so a row dated on or before
    the last accrued date is refused (ruling 6). `about`: the words that each part in parentheses may be.
    """

    name: str
    group: Group
    kind: Kind
    sentence: str
    unit: str
    lowest: int
    highest: int
    about: tuple[Words, ...] = ()
    ends: bool = False
    accrues: bool = False

    def read(self, text: str, *, exception: bool = False) -> Value | None:
        """Give the exact value of a text, None for `none` where that is allowed: where the name ends, or exceptions do.

        Raises SluiceError `config_bounds` for a value out of bounds, and what `read_value` raises.
        """
        if text == NONE and (self.ends or exception):
            return None
        value = read_value(self.kind, text)
        numbers = [tier.rate for tier in value] if isinstance(value, tuple) else [value]
        for number in numbers:
            if not self.lowest <= number <= self.highest:
                low, high = self.bounds()
                sentence = f"{quoted(text)} is out of bounds for {self.name}; write a value from {low} to {high}."
                raise SluiceError("config_bounds", sentence)
        return value

    def show(self, value: Value | None) -> str:
        """Give the text that reads as the value; a single tier is written as its rate alone."""
        if value is None:
            return NONE
        if isinstance(value, tuple) and len(value) == 1:
            return show_value(self.kind, value[0].rate)
        return show_value(self.kind, value)

    def bounds(self) -> tuple[str, str]:
        """Give the lowest and the highest value as texts."""
        return show_value(self.kind, self.lowest), show_value(self.kind, self.highest)


def split_name(text: str) -> tuple[str, tuple[str, ...]]:
    """Give the plain name and what it is about. Raises SluiceError `config_name` for a text that is no name."""
    match = _NAME.fullmatch(text)
    if match is None:
        sentence = f"{quoted(text)} is no name of the configuration; write one such as cash_apy or hold_days(ach, in, "
        raise SluiceError("config_name", f"{sentence}cash, any).")
    plain, inside = match.groups()
    return plain, () if inside is None else tuple(part.strip() for part in inside.split(","))


def join_name(plain: str, about: tuple[str, ...]) -> str:
    """Give a name as it is written: `hold_days(ach, in, cash, any)`."""
    return f"{plain}({', '.join(about)})" if about else plain


def check_about(entry: Entry, about: tuple[str, ...]) -> None:
    """Raise SluiceError `config_name` unless the parts in parentheses are what the entry can be about."""
    if len(about) != len(entry.about):
        wanted = join_name(entry.name, tuple("|".join(sorted(words)) for words in entry.about))
        sentence = f"{entry.name} is not about {len(about)} things; write {entry.name}"
        raise SluiceError("config_name", f"{sentence}." if wanted == entry.name else f"{sentence} or {wanted}.")
    for word, words in zip(about, entry.about, strict=True):
        if words is SYMBOL:
            _check_symbol(word)
        elif word not in words:
            right = f"one of {', '.join(sorted(words))}" if len(words) > 1 else next(iter(words))
            raise SluiceError("config_name", f"{entry.name} knows no {quoted(word)}; write {right}.")


def _check_symbol(word: str) -> None:
    try:
        check_symbol(word)
    except SluiceError as fault:
        raise SluiceError("config_name", fault.sentence) from None
