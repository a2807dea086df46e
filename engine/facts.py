"""Facts as numbers: what a condition or an amount reads, and whether it is known (rules.md 3)."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.running import Running
from engine.snapshot import SPENT_DAYS
from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]


def fact_value(run: Running, kind: str, customer: Int64s, target: Int64s, days: Int64s) -> Int64s:
    """The value of one fact for many customers, cents; unknown facts give 0 and are refused before.

    `target` is the account's entry, or the rank of an earlier rule for `moved`; `days` counts for `spent` alone.
    """
    if kind == "moved":
        return run.moved[target, customer]
    if kind == "spent":
        return _spent(run, target, days)[0]
    return _VALUES[kind](run, target)


_VALUES: Final[Mapping[str, Callable[[Running, Int64s], Int64s]]] = {
    "balance": Running.balance,
    "expected": Running.expected,
    "posted": lambda run, target: run.posted[target],
    "owed": lambda run, target: -run.balance(target),
    "room": lambda run, target: run.balance(target) - run.snapshot.floor[target],
    "deposits": lambda run, target: run.snapshot.facts.arrived[target],
    "round_ups": lambda run, target: run.snapshot.facts.round_up[target],
}


def fact_unknown(run: Running, kind: str, customer: Int64s, target: Int64s, days: Int64s) -> Flags:
    """Whether the fact cannot be known."""
    facts = run.snapshot.facts
    match kind:
        case "deposits":
            return ~facts.arrived_known[target]
        case "round_ups":
            return ~facts.round_up_known[target]
        case "moved":
            return run.moved_unknown[target, customer]
        case "spent":
            return ~_spent(run, target, days)[1]
        case _:
            return np.zeros(len(target), np.bool_)


def _spent(run: Running, target: Int64s, days: Int64s) -> tuple[Int64s, Flags]:
    facts = run.snapshot.facts
    if len(facts.spent_key) == 0:
        return np.zeros(len(target), np.int64), np.zeros(len(target), np.bool_)
    key = target * SPENT_DAYS + days
    at = np.minimum(np.searchsorted(facts.spent_key, key), len(facts.spent_key) - 1)
    known = facts.spent_key[at] == key
    return np.where(known, facts.spent[at], 0), known
