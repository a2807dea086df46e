"""Sales that end a call pay what regulators take of them, and none is below the minimum order (rulings 9, 15)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.borrow.liquidation import Selling, liquidate
from engine.borrow.states import MarginState
from engine.dated.document import DatedRow
from engine.invest.orderrecords import IntentKind
from ledger.accounts import Int64s
from tests.borrow.lent import Lent, lent
from tests.borrow.lines import position, random_line
from tests.borrow.model import Line
from tests.borrow.test_books import BEFORE, FRIDAY, IDLE, NEXT, THURSDAY, TUESDAY, TWICE, falling, told
from tests.borrow.test_lineview import looked
from tests.trading.test_facing import ending
from tests.trading.world import HALVES, MONDAY, prices

LEVIES = {"sec_fee": "0.00278%", "taf_per_unit": "0.000166", "taf_maximum": "8.30"}


def levied(house: Lent, **more: str) -> None:
    """Regulators take of sales again, and a call is answered without people."""
    rows = LEVIES | {"liquidation_automatic": "yes"} | more
    house.world.books.add_dated([DatedRow(name, MONDAY - 1, value, "a test") for name, value in rows.items()], 2)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Lent]:
    with lent(tmp_path, falling(), 10_000_00) as made:
        levied(made)
        yield made


def late(house: Lent, paid: int = 0, draw: int = 4_000_00) -> list[tuple[str, int]]:
    """Draw, be called by Tuesday's prices, pay in too little and too late; what is to be sold, 0 for all there is."""
    house.world.save(HALVES, IDLE)
    house.night(MONDAY)
    house.draw(draw)
    for day in range(TUESDAY, NEXT):
        if paid and day == THURSDAY:
            house.world.pay_in(paid)
        house.night(day)
    assert house.state() == MarginState.LIQUIDATION
    made = house.world.waiting()
    assert {one.kind for one in made} <= {IntentKind.SELL}
    return [(one.path, one.amount) for one in made]


def test_what_is_sold_cures_after_its_levies(house: Lent) -> None:
    """625.00 is missing; the sales pay 0.05 and 0.01 of VTI, 0.03 and 0.01 of BND: 0.10 more, at 25% 0.40 of BND."""
    assert late(house) == [("VTI", 0), ("BND", 1_000_40)]
    house.world.run(NEXT)
    assert (house.state(), house.excess(NEXT)) == (MarginState.CURED, 0)
    assert house.night(NEXT) == MarginState.WATCH
    assert house.world.waiting() == []


def test_the_page_proposes_the_same_sales(house: Lent) -> None:
    late(house)
    margin = looked(house, FRIDAY).margin
    assert margin is not None
    assert [(one.path, one.amount) for one in margin.sales] == [("VTI", 1_500_00), ("BND", 1_000_40)]


@pytest.mark.parametrize(
    "missing, sold, left",
    [
        (10, 1_00, 25 - 10 - 2),  # 0.48 would do with the levies of 0.02: it is no order
        (1, 1_00, 25 - 1 - 2),
        (374_75, 0, 375_00 - 374_75 - 6),  # 1,499.24 would do, but what is left would be no order
        (374_60, 1_498_64, 0),
    ],
)
def test_no_sale_is_below_the_minimum_order_nor_leaves_less(house: Lent, missing: int, sold: int, left: int) -> None:
    assert late(house, 625_00 - missing) == [("VTI", sold)]
    house.world.run(NEXT)
    assert (house.state(), house.excess(NEXT)) == (MarginState.CURED, left)


def test_a_holding_below_the_minimum_order_goes_whole(tmp_path: Path) -> None:
    """0.75 of VTI is left. Its sale frees 0.1875 and costs 0.02: more than the 0.0975 that are missing."""
    fall = prices(VTI={BEFORE: "100", TUESDAY: "0.015"}, BND={BEFORE: "50", TUESDAY: "40"})
    with lent(tmp_path, fall, 10_000_00) as house:
        levied(house)
        assert late(house, draw=3_000_66) == [("VTI", 0)]
        house.world.run(NEXT)
        assert (house.state(), house.excess(NEXT)) == (MarginState.CURED, 7)


def test_what_its_levies_eat_is_not_sold(tmp_path: Path) -> None:
    """VTI is worth 0.05 in all: its sale would cost 0.02 and free 0.0125. 99.9625 is missing, 0.03 are BND's levies."""
    fall = prices(VTI={BEFORE: "100", TUESDAY: "0.001"}, BND={BEFORE: "50", TUESDAY: "40"})
    with lent(tmp_path, fall, 10_000_00) as house:
        levied(house)
        assert late(house, draw=3_100_00) == [("BND", 399_97)]


def test_what_no_sale_cures_is_sold_once(tmp_path: Path) -> None:
    with lent(
        tmp_path, prices(VTI={BEFORE: "100", TUESDAY: "10"}, BND={BEFORE: "50", TUESDAY: "10"}), 10_000_00
    ) as house:
        levied(house)
        assert late(house) == [("VTI", 0), ("BND", 0)]
        house.world.run(NEXT)
        assert [house.night(day) for day in (NEXT, NEXT + 1)] == [MarginState.LIQUIDATION] * 2
        assert house.world.waiting() == []


def test_nothing_is_sold_while_a_price_is_not_known(house: Lent) -> None:
    levied_no = [DatedRow("liquidation_automatic", FRIDAY, "no", "a test")]
    house.world.books.add_dated(levied_no, 3)
    assert late(house) == []
    house.world.books.add_dated([DatedRow("liquidation_automatic", NEXT, "yes", "a test")], 4)
    usual = house.world.market
    house.world.market = ending(usual, "VTI", TUESDAY)  # type: ignore[assignment]  # a feed of the same kind
    assert (house.night(NEXT), house.world.waiting()) == (MarginState.LIQUIDATION, [])
    house.world.market = usual
    house.night(NEXT + 1)
    assert [one.path for one in house.world.waiting()] == ["VTI", "BND"]


def test_a_security_in_two_slices_pays_for_two_sales(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00, TWICE) as house:
        levied(house)
        house.world.save(TWICE, IDLE)
        house.night(MONDAY)
        house.draw(3_300_00)
        house.night(TUESDAY)
        assert house.excess(TUESDAY) == -487_50
        sold = told(house, TUESDAY)
        assert [(one.path, one.amount == one.value) for one in sold] == [("VTI", True), ("core/VTI", False)]
        assert sum(one.amount for one in sold) == 4 * (487_50 + 5 + 1 + 2 + 1)


@given(st.integers(0, 2**32))
def test_sales_that_cost_something_cure_wherever_that_can_be(seed: int) -> None:
    """Sales go in lots of `step` cents and cost a rate and a cent, as whole units and levies do."""
    random = Random(seed)
    line = random_line(random)
    step, rate = random.choice([1, 1, 7, 500]), random.choice([0, 3, 100, 3_000, 9_000])
    minimum = random.choice([0, 1, 1_00, 50_00])
    values = [value for value, _, _ in line.holdings]

    def one(at: int, cents: int) -> tuple[int, int]:
        gone = min(-(-cents // step) * step, values[at])
        return gone, gone - min(gone, -(-gone * rate // 10_000) + 1)

    def brings(place: Int64s, cents: Int64s) -> tuple[Int64s, Int64s]:
        pairs = [one(at, most) for at, most in zip(place.tolist(), cents.tolist(), strict=True)]
        gone, got = np.array(pairs, np.int64).reshape(-1, 2).T
        return gone, got

    def after(sales: list[int]) -> Line:
        pairs = [one(at, cents) if cents else (0, 0) for at, cents in enumerate(sales)]
        left = [(v - gone, i, m) for (v, i, m), (gone, _) in zip(line.holdings, pairs, strict=True)]
        return Line(left, line.cash + sum(got for _, got in pairs), line.owed)

    def relief(at: int) -> Fraction:
        alone = [value * (at == place) for place, value in enumerate(values)]
        return after(alone).excess() - line.excess()

    sales = liquidate(position([line]), Selling(minimum, brings)).sell.tolist()
    most = sum((max(relief(at), Fraction(0)) for at in range(len(values))), Fraction(0))
    short = line.excess() < 0
    assert (sum(sales) > 0) <= short
    assert (after(sales).excess() >= 0) == (line.excess() + most >= 0)
    for at, cents in enumerate(sales):
        assert cents in {0, values[at]} or (cents >= minimum and values[at] - cents >= minimum)
        assert cents == 0 or relief(at) > 0
