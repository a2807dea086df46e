"""An exact amount: its cents half-even, its decimals cut, its sum."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.interest.exact import Exact

WHOLE = st.integers(-(10**24), 10**24)
BELOW = st.sampled_from([1, 2, 3, 365 * 10**12, 360 * 10**12])


@given(top=WHOLE, bottom=BELOW)
def test_cents_are_the_nearest_half_even(top: int, bottom: int) -> None:
    assert Exact(top, bottom).cents == round(Fraction(top, bottom))


@given(top=WHOLE, bottom=BELOW, places=st.integers(2, 12))
def test_the_text_is_cut_towards_zero(top: int, bottom: int, places: int) -> None:
    exact, shown = Fraction(abs(top), 100 * bottom), Fraction(Exact(top, bottom).text(places))
    assert 0 <= exact - abs(shown) < Fraction(1, 10**places)
    assert shown <= 0 or top > 0


@given(one=WHOLE, other=WHOLE)
def test_amounts_of_one_denominator_add(one: int, other: int) -> None:
    assert Exact(one, 365) + Exact(other, 365) == Exact(one + other, 365)


def test_amounts_of_two_denominators_do_not() -> None:
    with pytest.raises(ValueError, match="360 is not the denominator 365"):
        Exact(1, 365) + Exact(1, 360)


def test_people_read_eight_decimals() -> None:
    assert Exact(1_234_567_890_123, 10**9).text() == "12.34567890"
    assert Exact(-1, 3).text() == "-0.00333333"
