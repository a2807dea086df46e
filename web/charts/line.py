"""Value over time: one line above a zero that is always drawn, with its lowest and highest day (ui.md 4.3).

Across, the picture is WIDTH wide and stretched to the page; down, one unit is one pixel, so that words keep their size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ledger.days import date_of
from web.charts.words import date_words, money

WIDTH: Final = 1000
TOP: Final = 24
BOTTOM: Final = 184
HEIGHT: Final = 224
"""The line lies between TOP and BOTTOM; above and below is room for the words of its ends, and for the days."""

MOST_POINTS: Final = 500
_TICKS: Final = 4  # parts that the ticks cut the time into
_SHORT: Final = 300  # up to so many days the ticks name days, beyond it months
_EDGE: Final = WIDTH // 5  # nearer to an edge than this, words grow away from it


@dataclass(frozen=True, slots=True)
class ValueDay:
    """What something was worth at the end of a day: day number, cents."""

    day: int
    value: int


@dataclass(frozen=True, slots=True)
class Word:
    """Words at x (of WIDTH) and y (pixels); `anchor` is SVG's: start, middle or end."""

    x: int
    y: int
    anchor: str
    text: str

    @property
    def percent(self) -> str:
        """X for a picture of any width."""
        return f"{self.x * 100 / WIDTH:g}%"


@dataclass(frozen=True, slots=True)
class Line:
    """The picture: `points` is the polyline, empty without a value; `zero` the height of the baseline.

    A single day is a point twice, so that the line's round end shows.
    """

    name: str
    points: str
    zero: int
    ends: tuple[Word, ...]
    ticks: tuple[Word, ...]
    sentence: str


def line(name: str, days: Sequence[ValueDay]) -> Line:
    """The picture of values in the order of their days; days without a known value are left out by the caller.

    Of more than `MOST_POINTS` values, the lowest and highest of each stretch of time are drawn, so no peak is lost.
    """
    if not days:
        return Line(name, "", BOTTOM, (), (), f"{name}: no value is known yet.")
    low, high = _extremes(days)
    scale = _Scale(days[0].day, days[-1].day, min(0, low.value), max(0, high.value, 1 + min(0, low.value)))
    drawn = [*days, *days] if len(days) == 1 else _thinned(days)
    return Line(
        name=name,
        points=" ".join(f"{scale.x(one.day)},{scale.y(one.value)}" for one in drawn),
        zero=scale.y(0),
        ends=tuple(_ends(scale, low, high)),
        ticks=tuple(_tick(scale, day) for day in _tick_days(days[0].day, days[-1].day)),
        sentence=_sentence(name, days),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: int
    last: int
    low: int
    high: int

    def x(self, day: int) -> int:
        return (day - self.first) * WIDTH // max(self.last - self.first, 1)

    def y(self, value: int) -> int:
        return BOTTOM - (value - self.low) * (BOTTOM - TOP) // (self.high - self.low)


def _extremes(days: Sequence[ValueDay]) -> tuple[ValueDay, ValueDay]:
    """The lowest and the highest, of equals the first."""
    return min(days, key=lambda one: one.value), max(days, key=lambda one: one.value)


def _thinned(days: Sequence[ValueDay]) -> Iterator[ValueDay]:
    if len(days) <= MOST_POINTS:
        yield from days
        return
    stretches = MOST_POINTS // 2 - 2
    first, span = days[0].day, days[-1].day - days[0].day + 1
    yield days[0]
    for _, group in groupby(days, key=lambda one: (one.day - first) * stretches // span):
        yield from sorted(set(_extremes(list(group))), key=lambda one: one.day)
    yield days[-1]


def _ends(scale: _Scale, low: ValueDay, high: ValueDay) -> Iterator[Word]:
    yield _word(scale.x(high.day), scale.y(high.value) - 8, money(high.value))
    if low.value != high.value:
        yield _word(scale.x(low.day), scale.y(low.value) + 16, money(low.value))


def _tick_days(first: int, last: int) -> list[int]:
    return sorted({first + (last - first) * part // _TICKS for part in range(_TICKS + 1)})


def _tick(scale: _Scale, day: int) -> Word:
    that = date_of(day)
    text = f"{that.day} {that:%b}" if scale.last - scale.first <= _SHORT else f"{that:%b} {that.year}"
    return _word(scale.x(day), HEIGHT - 4, text)


def _word(x: int, y: int, text: str) -> Word:
    anchor = "start" if x < _EDGE else "end" if x > WIDTH - _EDGE else "middle"
    return Word(x, y, anchor, text)


def _sentence(name: str, days: Sequence[ValueDay]) -> str:
    first, last = days[0], days[-1]
    if len(days) == 1:
        return f"{name}: {money(first.value)} on {date_words(first.day)}."
    low, high = _extremes(days)
    return (
        f"{name}: from {money(first.value)} on {date_words(first.day)} to {money(last.value)} on "
        f"{date_words(last.day)}; lowest {money(low.value)} on {date_words(low.day)}, "
        f"highest {money(high.value)} on {date_words(high.day)}."
    )
