"""Secured lines as a window sees them, at its own prices: what it leaves of their excess, and calls that it cures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.borrow.states import OPEN_CALLS
from engine.invest.nights.steps import Steps
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.windows.lending import NO_BACKING, Backing, promised_away
from engine.overnight.collateral import Sight, ground, maintenance
from engine.overnight.margin import Measured, judged, measured_lines, secured, still_open, window_moment
from engine.ports import BookWork
from ledger.accounts import Int64s

_PROMISED = (IntentState.WORKING, IntentState.SETTLING)


def window_sight(work: BookWork, prices: Mapping[int, int], day: int) -> Sight:
    """The book at the prices of a window, by asset in millionths."""
    return Sight(work, lambda asset: prices.get(asset, 0), day, Steps(day))


def measured_at(sight: Sight, customers: Int64s | None = None) -> Measured | None:
    """The secured lines of these households or all, on the books as they are; None where there is none."""
    lines = secured(sight.work.lines(customers))
    if len(lines.account) == 0:
        return None
    population = sight.work.population(np.unique(lines.customer))
    lines = still_open(lines, population)
    if len(lines.account) == 0:
        return None
    return measured_lines(sight, ground(population, population.accounts, population.dues), lines)


def backing(work: BookWork, prices: Mapping[int, int], day: int, customers: Int64s | None = None) -> Backing:
    """What bounds a window's buys and raises; what raises of windows before will pay away is off the excess already."""
    sight = window_sight(work, prices, day)
    found = measured_at(sight, customers)
    return NO_BACKING if found is None else backing_of(sight, found)


def backing_of(sight: Sight, found: Measured) -> Backing:
    """The same of lines that are measured."""
    excess = found.measures.excess
    open_now = found.household[np.unique(found.owner[np.isin(found.lines.state, OPEN_CALLS)])]
    called = np.intersect1d(open_now, found.household[excess < 0])
    dated = sight.work.dated()
    made = Backing(
        dict(zip(found.household.tolist(), excess.tolist(), strict=True)),
        frozenset(called.tolist()),
        frozenset(found.counts().tolist()),
        lambda asset: maintenance(dated, asset, sight.day),
    )
    raises = [one for one in sight.work.intents(_PROMISED) if one.kind == IntentKind.RAISE]
    return promised_away(made, raises)


def cure(work: BookWork, prices: Mapping[int, int], day: int) -> None:
    """Store the states that a window which is final leaves: calls whose excess is zero or more are cured."""
    sight = window_sight(work, prices, day)
    lines = judged(measured_at(sight), window_moment(sight))
    if lines is not None:
        work.set_lines(lines)
