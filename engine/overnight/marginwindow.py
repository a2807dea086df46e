"""Secured lines as a window sees them, at its own prices: what it leaves of their excess, and calls that it cures.

What raises under way will still pay away is left to them by windows, nights and single transfers alike (`promised`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.borrow.states import OPEN_CALLS
from engine.invest.nights.steps import Steps
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.windows.lending import NO_BACKING, Backing
from engine.lookup import placed
from engine.overnight.collateral import Sight, ground, maintenance
from engine.overnight.margin import Measured, judged, measured_lines, secured, still_open, window_moment
from engine.ports import BookWork
from engine.waterfall import summed
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
    left = excess - promised(sight, found)
    open_now = found.household[np.unique(found.owner[np.isin(found.lines.state, OPEN_CALLS)])]
    called = np.intersect1d(open_now, found.household[excess < 0])
    dated = sight.work.dated()
    return Backing(
        dict(zip(found.household.tolist(), left.tolist(), strict=True)),
        frozenset(called.tolist()),
        frozenset(found.counts().tolist()),
        lambda asset: maintenance(dated, asset, sight.day),
    )


def promised(sight: Sight, found: Measured) -> Int64s:
    """Cents (n,) that raises which windows took will still pay away from what stands behind each household's lines.

    What the steps of the sight pay has gone already; what they hold back is promised as before.
    """
    judged = {one.intent: one for estate in sight.steps.estates for one in estate.judged}
    known = [judged.get(one.intent, one) for one in sight.work.intents(_PROMISED) if one.kind == IntentKind.RAISE]
    rows = [(one.customer, one.account, one.destination, one.amount) for one in known if one.state in _PROMISED]
    customer, account, destination, cents = np.array(rows, np.int64).reshape(-1, 4).T
    counts = found.counts()
    at, ours = placed(found.household, customer)
    leaves = ours & np.isin(account, counts) & ~np.isin(destination, counts)
    return summed(cents[leaves], at[leaves], len(found.household))


def cure(work: BookWork, prices: Mapping[int, int], day: int) -> None:
    """Store the states that a window which is final leaves: calls whose excess is zero or more are cured."""
    sight = window_sight(work, prices, day)
    lines = judged(measured_at(sight), window_moment(sight))
    if lines is not None:
        work.set_lines(lines)
