"""Secured borrow lines as a night, a window and a preview measure them: limits, guard and states (rulings 12 to 15).

A night calls, in this order: `measured_lines` on balances that hold the night's interest, releases and charges already;
`limits_now`, stored before the rules' moves are booked; `guarded`, for the rules; and once these moves are known,
`measured_lines` again on balances with them, then `judged`. A preview makes the same calls and stores nothing. A window
calls `judged` when it is final. What stands behind the lines is read by the first `measured_lines` of a night alone,
which is given to the others.

Of several secured lines of one household the first has the room; the others keep what is owed on them. Where a holding
has no price, it counts as nothing for limit and room, and the state stays as it was, but that a call whose excess is
zero or more without it is cured.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from engine.borrow.columns import Position, Terms
from engine.borrow.measure import Measures, measure
from engine.borrow.states import Margin, Moment, judge
from engine.guards import Margin as Guarded
from engine.guards import no_margin
from engine.invest.market import Market
from engine.overnight.collateral import Collateral, Flags, Ground, Sight, collateral, positioned
from engine.overnight.work import Limits, Lines
from engine.ports import Population
from engine.waterfall import summed
from ledger.accounts import Int64s, Standing

AHEAD: Final = 60
"""Days in which the sessions lie that a call may be cured in, whatever the holidays."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Secured lines (l,) of n households and what they measure; `owner` is the place of each line's household.

    `principal` and `due` of each line in cents, zero or more. `position` and `measures` are of households (n,).
    """

    lines: Lines
    owner: Int64s
    principal: Int64s
    due: Int64s
    backed: Collateral
    position: Position
    measures: Measures

    @property
    def household(self) -> Int64s:
        """The households, ascending."""
        return self.backed.household

    @property
    def owed(self) -> Int64s:
        """What is owed on each line (l,)."""
        return self.principal + self.due

    def counts(self) -> Int64s:
        """The accounts between which money moves without changing an excess, ascending."""
        return np.union1d(self.lines.account, self.backed.account)


def terms_on(sight: Sight) -> Terms:
    """The dated terms of lines on the day of the sight."""
    dated = sight.work.dated()
    return Terms(dated.number_on("borrow_limit", sight.day), dated.number_on("margin_minimum_equity", sight.day))


def secured(lines: Lines) -> Lines:
    """Those of the lines whose limit follows the collateral."""
    return pick(lines, lines.secured != 0)


def still_open(lines: Lines, population: Population) -> Lines:
    """Those of the lines whose account is not closed."""
    accounts = population.accounts
    closed = accounts.account[accounts.standing == Standing.CLOSED]
    return pick(lines, ~np.isin(lines.account, closed))


def pick(lines: Lines, which: Flags | Int64s) -> Lines:
    """Some of the lines."""
    return Lines(*(getattr(lines, one.name)[which] for one in fields(Lines)))


def measured_lines(sight: Sight, base: Ground, lines: Lines, before: Measured | None = None) -> Measured:
    """Measure these lines, whatever their limits follow.

    `before` is what this night measured already: of what stands behind the same households only balances are new.
    """
    households, first, owner = np.unique(lines.customer, return_index=True, return_inverse=True)
    principal, due = (np.maximum(-base.balances(one), 0) for one in (lines.account, lines.due))
    owed = summed(principal + due, owner, len(households))
    at, _ = base.at(lines.account[first])
    backed = collateral(sight, base, (households, base.asset[at]), before.backed if before else None)
    position = positioned(sight, backed, backed.cash(base), owed)
    return Measured(lines, owner, principal, due, backed, position, measure(position, terms_on(sight)))


def limits_of(found: Measured) -> Int64s:
    """The credit limit of each line (l,): the first line of a household has the room, the others none."""
    owed = found.owed
    first = np.concatenate([np.ones(1, np.bool_), np.diff(found.owner) != 0])
    others = found.position.owed[found.owner] - owed
    limit = np.maximum(found.measures.limit[found.owner] - others, 0)
    kept: Int64s = np.where(first, limit, np.minimum(owed, limit))
    return kept


def limits_now(found: Measured | None, base: Ground) -> Limits:
    """The limits that are to be stored, of lines for which they are not stored as they are (ruling 13).

    The books keep max(limit, owed) for the principal alone. Rules and requests read the line with its interest and keep
    the limit itself, so no draw takes principal and interest together beyond it.
    """
    if found is None:
        none = np.zeros(0, np.int64)
        return Limits(none, none, none, none)
    limit = limits_of(found)
    floor = -np.maximum(limit, found.owed)
    at, _ = base.at(found.lines.account)
    changed = (base.floor[at] != floor) | (base.rule_floor[at] != -limit)
    account = found.lines.account[changed]
    return Limits(account, floor[changed], np.zeros(len(account), np.int64), -limit[changed])


def guarded(found: Measured | None) -> Guarded:
    """What bounds moves: the excess of each household, nothing of it promised, and what counts for it (ruling 14)."""
    if found is None:
        return no_margin()
    excess = found.measures.excess
    return Guarded(found.household, excess, np.zeros(len(excess), np.int64), found.counts())


def margin_of(lines: Lines) -> Margin:
    """The states of lines as `engine.borrow` steps them."""
    return Margin(lines.state, lines.opened, lines.deadline)


def judged(found: Measured | None, moment: Moment) -> Lines | None:
    """The lines whose state changes at this night or window, as they are to be stored; None where none does.

    Lines of one household stand in one state.
    """
    if found is None:
        return None
    at = found.owner
    mine = Measures(*(getattr(found.measures, one.name)[at] for one in fields(Measures)))
    before = margin_of(found.lines)
    after = judge(before, mine, moment)
    stays = ~found.backed.priced[at] & ((mine.excess < 0) | ~before.open())
    columns = {
        name: np.where(stays, getattr(before, name), getattr(after, name)) for name in ("state", "opened", "deadline")
    }
    changed = np.zeros(len(stays), np.bool_)
    for name, column in columns.items():
        changed |= column != getattr(before, name)
    return pick(replace(found.lines, **columns), changed) if changed.any() else None


def night_moment(sight: Sight, market: Market | None) -> Moment | None:
    """The moment of a night; None without a market, whose sessions a call counts: states stay as they are."""
    if market is None:
        return None
    dated, day = sight.work.dated(), sight.day
    sessions = np.array([one.day for one in market.sessions(day, day + AHEAD)], np.int64)
    to_cure = dated.number_on("margin_call_sessions", day)
    return Moment(day, night=True, sessions=sessions, watch_bp=dated.number_on("margin_watch", day), to_cure=to_cure)


def window_moment(sight: Sight) -> Moment:
    """The moment of a window: it cures, and opens no call."""
    watch, none = sight.work.dated().number_on("margin_watch", sight.day), np.zeros(0, np.int64)
    return Moment(sight.day, night=False, sessions=none, watch_bp=watch)
