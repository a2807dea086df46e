"""Compile a customer's rule list to a program: a shape and a vector of int64 words a rule, packed in one blob.

The night never parses documents. Words of a program (little-endian int64 when stored):

    number of rules, number of tallies, length of all in words
    the period code of each tally                              (shapes.PERIODS)
    for each rule its shape id and the place of its numbers
    the numbers of each rule                                   (shapes.Layout)

Tallies are the customer's running totals: one for each (counter, period) that a cap reads and one for each rule with
a cool-down. A counter sums the moves of every rule that names it, each once (rules.md 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np

from ledger.accounts import Int64s
from ledger.days import day_number
from rules.document import (
    Amount,
    AnyOf,
    Condition,
    Everything,
    Excess,
    Fact,
    FactAmount,
    Fixed,
    Goal,
    InvestDrift,
    Leaf,
    Not,
    Payoff,
    PercentOf,
    Refill,
    Rule,
    Schedule,
)
from rules.facts import SYMBOL_FACTS
from rules.shapes import BUSINESS, FAR_FUTURE, FAR_PAST, HIGH, LOW, MODES, PERIODS, WEEKDAYS, Head, LeafShape, Shape
from rules.values import symbol_number

HEADER_WORDS = 3
LAST_BIT = 31
HALF_STEPS = 2
"""Half steps in a basis point: a percent fact is twice its floor in basis points, plus one where it is not exact."""


@dataclass(frozen=True, slots=True)
class TallyKey:
    """What a tally counts: `counter` is the shared counter's name, or empty for the rule's own; `per` of PERIODS."""

    counter: str
    rule: str
    per: str


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled list: its words, the shapes it uses by id, and its tallies in slot order."""

    words: Int64s
    shapes: Mapping[int, str]
    tallies: tuple[TallyKey, ...]


def tallies_of(rules: Sequence[Rule]) -> tuple[TallyKey, ...]:
    """Every running total the list needs, in slot order."""
    keys: dict[TallyKey, None] = {}
    for rule in rules:
        if rule.cool_down_days:
            keys[TallyKey("", rule.id, PERIODS[0])] = None
        for cap in rule.caps:
            keys[TallyKey(cap.counter or "", "" if cap.counter else rule.id, cap.per)] = None
    return tuple(keys)


def compile_list(rules: Sequence[Rule], slots: Mapping[str, int], saved: Mapping[str, date]) -> Program:
    """Compile an ordered list that `rules.check` accepts.

    `slots` gives the slot of every account handle named; `saved` the day a rule was first saved (absent: always).
    """
    tallies = tallies_of(rules)
    places = {key: slot for slot, key in enumerate(tallies)}
    ranks = {rule.id: rank for rank, rule in enumerate(rules, start=1)}
    compiled = [_Compiler(rule, slots, places, ranks).compile(saved.get(rule.id)) for rule in rules]
    directory: list[int] = []
    at = HEADER_WORDS + len(tallies) + 2 * len(rules)
    for shape, numbers in compiled:
        directory += [shape.number, at]
        at += len(numbers)
    codes = [PERIODS.index(key.per) for key in tallies]
    numbers = list(chain.from_iterable(numbers for _, numbers in compiled))
    words = [len(rules), len(tallies), at, *codes, *directory, *numbers]
    return Program(np.array(words, np.int64), {shape.number: shape.text for shape, _ in compiled}, tallies)


class _Compiler:
    """Compiles one rule of a list."""

    def __init__(
        self, rule: Rule, slots: Mapping[str, int], tallies: Mapping[TallyKey, int], ranks: Mapping[str, int]
    ) -> None:
        self.rule = rule
        self.slots = slots
        self.tallies = tallies
        self.ranks = ranks

    def compile(self, saved: date | None) -> tuple[Shape, list[int]]:
        """Give the shape and the numbers."""
        rule = self.rule
        blackouts = merged_blackouts(rule)
        groups = [self._leaves(condition) for condition in rule.when]
        caps = [number for cap in rule.caps for number in (self._cap_slot(cap.per, cap.counter), cap.amount)]
        adds = self._adds()
        fact = rule.amount.fact.kind if isinstance(rule.amount, PercentOf | FactAmount) else ""
        shape = Shape(
            dates=-1 if rule.schedule is None else len(rule.schedule.dates or ()),
            blackouts=len(blackouts),
            when=tuple(tuple(leaf for leaf, _ in group) for group in groups),
            amount=rule.amount.kind,
            fact=fact,
            sources=len(rule.from_),
            destinations=len(rule.to),
            shared=rule.to[0].share is not None,
            caps=len(rule.caps),
            adds=len(adds),
        )
        numbers = [
            *self._head(saved),
            *chain.from_iterable(blackouts),
            *(_schedule(rule.schedule) if rule.schedule else ()),
            *chain.from_iterable(numbers for group in groups for _, numbers in group),
            *self._amount(rule.amount),
            *self._sources(),
            *self._destinations(),
            *caps,
            *adds,
        ]
        return shape, numbers

    def _head(self, saved: date | None) -> list[int]:
        rule = self.rule
        numbers = [0] * len(Head)
        numbers[Head.MODE] = MODES.index(rule.mode)
        numbers[Head.ASK_ABOVE] = _or(rule.ask_above, HIGH)
        numbers[Head.STARTS] = day_number(rule.starts) if rule.starts else FAR_PAST
        numbers[Head.ENDS] = day_number(rule.ends) if rule.ends else FAR_FUTURE
        numbers[Head.SAVED] = day_number(saved) if saved else FAR_PAST
        numbers[Head.MAX_TRANSFER] = _or(rule.max_transfer, HIGH)
        numbers[Head.MIN_TRANSFER] = rule.min_transfer
        numbers[Head.ALL_OR_NOTHING] = int(rule.if_short == "nothing")
        numbers[Head.STOP] = int(rule.then == "stop")
        numbers[Head.COOL_DOWN] = rule.cool_down_days
        numbers[Head.COOL_SLOT] = self.tallies.get(TallyKey("", rule.id, PERIODS[0]), -1)
        return numbers

    def _fact(self, fact: Fact) -> list[int]:
        if fact.kind == "moved":
            target = self.ranks[fact.target]
        else:
            target = symbol_number(fact.target) if fact.kind in SYMBOL_FACTS else self.slots[fact.target]
        return [target, fact.days or 0]

    def _leaves(self, condition: Condition) -> list[tuple[LeafShape, list[int]]]:
        parts = condition.any if isinstance(condition, AnyOf) else (condition,)
        return [self._leaf(part) for part in parts]

    def _leaf(self, part: Leaf | Not) -> tuple[LeafShape, list[int]]:
        leaf = part.not_ if isinstance(part, Not) else part
        unit = HALF_STEPS if leaf.fact.is_percent else 1
        if leaf.between is not None:
            test, low, high = "between", *(unit * bound for bound in leaf.between)
        elif leaf.above is not None:
            test, low, high = "above", unit * leaf.above, HIGH
        else:
            test, low, high = "below", LOW, unit * (leaf.below or 0)
        return LeafShape(leaf.fact.kind, test, isinstance(part, Not)), [*self._fact(leaf.fact), low, high]

    def _amount(self, amount: Amount) -> list[int]:
        """Target, days, first and second number of the amount."""
        match amount:
            case Fixed():
                return [0, 0, amount.amount, 0]
            case PercentOf():
                return [*self._fact(amount.fact), amount.percent, 0]
            case FactAmount():
                return [*self._fact(amount.fact), amount.times, 0]
            case _:
                return [self.slots[amount.account], 0, *_thresholds(amount)]

    def _sources(self) -> list[int]:
        sources = ((self.slots[s.account], _or(s.leave, LOW), _or(s.at_most, HIGH)) for s in self.rule.from_)
        return list(chain.from_iterable(sources))

    def _destinations(self) -> list[int]:
        places = ((self.slots[d.account], d.share or 0, _or(d.fill_to, HIGH)) for d in self.rule.to)
        return list(chain.from_iterable(places))

    def _cap_slot(self, per: str, counter: str | None) -> int:
        return self.tallies[TallyKey(counter or "", "" if counter else self.rule.id, per)]

    def _adds(self) -> list[int]:
        """Slots that grow by what the rule moves: its own, and every period of each counter that it names."""
        counters = {cap.counter for cap in self.rule.caps if cap.counter}
        return [
            slot
            for key, slot in self.tallies.items()
            if key.per != PERIODS[0] and (key.counter in counters or key.rule == self.rule.id)
        ]


def _thresholds(amount: Excess | Refill | Everything | Payoff | Goal | InvestDrift) -> tuple[int, int]:
    """First and second number of an amount that is measured on an account."""
    match amount:
        case Excess():
            return amount.above, _or(amount.keep, amount.above)
        case Refill():
            return amount.below, _or(amount.up_to, amount.below)
        case Everything():
            return amount.leave or 0, 0
        case Payoff() | InvestDrift():
            return 0, 0
        case _:
            return amount.target, day_number(amount.by)


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def merged_blackouts(rule: Rule) -> list[tuple[int, int]]:
    """The blackouts as day numbers, in order, overlapping and neighbouring ones as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((day_number(p.first), day_number(p.last)) for p in rule.blackout):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _schedule(schedule: Schedule) -> list[int]:
    days = sum(1 << (LAST_BIT if day == "last" else day - 1) for day in set(schedule.month_days or ()))
    weekdays = sum(1 << WEEKDAYS.index(day) for day in set(schedule.weekdays or ()))
    weeks, start = (schedule.every.weeks, day_number(schedule.every.from_)) if schedule.every else (0, 0)
    dates = sorted(day_number(day) for day in schedule.dates or ())
    return [days, weekdays, weeks, start, BUSINESS.index(schedule.business_days), *dates]
