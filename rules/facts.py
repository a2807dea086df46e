"""The facts a rule can read, written as text such as `balance(cash)` or `drawdown(VTI, 252)` (rules.md 3)."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from ledger.faults import SluiceError
from ledger.money import quoted
from rules.values import HANDLE, MAX_HANDLE, NAME, check_symbol, refusal

INVEST_FACTS: Final = ("value", "drift")
"""Kinds about an invest account or an IRA alone."""

LINE_FACTS: Final = ("owed", "room", "ltv")
"""Kinds about a borrow line alone."""

ACCOUNT_FACTS: Final = (
    *("balance", "expected", "posted", *LINE_FACTS, "deposits", "spent", "round_ups"),
    *INVEST_FACTS,
)
"""Kinds whose target is an account's handle."""

SYMBOL_FACTS: Final = ("drawdown", "price_to_average")
"""Kinds whose target is the symbol of a security; their places are their codes in `engine.marketfacts`."""

PERCENT_FACTS: Final = ("ltv", "drift", *SYMBOL_FACTS)
"""Kinds that are percents; all others are money."""

FACTS: Final = (*ACCOUNT_FACTS, *SYMBOL_FACTS, "moved")
"""Every kind of fact; the target of `moved` is the id of an earlier rule."""

LATER_FACTS: Final = ("forecast_low",)
"""Kinds of the language that are refused by name until they are built."""

MAX_DAYS: Final = 366
MAX_SESSIONS: Final = 1260
"""Five years of sessions."""

_CALL: Final = re.compile(r"\s*([A-Za-z_]+)\s*\(\s*([^(),\s]*)\s*(?:,\s*([^(),\s]*)\s*)?\)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind, its target and how far it looks back.

    The target is a handle, a symbol for `SYMBOL_FACTS`, or a rule's id for `moved`. `days` are the days that `spent`
    looks back, or the sessions that facts about a symbol do.
    """

    kind: str
    target: str
    days: int | None = None

    @property
    def is_percent(self) -> bool:
        """Whether it is a percent; else it is money."""
        return self.kind in PERCENT_FACTS

    def __str__(self) -> str:
        """Give the canonical text, such as `spent(checking,30)`."""
        return f"{self.kind}({self.target})" if self.days is None else f"{self.kind}({self.target},{self.days})"


def parse_fact(text: str) -> Fact:
    """Read a fact. Raises SluiceError `fact`, `symbol`, or `fact_not_available` for one of `LATER_FACTS`."""
    match = _CALL.fullmatch(text)
    if match is None:
        sentence = f"{quoted(text)} is not a fact; write a name and what it is about, such as balance(checking)."
        raise SluiceError("fact", sentence)
    kind, target, days = match.groups()
    choices = ", ".join(FACTS)
    if kind in LATER_FACTS:
        raise SluiceError("fact_not_available", f"{kind} is not available yet: use one of {choices}.")
    if kind not in FACTS:
        raise SluiceError("fact", f"{quoted(kind)} is not the name of a fact; use one of {choices}.")
    _refuse_target(kind, target)
    return Fact(kind, target, _days(kind, target, days))


def _refuse_target(kind: str, target: str) -> None:
    if kind in SYMBOL_FACTS:
        check_symbol(target)
        return
    if kind == "moved" and NAME.fullmatch(target) is None:
        sentence = f"moved needs the id of an earlier rule, not {quoted(target)}; write it such as moved(tax_pot)."
        raise SluiceError("fact", sentence)
    if kind != "moved" and (HANDLE.fullmatch(target) is None or len(target) > MAX_HANDLE):
        sentence = f"{kind} needs an account's handle, not {quoted(target)}; write it such as {kind}(checking)."
        raise SluiceError("fact", sentence)


def _days(kind: str, target: str, days: str | None) -> int | None:
    if kind != "spent" and kind not in SYMBOL_FACTS:
        if days is not None:
            raise SluiceError("fact", f"{kind} takes no number of days; write {kind}({target}).")
        return None
    what, most, example = ("days", MAX_DAYS, 30) if kind == "spent" else ("sessions", MAX_SESSIONS, 252)
    if days is None or re.fullmatch(r"[1-9][0-9]{0,3}", days, re.ASCII) is None or int(days) > most:
        sentence = f"{kind} needs a number of {what} from 1 to {most}; write it such as {kind}({target}, {example})."
        raise SluiceError("fact", sentence)
    return int(days)


def _read(value: object) -> Fact:
    if isinstance(value, Fact):
        return value
    if not isinstance(value, str):
        raise refusal("fact", "A fact is written as text, such as balance(checking).")
    try:
        return parse_fact(value)
    except SluiceError as fault:
        raise refusal(fault.code, fault.sentence) from None


FactText = Annotated[
    Fact,
    PlainValidator(_read),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["balance(checking)", "spent(checking, 30)"]}),
]
"""A fact inside a document."""


def _money_fact(fact: Fact) -> Fact:
    if fact.is_percent:
        sentence = f"{fact} is a percent, but an amount is money; use a fact in money, such as balance(checking)."
        raise refusal("fact", sentence)
    return fact


MoneyFactText = Annotated[FactText, AfterValidator(_money_fact)]
"""A fact in money inside a document."""
