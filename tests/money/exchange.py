"""A market of five made-up securities with two crashes: whole numbers from a seed, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from engine.invest.market import UNIT_SCALE, CorporateAction, Listing
from engine.invest.market import ActionKind as Action
from market.bars import Bars, Series
from market.feed import Feed
from tests.market.exchange import CALENDAR

SYMBOLS = {"WIDE": 100, "FAR": 60, "BOND": 75, "TINY": 20, "GOLD": 180}
"""Dollars in the beginning."""

REQUIREMENTS = {"WIDE": 25, "FAR": 25, "BOND": 25, "TINY": 40, "GOLD": 30}
"""Maintenance in percent; the first three have what every security has."""

_FALLS = {"WIDE": 100, "FAR": 105, "BOND": 15, "TINY": 120, "GOLD": 60}
"""How much of a crash each takes, in percent."""

_WHOLE = 10_000
_TOP = 95
_BEFORE = 12


@dataclass(frozen=True, slots=True)
class Crash:
    """From day `begins` on prices fall by `percent` within so many sessions, and win half of it back in four times."""

    begins: int
    percent: int
    sessions: int


def market(first: int, last: int, crashes: tuple[Crash, ...]) -> Feed:
    """Prices of every session from some days before `first` until some after `last`."""
    days = CALENDAR.days(first - _BEFORE, last + 2 * _BEFORE)
    series = []
    for symbol, dollars in SYMBOLS.items():
        price = np.array(_path(symbol, dollars, days.tolist(), crashes), np.int64)
        listing = Listing(symbol, symbol, "etf", UNIT_SCALE, active=True, synthetic=True)
        series.append(Series(listing, Bars(days, price, price, price, price)))
    quarter = [int(day) for day in days[60::63]]
    paid = [
        CorporateAction(f"{symbol}-{day}", Action.DIVIDEND, symbol, day, day + 7, rate=dollars * 4_000)
        for symbol, dollars in (("WIDE", 1), ("BOND", 2))
        for day in quarter
    ]
    return Feed("two crashes", CALENDAR, series, paid)


def _path(symbol: str, dollars: int, days: list[int], crashes: tuple[Crash, ...]) -> list[int]:
    """The level walks by a hash of each day; a crash lies over it."""
    found, level = [], dollars * 10**6 * _WHOLE
    for day in days:
        step = int.from_bytes(sha256(f"{symbol}:{day}".encode()).digest()[:4], "big") % 201 - _TOP
        level += level * step // (100 * _WHOLE) // 2
        left = _WHOLE
        for crash in crashes:
            left = left * (_WHOLE - _fallen(symbol, day, days, crash)) // _WHOLE
        found.append(level * left // _WHOLE // _WHOLE)
    return found


def _fallen(symbol: str, day: int, days: list[int], crash: Crash) -> int:
    """How far a crash has taken a symbol down, in ten-thousandths."""
    if day < crash.begins:
        return 0
    gone = sum(crash.begins <= one <= day for one in days)
    whole = min(crash.percent * _FALLS[symbol], 95 * 100)
    if gone <= crash.sessions:
        return whole * gone // crash.sessions
    back = min(gone - crash.sessions, 4 * crash.sessions)
    return whole - whole * back // (8 * crash.sessions)
