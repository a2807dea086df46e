"""Fees as people and programs read them: each with its reason, the platform fee's cycle, and what costs its waiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.difference import day_words
from engine.fees.cycle import NO_SAMPLE, Cycles, FeeTerms, Loss, Night, bill, next_start, waiver_lost
from engine.fees.reasons import Fee, Waived, charged, waived_words
from engine.fees.told import below_floor
from engine.overnight.billing import Sampled, cash_of, cycles_of, fee_terms, held_value, payers
from engine.overnight.collateral import Sight
from engine.overnight.purses import purses
from engine.overnight.work import FeeRow
from ledger.money import format_money

KIND_WORDS: Final = {
    Fee.PLATFORM: "platform fee",
    Fee.SEC: "SEC fee",
    Fee.TAF: "FINRA trading activity fee",
    Fee.WIRE: "wire",
    Fee.PAPER: "paper statement",
    Fee.RETIREMENT_CLOSING: "closing of a retirement account",
}


@dataclass(frozen=True, slots=True)
class FeeTold:
    """A fee that was charged or waived: its kind in words, the reason, and the row itself.

    `below` are the cents that took its account below its floor; the rest of what was forced the margin had no room for.
    """

    kind: str
    reason: str
    row: FeeRow
    below: int


@dataclass(frozen=True, slots=True)
class CycleTold:
    """The platform fee's running cycle, days included at both ends; cents.

    `best` is the most that a night of it saw, None before the first and where it is free anyway; `now` is what the next
    night would see. `free` says whether it costs nothing as things stand, `next_charge` names the first night that may
    charge.
    """

    starts: int
    ends: int
    fee: int
    waiver: int
    best: int | None
    now: int
    free: bool
    next_charge: int
    sentence: str


@dataclass(frozen=True, slots=True)
class FeeView:
    """The fees of a household, newest first; `cycle` is None where no platform fee can be taken."""

    cycle: CycleTold | None
    fees: tuple[FeeTold, ...]


def fee_view(sight: Sight, customer: int) -> FeeView:
    """The fees of one household on the books as they are, before the night of the sight's day."""
    dated, rows = sight.work.dated(), sight.work.fees_of(customer)
    opened = int(sight.work.population(np.array([customer], np.int64)).opened[0])
    fees = tuple(
        told(one, fee_terms(dated, one.day, opened), below)
        for one, below in zip(rows, below_floor(sight.work, rows), strict=True)
    )
    return FeeView(_cycle(sight, customer), fees)


def told(row: FeeRow, terms: FeeTerms[int], below: int) -> FeeTold:
    """A fee in words, by the terms of its day; `below` cents of it went below the floor."""
    kind = Fee(row.kind)
    reason = waived_words(Waived(row.why), terms.free_days, terms.waiver_value)
    made = charged(kind, row.amount, row.day)
    return FeeTold(KIND_WORDS[kind], made.reason if made else reason, row, below)


@dataclass(frozen=True, slots=True)
class _Standing:
    """One household's cycle as a column of one, and what a night sees of it."""

    cycles: Cycles
    value: int
    terms: FeeTerms[int]


def _standing(sight: Sight, customer: int) -> _Standing | None:
    """None where there is no platform fee, or no account that it could be taken from."""
    ids = np.array([customer], np.int64)
    population = sight.work.population(ids)
    held = purses(sight.work, population)
    terms = fee_terms(sight.work.dated(), sight.day, int(population.opened[0]))
    if terms.fee == 0 or not len(payers(held)):
        return None
    value = cash_of(held, ids) + held_value(sight, held, ids, terms.waiver_value)
    cycles = cycles_of(sight.work.fee_cycles(ids), Sampled(ids, value, population.opened))
    return _Standing(cycles, int(value[0]), terms)


def _cycle(sight: Sight, customer: int) -> CycleTold | None:
    found = _standing(sight, customer)
    if found is None:
        return None
    day, terms, registered = sight.day, found.terms, found.cycles.registered
    starts, best = int(found.cycles.start[0]), int(found.cycles.best[0])
    ends = _end(found.cycles, starts)
    while ends < day:
        starts, best = ends + 1, NO_SAMPLE
        ends = _end(found.cycles, starts)
    young = ends - int(registered[0]) < terms.free_days
    free = young or max(best, found.value) >= terms.waiver_value
    charge = ends if not free else _end(found.cycles, ends + 1)
    while charge - int(registered[0]) < terms.free_days:
        charge = _end(found.cycles, charge + 1)
    seen_before = None if young or best == NO_SAMPLE else best
    words = _sentence(terms, (ends, seen_before, found.value), young=young)
    return CycleTold(starts, ends, terms.fee, terms.waiver_value, seen_before, found.value, free, charge, words)


def _end(cycles: Cycles, start: int) -> int:
    """The last day of the cycle that begins on a day."""
    return int(next_start(cycles.registered, np.array([start], np.int64))[0]) - 1


def _sentence(terms: FeeTerms[int], cycle: tuple[int, int | None, int], *, young: bool) -> str:
    ends, best, now = cycle
    enough = format_money(terms.waiver_value, grouped=True)
    if young:
        return f"No platform fee yet: it begins {terms.free_days} days after registration."
    if best is not None and best >= terms.waiver_value:
        return f"No platform fee for this month: a night of it saw {enough} or more."
    if now >= terms.waiver_value:
        return f"The next night would see {enough} or more: no platform fee for this month."
    fee, has = format_money(terms.fee, grouped=True), format_money(now, grouped=True)
    most = "" if best is None else f"; the most so far is {format_money(best, grouped=True)}"
    return (
        f"The night of {day_words(ends)} charges {fee}, unless a night until then sees {enough} or more. "
        f"The next one would see {has}{most}."
    )


def loss_sentence(sight: Sight, customer: int, change: int) -> str:
    """What a change of so many cents by tonight's moves does to the waiver; empty where it costs nothing."""
    found = _standing(sight, customer)
    if found is None:
        return ""
    terms = found.terms
    one = np.array([found.value], np.int64)
    none = np.zeros(1, np.int64)
    after = bill(found.cycles, Night(sight.day, one, none), terms, terms).cycles
    lost = Loss(int(waiver_lost(after, Night(sight.day + 1, one, none), one + change, terms)[0]))
    if lost is Loss.NONE:
        return ""
    until = _end(after, int(after.start[0]))
    ends = until if lost is Loss.THIS_CYCLE else _end(after, until + 1)
    return waiver_sentence("Tonight's moves leave", (found.value + change, terms.waiver_value, terms.fee), ends)


def waiver_sentence(leaves: str, cents: tuple[int, int, int], ends: int) -> str:
    """That something "leaves" too little: `cents` are what is left, what waives the fee, and the fee; `ends` a day."""
    left, enough, fee = (format_money(one, grouped=True) for one in cents)
    return (
        f"{leaves} {left}, less than the {enough} that waive the platform fee: the month that ends on "
        f"{day_words(ends)} would cost {fee}, unless a night of it sees {enough} again."
    )
