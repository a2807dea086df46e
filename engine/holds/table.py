"""The tables of days in transit and of holds as the dated configuration has them on a day (products.md 1.10)."""

from typing import Final

from engine.dated.entry import join_name
from engine.dated.history import Dated
from engine.holds.terms import ANY, Calendar, Destination, Direction, HoldTerm, OpenDays, Rail
from engine.opendays import bank_days
from ledger.accounts import CUSTOMER_KINDS, Int64s, Kind

RAIL_WORDS: Final = {Rail.ACH: "ach", Rail.WIRE: "wire"}
"""Rails as the configuration names them; no account comes from another broker yet."""

_DIRECTION_WORDS: Final = {Direction.IN: "in", Direction.OUT: "out"}
KIND_WORDS: Final = {Kind.CHECKING: "checking", Kind.CASH: "cash", Kind.INVEST: "invest", Kind.IRA: "ira"}
"""Kinds of accounts whose money can be under a hold, as the configuration names them."""

_FORBIDS: Final = {
    "any": tuple(Destination),
    "bank": (Destination.OWN_BANK, Destination.OTHER_BANK),
    "cash": (Destination.CASH,),
}


def transit_on(dated: Dated, rail: Rail, direction: Direction, day: int) -> tuple[HoldTerm, ...]:
    """How long what is sent on a day is on its way, a row a kind of the account on our side.

    Raises SluiceError `config_missing`.
    """
    everywhere = tuple(Destination)
    return tuple(
        HoldTerm(rail, direction, kind, dated.number_on(name, day), Calendar.BANK_DAYS, everywhere)
        for kind, name in _names("transit_days", rail, direction)
    )


def holds_on(dated: Dated, rail: Rail, day: int) -> tuple[HoldTerm, ...]:
    """What money that comes from a bank on a day may not do, and how long. Raises SluiceError `config_missing`."""
    rows = [
        HoldTerm(rail, Direction.IN, kind, dated.number_on(_about(name, word), day), Calendar.BANK_DAYS, forbidden)
        for kind, name in _names("hold_days", rail, Direction.IN)
        for word, forbidden in _FORBIDS.items()
        if kind in KIND_WORDS
    ]
    back = dated.number_on("bank_return_days", day)
    return (*rows, HoldTerm(rail, Direction.IN, ANY, back, Calendar.DAYS, (Destination.OTHER_BANK,)))


def open_days(first: int, last: int, longest: int) -> OpenDays:
    """The bank business days that counting `longest` of them from any day from `first` to `last` can need."""
    none: Int64s = bank_days(first, first - 1)
    return OpenDays(bank_days(first, last + 2 * longest + 14), none)  # no stretch of days has fewer open ones


def longest(table: tuple[HoldTerm, ...]) -> int:
    """The most days of any row."""
    return max(term.days for term in table)


def _names(plain: str, rail: Rail, direction: Direction) -> list[tuple[Kind, str]]:
    """The name of each kind; what the configuration has no word for, as a borrow line, has the plain name's row."""
    about = (RAIL_WORDS[rail], _DIRECTION_WORDS[direction])
    return [
        (kind, join_name(plain, (*about, KIND_WORDS[kind])) if kind in KIND_WORDS else plain) for kind in CUSTOMER_KINDS
    ]


def _about(name: str, word: str) -> str:
    """The name with one more thing that it is about."""
    return f"{name.removesuffix(')')}, {word})"
