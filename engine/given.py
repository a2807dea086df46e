"""The facts that a case states (ruling 59): texts by name, read to the columns that rules are decided on.

`value(invest.growth)` is holdings and cash together at the start, as rules read it; what the account holds follows
from it. `invest_drift(invest.growth)` is the cash that the amount of that name wants, or `none` where no cash helps.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import numpy as np
from pydantic import PlainValidator, WithJsonSchema

from engine.invest.core.least import NO_CASH_HELPS
from engine.marketasks import INVEST_DRIFT, LTV
from engine.marketfacts import MarketFacts, half_steps, spread
from engine.snapshot import SPENT_DAYS, Facts
from ledger.accounts import Int64s
from ledger.faults import Problem, SluiceError
from ledger.money import parse_money, parse_percent
from rules.facts import INVEST_FACTS, SYMBOL_FACTS, Fact, parse_fact
from rules.values import refusal, symbol_number

GIVEN_FACTS: Final = ("deposits", "round_ups", "spent", LTV, *INVEST_FACTS, *SYMBOL_FACTS)
"""Facts that a case states, beside `invest_drift`; the others follow from its accounts and rules."""

INVESTED: Final = ("invest", "ira")
"""Kinds of the accounts that may have a pie."""

LINE: Final = "borrow"
"""The kind of the accounts that have an LTV."""

NO_CASH: Final = "none"

_ONLY: Final[Mapping[str, Sequence[str]]] = {**dict.fromkeys(INVEST_FACTS, INVESTED), LTV: (LINE,)}
"""Kinds of the accounts that a fact may be about, where it is not any."""

_INVEST_DRIFT: Final = re.compile(rf"\s*{INVEST_DRIFT}\s*\(\s*([^(),\s]*)\s*\)\s*", re.ASCII)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refusal("money", 'A fact is given as text in quotes, such as "1500.00", or "12.5%" for a percent.')
    return value


GivenText = Annotated[
    str,
    PlainValidator(_text),
    WithJsonSchema({"type": "string", "pattern": rf"^(-?[0-9]+(\.[0-9]{{1,2}})?|[0-9]+(\.[0-9]{{1,2}})?%|{NO_CASH})$"}),
]
"""The figure of a fact in a case: money, a percent, or `none` for an `invest_drift` that no cash mends."""


@dataclass(frozen=True, slots=True)
class CaseAccounts:
    """What facts need to know of a case's accounts, by slot: handle, kind, and balance as rules see it."""

    handles: Sequence[str]
    kinds: Sequence[str]
    balances: Sequence[int]

    def priced(self) -> list[int]:
        """The slots of the accounts about which prices say something: they may have a pie, or are borrow lines."""
        return [slot for slot, kind in enumerate(self.kinds) if kind in (*INVESTED, LINE)]


@dataclass(frozen=True, slots=True)
class Given:
    """The known facts of a case: cents, or basis points of percents; and of `invest_drift` by handle."""

    facts: dict[Fact, int] = field(default_factory=dict)
    invest_drift: dict[str, int] = field(default_factory=dict)


def read_given(texts: Mapping[str, str | None], accounts: CaseAccounts) -> tuple[Given, tuple[Problem, ...]]:
    """Read the facts; null leaves one unknown. Problems have paths that begin with `facts.`."""
    given = Given()
    problems: list[Problem] = []
    for name, text in texts.items():
        try:
            _read(name, text, accounts, given)
        except SluiceError as fault:
            problems.append(Problem(f"facts.{name[:60]}", fault.code, fault.sentence))
    return given, tuple(problems)


def _read(name: str, text: str | None, accounts: CaseAccounts, given: Given) -> None:
    kinds = dict(zip(accounts.handles, accounts.kinds, strict=True))
    if match := _INVEST_DRIFT.fullmatch(name):
        if kinds.get(match[1]) not in INVESTED:
            raise _not_stated()
        if text is not None:
            given.invest_drift[match[1]] = NO_CASH_HELPS if text == NO_CASH else parse_money(text)
        return
    try:
        fact = parse_fact(name)
    except SluiceError:
        raise _not_stated() from None
    stated = fact.kind in SYMBOL_FACTS or fact.target in kinds
    fitting = _ONLY.get(fact.kind)
    if fact.kind not in GIVEN_FACTS or not stated or (fitting is not None and kinds[fact.target] not in fitting):
        raise _not_stated()
    if text is not None:
        given.facts[fact] = parse_percent(text) if fact.is_percent else parse_money(text, signed=True)


def _not_stated() -> SluiceError:
    names = ", ".join((*GIVEN_FACTS, INVEST_DRIFT))
    return SluiceError("fact", f"This is not a fact that a case states; write one of {names} of what is listed here.")


def facts_of(given: Given, accounts: CaseAccounts) -> Facts:
    """The facts as columns; what is not given is unknown."""
    arrived = _by_slot(given, "deposits", accounts.handles)
    round_up = _by_slot(given, "round_ups", accounts.handles)
    spent = sorted(
        (accounts.handles.index(fact.target) * SPENT_DAYS + (fact.days or 0), amount)
        for fact, amount in given.facts.items()
        if fact.kind == "spent"
    )
    return Facts(
        arrived=_numbers(arrived),
        arrived_known=_known(arrived),
        round_up=_numbers(round_up),
        round_up_known=_known(round_up),
        spent_key=_numbers([key for key, _ in spent]),
        spent=_numbers([amount for _, amount in spent]),
        market=spread(_market(given, accounts), np.arange(1, len(accounts.handles) + 1)),
    )


def _market(given: Given, accounts: CaseAccounts) -> MarketFacts:
    """A row for every account that may have a pie or is a borrow line: what is not given is unknown.

    Ids are slots from 1.
    """
    slots = accounts.priced()
    handles = [accounts.handles[slot] for slot in slots]
    value, drift, ltv = (_by_slot(given, kind, handles) for kind in (*INVEST_FACTS, LTV))
    percents = [of_pie if of_line is None else of_line for of_pie, of_line in zip(drift, ltv, strict=True)]
    wants = [given.invest_drift.get(handle) for handle in handles]
    symbols = sorted(
        (SYMBOL_FACTS.index(fact.kind), symbol_number(fact.target), fact.days or 0, half_steps(percent))
        for fact, percent in given.facts.items()
        if fact.kind in SYMBOL_FACTS
    )
    kind, asset, sessions, steps = (_numbers([row[place] for row in symbols]) for place in range(4))
    return MarketFacts(
        account=_numbers([slot + 1 for slot in slots]),
        holdings=_numbers(value) - _numbers([accounts.balances[slot] for slot in slots]),
        holdings_known=_known(value),
        drift=_numbers([half_steps(percent or 0) for percent in percents]),
        drift_known=_known(percents),
        invest_drift=_numbers(wants),
        invest_known=_known(wants),
        kind=kind,
        asset=asset,
        sessions=sessions,
        value=steps,
        known=np.ones(len(symbols), np.bool_),
    )


def _by_slot(given: Given, kind: str, handles: Sequence[str]) -> list[int | None]:
    return [given.facts.get(Fact(kind, handle)) for handle in handles]


def _numbers(values: Sequence[int | None]) -> Int64s:
    return np.array([value or 0 for value in values], np.int64)


def _known(values: Sequence[int | None]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([value is not None for value in values], np.bool_)
