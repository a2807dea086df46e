"""The nested pie: inner ring target, outer ring actual, inner pies divided again in shades of their hue (ui.md 4.3).

Two levels are drawn; what lies deeper is reached by the links. Each slice is one link that holds both of its arcs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from web.charts.turns import FULL, Arc, Band, tile
from web.charts.words import beside, counted, money, percent

HUES: Final = 8
TINTS: Final = 3
RADIUS: Final = 1000
"""The picture reaches from −RADIUS to RADIUS both ways; the centre is free for words up to the target's inner edge."""

TARGET: Final = (Band(440, 530), Band(530, 600))
ACTUAL: Final = (Band(640, 880), Band(880, 980))
"""Where a slice with slices inside is drawn, and where those are; a slice without takes both."""

_TAG_LETTERS: Final = 5
_LETTER: Final = 48  # how wide a letter of a tag is, at most
_NONE_HELD: Final = "nothing held yet"
_NO_PRICE: Final = "a price is missing"


@dataclass(frozen=True, slots=True)
class RingSlice:
    """A slice with its page: shares in basis points of the pie it lies in, each zero or more; value in cents.

    `actual_bp` and `value` are None where a price is missing, of the slice or of another one beside it.
    """

    path: str
    label: str
    href: str
    target_bp: int
    actual_bp: int | None
    value: int | None
    children: tuple["RingSlice", ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A short word on an arc, its middle at (x, y)."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Wedge:
    """A slice as drawn: its link, its accessible name, its colour, and its arcs where the share is above zero.

    `title` is the name, a colon and the numbers, which hold no colon; `tint` is 0 for a slice of the pie itself.
    """

    path: str
    href: str
    title: str
    hue: int
    tint: int
    target: Arc | None
    actual: Arc | None
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """The picture of one pie: `name` and `numbers` stand in the centre, `hollow` says why there is no outer ring.

    `hues` are those of the slices in the order given, for the swatches of the list.
    """

    name: str
    numbers: str
    wedges: tuple[Wedge, ...]
    hues: tuple[int, ...]
    hollow: str
    sentence: str


def ring(name: str, slices: Sequence[RingSlice]) -> Ring:
    """The picture of a pie: each slice, followed by the slices inside it, in the order given.

    The arcs of each ring tile the circle, those of an inner pie the arc of their pie, to the micro-degree; see
    `turns.tile` for slices too small to see. A slice neither wanted nor held has no wedge. The outer ring is left out,
    with the reason, while nothing is held or a price is missing.
    """
    hollow = _hollow(slices)
    value = None if any(one.value is None for one in slices) else sum(one.value or 0 for one in slices)
    return Ring(
        name=name,
        numbers="value unknown" if value is None else money(value),
        wedges=tuple(one for one in _wedges(slices) if one.target or one.actual),
        hues=tuple(hue_of(place, len(slices)) for place in range(len(slices))),
        hollow=hollow,
        sentence=_sentence(name, slices, hollow, value),
    )


def hue_of(place: int, count: int) -> int:
    """The hue of a slice by its place among `count`: in turn, but the last never like the first, its neighbour."""
    return (place + HUES // 2) % HUES if 0 < place == count - 1 and place % HUES == 0 else place % HUES


def _hollow(slices: Sequence[RingSlice]) -> str:
    if any(one.actual_bp is None for one in slices):
        return _NO_PRICE
    return "" if any(one.actual_bp for one in slices) else _NONE_HELD


def _wedges(slices: Sequence[RingSlice]) -> Iterator[Wedge]:
    targets = _arcs([one.target_bp for one in slices], (0, FULL), TARGET[0])
    actuals = _arcs(_held(slices), (0, FULL), ACTUAL[0])
    for place, (one, target, actual) in enumerate(zip(slices, targets, actuals, strict=True)):
        wedge = Wedge(one.path, one.href, _title(one), hue_of(place, len(slices)), 0, target, actual)
        if one.children:
            yield _tagged(one.label, wedge)
            yield from _inside(one, wedge)
        else:
            deep = replace(wedge, target=_deep(target, TARGET[1]), actual=_deep(actual, ACTUAL[1]))
            yield _tagged(one.label, deep)


def _inside(pie: RingSlice, around: Wedge) -> Iterator[Wedge]:
    """The slices of an inner pie, within the arcs of that pie."""
    targets = _arcs([one.target_bp for one in pie.children], _span(around.target), TARGET[1])
    actuals = _arcs(_held(pie.children), _span(around.actual), ACTUAL[1])
    for place, (one, target, actual) in enumerate(zip(pie.children, targets, actuals, strict=True)):
        title = _title(replace(one, label=f"{one.label} in {pie.label}"))
        yield Wedge(one.path, one.href, title, around.hue, 1 + place % TINTS, target, actual)


def _held(slices: Sequence[RingSlice]) -> list[int]:
    """The actual shares, all zero as long as one of them is unknown."""
    known = not any(one.actual_bp is None for one in slices)
    return [(one.actual_bp or 0) if known else 0 for one in slices]


def _span(arc: Arc | None) -> tuple[int, int]:
    return (arc.start, arc.turn) if arc else (0, 0)


def _arcs(weights: Sequence[int], around: tuple[int, int], band: Band) -> list[Arc | None]:
    """An arc for each weight above zero, within the (start, turn) around them."""
    start, span = around
    arcs: list[Arc | None] = []
    for turn in tile(weights, span):
        arcs.append(Arc(start, turn, band) if turn else None)
        start += turn
    return arcs


def _deep(arc: Arc | None, beyond: Band) -> Arc | None:
    return arc and replace(arc, band=Band(arc.band.inner, beyond.outer))


def _tagged(label: str, wedge: Wedge) -> Wedge:
    """The wedge with its tag on the outer ring, where there is room for it."""
    arc, text = wedge.actual, _short(label)
    width = _LETTER * max(len(text), 2)
    if arc is None or width > min(arc.length, arc.band.outer - arc.band.inner):
        return wedge
    return replace(wedge, tag=Tag(*arc.middle, text))


def _short(label: str) -> str:
    """A label of at most five letters as it is, else the first letters of its words, else its first three."""
    words = label.split()
    if len(label) <= _TAG_LETTERS:
        return label
    return "".join(word[0] for word in words[:_TAG_LETTERS]).upper() if len(words) > 1 else f"{label[:3]}…"


def _title(one: RingSlice) -> str:
    actual = "unknown" if one.actual_bp is None else percent(one.actual_bp)
    value = "" if one.value is None else f", {money(one.value)}"
    return f"{one.label}: target {percent(one.target_bp)}, actual {actual}{value}"


def _sentence(name: str, slices: Sequence[RingSlice], hollow: str, value: int | None) -> str:
    count = counted(len(slices), "slice")
    if hollow:
        return f"{name}: {count}, {hollow}."
    worth = "value unknown" if value is None else f"worth {money(value)}"
    drifts = [(one.actual_bp or 0) - one.target_bp for one in slices]
    far = max(range(len(slices)), key=lambda place: abs(drifts[place]))
    if drifts[far] == 0:
        return f"{name}: {count}, {worth}, all exactly on target."
    one = slices[far]
    return (
        f"{name}: {count}, {worth}. Furthest from its target is {one.label}, {beside(drifts[far])}: "
        f"actual {percent(one.actual_bp or 0)}, target {percent(one.target_bp)}."
    )
