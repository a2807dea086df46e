"""Limit, excess, LTV and the fall that triggers a call: examples, properties, and the independent model."""

from fractions import Fraction
from math import floor
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.borrow.columns import Holdings, Loans, Position, Requirements, Terms, gather
from engine.borrow.liquidation import liquidate
from engine.borrow.measure import STRESS_BP, WHOLE, ceiling, measure, stress
from engine.marketfacts import percent_words
from ledger.money import MAX_AMOUNT
from tests.borrow.lines import TERMS, column, position, random_line
from tests.borrow.model import Line, half_steps

M1 = Line([(49_000_00, 5_000, 2_500)], cash=1_000_00, owed=10_000_00)
seeds = st.integers(0, 2**32)


def test_m1_example_of_margin() -> None:
    found = measure(position([M1]), TERMS)
    assert found.excess.tolist() == [27_750_00]
    assert percent_words(int(found.fall[0])) == "75.51%"
    assert found.equity.tolist() == [40_000_00]
    assert found.limit.tolist() == [19_600_00]
    assert found.room.tolist() == [9_600_00]
    assert percent_words(int(found.ltv[0])) == "20.40%"


def test_a_holding_with_a_full_requirement_lowers_the_limit_and_an_equity_below_the_minimum_ends_it() -> None:
    full = Line([(1_000_00, 5_000, 2_500), (9_000_00, 10_000, 10_000)])
    poor = Line([(2_500_00, 5_000, 2_500)], owed=500_01)
    just = Line([(2_500_00, 5_000, 2_500)], owed=500_00)
    found = measure(position([full, poor, just]), TERMS)
    assert found.limit.tolist() == [500_00, 0, 1_000_00]
    assert found.room.tolist() == [500_00, 0, 500_00]
    assert ceiling(found.limit, column(0, 500_01, 500_00)).tolist() == [500_00, 500_01, 1_000_00]


def test_nothing_owed_more_cash_than_loan_and_a_loan_on_nothing() -> None:
    lines = [
        Line([]),
        Line([(100_00, 5_000, 2_500)], cash=50_00, owed=50_00),
        Line([], owed=1),
        Line([], owed=MAX_AMOUNT),
    ]
    found = measure(position(lines), TERMS)
    assert found.endangered.tolist() == [False, False, True, True]
    assert found.fall.tolist() == [WHOLE, WHOLE, 0, 0]
    assert found.ltv_known.tolist() == [True, True, False, False]
    assert found.ltv.tolist() == [0, 10_000, 0, 0]


def test_an_ltv_beyond_all_measure_stays_a_number() -> None:
    found = measure(position([Line([(1, 5_000, 2_500)], owed=MAX_AMOUNT)]), TERMS)
    assert found.ltv.tolist() == [MAX_AMOUNT]


def test_the_stress_table_of_m1_example() -> None:
    found = stress(position([M1]), TERMS)
    assert found.fall_bp.tolist() == list(STRESS_BP)
    assert found.value[:, 0].tolist() == [44_100_00, 39_200_00, 34_300_00, 29_400_00, 24_500_00, 19_600_00]
    assert found.equity[:, 0].tolist() == [35_100_00, 30_200_00, 25_300_00, 20_400_00, 15_500_00, 10_600_00]
    assert found.excess[:, 0].tolist() == [24_075_00, 20_400_00, 16_725_00, 13_050_00, 9_375_00, 5_700_00]
    assert found.limit[:, 0].tolist() == [17_640_00, 15_680_00, 13_720_00, 11_760_00, 9_800_00, 7_840_00]
    assert [percent_words(steps) for steps in found.ltv[:, 0].tolist()][-1] == "51.02%"
    assert found.ltv_known.all()


def test_no_customers_at_all() -> None:
    found = measure(position([]), TERMS)
    assert len(found.limit) == 0
    assert liquidate(position([])).sell.tolist() == []


def test_holdings_are_gathered_by_customer_and_security_in_display_order() -> None:
    rows = Holdings(column(7, 9, 7, 7, 9, 8), column(30, 20, 10, 30, 10, 30), column(1, 2, 4, 8, 16, 32))
    listed = Requirements(column(10, 20), column(6_000, 10_000), column(3_000, 10_000), 5_000, 2_500)
    found = gather(rows, listed, Loans(column(7, 9), column(5, 6), column(0, 1)))
    assert found.start.tolist() == [0, 2, 4]
    assert found.asset.tolist() == [30, 10, 20, 10]
    assert found.value.tolist() == [9, 4, 2, 16]
    assert found.initial_bp.tolist() == [5_000, 6_000, 10_000, 6_000]
    assert found.maintenance_bp.tolist() == [2_500, 3_000, 10_000, 3_000]
    none = Requirements(column(), column(), column(), 5_000, 2_500)
    assert gather(rows, none, Loans(column(7), column(0), column(0))).maintenance_bp.tolist() == [2_500, 2_500]
    assert gather(rows, none, Loans(column(), column(), column())).start.tolist() == [0]


def test_the_columns_equal_the_model_in_fractions() -> None:
    random = Random(4)
    lines = [random_line(random) for _ in range(3_000)]
    found, stressed = measure(position(lines), TERMS), stress(position(lines), TERMS, (0, 1_500, 9_999, 10_000))
    for at, line in enumerate(lines):
        worth, equity, limit, excess = line.after(Fraction(0))
        measured = (found.value[at], found.equity[at], found.limit[at], found.excess[at])
        assert measured == (worth, floor(equity), limit, floor(excess)), line
        assert found.room[at] == max(0, limit - line.owed)
        assert (found.excess[at] < 0) == (excess < 0)
        fall = line.fall()
        assert found.fall[at] == (WHOLE if fall is None else half_steps(fall)), line
        ltv = line.ltv()
        assert found.ltv_known[at] == (ltv is not None)
        assert found.ltv[at] == (0 if ltv is None else min(half_steps(ltv), MAX_AMOUNT))
        for row, points in enumerate((0, 1_500, 9_999, 10_000)):
            worth, equity, limit, excess = line.after(Fraction(points, 10_000))
            after = [column[row, at] for column in (stressed.value, stressed.equity, stressed.limit, stressed.excess)]
            assert after == [floor(worth), floor(worth) + line.cash - line.owed, limit, floor(excess)], line


def test_small_and_large_customers_get_the_same_answer_together_and_alone() -> None:
    random = Random(5)
    lines = [random_line(random) for _ in range(200)]
    together = measure(position(lines), TERMS)
    for at, line in enumerate(lines):
        alone = measure(position([line]), TERMS)
        assert alone.excess[0] == together.excess[at]
        assert alone.limit[0] == together.limit[at]


@given(seeds)
def test_no_fall_up_to_the_stated_one_triggers_a_call_and_a_basis_point_more_does(seed: int) -> None:
    line = random_line(Random(seed))
    found = measure(position([line]), TERMS)
    points = int(found.fall[0]) // 2
    if found.excess[0] < 0:
        assert points == 0
        return
    falls = sorted({0, points // 2, points})
    assert (stress(position([line]), TERMS, falls).excess >= 0).all()
    if found.endangered[0]:
        assert stress(position([line]), TERMS, [points + 1]).excess[0, 0] < 0
    else:
        assert line.fall() is None
        assert points == 10_000


@given(seeds)
def test_a_draw_up_to_the_limit_keeps_the_loan_to_value_within_it(seed: int) -> None:
    line = random_line(Random(seed))
    room = int(measure(position([line]), TERMS).room[0])
    drawn = Line(line.holdings, line.cash, line.owed + room)
    ltv = drawn.ltv()
    assert room == 0 or (ltv is not None and ltv <= Fraction(TERMS.limit_bp, 10_000))


@pytest.mark.parametrize("limit_bp,limit", [(0, 0), (4_000, 39_99), (9_999, 49_99), (20_000, 49_99)])
def test_the_smaller_of_both_limits_is_rounded_down(limit_bp: int, limit: int) -> None:
    terms = Terms(limit_bp, 0)
    assert measure(position([Line([(99_99, 5_000, 2_500)])]), terms).limit.tolist() == [limit]


def test_taking_customers_out_of_a_position_keeps_their_holdings() -> None:
    whole = position([M1, Line([]), Line([(1, 2, 3), (4, 5, 6)], 7, 8)])
    part: Position = whole.take(np.array([2, 0]))
    assert part.start.tolist() == [0, 2, 3]
    assert part.value.tolist() == [1, 4, 49_000_00]
    assert part.cash.tolist() == [7, 1_000_00]
    assert len(part) == 2
