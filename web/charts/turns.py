"""Turns: how weights tile a circle in whole micro-degrees, and an arc of a band as the path of an SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FULL: Final = 360_000_000
"""Micro-degrees in a circle; angles start at twelve o'clock and go clockwise."""

LEAST: Final = 2_000_000
"""The narrowest arc of a weight above zero: at 1° the gaps of 2 px would leave nothing to see or to touch."""

_LARGE: Final = FULL // 2


@dataclass(frozen=True, slots=True)
class Band:
    """A band around the centre (0, 0) between two radii."""

    inner: int
    outer: int


@dataclass(frozen=True, slots=True)
class Arc:
    """The part of a band from `start` on, `turn` micro-degrees wide."""

    start: int
    turn: int
    band: Band

    @property
    def thin(self) -> bool:
        """So narrow that the usual gap would hide it."""
        return self.turn < 2 * LEAST

    @property
    def d(self) -> str:
        """The path: whole coordinates, closed."""
        outer, inner = self.band.outer, self.band.inner
        if self.turn == FULL:
            return _circle(outer, sweep=1) + _circle(inner, sweep=0)
        large, end = int(self.turn > _LARGE), self.start + self.turn
        return (
            f"M{point(outer, self.start)}A{outer} {outer} 0 {large} 1 {point(outer, end)}"
            f"L{point(inner, end)}A{inner} {inner} 0 {large} 0 {point(inner, self.start)}Z"
        )

    @property
    def middle(self) -> tuple[int, int]:
        """The point at half the turn and half the band."""
        return _at((self.band.inner + self.band.outer) // 2, self.start + self.turn // 2)

    @property
    def length(self) -> int:
        """How long the arc is along the middle of its band."""
        return round((self.band.inner + self.band.outer) * math.pi * self.turn / FULL)


def tile(weights: Sequence[int], span: int = FULL) -> list[int]:
    """Split `span` micro-degrees by weights of zero or more; the turns sum to `span` exactly, or are all zero.

    A weight of zero gets no turn. Each weight above zero gets at least `LEAST`, or an equal part where the span is too
    narrow for that; the others share what is left in proportion, floored, the missing ones one each to the earliest.
    So small slices are drawn wider than they are and large ones a little narrower: the figures stand in the words.
    """
    held = [place for place, weight in enumerate(weights) if weight > 0]
    if not held:
        return [0] * len(weights)
    least = min(LEAST, span // len(held))
    small: set[int] = set()
    while True:
        large = [place for place in held if place not in small]
        rest, total = span - least * len(small), sum(weights[place] for place in large)
        below = {place for place in large if weights[place] * rest < least * total}
        if not below:
            break
        small |= below
    turns = [least if place in small else 0 for place in range(len(weights))]
    for place in large:
        turns[place] = weights[place] * rest // total
    for place in large[: span - sum(turns)]:
        turns[place] += 1
    return turns


def point(radius: int, angle: int) -> str:
    """A point of a circle as `x y`."""
    x, y = _at(radius, angle)
    return f"{x} {y}"


def _at(radius: int, angle: int) -> tuple[int, int]:
    radians = angle * 2 * math.pi / FULL
    return round(radius * math.sin(radians)), round(-radius * math.cos(radians))


def _circle(radius: int, *, sweep: int) -> str:
    half = f"A{radius} {radius} 0 1 {sweep} 0 "
    return f"M0 {-radius}{half}{radius}{half}{-radius}Z"
