"""Evaluate the rules of many customers, rank by rank and shape by shape: the one evaluator (rules.md 6).

A preview, an explanation, a single customer's plan and the night of a whole book are this same call.
"""

import numpy as np
import numpy.typing as npt

from engine.asks import blocked_reason, conditions_hold, limits, tightest, wanted
from engine.codes import ROOM_BIT, SOURCES_BIT, Outcome, Reason
from engine.due import due_reason
from engine.plan import Decisions, Plan, Seen, join_legs, no_decisions
from engine.programs import Group, groups, numbers_of
from engine.rows import Rows, all_rows
from engine.running import Running, running
from engine.snapshot import Snapshot
from engine.spread import Legs, Spread, legs_of, lower_ira_room, shift, spread
from ledger.accounts import Int64s
from rules.shapes import FAR_PAST, Head, Mode

Flags = npt.NDArray[np.bool_]


def evaluate(snapshot: Snapshot, *, keep_seen: bool = False) -> Plan:
    """Decide every rule of every customer in order; the snapshot is left as it is.

    `keep_seen` keeps what the rules saw.
    """
    programs = snapshot.programs
    run = running(snapshot, remember_moves=any(shape.reads_moved for shape in programs.shapes()))
    decisions = no_decisions(len(programs.ranks), len(snapshot))
    legs: list[Legs] = []
    seen: list[Seen] = []
    for rank in range(1, len(programs.ranks) + 1):
        for group in groups(programs, rank):
            pass_ = _Pass(run, decisions, rank, group)
            legs += pass_.decide()
            if keep_seen:
                seen.append(pass_.seen())
    return Plan(snapshot, decisions, join_legs(legs), run, tuple(seen))


class _Pass:
    """One pass: the rules of one rank and one shape."""

    def __init__(self, run: Running, decisions: Decisions, rank: int, group: Group) -> None:
        self.run = run
        self.decisions = decisions
        self.rank = rank
        self.rows = all_rows(run.snapshot, group.shape, group.customer, numbers_of(run.snapshot.programs, group))
        self.moved_on = self._moved_on()
        self.facts: list[Int64s] = []
        self.ruled: Rows | None = None
        self.asked: Rows | None = None
        self.want: Int64s | None = None
        self.left: list[Int64s] = []
        self.spread_rows: Rows | None = None
        self.how: Spread | None = None

    def decide(self) -> list[Legs]:
        """Take the steps of rules.md 6 in order; rows leave as soon as they are decided."""
        rows = self._due(self.rows)
        if len(rows) == 0:
            return []
        rows = self._unblocked(rows)
        rows = self._ruled(rows)
        if len(rows) == 0:
            return []
        rows, want, allowed, binding = self._asked(rows)
        if len(rows) == 0:
            return []
        return self._spread(rows, want, allowed, binding)

    def seen(self) -> Seen:
        """What this pass saw."""
        return Seen(
            self.rank,
            self.rows,
            self.moved_on,
            self.ruled,
            tuple(self.facts),
            self.asked,
            self.want,
            tuple(self.left),
            self.spread_rows,
            self.how,
        )

    def _moved_on(self) -> Int64s:
        slot = self.rows.numbers[Head.COOL_SLOT]
        cools = slot >= 0
        moved_on = np.full(len(self.rows), FAR_PAST, np.int64)
        moved_on[cools] = self.run.tally_since[(self.rows.tally + slot)[cools]]
        return moved_on

    def _note(self, rows: Rows, outcome: Outcome, reason: Int64s | Reason) -> None:
        self.decisions.outcome[self.rank - 1, rows.customer] = outcome
        self.decisions.reason[self.rank - 1, rows.customer] = reason

    def _due(self, rows: Rows) -> Rows:
        snapshot = self.run.snapshot
        last_night = snapshot.last_night[rows.customer]
        reason = due_reason(rows, snapshot.day, last_night, self.run.stopped[rows.customer], self.moved_on)
        self._note(rows, Outcome.NOT_DUE, reason)
        return rows.where(reason == 0)

    def _unblocked(self, rows: Rows) -> Rows:
        reason = blocked_reason(self.run, rows)
        blocked = reason > 0
        if blocked.any():
            out = rows.where(blocked)
            self._note(out, Outcome.BLOCKED, reason[blocked])
            if len(self.run.moved_unknown) > 1:
                self.run.moved_unknown[self.rank, out.customer] = True
        return rows.where(~blocked)

    def _ruled(self, rows: Rows) -> Rows:
        holds, self.facts = conditions_hold(self.run, rows)
        self.ruled = rows
        self._note(rows.where(~holds), Outcome.NOTHING, Reason.CONDITION_FALSE)
        return rows.where(holds)

    def _asked(self, rows: Rows) -> tuple[Rows, Int64s, Int64s, Int64s]:
        want = wanted(self.run, rows)
        left = limits(self.run, rows)
        allowed, binding = tightest(want, left)
        self.asked, self.want, self.left = rows, want, left
        self.decisions.wanted[self.rank - 1, rows.customer] = np.maximum(want, 0)
        zero, used_up = want <= 0, (want > 0) & (allowed <= 0)
        self._note(rows.where(zero), Outcome.NOTHING, Reason.AMOUNT_ZERO)
        capped = rows.where(used_up)
        self._note(capped, Outcome.NOTHING, Reason.CAP_USED_UP)
        self.decisions.limited_by[self.rank - 1, capped.customer] = binding[used_up]
        on = ~zero & ~used_up
        return rows.where(on), want[on], allowed[on], binding[on]

    def _spread(self, rows: Rows, want: Int64s, allowed: Int64s, binding: Int64s) -> list[Legs]:
        how = spread(self.run, rows, allowed)
        self.spread_rows, self.how = rows, how
        reason = _shortfall(rows, how, allowed)
        outcome = np.where(reason > 0, np.int64(Outcome.NOTHING), _mode_outcome(rows, how.total))
        moves = reason == 0
        reason[moves] = np.where(how.total == want, Reason.IN_FULL, Reason.LIMITED)[moves]
        bits = binding + SOURCES_BIT * (how.held < allowed) + ROOM_BIT * (how.total < how.gross)
        at, rank = rows.customer, self.rank - 1
        self.decisions.outcome[rank, at] = outcome
        self.decisions.reason[rank, at] = reason
        self.decisions.amount[rank, at] = np.where(moves, how.total, 0)
        self.decisions.limited_by[rank, at] = np.where(moves, bits, 0)
        return self._move(rows, how, outcome)

    def _move(self, rows: Rows, how: Spread, outcome: Int64s) -> list[Legs]:
        answered = outcome >= Outcome.MOVED
        parts = legs_of(self.run, rows.where(answered), self.rank, _only(how, answered))
        moved = outcome == Outcome.MOVED
        if moved.any():
            by_customer = np.zeros(len(self.run.snapshot), np.bool_)
            by_customer[rows.customer[moved]] = True
            for part in parts:
                shift(self.run, _moving(part, by_customer))
            self._count(rows.where(moved), _only(how, moved))
        return parts

    def _count(self, rows: Rows, how: Spread) -> None:
        """Counters, cool-down, IRA room, `moved()` and `stop` of rules that moved."""
        run = self.run
        for place in range(rows.layout.adds, rows.layout.adds + rows.shape.adds):
            slot = rows.tally + rows.numbers[place]
            run.tally_used[slot] += how.total
            run.tally_touched[slot] = True
        cools = rows.numbers[Head.COOL_SLOT] >= 0
        slot = (rows.tally + rows.numbers[Head.COOL_SLOT])[cools]
        run.tally_since[slot] = run.snapshot.day
        run.tally_used[slot] += how.total[cools]
        run.tally_touched[slot] = True
        lower_ira_room(run, rows, how)
        run.stopped[rows.customer] |= rows.numbers[Head.STOP] == 1
        if len(run.moved) > 1:
            run.moved[self.rank, rows.customer] = how.total


def _shortfall(rows: Rows, how: Spread, allowed: Int64s) -> Int64s:
    """Why nothing moves, 0 where something does (rules.md 6.8)."""
    reason = np.zeros(len(rows), np.int64)
    reason[how.total < rows.numbers[Head.MIN_TRANSFER]] = Reason.BELOW_MINIMUM
    reason[how.total == 0] = Reason.NO_ROOM
    reason[(how.total == 0) & (how.held == 0)] = Reason.SOURCES_EMPTY
    reason[(rows.numbers[Head.ALL_OR_NOTHING] == 1) & (how.total < allowed)] = Reason.SHORT
    return reason


def _mode_outcome(rows: Rows, total: Int64s) -> Int64s:
    mode = rows.numbers[Head.MODE]
    asks = (mode == Mode.ASK) | (total > rows.numbers[Head.ASK_ABOVE])
    answer = np.where(asks, np.int64(Outcome.PROPOSED), np.int64(Outcome.MOVED))
    return np.where(mode == Mode.WATCH, np.int64(Outcome.WOULD_MOVE), answer)


def _only(how: Spread, keep: Flags) -> Spread:
    if keep.all():
        return how

    def kept(columns: list[Int64s]) -> list[Int64s]:
        return [column[keep] for column in columns]

    return Spread(
        capacity=kept(how.capacity),
        room=kept(how.room),
        taken=kept(how.taken),
        given=kept(how.given),
        held=how.held[keep],
        gross=how.gross[keep],
        total=how.total[keep],
    )


def _moving(legs: Legs, moved: Flags) -> Legs:
    on = moved[legs.customer]
    if on.all():
        return legs
    return Legs(
        legs.rank[on],
        legs.customer[on],
        legs.number[on],
        legs.source[on],
        legs.destination[on],
        legs.amount[on],
        legs.pending[on],
    )
