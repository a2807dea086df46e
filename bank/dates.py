"""Dates as banks write them: a format of numbered parts, read without locale, clock or guessing."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from bank.codes import Fault
from bank.text import shown
from ledger.days import day_number, format_day
from rules.values import FIRST_DATE, LAST_DATE, refusal

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXAMPLE: Final = date(1994, 3, 31)

_PART = re.compile(r"%(.)|([^%])", re.DOTALL)
_PATTERNS: Final = {
    "Y": "(?P<Y>[0-9]{4})",
    "y": "(?P<y>[0-9]{2})",
    "m": "(?P<m>[0-9]{1,2})",
    "b": "(?P<b>" + "|".join(MONTHS) + ")",
    "d": "(?P<d>[0-9]{1,2})",
    "H": "(?P<H>[01]?[0-9]|2[0-3])",
    "M": "(?P<M>[0-5][0-9])",
    "S": "(?P<S>[0-5][0-9]|60)",
}
_CHARS: Final = 40


def check_format(text: str) -> str:
    """The format itself, if it names one year, one month, one day and nothing unknown; else a refusal for pydantic."""
    parts = re.findall(r"%(.?)", text, re.DOTALL)
    if unknown := [part for part in parts if part not in _PATTERNS]:
        sentence = f"%{unknown[0]} is not known; use %Y or %y, %m or %b, %d, and %H %M %S where there is a time."
        raise refusal("date_format", sentence)
    doubled = len(set(parts)) != len(parts)
    if doubled or len(text) > _CHARS or any(len(set(parts) & set(group)) != 1 for group in ("Yy", "mb", "d")):
        sentence = "A date needs one year (%Y or %y), one month (%m or %b) and one day (%d), such as %Y-%m-%d."
        raise refusal("date_format", sentence)
    return text


def date_reader(written: str, pivot: int | None) -> Callable[[str], int | Fault]:
    """A function from text to day number for a checked format; two-digit years from `pivot` on are of the 1900s."""
    pattern = re.compile(_regex(written), re.ASCII | re.IGNORECASE)
    example = _example(written)

    def read(raw: str) -> int | Fault:
        text = raw.strip()
        if not text:
            return Fault("value_missing", f"The date is empty; write it like {example}.")
        match = pattern.fullmatch(text) if len(text) <= _CHARS else None
        if match is None:
            return Fault("date_format", f"{shown(raw)} is not a date like {example}.")
        return _day(match.groupdict(), pivot, raw)

    return read


def _regex(written: str) -> str:
    """Numbers may lack a leading zero, save where two of them touch."""
    out, touching = [], re.search(r"%.%", written) is not None
    for match in _PART.finditer(written):
        part = _PATTERNS[match[1]] if match[1] else re.escape(match[2])
        out.append(part.replace("{1,2}", "{2}").replace("[01]?", "[01]") if touching else part)
    return "".join(out)


def _day(parts: dict[str, str], pivot: int | None, raw: str) -> int | Fault:
    if "Y" in parts:
        year = int(parts["Y"])
    else:
        short = int(parts["y"])
        year = short + (1900 if pivot is not None and short >= pivot else 2000)
    month = int(parts["m"]) if "m" in parts else MONTHS.index(parts["b"].lower()) + 1
    if not FIRST_DATE.year <= year <= LAST_DATE.year:
        limits = f"{format_day(day_number(FIRST_DATE))} to {format_day(day_number(LAST_DATE))}"
        return Fault("date_range", f"{shown(raw)} is out of range; a statement's date lies from {limits}.")
    try:
        return day_number(date(year, month, int(parts["d"])))
    except ValueError:
        sentence = f"{shown(raw)} is no day of the calendar: {year} has no day {int(parts['d'])} of month {month}."
        return Fault("date_impossible", sentence)


def _example(written: str) -> str:
    values = {"Y": "1994", "y": "94", "m": "03", "b": "Mar", "d": "31", "H": "14", "M": "05", "S": "59"}
    return re.sub(r"%(.)", lambda match: values[match[1]], written)
