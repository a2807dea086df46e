"""Raises that a night would pay away from what stands behind a secured borrow line: as far as the margin bears it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.invest.market import Market
from engine.invest.nights.after import population_after
from engine.invest.nights.estate import Estate
from engine.invest.nights.steps import Steps
from engine.invest.orderrecords import IntentState
from engine.overnight.collateral import ground
from engine.overnight.margin import measured_lines, secured
from engine.overnight.sight import night_sight
from engine.ports import BookWork


@dataclass(frozen=True, slots=True)
class Bearable:
    """Most cents that a household's raises may take away, and the accounts that money does not leave by."""

    cents: int
    counts: frozenset[int]


def overpaid(work: BookWork, market: Market, steps: Steps) -> Mapping[int, Bearable]:
    """What the raises of households may take away, where they would take the excess below zero with these steps."""
    paying = {one.customer: one for one in steps.estates if any(_paid(intent.state) for intent in one.judged)}
    if not paying:
        return {}
    lines = secured(work.lines(np.array(sorted(paying), np.int64)))
    if len(lines.account) == 0:
        return {}
    population = population_after(work.population(np.unique(lines.customer)), steps)
    base = ground(population, population.accounts, population.dues)
    found = measured_lines(night_sight(work, market, steps), base, lines)
    counts, short = frozenset(found.counts().tolist()), found.measures.excess < 0
    rows = zip(found.household[short].tolist(), found.measures.excess[short].tolist(), strict=True)
    away = {customer: (_away(paying[customer], counts), excess) for customer, excess in rows}
    return {one: Bearable(max(cents + excess, 0), counts) for one, (cents, excess) in away.items() if cents}


def _paid(state: IntentState) -> bool:
    return state in {IntentState.DONE, IntentState.PARTLY}


def _away(estate: Estate, counts: frozenset[int]) -> int:
    """Cents that the household's raises take to accounts that stand behind nothing."""
    away = [one for one in estate.judged if one.account in counts and one.destination not in counts]
    return sum(one.done for one in away)
