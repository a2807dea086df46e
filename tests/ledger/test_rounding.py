"""Splits and percents against Python's exact integers and fractions."""

from fractions import Fraction
from itertools import pairwise
from math import floor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import MAX_AMOUNT
from ledger.rounding import WHOLE_BP, percent_floor, split_by_largest_remainder

TOTALS = st.one_of(st.integers(0, MAX_AMOUNT), st.integers(0, 20), st.just(MAX_AMOUNT))
CUTS = st.lists(st.integers(0, WHOLE_BP), max_size=7)


def shares_of(cuts: list[int]) -> list[int]:
    edges = [0, *sorted(cuts), WHOLE_BP]
    return [high - low for low, high in pairwise(edges)]


def split_exactly(total: int, shares: list[int]) -> list[int]:
    exact = [Fraction(total * share, WHOLE_BP) for share in shares]
    parts = [floor(one) for one in exact]
    order = sorted(range(len(shares)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


@given(st.lists(TOTALS, min_size=1, max_size=5), CUTS)
def test_a_split_is_the_exact_one_and_keeps_every_cent(totals: list[int], cuts: list[int]) -> None:
    shares = shares_of(cuts)
    parts = split_by_largest_remainder(np.array(totals, dtype=np.int64), np.array(shares, dtype=np.int64))
    assert parts.shape == (len(shares), len(totals))
    assert parts.T.tolist() == [split_exactly(total, shares) for total in totals]
    assert parts.sum(axis=0).tolist() == totals


@given(st.lists(st.tuples(TOTALS, st.integers(0, WHOLE_BP)), min_size=1, max_size=5))
def test_every_column_may_have_its_own_shares(columns: list[tuple[int, int]]) -> None:
    totals = np.array([total for total, _ in columns], dtype=np.int64)
    shares = np.array([[share, WHOLE_BP - share] for _, share in columns], dtype=np.int64).T
    expected = [split_exactly(total, [share, WHOLE_BP - share]) for total, share in columns]
    assert split_by_largest_remainder(totals, shares).T.tolist() == expected


def test_missing_cents_go_to_the_largest_remainders_ties_to_the_earlier() -> None:
    halves = np.array([5_000, 5_000], dtype=np.int64)
    assert split_by_largest_remainder(np.array([1], dtype=np.int64), halves).tolist() == [[1], [0]]
    thirds = np.array([3_333, 3_333, 3_334], dtype=np.int64)
    assert split_by_largest_remainder(np.array([100], dtype=np.int64), thirds).tolist() == [[33], [33], [34]]


def test_an_empty_column_splits_into_nothing() -> None:
    assert split_by_largest_remainder(np.zeros(0, dtype=np.int64), np.array([WHOLE_BP])).shape == (1, 0)


@given(st.integers(-MAX_AMOUNT, MAX_AMOUNT), st.integers(0, WHOLE_BP))
def test_a_percent_is_floored_exactly(amount: int, basis_points: int) -> None:
    expected = amount * basis_points // WHOLE_BP
    assert percent_floor(np.array([amount], dtype=np.int64), basis_points).tolist() == [expected]
    column = np.array([basis_points], dtype=np.int64)
    assert percent_floor(np.array([amount], dtype=np.int64), column).tolist() == [expected]
