"""A plan seen from one rule of one customer: its place in each step of its pass, and the balances before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.facts import fact_unknown, fact_value
from engine.holds.tonight import passed_on
from engine.plan import Plan, Seen
from engine.rows import Rows
from engine.running import Running
from engine.snapshot import NO_LIMIT
from ledger.accounts import Int64s, Kind
from ledger.faults import SluiceError
from rules.document import Rule
from rules.facts import SYMBOL_FACTS, Fact
from rules.values import symbol_number


@dataclass(frozen=True, slots=True)
class Looking:
    """One rule of one customer (index in the snapshot). `run` is the state before the rule; `handles` are by slot."""

    plan: Plan
    customer: int
    rules: Sequence[Rule]
    handles: Sequence[str]
    rank: int
    run: Running
    seen: Seen

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return self.rules[self.rank - 1]

    def row(self, rows: Rows | None) -> int | None:
        """The rule's place among the rows of a step, None where it did not get there."""
        if rows is None:
            return None
        found = np.flatnonzero(rows.customer == self.customer)
        return int(found[0]) if len(found) else None

    def alone(self) -> Rows:
        """The rule as the only row."""
        return self.seen.all_rows.where(self.seen.all_rows.customer == self.customer)

    def entry(self, handle: str) -> Int64s:
        """The account's entry in the snapshot, as a column of one."""
        start = int(self.plan.snapshot.account_start[self.customer])
        return np.array([start + self.handles.index(handle)])

    def _read(self, fact: Fact) -> tuple[Int64s, Int64s, Int64s]:
        if fact.kind in SYMBOL_FACTS:
            target = np.array([symbol_number(fact.target)])
        elif fact.kind == "moved":
            ranks = {rule.id: rank for rank, rule in enumerate(self.rules, start=1)}
            target = np.array([ranks[fact.target]])
        else:
            target = self.entry(fact.target)
        return np.array([self.customer]), target, np.array([fact.days or 0])

    def value(self, fact: Fact) -> int:
        """What the fact was when the rule's turn came, cents or half steps."""
        return int(fact_value(self.run, fact.kind, *self._read(fact))[0])

    def unknown(self, fact: Fact) -> bool:
        """Whether the fact could not be known."""
        return bool(fact_unknown(self.run, fact.kind, *self._read(fact))[0])

    def drift_wants(self, handle: str) -> int | None:
        """What the amount `invest_drift` of an account wants, or `NO_CASH_HELPS`; None where that is not known."""
        wants, known = self.plan.snapshot.facts.market.wanted(self.entry(handle))
        return int(wants[0]) if known[0] else None


def look(plan: Plan, customer: int, rules: Sequence[Rule], handles: Sequence[str]) -> Iterator[Looking]:
    """Every rule of one customer in order. Raises SluiceError `not_seen` for a plan made without `keep_seen`."""
    for rank in range(1, len(rules) + 1):
        passes = (one for one in plan.seen if one.rank == rank and (one.all_rows.customer == customer).any())
        seen = next(passes, None)
        if seen is None:
            raise SluiceError("not_seen", "This plan did not keep what its rules saw; evaluate it with keep_seen.")
        yield Looking(plan, customer, rules, handles, rank, _before(plan, customer, rank), seen)


def _before(plan: Plan, customer: int, rank: int) -> Running:
    """The customer's state before the rule of that rank: the snapshot and the moves of the rules before."""
    snapshot, legs = plan.snapshot, plan.moving()
    earlier = (legs.customer == customer) & (legs.rank < rank)
    posted, pending_in, pending_out = (
        column.copy() for column in (snapshot.posted, snapshot.pending_in, snapshot.pending_out)
    )
    later = np.where(legs.pending, legs.amount, 0)[earlier]
    at_once = legs.amount[earlier] - later
    source, destination = legs.source[earlier], legs.destination[earlier]
    np.subtract.at(posted, source, at_once)
    np.add.at(posted, destination, at_once)
    np.add.at(pending_out, source, later)
    np.add.at(pending_in, destination, later)
    room, excess, counts = snapshot.bounds.room.copy(), snapshot.bounds.excess.copy(), snapshot.bounds.counts
    shared = snapshot.bounds.room_of[destination]
    counted = (snapshot.kind[destination] == Kind.IRA) & (room[shared] < NO_LIMIT)
    np.subtract.at(room, shared[counted], legs.amount[earlier][counted])
    change = at_once * counts[destination] - legs.amount[earlier] * counts[source]
    np.add.at(excess, legs.customer[earlier], change)
    held = snapshot.bounds.held.copy()
    for leg in range(len(source) if len(held) else 0):
        one = slice(leg, leg + 1)
        held = passed_on(snapshot.bounds, held, (source[one], destination[one], at_once[one]))
    return replace(
        plan.after,
        posted=posted,
        pending_in=pending_in,
        pending_out=pending_out,
        room=room,
        excess=excess,
        held=held,
    )
