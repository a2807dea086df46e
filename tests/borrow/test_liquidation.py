"""A liquidation proposal cures, sells the highest requirement first, and no more than it needs."""

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.borrow.liquidation import liquidate
from tests.borrow.lines import position, random_line
from tests.borrow.model import Line


def test_the_highest_requirement_goes_first_and_ties_in_display_order() -> None:
    line = Line([(400_00, 5_000, 2_500), (100_00, 10_000, 10_000), (400_00, 5_000, 2_500)], owed=650_00)
    assert line.excess() == -50_00
    assert liquidate(position([line])).sell.tolist() == [0, 50_00, 0]
    deeper = Line(line.holdings, owed=750_00)
    assert liquidate(position([deeper])).sell.tolist() == [200_00, 100_00, 0]
    last = Line(line.holdings, owed=850_00)
    found = liquidate(position([last, deeper, line]))
    assert found.sell.tolist() == [400_00, 100_00, 200_00, 200_00, 100_00, 0, 0, 50_00, 0]
    assert found.missing.tolist() == [0, 0, 0]


def test_what_no_sale_cures_is_said() -> None:
    found = liquidate(position([Line([(100_00, 5_000, 2_500), (100_00, 0, 0)], owed=201_00)]))
    assert found.sell.tolist() == [100_00, 0]
    assert found.missing.tolist() == [1_00]


def test_the_sales_equal_the_model_in_fractions() -> None:
    random = Random(6)
    lines = [random_line(random) for _ in range(3_000)]
    found = liquidate(position(lines))
    expected = [sale for line in lines for sale in line.liquidated()]
    assert found.sell.tolist() == expected
    assert sum(sale > 0 for sale in expected) > 500


@given(st.integers(0, 2**32))
def test_a_proposal_cures_wherever_that_can_be_and_a_cent_less_does_not(seed: int) -> None:
    line = random_line(Random(seed))
    found = liquidate(position([line]))
    sales = found.sell.tolist()
    after = line.sold(sales)
    assert found.missing[0] == max(0, -after.after(Fraction(0))[1])
    assert (after.excess() >= 0) == (found.missing[0] == 0)
    assert all(0 <= sale <= value for sale, (value, _, _) in zip(sales, line.holdings, strict=True))
    for place, sale in enumerate(sales):
        if sale:
            fewer = [one - (at == place) for at, one in enumerate(sales)]
            assert line.sold(fewer).excess() < 0 or line.holdings[place][2] == 0
