"""The answer of an evaluation: a decision for every rule of every customer, the legs, and what the rules saw."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine.codes import Outcome
from engine.rows import Rows
from engine.running import Running
from engine.snapshot import Snapshot
from engine.spread import Legs, Spread
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Decisions:
    """One entry a rule and customer: arrays of (ranks, customers); row 0 is rank 1. `outcome` 0: no such rule.

    `wanted` and `amount` are cents, `limited_by` bits of `codes.limited_by`.
    """

    outcome: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    wanted: Int64s
    amount: Int64s
    limited_by: npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one pass saw, step by step; each step's arrays run over the rows that reached it (`*_rows.at`)."""

    rank: int
    all_rows: Rows
    moved_on: Int64s
    ruled: Rows | None = None
    facts: tuple[Int64s, ...] = ()
    asked: Rows | None = None
    wanted: Int64s | None = None
    limits: tuple[Int64s, ...] = ()
    spread_rows: Rows | None = None
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an evaluation decided.

    `legs` hold every leg of moved, proposed and would-move rules, ascending (rank, customer, leg). `after` is the
    running state when the last rule was done. `seen` only when asked for.
    """

    snapshot: Snapshot
    decisions: Decisions
    legs: Legs
    after: Running
    seen: tuple[Seen, ...]

    def moving(self) -> Legs:
        """The legs of rules that moved, in order."""
        outcome = self.decisions.outcome[self.legs.rank - 1, self.legs.customer]
        return take_legs(self.legs, np.flatnonzero(outcome == Outcome.MOVED))


def take_legs(legs: Legs, index: Int64s) -> Legs:
    """The legs at `index`."""
    return Legs(*(getattr(legs, field.name)[index] for field in fields(Legs)))


def join_legs(parts: list[Legs]) -> Legs:
    """All parts as one, ascending (rank, customer, leg)."""
    if not parts:
        none = np.zeros(0, np.int64)
        return Legs(none, none, none, none, none, none, np.zeros(0, np.bool_))
    joined = Legs(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Legs)))
    return take_legs(joined, np.lexsort((joined.number, joined.customer, joined.rank)))


def no_decisions(ranks: int, customers: int) -> Decisions:
    """Decisions still to be made."""
    size = (ranks, customers)
    return Decisions(
        np.zeros(size, np.int8),
        np.zeros(size, np.int8),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int16),
    )
