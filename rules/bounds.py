"""The bounds of a condition: percents where its fact is a percent, money everywhere else (rules.md 3)."""

from typing import Annotated

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from ledger.money import format_money, format_percent
from rules.facts import Fact
from rules.values import read_money, read_percent


def _bound(value: object, info: ValidationInfo) -> int:
    fact = info.data.get("fact")
    # beside a fact that is refused itself, either is read
    percent = fact.is_percent if isinstance(fact, Fact) else isinstance(value, str) and value.endswith("%")
    return read_percent(value, info, signed=True) if percent else read_money(value, info, signed=True)


def bound_text(fact: Fact, bound: int) -> str:
    """Give a bound on the fact as documents have it."""
    return format_percent(bound) if fact.is_percent else format_money(bound)


def bound_words(fact: Fact, bound: int) -> str:
    """Give a bound on the fact for people: `2,500.00`, or `12.5%`."""
    return format_percent(bound) if fact.is_percent else format_money(bound, grouped=True)


Bound = Annotated[
    int,
    PlainValidator(_bound),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,2})?%?$"}),
]
"""Cents or, of a percent fact, basis points, of either sign; the field `fact` stands before it."""
