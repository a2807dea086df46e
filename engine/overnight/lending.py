"""Secured lines before the rules of a night: what they measure, what is charged, and the limits they get (12 to 16)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.invest.market import Market
from engine.lookup import placed
from engine.overnight.charging import Charged, charge, month_due, to_charge
from engine.overnight.collateral import Sight
from engine.overnight.earning import Month
from engine.overnight.margin import Measured, measured_lines, secured
from engine.overnight.purses import Purses
from engine.overnight.work import Lines
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Lending:
    """How a night looks at lines: what they stand on, and the exchange's sessions (None: bank days count)."""

    sight: Sight
    sessions: Callable[[int, int], Int64s] | None


def lending(sight: Sight, market: Market | None) -> Lending:
    """With the sessions of a market."""
    if market is None:
        return Lending(sight, None)

    def sessions(first: int, last: int) -> Int64s:
        return np.array([one.day for one in market.sessions(first, last)], np.int64)

    return Lending(sight, sessions)


def measure_book(lend: Lending, held: Purses, lines: Lines, before: Measured | None = None) -> Measured | None:
    """The secured ones of these lines on the balances as they are now; `before` is what they measured before."""
    mine = secured(lines)
    return measured_lines(lend.sight, held.ground(), mine, before) if len(mine.account) else None


def charge_book(
    lend: Lending, held: Purses, lines: Lines, made: Sequence[Month], measured: Measured | None
) -> Charged | None:
    """Charge the lines of which a month is due; the balances follow. None where nothing is.

    `measured` are the secured ones on the balances as they are. `made` are the months that this night posts: after
    nights that did not run, one of them may not be due yet.
    """
    day = lend.sight.day
    if not lines.due.any():
        return None
    which = lend.sight.work.dated().number_on("borrow_charge_session", day)
    month = month_due(day, lend.sessions, which)
    if not to_charge(lines, month).any():
        return None
    coming = np.zeros(len(lines.account), np.int64)
    has = lines.due != 0
    coming[has] = held.pending_in[held.at(lines.due[has])]
    return charge(held, lines, month, measured, (day, coming + _later(made, month, lines)))


def _later(made: Sequence[Month], month: int, lines: Lines) -> Int64s:
    """Interest (n,) of months after the one that is charged, posted this very night."""
    later = np.zeros(len(lines.account), np.int64)
    for one in made:
        if one.month > month:
            place, ours = placed(one.posted.account, lines.account)
            later[ours] += np.maximum(one.posted.cents[place[ours]], 0)
    return later
