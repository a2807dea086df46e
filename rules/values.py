"""The single values a document holds: money, percents, dates, whole numbers, handles, ids and short texts.

Each is an annotated type that reads the document's text, keeps an exact Python value (cents, basis points, dates)
and is written back as the text that reads the same. Whole numbers are given as text only by forms.
"""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from ledger.days import date_of, parse_day
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, format_money, format_percent, parse_money, parse_percent, quoted

FORM: Final = {"form": True}
"""The validation context of a form, where every value arrives as text."""

HANDLE: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?", re.ASCII)
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
MAX_HANDLE: Final = 40
MAX_BASIS_POINTS: Final = 10**8
MAX_SYMBOL: Final = 8
CURRENCIES: Final = frozenset({"USD", "EUR", "GBP", "CHF", "CZK"})
"""What money is counted in; a security with such a symbol could not be told from the money."""

FIRST_DATE: Final = date(1900, 1, 1)
LAST_DATE: Final = date(2199, 12, 31)


class Document(BaseModel):
    """The base of every document: strict, frozen, unknown keys refused, no number that is not finite."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


def refusal(code: str, sentence: str, at: str = "") -> PydanticCustomError:
    """Make the error a validator raises; `at` is the rest of the path below the value being validated."""
    return PydanticCustomError(code, "{sentence}", {"sentence": sentence, "at": at})


def read_money(value: object, info: ValidationInfo, *, signed: bool) -> int:
    """Give the cents of a document's money. Raises the refusal `money` for anything else."""
    example = '"-25.00"' if signed else '"1500.00"'
    if isinstance(value, str):
        if value.endswith("%"):
            sentence = f"{quoted(value)} is a percent, but this is an amount of money; write it such as {example}."
            raise refusal("money", sentence)
        try:
            return parse_money(value, signed=signed)
        except SluiceError as fault:
            raise refusal(fault.code, fault.sentence) from None
    if info.mode == "python" and type(value) is int and (0, -MAX_AMOUNT)[signed] <= value <= MAX_AMOUNT:
        return value
    raise refusal("money", f"Money is written as text in quotes with at most two decimals, such as {example}.")


def read_percent(value: object, info: ValidationInfo, *, signed: bool = False) -> int:
    """Give the basis points of a document's percent. Raises the refusal `percent` for anything else."""
    least = -MAX_BASIS_POINTS if signed else 0
    if isinstance(value, str):
        try:
            return -parse_percent(value[1:]) if signed and value.startswith("-") else parse_percent(value)
        except SluiceError as fault:
            raise refusal(fault.code, fault.sentence) from None
    if info.mode == "python" and type(value) is int and least <= value <= MAX_BASIS_POINTS:
        return value
    raise refusal("percent", 'A percent is written as text in quotes with a % at its end, such as "12.5%".')


def _unsigned_money(value: object, info: ValidationInfo) -> int:
    return read_money(value, info, signed=False)


def _signed_money(value: object, info: ValidationInfo) -> int:
    return read_money(value, info, signed=True)


def _percent(value: object, info: ValidationInfo) -> int:
    return read_percent(value, info)


def _date(value: object, info: ValidationInfo) -> date:
    if isinstance(value, str):
        try:
            value = date_of(parse_day(value))
        except SluiceError as fault:
            raise refusal(fault.code, fault.sentence) from None
    elif info.mode == "json" or type(value) is not date:
        raise refusal("date", "A date is written as text with year, month and day, such as 2026-11-20.")
    if not FIRST_DATE <= value <= LAST_DATE:
        raise refusal("date", f"{value} is out of range; write a date from {FIRST_DATE} to {LAST_DATE}.")
    return value


def whole(lowest: int, highest: int) -> PlainValidator:
    """Make the validator of a whole number from `lowest` to `highest`; digits as text are read in a form only."""

    def read(value: object, info: ValidationInfo) -> int:
        if info.context is FORM and isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
            value = int(value)
        if type(value) is int and lowest <= value <= highest:
            return value
        raise refusal("whole_number", f"Write a whole number from {lowest} to {highest}, without quotes.")

    return PlainValidator(read, json_schema_input_type=int)


def _handle(value: str) -> str:
    if len(value) > MAX_HANDLE or HANDLE.fullmatch(value) is None:
        sentence = (
            f"{quoted(value)} is not an account's handle; write at most {MAX_HANDLE} lower-case letters, digits and "
            "underscores, with at most one point, such as checking or invest.growth."
        )
        raise refusal("handle", sentence)
    return value


def _name(value: str) -> str:
    if NAME.fullmatch(value) is None:
        sentence = (
            f"{quoted(value)} is not a usable id; start with a lower-case letter and write at most 40 lower-case "
            "letters, digits and underscores, such as keep_checking_full."
        )
        raise refusal("id", sentence)
    return value


def _text(longest: int, allowed: str) -> AfterValidator:
    def read(value: str) -> str:
        if len(value) > longest:
            raise refusal("text", f"This text has {len(value)} characters; write at most {longest}.")
        if not all(sign.isprintable() or sign in allowed for sign in value):
            raise refusal("text", "This text has a character that cannot be shown; write plain letters and signs.")
        return value

    return AfterValidator(read)


_SYMBOL_SIGNS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-/")


def check_symbol(value: str) -> str:
    """Give the symbol of a security back. Raises SluiceError `symbol` for what is none.

    A security is an asset of the ledger, whose code has at most 8 characters.
    """
    if not value or len(value) > MAX_SYMBOL or not _SYMBOL_SIGNS.issuperset(value) or not value[0].isalnum():
        sentence = (
            f"{quoted(value)} is not a symbol; write at most {MAX_SYMBOL} capital letters, digits, points, hyphens or "
            "strokes, such as VTI or BRK.B."
        )
        raise SluiceError("symbol", sentence)
    if value in CURRENCIES:
        sentence = f"{value} is a currency, in which money is counted; write the symbol of a security, such as VTI."
        raise SluiceError("symbol", sentence)
    return value


def symbol_number(symbol: str) -> int:
    """Give the number of a security as an asset of the ledger: its characters as a big-endian integer (ruling 49)."""
    return int.from_bytes(symbol.encode("ascii"), "big")


def _symbol(value: str) -> str:
    try:
        return check_symbol(value)
    except SluiceError as fault:
        raise refusal(fault.code, fault.sentence) from None


_MONEY_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,2})?$"})
_SIGNED_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,2})?$"})
_PERCENT_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,2})?%$"})

Money = Annotated[int, PlainValidator(_unsigned_money), PlainSerializer(format_money), _MONEY_SCHEMA]
"""Cents, zero or more; text such as "1500.00" in documents."""

SignedMoney = Annotated[int, PlainValidator(_signed_money), PlainSerializer(format_money), _SIGNED_SCHEMA]
"""Cents of either sign; text such as "-25.00" in documents."""

Percent = Annotated[int, PlainValidator(_percent), PlainSerializer(format_percent), _PERCENT_SCHEMA]
"""Basis points, zero or more; text such as "12.5%" in documents."""

Date = Annotated[
    date, PlainValidator(_date), PlainSerializer(date.isoformat), WithJsonSchema({"type": "string", "format": "date"})
]
"""A date of 1900 to 2199; text such as 2026-11-20 in documents."""

Handle = Annotated[str, AfterValidator(_handle)]
"""The handle by which a customer's account is named, unique for the customer (ruling 49)."""

Symbol = Annotated[str, AfterValidator(_symbol)]
"""The symbol of a security, as exchanges write it."""

Name = Annotated[str, AfterValidator(_name)]
"""The id of a rule or the name of a counter."""

ShortText = Annotated[str, _text(80, "")]
"""One printable line of at most 80 characters."""

LongText = Annotated[str, _text(2000, "\n")]
"""Printable lines of at most 2,000 characters together."""
