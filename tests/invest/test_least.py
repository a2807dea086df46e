"""The least cash that leaves nothing outside of its bands: examples, by trying every cent, and large pies."""

from random import Random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.core.bands import NO_BAND, Bands, breached, outside
from engine.invest.core.columns import Pies
from engine.invest.core.least import NO_CASH_HELPS, invest_drift
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit
from tests.invest import model
from tests.invest.pies import batch, drawn_pies, one


def least(weights: list[int], values: list[int], absolute: int = NO_BAND, relative: int = NO_BAND) -> int:
    return int(invest_drift(one(weights, values), Bands.alike(1, absolute, relative))[0])


def tried(pie: model.Pie, absolute: int | None, relative: int | None) -> int:
    for cash in range(10 * sum(pie.values) + 1):
        after = [value + cents for value, cents in zip(pie.values, model.deposit(pie, cash), strict=True)]
        if not any(model.outside(model.Pie(pie.weights, after), absolute, relative)):
            return cash
    return NO_CASH_HELPS


def test_cash_makes_the_heavy_slice_small_enough_a_part() -> None:
    assert least([5_000, 5_000], [55_00, 45_00], absolute=500) == 0
    assert least([5_000, 5_000], [66_00, 44_00], absolute=500) == 10_00
    assert least([5_000, 5_000], [66_00, 44_00], absolute=500, relative=500) == tried(
        model.Pie([5_000, 5_000], [66_00, 44_00]), 500, 500
    )


def test_no_cash_helps_a_removed_slice_or_a_wrong_value_or_bands_too_tight_for_cents() -> None:
    assert least([1, 0], [5, 5], absolute=500) == NO_CASH_HELPS
    assert least([1, 1], [-1, 5], absolute=500) == NO_CASH_HELPS
    assert least([9_999, 1], [10**15, 10**12], absolute=0) == NO_CASH_HELPS
    assert least([1, 10**12], [10**15, 0], relative=1) == NO_CASH_HELPS


def test_more_cash_can_be_worse_and_the_least_is_given() -> None:
    weights, values = [50] + [1] * 10 + [4] * 10, [50_00] + [5_00] * 10 + [0] * 10
    assert least(weights, values, absolute=500) == 0
    worse = [
        value + cents for value, cents in zip(values, model.deposit(model.Pie(weights, values), 40_00), strict=True)
    ]
    assert breached(one(weights, worse), Bands.alike(1, 500))[0].any()


def test_trying_every_cent_finds_the_same() -> None:
    random = Random(7)
    for _ in range(40):
        count = random.randint(1, 4)
        pie = model.Pie([random.randint(1, 10) for _ in range(count)], [random.randint(0, 700) for _ in range(count)])
        absolute, relative = random.choice([(500, None), (None, 2_500), (500, 2_500), (100, None), (None, None)])
        kept = (NO_BAND if absolute is None else absolute, NO_BAND if relative is None else relative)
        assert least(list(pie.weights), list(pie.values), *kept) == tried(pie, absolute, relative), (pie, kept)


@given(
    st.lists(drawn_pies(weightless=False), min_size=1, max_size=3),
    st.sampled_from([(500, -1), (-1, 2_500), (500, 2_500)]),
)
def test_nothing_is_outside_then_and_a_cent_less_would_leave_something(
    pies: list[model.Pie], band: tuple[int, int]
) -> None:
    columns, _ = batch(pies)
    bands, terms = Bands.alike(len(pies), *band), Terms.alike(len(pies))
    cash = invest_drift(columns, bands)

    def are_outside(money: Any) -> list[bool]:
        trade = deposit(columns, money, terms).trade
        after = Pies(columns.start, columns.weight, columns.value + trade)
        flags = outside(after, bands, np.ones(len(pies), np.bool_))
        found: list[bool] = (columns.sums(flags) > 0).tolist()
        return found

    enough, less = are_outside(cash.clip(min=0)), are_outside((cash - 1).clip(min=0))
    for money, too_little, short in zip(cash.tolist(), enough, less, strict=True):
        assert money == NO_CASH_HELPS or not too_little
        assert money <= 0 or short
