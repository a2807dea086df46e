"""Money and percents between text and integers: cents (|amount| <= 10**15) and basis points, never anything inexact."""

import re
from typing import Final

from ledger.faults import SluiceError

SCALE: Final = 100
"""Minor units in one major unit."""

DECIMALS: Final = 2
"""Decimals of money, as a power of ten the same as SCALE."""

MAX_AMOUNT: Final = 10**15
"""The largest amount in smallest units, either way: 10 trillion in cents, a million units of a security (9 decimals).

A hundred products of two amounts' parts still fit into int64.
"""

_MONEY: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,2}))?", re.ASCII)
_PERCENT: Final = re.compile(r"([0-9]+)(?:\.([0-9]{1,2}))?%", re.ASCII)
_MAX_DIGITS: Final = 16
_MAX_PERCENT_DIGITS: Final = 6
_SHOWN: Final = 40


def quoted(text: str) -> str:
    """Give the text in quotes for a sentence, cut short and with unprintable characters escaped."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return '"' + "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in shown) + '"'


def parse_money(text: str, *, signed: bool = False) -> int:
    """Give the cents of `123`, `123.4` or `123.45`; a leading `-` is read only when `signed` (rules.md 1).

    Raises SluiceError `money` for any other text, and for more than 10**15 cents.
    """
    match = _MONEY.fullmatch(text)
    if match is None:
        example = '"1500.00" or "-25"' if signed else '"1500.00" or "25"'
        sentence = (
            f"{quoted(text)} is not an amount of money; write digits with at most two decimals after a point, "
            f"without spaces, grouping or currency, such as {example}."
        )
        raise SluiceError("money", sentence)
    sign, whole, part = match.groups()
    if sign and not signed:
        sentence = f"{quoted(text)} is negative; write an amount of zero or more, such as {quoted(text[1:])}."
        raise SluiceError("money", sentence)
    cents = int(whole) * SCALE + int((part or "").ljust(2, "0")) if len(whole) <= _MAX_DIGITS else MAX_AMOUNT + 1
    if cents > MAX_AMOUNT:
        limit = format_money(MAX_AMOUNT, grouped=True)
        raise SluiceError("money", f"{quoted(text)} is too large; write an amount of at most {limit}.")
    return -cents if sign else cents


def format_money(cents: int, *, grouped: bool = False) -> str:
    """Give cents as `1234.50`, or `1,234.50` when `grouped` (for people); the minus sign stands in front."""
    return format_units(cents, DECIMALS, grouped=grouped)


def format_units(amount: int, scale: int, *, grouped: bool = False) -> str:
    """Give an amount of smallest units with `scale` decimals, 0 or more: `1.500000000` at 9, `5` at 0."""
    whole, part = divmod(abs(amount), 10**scale)
    sign = "-" if amount < 0 else ""
    decimals = f".{part:0{scale}d}" if scale else ""
    return f"{sign}{whole:,}{decimals}" if grouped else f"{sign}{whole}{decimals}"


def parse_percent(text: str) -> int:
    """Give the basis points of `12%`, `12.5%` or `33.33%`. Raises SluiceError `percent` for any other text."""
    match = _PERCENT.fullmatch(text)
    if match is None or len(match[1]) > _MAX_PERCENT_DIGITS:
        sentence = f'{quoted(text)} is not a percent; write digits with at most two decimals and a %, such as "12.5%".'
        raise SluiceError("percent", sentence)
    return int(match[1]) * SCALE + int((match[2] or "").ljust(2, "0"))


def format_percent(basis_points: int) -> str:
    """Give basis points as `25%`, `12.5%` or `33.33%`, with no more decimals than needed."""
    whole, part = divmod(abs(basis_points), SCALE)
    sign = "-" if basis_points < 0 else ""
    decimals = f".{part:02d}".rstrip("0").rstrip(".")
    return f"{sign}{whole}{decimals}%"
