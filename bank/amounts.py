"""Amounts as banks write them, as signed cents: decimal and thousands marks, signs on either side, brackets."""

import re
from collections.abc import Callable
from typing import Final

from bank.codes import Fault
from bank.text import shown
from ledger.money import MAX_AMOUNT, SCALE, format_money

_CHARS: Final = 40
_MINUS: Final = str.maketrans({"\u2212": "-", "\u2019": "'"})
_WHOLE_DIGITS: Final = 14


def amount_reader(decimal_mark: str, thousands_mark: str) -> Callable[[str], int | Fault]:
    """A function from text to signed cents. `-1.00`, `1.00-` and `(1.00)` are all one hundred cents out.

    Thousands may be marked or not, but where they are marked, all are. More than two decimals are refused: a wrong
    decimal mark in the profile must not turn a thousand into one.
    """
    pattern = _pattern(decimal_mark, thousands_mark)
    example = f"1{thousands_mark}500{decimal_mark}00"

    def read(raw: str) -> int | Fault:
        text = raw.strip().translate(_MINUS)
        if thousands_mark == " ":
            text = re.sub("[\u00a0\u202f\u2009]", " ", text)
        if not text:
            return Fault("value_missing", f"The amount is empty; write it like {example}.")
        match = pattern.fullmatch(text) if len(text) <= _CHARS else None
        if match is None or sum(bool(match[part]) for part in ("lead", "open", "trail")) > 1:
            return Fault("amount_format", f"{shown(raw)} is not an amount like {example}, with at most two decimals.")
        return _cents(match, raw, thousands_mark)

    return read


def _pattern(decimal_mark: str, thousands_mark: str) -> re.Pattern[str]:
    grouped = f"|[0-9]{{1,3}}(?:{re.escape(thousands_mark)}[0-9]{{3}})+" if thousands_mark else ""
    number = rf"(?P<whole>[0-9]+{grouped})?(?:{re.escape(decimal_mark)}(?P<part>[0-9]{{1,2}}))?"
    return re.compile(rf"(?P<open>\()?(?P<lead>[+-])? ?(?=[^)-]*[0-9]){number} ?(?P<trail>[+-])?(?(open)\))")


def _cents(match: re.Match[str], raw: str, thousands_mark: str) -> int | Fault:
    whole = (match["whole"] or "0").replace(thousands_mark, "").lstrip("0")
    cents = MAX_AMOUNT + 1
    if len(whole) <= _WHOLE_DIGITS:
        cents = int(whole or "0") * SCALE + int((match["part"] or "").ljust(2, "0"))
    if cents > MAX_AMOUNT:
        limit = format_money(MAX_AMOUNT, grouped=True)
        return Fault("amount_range", f"{shown(raw)} is too large; an amount is at most {limit} either way.")
    negative = match["open"] or "-" in ((match["lead"] or "") + (match["trail"] or ""))
    return -cents if negative else cents
