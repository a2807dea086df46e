"""What stops a rule, whether its conditions hold, how much it wants and what limits that (rules.md 6.2 to 6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.codes import Reason
from engine.due import nights_until
from engine.facts import fact_unknown, fact_value
from engine.rows import Rows
from engine.running import Running
from ledger.accounts import Int64s
from ledger.rounding import percent_floor
from rules.facts import ACCOUNT_FACTS
from rules.shapes import CAP_WORDS, LEAF_WORDS, PLACE_WORDS, Head, Shape

Flags = npt.NDArray[np.bool_]

_CLEAR = 99  # beyond every reason
_KNOWN = ("balance", "expected", "posted", "owed", "room")  # facts that follow from the balances


@dataclass(frozen=True, slots=True)
class ReadFact:
    """A fact as one place of a shape reads it: its kind and the place of its target and days."""

    kind: str
    place: int


def read_facts(shape: Shape) -> Iterator[ReadFact]:
    """Every fact of a shape: those of the conditions in order, then that of the amount."""
    place = shape.layout.leaves
    for group in shape.when:
        for leaf in group:
            yield ReadFact(leaf.fact, place)
            place += LEAF_WORDS
    if shape.fact:
        yield ReadFact(shape.fact, shape.layout.amount)


def spent_places(shape: Shape) -> list[int]:
    """Places where a shape reads `spent`: the account's slot stands there, the days after it."""
    return [fact.place for fact in read_facts(shape) if fact.kind == "spent"]


def _target(rows: Rows, fact: ReadFact) -> Int64s:
    return rows.account(fact.place) if fact.kind in ACCOUNT_FACTS else rows.numbers[fact.place]


def value(run: Running, rows: Rows, fact: ReadFact) -> Int64s:
    """The fact's value, a row each."""
    return fact_value(run, fact.kind, rows.customer, _target(rows, fact), rows.numbers[fact.place + 1])


def account_places(shape: Shape) -> Iterator[int]:
    """Places of every account slot that a rule names."""
    layout = shape.layout
    yield from (fact.place for fact in read_facts(shape) if fact.kind in ACCOUNT_FACTS)
    if shape.amount in ("excess", "refill", "everything", "payoff", "goal", "invest_drift"):
        yield layout.amount
    for first, count in ((layout.sources, shape.sources), (layout.destinations, shape.destinations)):
        yield from range(first, first + PLACE_WORDS * count, PLACE_WORDS)


def blocked_reason(run: Running, rows: Rows) -> Int64s:
    """The first problem of everything a rule names, in the order of rules.md 6.2; 0 where there is none."""
    snapshot = run.snapshot
    first = np.where(snapshot.paused[rows.customer], np.int64(Reason.PAUSED), np.int64(_CLEAR))
    if snapshot.problem.any():
        for place in account_places(rows.shape):
            problem = snapshot.problem[rows.account(place)]
            first = np.where(problem > 0, np.minimum(first, problem), first)
    for fact in read_facts(rows.shape):
        if fact.kind not in _KNOWN:
            unknown = fact_unknown(run, fact.kind, rows.customer, _target(rows, fact), rows.numbers[fact.place + 1])
            first = np.where(unknown, np.minimum(first, Reason.UNKNOWN_FACT), first)
    if rows.shape.amount == "invest_drift":
        known = snapshot.facts.market.wanted(rows.account(rows.layout.amount))[1]
        first = np.where(known, first, np.minimum(first, Reason.UNKNOWN_FACT))
    return np.where(first == _CLEAR, 0, first)


def conditions_hold(run: Running, rows: Rows) -> tuple[Flags, list[Int64s]]:
    """Whether all conditions of each rule hold, and the value each leaf saw."""
    holds = np.ones(len(rows), np.bool_)
    seen: list[Int64s] = []
    facts = read_facts(rows.shape)
    for group in rows.shape.when:
        any_of = np.zeros(len(rows), np.bool_)
        for leaf in group:
            fact = next(facts)
            saw = value(run, rows, fact)
            low, high = rows.numbers[fact.place + 2], rows.numbers[fact.place + 3]
            true = (saw >= low) & (saw <= high) if leaf.test == "between" else (saw > low) & (saw < high)
            any_of |= true ^ leaf.negated
            seen.append(saw)
        holds &= any_of
    return holds, seen


def wanted(run: Running, rows: Rows) -> Int64s:
    """W0: what each rule wants before any limit; may be zero or negative (rules.md 4)."""
    place = rows.layout.amount
    first: Int64s = rows.numbers[place + 2]
    second: Int64s = rows.numbers[place + 3]
    match rows.shape.amount:
        case "fixed":
            return first
        case "percent_of":
            return percent_floor(value(run, rows, ReadFact(rows.shape.fact, place)), first)
        case "fact":
            return value(run, rows, ReadFact(rows.shape.fact, place)) * first
        case _:
            return _account_wants(run, rows, first, second)


def _account_wants(run: Running, rows: Rows, first: Int64s, second: Int64s) -> Int64s:
    account = rows.account(rows.layout.amount)
    match rows.shape.amount:
        case "excess":
            balance = run.balance(account)
            return np.where(balance > first, balance - second, 0)
        case "refill":
            expected = run.expected(account)
            return np.where(expected < first, second - expected, 0)
        case "everything":
            return run.balance(account) - first
        case "payoff":
            return np.maximum(0, -run.expected(account))
        case "invest_drift":
            return np.maximum(0, run.snapshot.facts.market.wanted(account)[0])
        case _:
            return _goal_wants(run, rows, first - run.expected(account), second)


def _goal_wants(run: Running, rows: Rows, lacking: Int64s, by: Int64s) -> Int64s:
    nights = nights_until(rows, run.snapshot.day, by)
    return np.where(by < run.snapshot.day, 0, -(-lacking // nights))


def limits(run: Running, rows: Rows) -> list[Int64s]:
    """What each limit leaves, in order: max_transfer, then the caps; cents, may be negative."""
    numbers = rows.numbers
    caps = range(rows.layout.caps, rows.layout.caps + CAP_WORDS * rows.shape.caps, CAP_WORDS)
    left = (numbers[place + 1] - run.tally_used[rows.tally + numbers[place]] for place in caps)
    return [numbers[Head.MAX_TRANSFER], *left]


def tightest(want: Int64s, left: list[Int64s]) -> tuple[Int64s, Int64s]:
    """W = min(W0, limits), and the number of the limit that bound (1 the first), 0 where none did."""
    allowed = want
    binding = np.zeros(len(want), np.int64)
    for number, limit in enumerate(left, start=1):
        tighter = limit < allowed
        binding = np.where(tighter, number, binding)
        allowed = np.where(tighter, limit, allowed)
    return allowed, binding
