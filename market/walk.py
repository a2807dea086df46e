"""Prices that walk in whole numbers: one row a session, one column a security, every step a hash of key and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.invest.market import PRICE_SCALE
from market.categories import Category
from market.sessions import Column

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

DOLLAR: Final = 10**PRICE_SCALE
SPLIT_ABOVE: Final = 400 * DOLLAR
"""A close above it is followed by a split, two for one."""

JOIN_BELOW: Final = 4 * DOLLAR
"""A close below it is followed by a reverse split, one for ten."""

_SPLIT_FROM: Final = 80 * DOLLAR
_SPLIT_IN: Final = 4  # one year in four has a split day
_RATIOS: Final = ((2, 1), (3, 1), (3, 2))
_RATE_STEP: Final = 100  # dividends in hundredths of a cent
_WHOLE: Final = 1_000_000
_QUARTERS_BP: Final = 4 * 10_000
_SPREAD: Final = 4_000  # the most that a day's highest and lowest prices lie beyond its ends, in millionths
_HIGHEST: Final = 10**12

_LANE: Final = 65_535
_LANES: Final = 4
_DEVIATION: Final = 37_837  # of a sum of four lanes


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """(sessions, securities): open, high, low and close in millionths, ratio and dividend rate of each ex day.

    A ratio of 1:1 is no split, a rate of 0 no dividend; no session is the ex day of both for one security.
    """

    prices: tuple[Column, Column, Column, Column]
    top: Column
    bottom: Column
    rate: Column


class Calendar:
    """Years, months and days of the month of session days; the first session from a day on, of a month or of all."""

    def __init__(self, days: Column, asked: Column) -> None:
        """Keep the session days (m,), and the day from which each security (n,) is asked to split."""
        dates = days.astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        self.days = days
        self._asked = asked
        self.year: Column = dates.astype("datetime64[Y]").astype(np.int64) + 1970
        self._months: Column = months.astype(np.int64)
        self.month: Column = self._months % 12 + 1
        self._day: Column = (dates - months).astype(np.int64) + 1

    def first_from(self, day_of_month: Column) -> Flags:
        """(sessions, n): whether a session is the first of its month from the wanted day on; never the very first."""
        reached = self._day[:, np.newaxis] >= day_of_month
        before = np.zeros_like(reached)
        before[1:] = reached[:-1] & (self._months[1:] == self._months[:-1])[:, np.newaxis]
        first: Flags = reached & ~before
        first[:1] = False
        return first

    def splits_asked(self) -> Flags:
        """(sessions, n): the sessions asked for as ex days of splits; never the very first."""
        days = self.days[:, np.newaxis]
        asked = np.zeros((len(days), len(self._asked)), np.bool_)
        asked[1:] = (days[1:] >= self._asked) & (days[:-1] < self._asked)
        return asked


def walk(calendar: Calendar, keys: Keys, market: int, categories: Sequence[Category]) -> Paths:
    """Walk all securities over the sessions of the calendar, one at least, with its own key and that of the market."""
    steps, gaps = _steps(calendar, keys, market, categories)
    pays, chosen = _ex_days(calendar, keys, categories)
    ratios = np.array(_RATIOS)[_below(_draw(keys, calendar.year[:, np.newaxis], "ratio"), len(_RATIOS))]
    yields = np.array([one.yield_bp for one in categories])
    asked, shape = calendar.splits_asked(), steps.shape
    pays &= ~asked
    top, bottom, rate = np.ones(shape, np.int64), np.ones(shape, np.int64), np.zeros(shape, np.int64)
    opens, closes = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    before = _starts(keys, categories)
    for at in range(len(steps)):
        if at:
            free = ~pays[at]
            mine, high, low = chosen[at] & (before > _SPLIT_FROM), before > SPLIT_ABOVE, before < JOIN_BELOW
            when = [asked[at], free & mine, free & high, free & low]
            top[at] = np.select(when, (2, ratios[at, :, 0], 2, 1), 1)
            bottom[at] = np.select(when, (1, ratios[at, :, 1], 1, 10), 1)
            rate[at] = np.where(pays[at], before * yields // _QUARTERS_BP // _RATE_STEP * _RATE_STEP, 0)
        base = before * bottom[at] // top[at] - rate[at]
        opens[at] = np.clip(base * (_WHOLE + gaps[at]) // _WHOLE, 1, _HIGHEST)
        closes[at] = before = np.clip(base * (_WHOLE + steps[at]) // _WHOLE, 1, _HIGHEST)
    highest, lowest = _range(calendar, keys, opens, closes)
    return Paths((opens, highest, lowest, closes), top, bottom, rate)


def _starts(keys: Keys, categories: Sequence[Category]) -> Column:
    """The price that stands before the first session."""
    lowest = np.array([one.lowest for one in categories]) * DOLLAR
    width = np.array([one.highest - one.lowest for one in categories]) * DOLLAR
    start: Column = lowest + _below(_draw(keys, np.zeros((1, 1), np.int64), "start"), _WHOLE)[0] * width // _WHOLE
    return start


def _steps(calendar: Calendar, keys: Keys, market: int, categories: Sequence[Category]) -> tuple[Column, Column]:
    """(sessions, securities): steps of the close and of the opening from the price before, in millionths."""
    days = calendar.days[:, np.newaxis]
    swing = np.array([one.swing for one in categories])
    shared = _bell(_draw(np.array([market], np.uint64), days, "step")) * np.array([one.market for one in categories])
    moved = (swing * _bell(_draw(keys, days, "step")) + shared) // _DEVIATION
    steps: Column = moved + np.array([one.drift for one in categories])
    gaps: Column = steps // 2 + swing * _bell(_draw(keys, days, "gap")) // (_DEVIATION * 4)
    return steps, gaps


def _ex_days(calendar: Calendar, keys: Keys, categories: Sequence[Category]) -> tuple[Flags, Flags]:
    """(sessions, securities): ex days of the quarterly dividends, and the days on which a price splits by itself."""
    quarter_end = (calendar.month % 3 == 0)[:, np.newaxis]
    once = np.zeros((1, 1), np.int64)
    pays = calendar.first_from(8 + _below(_draw(keys, once, "pays"), 15)) & quarter_end
    pays &= np.array([one.yield_bp > 0 for one in categories])
    year = _draw(keys, calendar.year[:, np.newaxis], "splits")
    mine = _below(year, _SPLIT_IN) == 0
    month = np.array((2, 5, 8, 11))[_below(year >> np.uint64(8), 4)]
    chosen = calendar.first_from(2 + _below(_draw(keys, once, "split on"), 20))
    chosen &= mine & (month == calendar.month[:, np.newaxis])
    return pays, chosen & np.array([one.splits for one in categories])


def _range(calendar: Calendar, keys: Keys, opens: Column, closes: Column) -> tuple[Column, Column]:
    """Highest and lowest prices, at the ends or a little beyond them."""
    drawn = _draw(keys, calendar.days[:, np.newaxis], "range")
    above, below = _below(drawn, _SPREAD), _below(drawn >> np.uint64(32), _SPREAD)
    top, bottom = np.maximum(opens, closes), np.minimum(opens, closes)
    high: Column = top * (_WHOLE + above) // _WHOLE
    low: Column = np.maximum(bottom * (_WHOLE - below) // _WHOLE, 1)
    return high, low


def _draw(keys: Keys, moments: Column, purpose: str) -> Keys:
    """Mix (n,) keys with (m, 1) numbers and a purpose into (m, n) even 64-bit numbers."""
    salt = np.uint64(int.from_bytes(purpose.encode().ljust(8, b"."), "big"))
    return _mix(_mix(keys ^ salt) + moments.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))


def _mix(value: Keys) -> Keys:
    """Scatter 64-bit numbers, one to one."""
    mixed = value + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _below(drawn: Keys, limit: int) -> Column:
    """Whole numbers from 0 up to, not including, the limit."""
    return (drawn % np.uint64(limit)).astype(np.int64)


def _bell(drawn: Keys) -> Column:
    """Bell-shaped numbers around 0 whose deviation is _DEVIATION: the sum of four even ones."""
    lanes = [((drawn >> np.uint64(16 * lane)) & np.uint64(_LANE)).astype(np.int64) for lane in range(_LANES)]
    bell: Column = sum(lanes[1:], lanes[0]) - _LANES * _LANE // 2
    return bell
