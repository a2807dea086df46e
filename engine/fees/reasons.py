"""The fees there are, and why each was charged or not, as sentences (products.md 1.15).

What a fee is comes from dated configuration under the fee's name; nothing here is an amount.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ledger.days import format_day
from ledger.money import format_money


class Fee(IntEnum):
    """A kind of fee; its name in lower case is its name in configuration. The number is what is stored."""

    PLATFORM = 1
    SEC = 2
    TAF = 3
    WIRE = 4
    PAPER = 5
    RETIREMENT_CLOSING = 7


_WHY: Final = {
    Fee.PLATFORM: "Platform fee for the month that ended on {day}",
    Fee.SEC: "SEC fee on a sale on {day}",
    Fee.TAF: "FINRA trading activity fee on a sale on {day}",
    Fee.WIRE: "Wire sent on {day}",
    Fee.PAPER: "Paper statement of {day}",
    Fee.RETIREMENT_CLOSING: "Retirement account closed on {day}",
}


@dataclass(frozen=True, slots=True)
class Charged:
    """One fee: what for, cents (above zero), and the reason that its journal carries."""

    fee: Fee
    amount: int
    reason: str


def charged(fee: Fee, amount: int, day: int) -> Charged | None:
    """A fee of so many cents on a day; None where the configured amount is zero: nothing is booked."""
    if amount <= 0:
        return None
    return Charged(fee, amount, f"{_WHY[fee].format(day=format_day(day))}: {format_money(amount, grouped=True)}.")


class Waived(IntEnum):
    """Why a cycle costs nothing, in order of precedence; NONE where the fee is charged or no cycle has ended."""

    NONE = 0
    YOUNG = 1  # it ends too soon after registration
    EXEMPT = 2  # something else that the household has waives it
    VALUE = 3  # on one of its nights enough was here
    UNSAMPLED = 4  # no night ran in it


_WAIVED: Final = {
    Waived.YOUNG: "No platform fee: the first one comes {days} days after registration.",
    Waived.EXEMPT: "No platform fee: another product of the household waives it.",
    Waived.VALUE: "No platform fee: on one day of the month your accounts held {value} or more.",
    Waived.UNSAMPLED: "No platform fee: no night ran in this month.",
}


def waived_words(why: Waived, days: int, threshold: int) -> str:
    """One sentence for people; empty for NONE. `days` and `threshold` are the configured ones."""
    return _WAIVED.get(why, "").format(days=days, value=format_money(threshold, grouped=True))
