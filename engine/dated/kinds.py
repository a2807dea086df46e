"""The kinds of values that dated configuration holds: each is a text in rows and an exact whole number in code.

No kind is ever read from a number of a document: `3.1` in JSON is no exact rate, `"3.10%"` is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from ledger.faults import SluiceError
from ledger.money import format_money, format_percent, parse_money, parse_percent, quoted

RATE_DECIMALS: Final = 6
"""Decimals of a percent that a rate may have."""

WHOLE_RATE: Final = 100 * 10**RATE_DECIMALS
"""What a rate of 100% is as a whole number."""

PRICE_DECIMALS: Final = 6
MAX_TIERS: Final = 20

NONE: Final = "none"
"""The text that ends what stood before: no promotion any more, no exception any more."""


class Kind(StrEnum):
    """What sort of value a name has; the word is what pages call it."""

    RATE = "rate"
    TIERS = "rate tiers"
    MONEY = "money"
    PRICE = "price"
    BASIS_POINTS = "percent"
    DAYS = "days"
    COUNT = "count"
    FLAG = "yes or no"
    DAY_OF_YEAR = "day of the year"
    TIME = "time of day"


class Tier(NamedTuple):
    """A rate (10**-8) for the part of a balance from `start` cents up to the next tier."""

    start: int
    rate: int


Value = int | tuple[Tier, ...]
"""A value as code sees it.

rate: 10**-8; tiers: from 0 upwards; money: cents; price: millionths; percent: basis points; days and count: themselves;
yes or no: 1 or 0; day of the year: month × 100 + day; time of day: minutes since midnight.
"""

EXAMPLES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.RATE: ("3.10%",),
    Kind.TIERS: ("3.10%", "0.00: 3.10%, 25000.00: 3.50%"),
    Kind.MONEY: ("25.00",),
    Kind.PRICE: ("0.000166",),
    Kind.BASIS_POINTS: ("40%",),
    Kind.DAYS: ("3",),
    Kind.COUNT: ("50",),
    Kind.FLAG: ("yes",),
    Kind.DAY_OF_YEAR: ("04-15",),
    Kind.TIME: ("09:30",),
}
"""Texts that read well, for sentences and pages."""

_PRECISION: Final = {
    Kind.RATE: f", with at most {RATE_DECIMALS} decimals",
    Kind.TIERS: f", rates with at most {RATE_DECIMALS} decimals",
    Kind.PRICE: f", with at most {PRICE_DECIMALS} decimals",
}

_RATE: Final = re.compile(r"(-?)([0-9]{1,6})(?:\.([0-9]{1,6}))?%", re.ASCII)
_PRICE: Final = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_MONTH_DAY: Final = re.compile(r"([0-9]{2})-([0-9]{2})", re.ASCII)
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_FLAGS: Final = {"yes": 1, "no": 0}
_COMMON_YEAR: Final = 2001
_HOUR: Final = 60
_MONTH: Final = 100


def read_value(kind: Kind, text: str) -> Value:
    """Give the exact value of a text. Raises SluiceError `config_value`, `tiers`, `money` or `percent` for another."""
    value = _READERS[kind](text)
    if value is None:
        right = "write yes or no" if kind is Kind.FLAG else f"write a text such as {right_texts(kind)}"
        raise SluiceError("config_value", f"{quoted(text)} is not read as {kind.value}; {right}.")
    return value


def right_texts(kind: Kind) -> str:
    """Give texts that read well, each in its own quotes, and how exact they may be."""
    return f"{' or '.join(quoted(one) for one in EXAMPLES[kind])}{_PRECISION.get(kind, '')}"


def show_value(kind: Kind, value: Value) -> str:
    """Give the text that reads as the value."""
    if isinstance(value, tuple):
        return ", ".join(f"{format_money(one.start)}: {_show_rate(one.rate)}" for one in value)
    return _SHOWERS[kind](value)


def _read_rate(text: str) -> int | None:
    match = _RATE.fullmatch(text)
    if match is None:
        return None
    sign, whole, part = match.groups()
    rate = int(whole) * 10**RATE_DECIMALS + int((part or "").ljust(RATE_DECIMALS, "0"))
    return -rate if sign else rate


def _show_rate(rate: int) -> str:
    whole, part = divmod(rate, 10**RATE_DECIMALS)
    decimals = f"{part:0{RATE_DECIMALS}d}"
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}%"


def _read_tiers(text: str) -> tuple[Tier, ...] | None:
    alone = _read_rate(text)
    if alone is not None:
        return (Tier(0, alone),)
    tiers = []
    for part in text.split(","):
        start, colon, rate_text = part.partition(":")
        rate = _read_rate(rate_text.strip())
        if not colon or rate is None:
            return None
        tiers.append(Tier(parse_money(start.strip()), rate))
    _refuse_disorder(tiers)
    return tuple(tiers)


def _refuse_disorder(tiers: list[Tier]) -> None:
    """Refuse tiers that leave out the first cents, overlap, stand out of order, or are too many."""
    if len(tiers) > MAX_TIERS:
        raise SluiceError("tiers", f"There are {len(tiers)} tiers; write at most {MAX_TIERS}.")
    if tiers[0].start:
        sentence = f"The first tier begins at {format_money(tiers[0].start)}; let it begin at 0.00."
        raise SluiceError("tiers", sentence)
    for lower, upper in pairwise(tiers):
        if lower.start == upper.start:
            sentence = f"Two tiers overlap: both begin at {format_money(lower.start)}; keep one of them."
            raise SluiceError("tiers", sentence)
        if lower.start > upper.start:
            sentence = (
                f"The tier from {format_money(upper.start)} stands after the one from {format_money(lower.start)} and "
                "overlaps it; write tiers from the lowest amount upwards."
            )
            raise SluiceError("tiers", sentence)


def _read_price(text: str) -> int | None:
    match = _PRICE.fullmatch(text)
    return match and int(match[1]) * 10**PRICE_DECIMALS + int((match[2] or "").ljust(PRICE_DECIMALS, "0"))


def _show_price(price: int) -> str:
    whole, part = divmod(price, 10**PRICE_DECIMALS)
    decimals = f"{part:0{PRICE_DECIMALS}d}"
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def _read_whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _read_month_day(text: str) -> int | None:
    match = _MONTH_DAY.fullmatch(text)
    try:
        return match and int(date(_COMMON_YEAR, int(match[1]), int(match[2])).strftime("%m%d"))
    except ValueError:
        return None


def _read_time(text: str) -> int | None:
    match = _TIME.fullmatch(text)
    return match and int(match[1]) * _HOUR + int(match[2])


_READERS: Final[dict[Kind, Callable[[str], Value | None]]] = {
    Kind.RATE: _read_rate,
    Kind.TIERS: _read_tiers,
    Kind.MONEY: parse_money,
    Kind.PRICE: _read_price,
    Kind.BASIS_POINTS: parse_percent,
    Kind.DAYS: _read_whole,
    Kind.COUNT: _read_whole,
    Kind.FLAG: _FLAGS.get,
    Kind.DAY_OF_YEAR: _read_month_day,
    Kind.TIME: _read_time,
}
_SHOWERS: Final[dict[Kind, Callable[[int], str]]] = {
    Kind.RATE: _show_rate,
    Kind.TIERS: _show_rate,
    Kind.MONEY: format_money,
    Kind.PRICE: _show_price,
    Kind.BASIS_POINTS: format_percent,
    Kind.DAYS: str,
    Kind.COUNT: str,
    Kind.FLAG: lambda value: "yes" if value else "no",
    Kind.DAY_OF_YEAR: lambda value: f"{value // _MONTH:02d}-{value % _MONTH:02d}",
    Kind.TIME: lambda value: f"{value // _HOUR:02d}:{value % _HOUR:02d}",
}
