"""Margin states: ok, watch, call, cured, liquidation (ruling 15), as a pure step from one night or window to the next.

Order: a call opens only at a night. It is cured at any night or window with an excess of zero or more. Its deadline is
the end of the third session after the day of the night that opened it: the night of that session's date, which runs
after the day has ended, is past it. A state `cured` lasts until the next night or window.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np

from engine.borrow.columns import Flags
from engine.borrow.measure import Measures
from engine.opendays import nth_after
from engine.ports import NEVER
from ledger.accounts import Int64s
from rules.compile import HALF_STEPS

SESSIONS_TO_CURE: Final = 3
"""Sessions in which a call is to be cured where nothing else is configured."""


class MarginState(IntEnum):
    """Where a line stands; the number is what is stored."""

    OK = 0
    WATCH = 1  # a fall of less than the watch percent would trigger a call
    CALL = 2  # excess below zero; draws and buys on margin wait
    CURED = 3  # the call of before has ended
    LIQUIDATION = 4  # past the deadline: what is to be sold is proposed, or sold where configured


OPEN_CALLS: Final = (MarginState.CALL, MarginState.LIQUIDATION)


@dataclass(frozen=True, slots=True)
class Margin:
    """n lines (n,): state; the day whose night opened the call, and its deadline, NEVER where there is no call."""

    state: Int64s
    opened: Int64s
    deadline: Int64s

    def open(self) -> Flags:
        """Tell where a call is open."""
        return np.isin(self.state, OPEN_CALLS)


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is judged: the day, whether by the night, the exchange's sessions (ascending), and when to watch.

    A call is to be cured within `to_cure` sessions; `sessions` reach at least so many past the day.
    """

    day: int
    night: bool
    sessions: Int64s
    watch_bp: int
    to_cure: int = SESSIONS_TO_CURE


def no_calls(count: int) -> Margin:
    """So many lines that were never judged."""
    never = np.full(count, NEVER, np.int64)
    return Margin(np.full(count, MarginState.OK, np.int64), never, never.copy())


def judge(before: Margin, now: Measures, moment: Moment) -> Margin:
    """The state of each line after this night or window. Raises ValueError where the sessions end too early."""
    short = now.excess < 0
    opened = short & ~before.open() & moment.night
    still = short & before.open()
    late = still & moment.night & (moment.day >= before.deadline)
    calm = np.where(now.fall < HALF_STEPS * moment.watch_bp, MarginState.WATCH, MarginState.OK)
    state = np.where(before.open() & ~short, MarginState.CURED, calm)
    state = np.where(still, before.state, np.where(opened, MarginState.CALL, state))
    called = replace(before, state=np.where(late, MarginState.LIQUIDATION, state).astype(np.int64))
    return _dated(called, opened, opened | still, moment)


def _dated(margin: Margin, opened: Flags, kept: Flags, moment: Moment) -> Margin:
    deadline = margin.deadline
    if opened.any():
        day = np.array([moment.day], np.int64)
        deadline = np.where(opened, nth_after(moment.sessions, day, moment.to_cure), deadline)
    first = np.where(opened, moment.day, margin.opened)
    return replace(margin, opened=np.where(kept, first, NEVER), deadline=np.where(kept, deadline, NEVER))
