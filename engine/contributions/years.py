"""Which tax year a contribution counts to, and why one is refused (ruling 17).

The current year by default. Until the deadline, a dated row a tax year, the year before may be chosen, for IRAs alone:
SEP always counts to the year in which it is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from engine.contributions.rights import RIGHTS, Ownership, Pool
from ledger.days import date_of, format_day
from ledger.money import format_money

Choice = Literal["current", "prior"]


class Refused(Enum):
    """Why a contribution is refused, in order of precedence; the value is the stable code."""

    NOT_RETIREMENT = "contribution_account"
    PRIOR_YEAR_SEP = "contribution_prior_year_sep"
    PRIOR_YEAR_CLOSED = "contribution_prior_year_closed"
    YEAR_UNKNOWN = "contribution_year_unknown"
    ABOVE_ROOM = "contribution_above_room"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as a value: code, field, and a sentence with what would be right."""

    code: str
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A contribution somebody asks for: kind of account, day, cents, and the year it is to count to."""

    kind: Ownership
    day: int
    amount: int
    choice: Choice = "current"


_FIELDS: Final = {Refused.NOT_RETIREMENT: "to", Refused.ABOVE_ROOM: "amount"}


def current_year(day: int) -> int:
    """The calendar year of a day."""
    return date_of(day).year


def prior_open(day: int, deadlines: Mapping[int, int]) -> bool:
    """Tell whether the year before may still be chosen: its deadline (tax year: last day) is known and not past."""
    deadline = deadlines.get(current_year(day) - 1)
    return deadline is not None and day <= deadline


def tax_year(asked: Asked, deadlines: Mapping[int, int]) -> int | Refusal:
    """The tax year that a contribution counts to, or why it cannot be so."""
    pool, year = RIGHTS[asked.kind].pool, current_year(asked.day)
    if pool is Pool.NONE:
        sentence = "Only retirement accounts have a tax year; leave it out, or name a Traditional, Roth or SEP account."
        return _refusal(Refused.NOT_RETIREMENT, sentence)
    if asked.choice == "current":
        return year
    if not RIGHTS[asked.kind].prior_year:
        sentence = f"A SEP contribution counts to the year in which it is made; choose {year}."
        return _refusal(Refused.PRIOR_YEAR_SEP, sentence)
    if not prior_open(asked.day, deadlines):
        known = deadlines.get(year - 1)
        until = "has no deadline in the configuration" if known is None else f"closed on {format_day(known)}"
        return _refusal(Refused.PRIOR_YEAR_CLOSED, f"Tax year {year - 1} {until}; choose {year}.")
    return year - 1


def refuse_amount(asked: Asked, year: int, left: int | None) -> Refusal | None:
    """Why the amount is refused, None where it fits; `left` is the room of that year, None without a row of limits."""
    if left is None:
        sentence = f"There is no contribution limit for {year}; add it to the configuration, or choose another year."
        return _refusal(Refused.YEAR_UNKNOWN, sentence)
    if asked.amount <= left:
        return None
    asks, may = (format_money(cents, grouped=True) for cents in (asked.amount, left))
    return _refusal(
        Refused.ABOVE_ROOM, f"{asks} is more than may still be contributed for {year}; write at most {may}."
    )


def _refusal(why: Refused, sentence: str) -> Refusal:
    return Refusal(why.value, _FIELDS.get(why, "tax_year"), sentence)
