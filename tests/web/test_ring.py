"""The nested pie: its arcs tile the circle to the micro-degree, inner pies stay inside, words match the figures."""

import itertools
import math
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from web.charts.ring import ACTUAL, HUES, RADIUS, TARGET, TINTS, Ring, RingSlice, Wedge, hue_of, ring
from web.charts.turns import FULL, LEAST, Arc, Band, tile

WEIGHTS = st.lists(st.integers(0, 10_000), max_size=100)
NUMBER = re.compile(r"-?\d+")


def part(path: str, shares: tuple[int, int | None], value: int | None = 0, *inside: RingSlice) -> RingSlice:
    """A slice with shares (target, actual), labelled by the last part of its path."""
    return RingSlice(path, path.rpartition("/")[2], f"/pies/{path}", *shares, value, inside)


NESTED = (
    part("Core", (4000, 4210), 421_00, part("Core/VTI", (6000, 5820), 245_02), part("Core/BND", (4000, 4180), 175_98)),
    part("Emerging markets", (3500, 3290), 329_00),
    part("GLD", (2490, 2500), 250_00),
    part("Dust", (10, 0), 0),
)


@given(weights=WEIGHTS, span=st.integers(0, FULL))
def test_turns_tile_the_span_exactly(weights: list[int], span: int) -> None:
    turns = tile(weights, span)
    held = [turn for weight, turn in zip(weights, turns, strict=True) if weight]
    assert sum(turns) == (span if held else 0)
    assert all(turn == 0 for weight, turn in zip(weights, turns, strict=True) if not weight)
    assert all(turn >= min(LEAST, span // len(held)) for turn in held)


@given(weights=st.lists(st.integers(100, 10_000), min_size=1, max_size=20))
def test_turns_are_in_proportion_where_none_is_too_small(weights: list[int]) -> None:
    total = sum(weights)
    if min(weights) * FULL >= LEAST * total:
        assert all(0 <= turn - weight * FULL // total <= 1 for weight, turn in zip(weights, tile(weights), strict=True))


@given(weights=WEIGHTS)
def test_a_larger_weight_never_gets_the_smaller_turn(weights: list[int]) -> None:
    pairs = sorted(zip(weights, tile(weights), strict=True))
    assert all(later >= earlier - 1 for (_, earlier), (_, later) in itertools.pairwise(pairs))


def test_a_slice_of_a_hundredth_percent_can_be_seen() -> None:
    assert tile([9_999, 1]) == [FULL - LEAST, LEAST]
    assert tile([1, 1, 1]) == [120_000_000] * 3
    assert tile([1, 1, 1], 10) == [4, 3, 3]
    assert tile([5, 9_000, 100], 4) == [1, 2, 1]
    assert tile([]) == tile([], 5) == []


BP = st.integers(0, 10_000)
LEAVES = st.builds(lambda shares: part("a/b", shares), st.tuples(BP, BP | st.none()))
SLICES = st.lists(
    st.builds(lambda shares, inside: part("a", shares, 1, *inside), st.tuples(BP, BP), st.lists(LEAVES, max_size=6)),
    max_size=12,
)


def numbered(slices: list[RingSlice]) -> list[RingSlice]:
    """The slices with a path of their own each."""
    return [
        replace(
            one,
            path=str(top),
            children=tuple(replace(leaf, path=f"{top}/{place}") for place, leaf in enumerate(one.children)),
        )
        for top, one in enumerate(slices)
    ]


def tiles(arcs: list[Arc], start: int, turn: int) -> bool:
    """Tell whether the arcs follow each other from `start` and fill the turn, or are none."""
    at = start
    for arc in arcs:
        if arc.start != at:
            return False
        at += arc.turn
    return not arcs or at == start + turn


@given(slices=SLICES.map(numbered))
def test_arcs_tile_the_circle_and_children_their_parents(slices: list[RingSlice]) -> None:
    drawn = ring("Pie", slices)
    top = [wedge for wedge in drawn.wedges if not wedge.tint]
    assert tiles([wedge.target for wedge in top if wedge.target], 0, FULL)
    assert tiles([wedge.actual for wedge in top if wedge.actual], 0, FULL)
    for wedge in top:
        inside = [one for one in drawn.wedges if one.path.startswith(f"{wedge.path}/")]
        assert {one.hue for one in inside} <= {wedge.hue}
        for mine, theirs in (
            (wedge.target, [one.target for one in inside if one.target]),
            (wedge.actual, [one.actual for one in inside if one.actual]),
        ):
            assert tiles(theirs, mine.start, mine.turn) if mine else not theirs
            assert all(mine and arc.band.inner == mine.band.outer for arc in theirs)


@given(slices=SLICES.map(numbered))
def test_every_path_stays_in_the_picture(slices: list[RingSlice]) -> None:
    for wedge in ring("Pie", slices).wedges:
        for arc in (wedge.target, wedge.actual):
            assert arc is None or all(abs(int(number)) <= RADIUS for number in NUMBER.findall(arc.d))
        if wedge.tag:
            assert TARGET[0].inner < math.hypot(wedge.tag.x, wedge.tag.y) < ACTUAL[1].outer


def test_what_is_wanted_or_held_has_a_link_and_nothing_else_has() -> None:
    slices = [part("a", (10_000, 0)), part("b", (0, 10_000)), part("c", (0, 0))]
    assert [(one.path, bool(one.target), bool(one.actual)) for one in ring("Pie", slices).wedges] == [
        ("a", True, False),
        ("b", False, True),
    ]


def of(drawn: Ring, path: str) -> Wedge:
    """The wedge of a path."""
    return next(one for one in drawn.wedges if one.path == path)


def test_slices_are_named_in_words_and_tagged_where_there_is_room() -> None:
    drawn = ring("Growth", NESTED)
    assert [one.path for one in drawn.wedges] == ["Core", "Core/VTI", "Core/BND", "Emerging markets", "GLD", "Dust"]
    assert of(drawn, "Core").title == "Core: target 40.00%, actual 42.10%, 421.00"
    assert of(drawn, "Core/VTI").title == "VTI in Core: target 60.00%, actual 58.20%, 245.02"
    assert of(drawn, "Core").href == "/pies/Core"
    tags = {one.path: one.tag.text for one in drawn.wedges if one.tag}
    assert tags == {"Core": "Core", "Emerging markets": "EM", "GLD": "GLD"}
    long = ring("Pie", [part("Treasuries", (5000, 5000)), part("BRK.B", (5000, 5000))])
    assert [one.tag and one.tag.text for one in long.wedges] == ["Tre…", "BRK.B"]


def test_hues_and_tints_come_round_again() -> None:
    drawn = ring("Pie", [part(str(place), (100, 100)) for place in range(HUES + 1)])
    assert [one.hue for one in drawn.wedges] == list(drawn.hues) == [*range(HUES), HUES // 2]
    inside = [part(f"p/{place}", (100, 100)) for place in range(TINTS + 1)]
    drawn = ring("Pie", [part("o", (1, 1)), part("p", (1, 1), 1, *inside)])
    assert [(one.hue, one.tint) for one in drawn.wedges[1:]] == [(1, 0), (1, 1), (1, 2), (1, 3), (1, 1)]


@given(count=st.integers(2, 100))
def test_neighbours_never_share_a_hue(count: int) -> None:
    hues = [hue_of(place, count) for place in range(count)]
    assert all(one != other for one, other in itertools.pairwise([*hues, hues[0]]))
    assert hue_of(0, 1) == 0


def test_slices_take_both_bands_unless_there_are_slices_inside() -> None:
    drawn = ring("Growth", NESTED)
    assert of(drawn, "Core").actual == Arc(0, of(drawn, "Core").actual.turn, ACTUAL[0])  # type: ignore[union-attr]  # it is held
    assert {one.actual.band for one in drawn.wedges if one.tint and one.actual} == {ACTUAL[1]}
    gold = of(drawn, "GLD")
    assert gold.target
    assert gold.target.band == Band(TARGET[0].inner, TARGET[1].outer)


def test_the_ring_says_its_finding_and_its_total_is_the_sum_of_the_table() -> None:
    drawn = ring("Growth", NESTED)
    assert drawn.numbers == "1,000.00"
    assert drawn.sentence == (
        "Growth: 4 slices, worth 1,000.00. Furthest from its target is Core, 2.10% above: actual 42.10%, target 40.00%."
    )
    on_target = ring("One", [part("VTI", (10_000, 10_000), 5_00)])
    assert on_target.sentence == "One: 1 slice, worth 5.00, all exactly on target."
    below = ring("Two", [part("a", (6000, 4000), 4_00), part("b", (4000, 6000), None)])
    assert below.sentence.startswith("Two: 2 slices, value unknown. Furthest from its target is a, 20.00% below")


def test_a_ring_without_holdings_or_prices_is_hollow_and_says_so() -> None:
    new = ring("New", [part("VTI", (10_000, 0), 0)])
    assert (new.hollow, new.sentence) == ("nothing held yet", "New: 1 slice, nothing held yet.")
    assert [one.actual for one in new.wedges] == [None]
    blind = ring("Blind", [part("a", (5000, None), None), part("b", (5000, 6000), 1_00)])
    assert (blind.hollow, blind.numbers) == ("a price is missing", "value unknown")
    assert [one.actual for one in blind.wedges] == [None, None]
    assert blind.wedges[0].title == "a: target 50.00%, actual unknown"
    assert ring("Empty", []).sentence == "Empty: 0 slices, nothing held yet."


def test_paths_of_arcs() -> None:
    band = Band(50, 100)
    assert Arc(0, FULL // 4, band).d == "M0 -100A100 100 0 0 1 100 0L50 0A50 50 0 0 0 0 -50Z"
    assert Arc(0, FULL // 4 * 3, band).d == "M0 -100A100 100 0 1 1 -100 0L-50 0A50 50 0 1 0 0 -50Z"
    assert Arc(0, FULL, band).d == (
        "M0 -100A100 100 0 1 1 0 100A100 100 0 1 1 0 -100ZM0 -50A50 50 0 1 0 0 50A50 50 0 1 0 0 -50Z"
    )
    assert Arc(0, FULL // 4, band).middle == (53, -53)
    assert (Arc(0, LEAST, band).thin, Arc(0, FULL, band).thin) == (True, False)
