"""Sharing by units: blocks over accounts, splits of shares, cash in lieu, dividends (rulings 9 and 28)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.lots.splitting import cash_in_lieu, convert_units, dividend_of, split_by_units

UNITS = st.lists(st.integers(0, 10**18), min_size=1, max_size=40)


def test_a_fee_of_ten_cents_over_three_equal_fills() -> None:
    assert split_by_units(10, [5, 5, 5]) == [4, 3, 3]


def test_the_largest_remainders_get_the_cents_and_nothing_goes_to_nothing() -> None:
    assert split_by_units(100, [1, 0, 1, 1_000]) == [0, 0, 0, 100]
    assert split_by_units(7, [3, 4, 6]) == [2, 2, 3]
    assert split_by_units(1_00, [10**30, 2 * 10**30]) == [33, 67]
    assert split_by_units(0, [0, 0]) == [0, 0]
    assert split_by_units(0, []) == []


@pytest.mark.parametrize("total,parts", [(1, []), (1, [0, 0]), (-1, [1]), (1, [2, -1])])
def test_what_cannot_be_split_is_a_bug_of_the_caller(total: int, parts: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot be split by the parts"):
        split_by_units(total, parts)


@given(st.integers(0, 10**30), UNITS.filter(any))
def test_a_split_sums_up_each_within_one_of_its_part_and_larger_parts_get_no_less(total: int, parts: list[int]) -> None:
    found, whole = split_by_units(total, parts), sum(parts)
    assert sum(found) == total
    assert all(abs(share - Fraction(total * part, whole)) < 1 for share, part in zip(found, parts, strict=True))
    ordered = sorted(zip(parts, found, strict=True))
    assert [share for _, share in ordered] == sorted(found)
    assert all(share == 0 for share, part in zip(found, parts, strict=True) if part == 0)
    for part in set(parts):  # ties: the earlier has no less
        alike = [share for share, other in zip(found, parts, strict=True) if other == part]
        assert alike == sorted(alike, reverse=True)


def test_a_split_of_three_for_two_rounds_lots_by_largest_remainder() -> None:
    assert convert_units([1, 3, 5], 3, 2) == ([2, 4, 7], 1)  # 1.5 + 4.5 + 7.5 = 13.5: one of the halves is lost
    assert convert_units([10, 20], 4, 1) == ([40, 80], 0)
    assert convert_units([7, 7, 5], 1, 10) == ([1, 0, 0], 9)
    assert convert_units([], 2, 1) == ([], 0)


def test_cash_in_lieu_is_half_even_of_the_lost_fraction_at_the_price() -> None:
    assert cash_in_lieu(9, 10, 250_000_000, 0) == 225_00  # nine tenths of a whole share at 250
    assert cash_in_lieu(1, 2, 30_000, 0) == 2  # 1.5 cents
    assert cash_in_lieu(1, 2, 50_000, 0) == 2  # 2.5 cents
    assert cash_in_lieu(1, 2, 700_000_000_000, 9) == 0  # a half of a billionth share is worth nothing to speak of
    assert cash_in_lieu(0, 1, 10**6, 9) == 0


@given(UNITS, st.integers(1, 100), st.integers(1, 100))
def test_a_split_loses_less_than_one_smallest_unit_an_account(units: list[int], top: int, bottom: int) -> None:
    after, lost = convert_units(units, top, bottom)
    assert 0 <= lost < bottom
    assert sum(after) == sum(units) * top // bottom
    assert all(0 <= new - old * top // bottom <= 1 for old, new in zip(units, after, strict=True))
    gained = [old * top % bottom for old, new in zip(units, after, strict=True) if new > old * top // bottom]
    floored = [old * top % bottom for old, new in zip(units, after, strict=True) if new == old * top // bottom]
    assert min(gained, default=bottom) >= max(floored, default=0)


def test_a_dividend_is_rounded_once_an_account_and_shared_by_units() -> None:
    share = 10**9
    assert dividend_of([share, share, share], 335_000, 9) == [34, 33, 33]  # 1.005 is 1.00, not three times 0.34
    assert dividend_of([share, 0, 2 * share], 250_000, 9) == [25, 0, 50]
    assert dividend_of([share // 2], 10_000, 9) == [0]  # half a cent is even at nothing
    assert dividend_of([share * 3 // 2], 10_000, 9) == [2]
    assert dividend_of([], 10_000, 9) == []
    assert dividend_of([0, 0], 10_000, 9) == [0, 0]


@given(UNITS, st.integers(0, 10**9), st.integers(0, 9))
def test_a_dividend_is_half_even_of_the_account(units: list[int], rate: int, scale: int) -> None:
    assert sum(dividend_of(units, rate, scale)) == round(Fraction(sum(units) * rate, 10 ** (4 + scale)))
