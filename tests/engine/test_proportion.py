"""Amounts times fractions equal the exact answer, whether they fit into int64 or not."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.proportion import Rate, half_even, rounded_down, rounded_up
from ledger.money import MAX_AMOUNT

amounts = st.lists(st.integers(-MAX_AMOUNT, MAX_AMOUNT) | st.integers(-9, 9), max_size=4)
tops = st.integers(0, 100) | st.integers(0, 10**20)
bottoms = st.integers(1, 100) | st.integers(10**20, 10**24)


def test_a_rate_is_in_lowest_terms_and_not_below_zero() -> None:
    assert Rate.of(2_780, 100_000_000) == Rate(139, 5_000_000)
    with pytest.raises(ValueError, match="is no rate"):
        Rate.of(-1, 2)
    with pytest.raises(ValueError, match="is no rate"):
        Rate.of(1, 0)


def test_halves_go_to_the_even_neighbour() -> None:
    halves = np.array([1, 3, 5, -1, -3, 4], np.int64)
    assert half_even(halves, Rate.of(1, 2)).tolist() == [0, 2, 2, 0, -2, 2]


@given(amounts, tops, bottoms)
def test_the_three_roundings_are_exact(given_amounts: list[int], top: int, bottom: int) -> None:
    rate = Rate.of(top, bottom)
    fits = [one for one in given_amounts if abs(one) * top // bottom < 2**62]
    column = np.array(fits, np.int64)
    exact = [Fraction(one * top, bottom) for one in fits]
    assert rounded_down(column, rate).tolist() == [floor(one) for one in exact]
    assert rounded_up(column, rate).tolist() == [ceil(one) for one in exact]
    assert half_even(column, rate).tolist() == [round(one) for one in exact]
