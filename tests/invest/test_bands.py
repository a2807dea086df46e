"""Bands: examples on the edge, and the columns against fractions."""

from random import Random

import pytest

from engine.invest.core.bands import NO_BAND, Bands, breached
from engine.invest.core.columns import Refusal
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import rebalance
from tests.invest import model
from tests.invest.pies import batch, column, one, random_pie, trades_of


def told(weights: list[int], values: list[int], absolute: int = NO_BAND, relative: int = NO_BAND) -> list[bool]:
    answer: list[bool] = breached(one(weights, values), Bands.alike(1, absolute, relative))[0].tolist()
    return answer


def test_the_edge_of_an_absolute_band_is_still_inside() -> None:
    assert told([5_000, 5_000], [55_00, 45_00], absolute=500) == [False, False]
    assert told([5_000, 5_000], [55_01, 44_99], absolute=500) == [True, True]


def test_a_relative_band_is_narrower_for_a_small_slice() -> None:
    assert told([9_000, 1_000], [87_50, 12_50], relative=2_500) == [False, False]
    assert told([9_000, 1_000], [87_49, 12_51], relative=2_500) == [False, True]


def test_of_two_bands_the_tighter_holds() -> None:
    assert told([9_000, 1_000], [87_49, 12_51], absolute=500, relative=2_500) == [False, True]
    assert told([5_000, 5_000], [56_00, 44_00], absolute=500, relative=2_500) == [True, True]


def test_a_removed_slice_that_is_held_is_outside_without_any_band() -> None:
    assert told([1, 1, 0, 0], [1, 99, 1, 0]) == [False, False, True, False]


def test_a_pie_worth_nothing_is_inside() -> None:
    assert told([1, 1], [0, 0], absolute=0) == [False, False]


def test_a_pie_with_a_wrong_value_is_not_tested() -> None:
    found, refusal = breached(one([1, 1], [-1, 50]), Bands.alike(1, 0))
    assert (found.tolist(), refusal.tolist()) == ([False, False], [Refusal.VALUE])


@pytest.mark.parametrize("factor", [1, 10**12])
def test_a_full_rebalance_of_whole_dollars_leaves_nothing_outside(factor: int) -> None:
    pie = one([3, 2, 5], [70 * factor, 20 * factor, 10 * factor])
    then = one([3, 2, 5], (pie.value + rebalance(pie, column(0), column(0), Terms.alike(1)).trade).tolist())
    assert breached(pie, Bands.alike(1, 100))[0].tolist() == [True, False, True]
    assert not breached(then, Bands.alike(1, 0, 0))[0].any()


def test_bands_are_the_models_on_both_sides_of_the_guard() -> None:
    random = Random(23)
    pies = [random_pie(random) for _ in range(2_000)]
    limits = [random.choice([None, 0, 1, 500, 10_000]) for _ in range(2 * len(pies))]
    pairs = list(zip(limits[::2], limits[1::2], strict=True))
    kept = [(NO_BAND if one is None else one, NO_BAND if other is None else other) for one, other in pairs]
    bands = Bands(column(*(one for one, _ in kept)), column(*(other for _, other in kept)))
    columns, _ = batch(pies)
    expected = [model.outside(pie, *pair) for pie, pair in zip(pies, pairs, strict=True)]
    found, refusal = breached(columns, bands)
    assert trades_of(columns, found) == expected
    assert not refusal.any()
    assert any(any(flags) for flags in expected)
    small = [pie for pie in pies if max(pie.weights) < 10**13]
    columns, _ = batch(small)
    found, _ = breached(columns, Bands.alike(len(small), 500, 2_500))
    assert trades_of(columns, found) == [model.outside(pie, 500, 2_500) for pie in small]
