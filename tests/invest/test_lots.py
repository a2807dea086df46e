"""Cost that goes with parts of a lot, holding periods, and what moves and splits do to lots (ledger.md 4.13)."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.lots.lots import Lot, long_from, long_term, part_cost, split_lots
from ledger.days import day_number, format_day
from ledger.faults import SluiceError
from tests.invest.lots import at, drawn_lots, held


def test_thirds_of_ten_dollars_are_333_334_and_333() -> None:
    lot, pieces = held(1, "2025-01-02", "3", "10"), []
    for _ in range(3):
        pieces.append(part_cost(lot, 10**9))
        lot = lot.without(10**9)
    assert pieces == [3_33, 3_34, 3_33]
    assert (lot.units, lot.cost, lot.units_opened, lot.cost_opened) == (0, 0, 3 * 10**9, 10_00)


def test_halves_of_a_cent_go_to_the_even_cent() -> None:
    lot = Lot(1, 1, 5, 4, 2, 0, 0, 4, 2)
    assert [part_cost(lot, units) for units in range(5)] == [0, 0, 1, 2, 2]


@pytest.mark.parametrize("units", [-1, 10**9 + 1])
def test_no_lot_gives_more_than_it_has(units: int) -> None:
    with pytest.raises(SluiceError, match=r"^Lot 7 has 1000000000 smallest units left, not -?\d+;") as fault:
        held(7, "2025-01-02", "1", "10").without(units)
    assert (fault.value.code, fault.value.field) == ("above_holding", "units")


@given(drawn_lots(most_lots=1, most_units=10**15), st.lists(st.fractions(0, 1), max_size=20))
def test_cost_in_is_cost_out_and_cost_left_whatever_is_sold(lots: list[Lot], shares: list[Fraction]) -> None:
    lot = replace(lots[0], units=lots[0].units_opened, cost=lots[0].cost_opened)
    out = 0
    for share in shares:
        units = int(lot.units * share)
        cost = part_cost(lot, units)
        assert 0 <= cost <= lot.cost
        assert abs(cost * lot.units_opened - lot.cost_opened * units) <= lot.units_opened  # within a cent of its part
        out, lot = out + cost, lot.without(units)
        assert out + lot.cost == lot.cost_opened
    rest = part_cost(lot, lot.units)
    assert out + rest == lot.cost_opened
    assert lot.without(lot.units).cost == 0


@pytest.mark.parametrize(
    "bought,first",
    [
        ("2025-06-30", "2026-07-01"),  # the last day of June: the first of the thirteenth month after
        ("2025-06-15", "2026-06-16"),  # the day after the anniversary
        ("2015-02-28", "2016-03-01"),  # not 29 February 2016
        ("2016-02-28", "2017-03-01"),  # not the last day of its month
        ("2016-02-29", "2017-03-01"),
        ("2015-02-27", "2016-02-28"),
        ("2019-12-31", "2021-01-01"),
        ("2019-12-30", "2020-12-31"),
        ("2020-01-31", "2021-02-01"),
        ("2015-03-01", "2016-03-02"),
    ],
)
def test_a_lot_is_long_term_from_the_day_after_a_year(bought: str, first: str) -> None:
    assert format_day(long_from(at(bought))) == first
    assert not long_term(at(bought), at(first) - 1)
    assert long_term(at(bought), at(first))


@given(st.dates(date(1980, 1, 1), date(2200, 12, 31)))
def test_a_year_is_held_and_the_next_day_counts_no_earlier(bought: date) -> None:
    days = long_from(day_number(bought)) - day_number(bought)
    assert days in (366, 367)
    assert long_from(day_number(bought)) <= long_from(day_number(bought) + 1)


def test_a_part_moves_to_another_slice_with_its_cost_and_its_dates() -> None:
    lot = replace(held(3, "2025-01-02", "3", "10"), held_from=at("2024-12-20")).without(10**9)
    piece, rest = lot.moved(10**9, 9, 2), lot.without(10**9)
    assert piece == Lot(9, 2, 5, 10**9, 3_34, at("2025-01-02"), at("2024-12-20"), 10**9, 3_34)
    assert (rest.units, rest.cost, rest.slice) == (10**9, 3_33, 1)


def test_a_split_keeps_cost_and_dates_and_opens_new_versions() -> None:
    lots = [held(1, "2025-01-02", "1.5", "30"), held(2, "2025-02-03", "2", "50").without(10**9)]
    assert split_lots(lots, 4, 1) == (
        [held(1, "2025-01-02", "6", "30"), held(2, "2025-02-03", "4", "25")],
        0,
    )


def test_a_reverse_split_can_leave_a_lot_without_units_whose_cost_is_realised() -> None:
    small, large = Lot(1, 1, 5, 1, 7, 0, 0, 1, 7), Lot(2, 1, 5, 13, 20, 0, 0, 13, 20)
    lots, lost = split_lots([small, large], 1, 10)
    assert ([lot.units for lot in lots], [lot.cost for lot in lots], lost) == ([0, 1], [7, 20], 4)
    assert part_cost(lots[0], 0) == 7
    assert lots[0].without(0).cost == 0


@given(drawn_lots(), st.integers(1, 60), st.integers(1, 60))
def test_a_split_conserves_cost_and_the_whole_units(lots: list[Lot], top: int, bottom: int) -> None:
    after, lost = split_lots(lots, top, bottom)
    assert sum(lot.units for lot in after) * bottom + lost == sum(lot.units for lot in lots) * top
    assert [lot.cost for lot in after] == [lot.cost for lot in lots]
    for old, new in zip(lots, after, strict=True):
        assert 0 <= new.units - old.units * top // bottom <= 1
        assert replace(new, units=0, units_opened=0, cost_opened=0) == replace(
            old, units=0, units_opened=0, cost_opened=0
        )
        assert (new.units_opened, new.cost_opened) == (new.units, new.cost)
