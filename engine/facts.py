"""Facts as numbers: what a condition or an amount reads, and whether it is known (rules.md 3)."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.running import Running
from engine.snapshot import SPENT_DAYS, Facts
from ledger.accounts import Int64s
from rules.facts import SYMBOL_FACTS

Flags = npt.NDArray[np.bool_]


def fact_value(run: Running, kind: str, customer: Int64s, target: Int64s, days: Int64s) -> Int64s:
    """The value of one fact for many customers, cents or half steps; unknown facts give 0 and are refused before.

    `target` is the account's entry, the rank of an earlier rule for `moved`, or an asset for facts about a symbol;
    `days` counts for `spent`, and as sessions for facts about a symbol.
    """
    if kind == "moved":
        return run.moved[target, customer]
    if kind == "spent":
        return _spent(run, target, days)[0]
    if kind in SYMBOL_FACTS:
        return run.snapshot.facts.market.of_symbol(kind, target, days)[0]
    return _VALUES[kind](run, target)


_VALUES: Final[Mapping[str, Callable[[Running, Int64s], Int64s]]] = {
    "balance": Running.balance,
    "expected": Running.expected,
    "posted": lambda run, target: run.posted[target],
    "owed": lambda run, target: -run.balance(target),
    "room": lambda run, target: run.balance(target) - run.snapshot.floor[target],
    "deposits": lambda run, target: run.snapshot.facts.arrived[target],
    "round_ups": lambda run, target: run.snapshot.facts.round_up[target],
    "value": lambda run, target: run.balance(target) + run.snapshot.facts.market.held(target)[0],
    "drift": lambda run, target: run.snapshot.facts.market.percent(target)[0],
    "ltv": lambda run, target: run.snapshot.facts.market.percent(target)[0],
}


def fact_unknown(run: Running, kind: str, customer: Int64s, target: Int64s, days: Int64s) -> Flags:
    """Whether the fact cannot be known."""
    if kind == "moved":
        return run.moved_unknown[target, customer]
    if kind == "spent":
        return ~_spent(run, target, days)[1]
    if kind in SYMBOL_FACTS:
        return ~run.snapshot.facts.market.of_symbol(kind, target, days)[1]
    known = _KNOWN.get(kind)
    return np.zeros(len(target), np.bool_) if known is None else ~known(run.snapshot.facts, target)


_KNOWN: Final[Mapping[str, Callable[[Facts, Int64s], Flags]]] = {
    "deposits": lambda facts, target: facts.arrived_known[target],
    "round_ups": lambda facts, target: facts.round_up_known[target],
    "value": lambda facts, target: facts.market.held(target)[1],
    "drift": lambda facts, target: facts.market.percent(target)[1],
    "ltv": lambda facts, target: facts.market.percent(target)[1],
}


def _spent(run: Running, target: Int64s, days: Int64s) -> tuple[Int64s, Flags]:
    facts = run.snapshot.facts
    if len(facts.spent_key) == 0:
        return np.zeros(len(target), np.int64), np.zeros(len(target), np.bool_)
    key = target * SPENT_DAYS + days
    at = np.minimum(np.searchsorted(facts.spent_key, key), len(facts.spent_key) - 1)
    known = facts.spent_key[at] == key
    return np.where(known, facts.spent[at], 0), known
