"""Worth of units: half-even of the exact product, on int64 where it fits and beyond it, and units for an amount."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.lots.worth import MAX_SCALE, _on_int64, cents_of, half_even, units_for, units_to_raise, worth
from tests.invest.pies import column

MOST = 2**63 - 1
UNITS = st.one_of(st.integers(-(10**12), 10**12), st.integers(-MOST - 1, MOST))
PRICES = st.one_of(st.integers(1, 10**9), st.integers(1, MOST))
SCALES = st.one_of(st.sampled_from([8, 9]), st.integers(0, MAX_SCALE))
SHARE = 10**9


def plain(units: int, price: int, scale: int) -> int:
    """Dollars as a fraction, rounded to cents as Python rounds fractions: half-even."""
    return round(Fraction(units, 10**scale) * Fraction(price, 10**6) * 100)


def test_half_even_rounds_halves_to_the_even_number() -> None:
    assert [half_even(top, 2) for top in range(-5, 6)] == [-2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2]
    assert [half_even(top, 3) for top in range(-4, 5)] == [-1, -1, -1, 0, 0, 0, 1, 1, 1]


def test_shares_at_a_price() -> None:
    cents, wrong = worth(
        column(SHARE, SHARE * 3 // 2, 1, 2 * 10**8, SHARE // 2, SHARE * 3 // 2),
        column(123_456_789, 100_000_000, 10**6, 64_000_000_000, 10_000, 10_000),
        column(9, 9, 9, 8, 9, 9),
    )
    assert cents.tolist() == [123_46, 150_00, 0, 128_000_00, 0, 2]
    assert not wrong.any()


def test_a_missing_price_an_odd_scale_and_too_much_are_flagged_and_worth_nothing() -> None:
    cents, wrong = worth(
        column(SHARE, SHARE, 10**15, 10**15 + 1, -(10**15) - 1, SHARE, SHARE, MOST, -MOST - 1),
        column(0, -1, 10_000, 10_000, 10_000, 10**6, 10**6, MOST, MOST),
        column(9, 9, 0, 0, 0, -1, MAX_SCALE + 1, 0, 0),
    )
    assert cents.tolist() == [0, 0, 10**15, 0, 0, 0, 0, 0, 0]
    assert wrong.tolist() == [True, True, False, True, True, True, True, True, True]


def test_no_rows_are_worth_nothing() -> None:
    cents, wrong = worth(column(), column(), column())
    assert (cents.tolist(), wrong.tolist()) == ([], [])
    assert cents.dtype == np.int64


@given(st.lists(st.tuples(UNITS, PRICES, SCALES), min_size=1, max_size=20))
def test_worth_is_the_exact_product_half_even(rows: list[tuple[int, int, int]]) -> None:
    cents, wrong = worth(*(column(*numbers) for numbers in zip(*rows, strict=True)))
    expected = [plain(*row) for row in rows]
    assert wrong.tolist() == [abs(exact) > 10**15 for exact in expected]
    assert cents.tolist() == [0 if abs(exact) > 10**15 else exact for exact in expected]
    assert [cents_of(*row) for row in rows] == expected


@given(st.lists(st.tuples(UNITS, PRICES, SCALES), min_size=1, max_size=20))
def test_int64_says_so_only_where_it_is_right(rows: list[tuple[int, int, int]]) -> None:
    cents, fits = _on_int64(*(column(*numbers) for numbers in zip(*rows, strict=True)))
    for row, found, trusted in zip(rows, cents.tolist(), fits.tolist(), strict=True):
        assert not trusted or found == plain(*row)


def test_what_people_hold_stays_on_int64_and_halves_are_even_there_too() -> None:
    random = Random(9)
    units = [random.randrange(10 ** random.randint(1, 17)) for _ in range(2_000)]
    price = [random.randrange(1, 10 ** random.randint(1, 12)) for _ in units]
    scale = [random.choice([8, 9]) for _ in units]
    assert _on_int64(column(*units), column(*price), column(*scale))[1].all()
    halves = column(*range(-7, 8, 2))
    assert worth(halves * SHARE, np.full(8, 5_000), np.full(8, 9))[0].tolist() == [-4, -2, -2, 0, 0, 2, 2, 4]


@pytest.mark.parametrize(
    "units,price,scale",
    [(MOST // 2, 1, 3), (10**13 - 1, 10**18, 14), (-MOST, 2, 3), (MOST // 10**4, 10**8 + 9_999, 0)],
    ids=["very many of next to no worth", "very dear", "very many owed", "a sum beyond int64"],
)
def test_what_does_not_fit_goes_by_pythons_integers(units: int, price: int, scale: int) -> None:
    rows = column(units), column(price), column(scale)
    assert not _on_int64(*rows)[1].any()
    cents, wrong = worth(*rows)
    assert (cents.tolist(), wrong.tolist()) == (
        ([plain(units, price, scale)], [False]) if abs(plain(units, price, scale)) <= 10**15 else ([0], [True])
    )


def test_buys_round_units_down_and_sells_up_to_the_holding() -> None:
    assert units_for(100_00, 30_000_000, 9) == 3_333_333_333
    assert units_for(1, 700_000_000_000, 9) == 14  # 0.01 of a share at 700,000
    assert units_for(0, 30_000_000, 9) == 0
    assert units_to_raise(100_00, 30_000_000, 9, 10 * SHARE) == 3_333_333_334
    assert units_to_raise(90_00, 30_000_000, 9, 10 * SHARE) == 3 * SHARE
    assert units_to_raise(100_00, 30_000_000, 9, 2 * SHARE) == 2 * SHARE
    assert units_to_raise(0, 30_000_000, 9, SHARE) == 0


@given(st.integers(0, 10**15), PRICES, st.integers(0, 9))
def test_units_bought_cost_no_more_and_units_sold_bring_no_less(amount: int, price: int, scale: int) -> None:
    cent = 10 ** (4 + scale)
    bought, raised = units_for(amount, price, scale), units_to_raise(amount, price, scale, 10**40)
    assert bought * price <= amount * cent < (bought + 1) * price
    assert (raised - 1) * price < amount * cent <= raised * price
    assert cents_of(bought, price, scale) <= amount <= cents_of(raised, price, scale)
