"""Returns by hand and by their laws: growth without flows, one flow, flows that do not change the time-weighted one."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.value.returns import MOST, RATE_ONE, Course, MoneyWeighted, money_weighted, rate, time_weighted

CENTS = st.integers(1, 10**12)


def course(*rows: tuple[int, int, int, int]) -> Course:
    """Rows of (day, value, paid in, paid out)."""
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Course(columns[0], columns[1], columns[2], columns[3])


def test_a_deposit_in_the_middle_by_hand() -> None:
    """Ten percent up, then 1,000.00 comes in, then ten percent down: 1.1 x 0.9 - 1 = -1%.

    More money saw the fall than the rise: 1,000 g^2 + 1,000 g = 1,890, so g = 0.96287388 and g^2 - 1 = -7.287388%.
    """
    own = course((0, 1_000_00, 0, 0), (1, 1_100_00, 0, 0), (2, 1_890_00, 1_000_00, 0))
    assert time_weighted(own) == Fraction(-1, 100)
    assert money_weighted(own) == MoneyWeighted(-7_287_388, -99_999_899)


def test_money_out_counts_until_the_end_of_its_day() -> None:
    """1,000.00 grows to 1,100.00, of which 550.00 leaves; the rest grows by ten percent again: 1.1 x 1.1 - 1 = 21%."""
    own = course((0, 1_000_00, 0, 0), (1, 550_00, 0, 550_00), (2, 605_00, 0, 0))
    assert time_weighted(own) == Fraction(21, 100)
    assert money_weighted(own) == MoneyWeighted(21 * 10**6, None)


def test_a_year_of_ten_percent_is_ten_percent_a_year() -> None:
    own = course((0, 0, 0, 0), (1, 1_000_00, 1_000_00, 0), (365, 1_100_00, 0, 0))
    assert time_weighted(own) == Fraction(1, 10)
    assert money_weighted(own) == MoneyWeighted(10**7, 10**7)


def test_two_years_are_chained_and_made_yearly() -> None:
    own = course((0, 1_000_00, 0, 0), (730, 1_210_00, 0, 0))
    assert money_weighted(own) == MoneyWeighted(21 * 10**6, 10**7)


def test_money_that_came_late_weighs_less() -> None:
    """100.00 for two years and 100.00 for one, ending at 231.00: 100 x 1.1^2 + 100 x 1.1 = 231, so 10% a year."""
    own = course((0, 100_00, 0, 0), (365, 110_00, 0, 0), (366, 210_00, 100_00, 0), (730, 231_00, 0, 0))
    weighted = money_weighted(own)
    assert weighted is not None
    assert weighted.yearly == 10**7


def test_everything_lost_and_everything_flat() -> None:
    lost = course((0, 100_00, 0, 0), (10, 0, 0, 0))
    assert time_weighted(lost) == -1
    assert money_weighted(lost) == MoneyWeighted(-RATE_ONE, -RATE_ONE)
    flat = course((0, 100_00, 0, 0), (10, 100_00, 0, 0))
    assert time_weighted(flat) == 0
    assert money_weighted(flat) == MoneyWeighted(0, 0)


def test_an_account_that_was_emptied_and_filled_again() -> None:
    rows = ((0, 100_00, 0, 0), (1, 0, 0, 110_00), (2, 0, 0, 0), (3, 50_00, 50_00, 0), (4, 55_00, 0, 0))
    assert time_weighted(course(*rows)) == Fraction(21, 100)


def test_there_is_no_return_of_nothing() -> None:
    assert time_weighted(course((0, 100_00, 0, 0))) is None
    assert money_weighted(course((0, 100_00, 0, 0))) is None
    assert money_weighted(course((0, 0, 0, 0), (5, 0, 0, 0))) is None
    below = course((0, 100_00, 0, 0), (1, -1, 0, 0))
    assert time_weighted(below) is None
    assert money_weighted(below) is None


def test_rates_beyond_all_sense_are_left_out() -> None:
    fast = money_weighted(course((0, 100_00, 0, 0), (1, 110_00, 0, 0)))
    assert fast == MoneyWeighted(10**7, None)
    assert money_weighted(course((0, 1, 0, 0), (1, 10**6, 0, 0))) is None


def test_a_course_begins_at_a_day() -> None:
    own = course((0, 100_00, 0, 0), (1, 110_00, 0, 0), (2, 121_00, 0, 0))
    assert time_weighted(own.since(1)) == Fraction(1, 10)
    assert len(own.since(-5)) == 3


@given(start=CENTS, middle=st.lists(CENTS, max_size=5), end=CENTS)
def test_without_flows_the_way_does_not_matter(start: int, middle: list[int], end: int) -> None:
    worth = [start, *middle, end]
    own = course(*((day, value, 0, 0) for day, value in enumerate(worth)))
    assert time_weighted(own) == Fraction(end, start) - 1


@given(cents=st.integers(1_00, 10**10), growth=st.integers(RATE_ONE // 2, 2 * RATE_ONE), days=st.integers(30, 4000))
def test_with_one_flow_both_returns_are_one(cents: int, growth: int, days: int) -> None:
    value = cents * growth // RATE_ONE
    own = course((0, 0, 0, 0), (1, cents, cents, 0), (days, value, 0, 0))
    timed, weighted = time_weighted(own), money_weighted(own)
    assert timed is not None
    assert weighted is not None
    assert abs(weighted.period - rate(timed)) <= 1
    assert weighted.yearly is None or weighted.yearly <= MOST


@given(
    growth=st.lists(st.integers(1, 300), min_size=1, max_size=6),
    flows=st.lists(st.integers(-5, 5), min_size=6, max_size=6),
)
def test_flows_do_not_change_the_time_weighted_return(growth: list[int], flows: list[int]) -> None:
    """Values grow by whole percents, so that no cent is lost: the return is the product, whatever is paid in."""
    value, rows, product = 10**14, [(0, 10**14, 0, 0)], Fraction(1)
    for day, (percent, flow) in enumerate(zip(growth, flows, strict=False), start=1):
        into = max(flow, 0) * 100**6
        grown = Fraction((value + into) * percent, 100)
        out = grown * max(-flow, 0) / 10
        if grown.denominator != 1 or out.denominator != 1 or grown > 10**17:
            break
        value = int(grown - out)
        rows.append((day, value, into, int(out)))
        product *= Fraction(percent, 100)
        if not value:
            break
    assert time_weighted(course(*rows)) == (product - 1 if len(rows) > 1 else None)


@given(shift=st.integers(-(10**5), 10**5), cents=CENTS, end=CENTS)
def test_only_the_distance_of_days_counts(shift: int, cents: int, end: int) -> None:
    here = course((0, cents, 0, 0), (400, end, 0, 0))
    there = course((shift, cents, 0, 0), (shift + 400, end, 0, 0))
    assert money_weighted(here) == money_weighted(there)


def test_rates_are_rounded_half_even() -> None:
    assert rate(Fraction(1, 2 * RATE_ONE)) == 0
    assert rate(Fraction(3, 2 * RATE_ONE)) == 2


@pytest.mark.parametrize("days", [1, 365, 3650])
def test_many_daily_payments_are_solved(days: int) -> None:
    rows = [(0, 0, 0, 0), *((day, 100 * day, 100, 0) for day in range(1, days + 1))]
    assert money_weighted(course(*rows)) == MoneyWeighted(0, 0)
