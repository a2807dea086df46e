"""How charts say numbers: two decimals always, so that a picture reads like the table beside it."""

from typing import Final

from ledger.days import date_of
from ledger.money import format_money

_POINT: Final = 100  # basis points in a percent
_MINUS: Final = "−"


def money(cents: int) -> str:
    """Cents as `1,234.50`, with a real minus sign."""
    return format_money(cents, grouped=True).replace("-", _MINUS)


def percent(basis_points: int) -> str:
    """Basis points as `40.00%`, with a real minus sign."""
    whole, part = divmod(abs(basis_points), _POINT)
    return f"{_MINUS if basis_points < 0 else ''}{whole}.{part:02d}%"


def signed_percent(basis_points: int) -> str:
    """Basis points as `+2.10%`, `−0.35%` or `0.00%`."""
    return f"{'+' if basis_points > 0 else ''}{percent(basis_points)}"


def beside(basis_points: int) -> str:
    """A drift in words: `2.10% above`, `0.35% below`, `exactly on`; what it is measured from follows."""
    if basis_points == 0:
        return "exactly on"
    return f"{percent(abs(basis_points))} {'above' if basis_points > 0 else 'below'}"


def date_words(day: int) -> str:
    """A day number as `20 Nov 2026`."""
    that = date_of(day)
    return f"{that.day} {that:%b} {that.year}"


def counted(number: int, word: str) -> str:
    """A number with its noun: `1 slice`, `3 slices`."""
    return f"{number} {word}{'' if number == 1 else 's'}"
