"""The shape of a rule: its steps without numbers or names, and where its numbers stand in the packed vector.

Rules of one shape are evaluated in one pass. A shape is stored by its text; its id is the first 8 bytes of the text's
SHA-256 (ruling 49). The numbers of a rule are int64 words in the order of `Layout`; "no limit" is HIGH or LOW, which
keep clear of overflow beside amounts up to 10**15.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

HIGH: Final = 10**18
LOW: Final = -(10**18)
FAR_PAST: Final = -(10**6)  # a day number before every date that a document can hold
FAR_FUTURE: Final = 10**6

PERIODS: Final = ("moved", "day", "week", "month", "quarter", "year", "ever")
"""What a tally counts over; its place is its code. `moved` keeps the day a rule last moved, for cool-downs."""

TESTS: Final = ("above", "below", "between")


class Head(IntEnum):
    """The numbers that every rule has, by place."""

    MODE = 0
    ASK_ABOVE = 1
    STARTS = 2
    ENDS = 3
    SAVED = 4
    MAX_TRANSFER = 5
    MIN_TRANSFER = 6
    ALL_OR_NOTHING = 7
    STOP = 8
    COOL_DOWN = 9
    COOL_SLOT = 10  # tally slot of the day it last moved, -1 without cool-down


class Mode(IntEnum):
    """The modes of rules.md 1 as numbers."""

    OFF = 0
    WATCH = 1
    ASK = 2
    AUTO = 3


MODES: Final = ("off", "watch", "ask", "auto")
BUSINESS: Final = (None, "before", "after", "skip")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SCHEDULE_WORDS: Final = 5  # month-day bits, weekday bits, weeks, from, business-day mode
LEAF_WORDS: Final = 4  # target, days or sessions, low bound, high bound; bounds of a percent in half basis points
AMOUNT_WORDS: Final = 4  # target, days, first number, second number
PLACE_WORDS: Final = 3  # a source: slot, leave, at most; a destination: slot, share, fill to
CAP_WORDS: Final = 2  # tally slot, amount


@dataclass(frozen=True, slots=True)
class LeafShape:
    """One condition without its numbers."""

    fact: str
    test: str
    negated: bool


@dataclass(frozen=True)
class Shape:
    """The steps of a rule.

    `dates` is -1 without a schedule, else how many dates it lists; `fact` is the fact that the amounts percent_of and
    fact read, else empty; `adds` counts the tallies that grow when the rule moves.
    """

    dates: int
    blackouts: int
    when: tuple[tuple[LeafShape, ...], ...]
    amount: str
    fact: str
    sources: int
    destinations: int
    shared: bool
    caps: int
    adds: int

    @property
    def scheduled(self) -> bool:
        """Whether the rule has a schedule."""
        return self.dates >= 0

    @cached_property
    def text(self) -> str:
        """Canonical text, from which `read_shape` makes an equal shape."""
        when = [[[leaf.fact, leaf.test, int(leaf.negated)] for leaf in group] for group in self.when]
        parts = [self.dates, self.blackouts, when, self.amount, self.fact]
        parts += [self.sources, self.destinations, int(self.shared), self.caps, self.adds]
        return json.dumps(parts, separators=(",", ":"))

    @cached_property
    def number(self) -> int:
        """Shape id: the first 8 bytes of the text's SHA-256 as a signed integer."""
        return int.from_bytes(hashlib.sha256(self.text.encode()).digest()[:8], "big", signed=True)

    @cached_property
    def layout(self) -> "Layout":
        """Where the numbers stand."""
        return lay_out(self)

    @property
    def reads_moved(self) -> bool:
        """Whether a condition or the amount reads what an earlier rule moved."""
        return self.fact == "moved" or any(leaf.fact == "moved" for group in self.when for leaf in group)


@dataclass(frozen=True, slots=True)
class Layout:
    """First place of each part of the numbers, and how many there are in all."""

    blackouts: int
    schedule: int
    dates: int
    leaves: int
    amount: int
    sources: int
    destinations: int
    caps: int
    adds: int
    size: int


def lay_out(shape: Shape) -> Layout:
    """Places of the parts of a shape's numbers."""
    leaves = sum(len(group) for group in shape.when)
    lengths = (
        len(Head),
        2 * shape.blackouts,
        SCHEDULE_WORDS if shape.scheduled else 0,
        max(shape.dates, 0),
        LEAF_WORDS * leaves,
        AMOUNT_WORDS,
        PLACE_WORDS * shape.sources,
        PLACE_WORDS * shape.destinations,
        CAP_WORDS * shape.caps,
        shape.adds,
    )
    places = [sum(lengths[: n + 1]) for n in range(len(lengths))]
    return Layout(*places)


def read_shape(text: str) -> Shape:
    """Make the shape that a stored text stands for."""
    dates, blackouts, when, amount, fact, sources, destinations, shared, caps, adds = json.loads(text)
    groups = tuple(tuple(LeafShape(kind, test, bool(negated)) for kind, test, negated in group) for group in when)
    return Shape(dates, blackouts, groups, amount, fact, sources, destinations, bool(shared), caps, adds)
