"""Explain what became of a rule, fired or silent: a plan that kept what its rules saw, told rule by rule (rules.md 8).

Tonight's plan, a preview and a past night are told by the same words, since each is the plan of a snapshot.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.codes import Outcome, Reason, limited_by
from engine.difference import difference
from engine.due import matches, nights_until
from engine.evaluate import evaluate
from engine.explained import (
    AmountSeen,
    ConditionSeen,
    DestinationSeen,
    DueSeen,
    Explanation,
    LegSeen,
    LimitSeen,
    SourceSeen,
)
from engine.invest.core.least import NO_CASH_HELPS
from engine.looking import Looking, look
from engine.marketasks import INVEST_DRIFT
from engine.past import PastNight
from engine.plan import Plan
from engine.snapshot import NO_LIMIT
from engine.spread import Spread
from ledger.accounts import Kind
from ledger.days import day_number, period_start
from ledger.faults import SluiceError
from ledger.rounding import split_by_largest_remainder
from rules.bounds import bound_words
from rules.compile import HALF_STEPS
from rules.document import (
    AnyOf,
    Cap,
    Everything,
    Excess,
    FactAmount,
    Fixed,
    Goal,
    InvestDrift,
    Leaf,
    Not,
    PercentOf,
    Rule,
)
from rules.facts import Fact
from rules.references import facts_of, handles_of
from rules.shapes import FAR_PAST, HIGH, LOW
from rules.wording import sentence

_LONGEST: Final = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}  # days of the longest period
_AHEAD: Final = 3_700  # days ahead in which any schedule has its next match
_STEP: Final = 370


def explain(night: PastNight, rule_id: str) -> Explanation:
    """Explain one rule of a past night. Raises SluiceError `rule_unknown` where the list of the time has no such."""
    ranks = {rule.id: rank for rank, rule in enumerate(night.rules, start=1)}
    if rule_id not in ranks:
        known = ", ".join(ranks) or "none"
        raise SluiceError("rule_unknown", f'The list of that night has no rule "{rule_id}"; it had: {known}.', "rule")
    return explain_night(night)[ranks[rule_id] - 1]


def explain_night(night: PastNight) -> list[Explanation]:
    """Explain every rule of a past night, in the order of its list."""
    return explain_plan(evaluate(night.snapshot, keep_seen=True), 0, night.rules, night.handles)


def explain_plan(plan: Plan, customer: int, rules: Sequence[Rule], handles: Sequence[str]) -> list[Explanation]:
    """Explain every rule of one customer (index in the snapshot), in the order of its rules; `handles` by slot.

    Raises SluiceError `not_seen` for a plan evaluated without `keep_seen`.
    """
    return [_tell(one) for one in look(plan, customer, rules, handles)]


def _tell(one: Looking) -> Explanation:
    decisions, at = one.plan.decisions, (one.rank - 1, one.customer)
    reason = Reason(decisions.reason[at])
    asked = one.row(one.seen.asked) is not None
    told = Explanation(
        rule=one.rule.id,
        sentence=sentence(one.rule),
        outcome=Outcome(decisions.outcome[at]),
        reason=reason,
        due=_due(one, reason),
        blocked_by=tuple(_blocked_by(one, reason)),
        conditions=tuple(_conditions(one)),
        amount_saw=_amount(one) if asked else None,
        wanted=int(decisions.wanted[at]) if asked else None,
        limits=tuple(_limits(one)),
        sources=tuple(_sources(one)),
        destinations=tuple(_destinations(one)),
        amount=int(decisions.amount[at]),
        legs=tuple(_legs(one)),
        limited_by=tuple(limited_by(int(decisions.limited_by[at]), one.rule.caps)),
    )
    words, changes = difference(one.rule, told)
    return replace(told, difference=words, changes=changes)


def _due(one: Looking, reason: Reason) -> DueSeen:
    snapshot = one.plan.snapshot
    (moved_on,) = one.seen.moved_on[one.seen.all_rows.customer == one.customer].tolist()
    moved = None if moved_on == FAR_PAST else moved_on
    return DueSeen(
        day=snapshot.day,
        since=int(snapshot.last_night[one.customer]),
        last_moved=moved,
        again=None if moved is None else moved + one.rule.cool_down_days,
        stopped_by=_stopped_by(one) if reason == Reason.STOPPED else None,
        next_match=_next_match(one) if reason == Reason.NOT_SCHEDULED else None,
    )


def _stopped_by(one: Looking) -> str:
    moved = one.plan.decisions.outcome[:, one.customer] == Outcome.MOVED
    return next(rule.id for rule, did in zip(one.rules, moved, strict=False) if did and rule.then == "stop")


def _next_match(one: Looking) -> int | None:
    """The next date of a rule's schedule that counts; None where there is none."""
    day, rows = one.plan.snapshot.day, one.alone()
    for first in range(day + 1, day + _AHEAD, _STEP):
        days = np.arange(first, first + _STEP)
        hits = days[matches(rows, days)[:, 0]]
        if len(hits):
            return int(hits[0])
    return None


def _blocked_by(one: Looking, reason: Reason) -> list[str]:
    """The accounts or facts that the reason is about, each once."""
    if reason == Reason.UNKNOWN_FACT:
        names = [str(fact) for _, fact in facts_of(one.rule) if one.unknown(fact)]
        if isinstance(one.rule.amount, InvestDrift) and one.drift_wants(one.rule.amount.account) is None:
            names.append(f"{INVEST_DRIFT}({one.rule.amount.account})")
    else:
        problem = one.plan.snapshot.problem
        names = [handle for _, handle in handles_of(one.rule) if problem[one.entry(handle)[0]] == reason]
    return list(dict.fromkeys(names))


def _conditions(one: Looking) -> list[ConditionSeen]:
    row = one.row(one.seen.ruled)
    if row is None:
        return []
    saw = iter(one.seen.facts)
    return [
        _leaf(number, part, int(next(saw)[row]))
        for number, condition in enumerate(one.rule.when, start=1)
        for part in (condition.any if isinstance(condition, AnyOf) else (condition,))
    ]


def _leaf(number: int, part: Leaf | Not, saw: int) -> ConditionSeen:
    leaf = part.not_ if isinstance(part, Not) else part
    unit = HALF_STEPS if leaf.fact.is_percent else 1
    if leaf.above is not None:
        holds, words = saw > unit * leaf.above, f"above {bound_words(leaf.fact, leaf.above)}"
    elif leaf.below is not None:
        holds, words = saw < unit * leaf.below, f"below {bound_words(leaf.fact, leaf.below)}"
    else:
        low, high = leaf.between or (LOW, HIGH)
        holds = unit * low <= saw <= unit * high
        words = f"between {bound_words(leaf.fact, low)} and {bound_words(leaf.fact, high)}"
    negated = isinstance(part, Not)
    text = f"{leaf.fact} {'not ' if negated else ''}{words}"
    return ConditionSeen(number, text, str(leaf.fact), saw, holds != negated)


def _amount(one: Looking) -> AmountSeen:
    amount = one.rule.amount
    if isinstance(amount, Fixed):
        return AmountSeen(amount.kind, None, amount.amount)
    if isinstance(amount, InvestDrift):
        wants = one.drift_wants(amount.account)
        return AmountSeen(amount.kind, f"{INVEST_DRIFT}({amount.account})", None if wants == NO_CASH_HELPS else wants)
    if isinstance(amount, PercentOf | FactAmount):
        fact = amount.fact
    else:
        fact = Fact("balance" if isinstance(amount, Excess | Everything) else "expected", amount.account)
    nights = None
    if isinstance(amount, Goal):
        by = np.array([day_number(amount.by)])
        nights = int(nights_until(one.alone(), one.plan.snapshot.day, by)[0])
    return AmountSeen(amount.kind, str(fact), one.value(fact), nights)


def _limits(one: Looking) -> list[LimitSeen]:
    row = one.row(one.seen.asked)
    if row is None:
        return []
    left = [int(column[row]) for column in one.seen.limits]
    most = one.rule.max_transfer
    first = [] if most is None else [LimitSeen("max_transfer", most, left[0], None)]
    caps = zip(one.rule.caps, left[1:], strict=True)
    return first + [_cap(cap, rest, one.plan.snapshot.day) for cap, rest in caps]


def _cap(cap: Cap, left: int, day: int) -> LimitSeen:
    name = f"cap:{cap.per}:{cap.counter}" if cap.counter else f"cap:{cap.per}"
    if cap.per == "ever":
        return LimitSeen(name, cap.amount, left, None)
    restarts = period_start(period_start(day, cap.per) + _LONGEST[cap.per], cap.per)
    return LimitSeen(name, cap.amount, left, restarts)


def _sources(one: Looking) -> list[SourceSeen]:
    row, how = one.row(one.seen.spread_rows), one.seen.spread
    if row is None or how is None:
        return []
    told = []
    for place, source in enumerate(one.rule.from_):
        floor = int(one.plan.snapshot.floor[one.entry(source.account)[0]])
        keeps = floor if source.leave is None else max(floor, source.leave)
        held = _held(one, source.account)
        balance = one.value(Fact("balance", source.account))
        capacity, taken = int(how.capacity[place][row]), int(how.taken[place][row])
        most = (max(keeps, held) if held else keeps, source.at_most)
        told.append(SourceSeen(source.account, balance, *most, capacity, taken, held, _spare(one, source.account)))
    return told


def _held(one: Looking, handle: str) -> int:
    """What of a source is under a hold for some destination of the rule."""
    bounds, source = one.plan.snapshot.bounds, one.entry(handle)
    found = [bounds.held_back(one.run.held, source, one.entry(to.account)) for to in one.rule.to]
    return int(max(cents[0] for cents in found))


def _spare(one: Looking, handle: str) -> int | None:
    """What may leave a source without a margin call; None where it is not bound by that."""
    bounds, counts, kind = one.plan.snapshot.bounds, one.plan.snapshot.bounds.counts, one.plan.snapshot.kind
    excess, source = int(one.run.excess[one.customer]), one.entry(handle)[0]
    inside = all(counts[one.entry(to.account)[0]] for to in one.rule.to)
    called = excess < 0 and kind[source] == Kind.BORROW
    left = max(excess - int(bounds.promised[one.customer]), 0)
    return left if counts[source] and (called or not inside) else None


def _destinations(one: Looking) -> list[DestinationSeen]:
    row, how = one.row(one.seen.spread_rows), one.seen.spread
    if row is None or how is None:
        return []
    snapshot = one.plan.snapshot
    asked = _asked(one.rule, how, row)
    rooms = one.run.room.copy()
    told = []
    for place, destination in enumerate(one.rule.to):
        at = one.entry(destination.account)[0]
        most = int(snapshot.ceiling[at])
        if destination.fill_to is not None:
            most = min(most, destination.fill_to)
        shared = snapshot.bounds.room_of[at]
        is_ira = bool(rooms[shared] < NO_LIMIT and snapshot.kind[at] == Kind.IRA)
        room, given = int(how.room[place][row]), int(how.given[place][row])
        expected = one.value(Fact("expected", destination.account))
        left = int(rooms[shared]) if is_ira else None
        told.append(DestinationSeen(destination.account, expected, most, left, room, asked[place], given))
        rooms[shared] -= given if is_ira else 0
    return told


def _asked(rule: Rule, how: Spread, row: int) -> list[int]:
    """What each destination was asked to take: its share of the whole, or what was left when its turn came."""
    gross = int(how.gross[row])
    if rule.to[0].share is not None:
        shares = np.array([destination.share for destination in rule.to], np.int64)
        return [int(part[0]) for part in split_by_largest_remainder(np.array([gross]), shares)]
    given = [int(column[row]) for column in how.given]
    return [gross - sum(given[:place]) for place in range(len(given))]


def _legs(one: Looking) -> list[LegSeen]:
    legs, start = one.plan.legs, int(one.plan.snapshot.account_start[one.customer])
    return [
        LegSeen(
            one.handles[int(legs.source[n]) - start], one.handles[int(legs.destination[n]) - start], int(legs.amount[n])
        )
        for n in np.flatnonzero((legs.rank == one.rank) & (legs.customer == one.customer))
    ]
