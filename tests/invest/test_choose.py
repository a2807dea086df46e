"""The orders of lots: M1's documented one, the usual ones, least tax, and lots that are listed (investing.md 3.2)."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.lots.choose import SaleTerms, Taken, choose, first_units, settle_sale
from engine.invest.lots.lots import Lot
from engine.invest.lots.worth import cents_of
from engine.invest.records import LotOrder
from ledger.faults import SluiceError
from tests.invest.lots import SHARE, TODAY, at_price, drawn_lots, held, m1_sequence, over_a_year

OLD, NEW = "2024-03-05", "2026-02-10"
SIX = [
    held(1, OLD, "1", "99"),  # long gain of 1
    held(2, NEW, "1", "99.99"),  # short gain of 0.01
    held(3, OLD, "1", "100"),  # long, neither
    held(4, NEW, "1", "100"),  # short, neither
    held(5, OLD, "1", "150"),  # long loss of 50
    held(6, NEW, "1", "100.01"),  # short loss of 0.01
]
PRICES = st.one_of(st.just(100_000_000), st.integers(1, 10**9))  # also where cost and worth are equal
ORDERS: list[LotOrder] = [order for order in LotOrder if order != LotOrder.SPECIFIC]


def numbers(lots: list[Lot], units: int, order: LotOrder, terms: SaleTerms) -> list[int]:
    return [one.lot for one in choose(lots, units, order, terms)]


def all_of(lots: list[Lot]) -> int:
    return sum(lot.units for lot in lots)


def test_m1_sells_short_losses_first_and_short_gains_last() -> None:
    assert numbers(SIX, 6 * SHARE, LotOrder.M1, at_price("100")) == [6, 5, 4, 3, 1, 2]


def test_m1_sells_a_long_gain_before_a_smaller_short_gain() -> None:
    short, long = held(1, NEW, "10", "999.90"), held(2, OLD, "10", "200")
    assert numbers([short, long], 15 * SHARE, LotOrder.M1, at_price("100")) == [2, 1]


def test_m1_sells_the_largest_loss_and_the_smallest_gain_of_a_class_first_by_unit() -> None:
    losses = [held(1, NEW, "10", "1010"), held(2, NEW, "1", "105")]  # ten lost 1 each, one lost 5
    assert numbers(losses, 11 * SHARE, LotOrder.M1, at_price("100")) == [2, 1]
    gains = [held(1, OLD, "1", "95"), held(2, OLD, "10", "990")]
    assert numbers(gains, 11 * SHARE, LotOrder.M1, at_price("100")) == [2, 1]


def test_equal_gains_per_unit_go_to_the_older_lot() -> None:
    lots = [held(3, NEW, "1", "90"), held(2, "2026-02-11", "2", "180"), held(1, "2026-02-11", "3", "270")]
    for order in (LotOrder.M1, LotOrder.HIFO, LotOrder.LEAST_TAX):
        assert numbers(lots, 6 * SHARE, order, at_price("100", short_bp=3_200)) == [3, 1, 2]


def test_what_is_left_of_a_lot_is_what_counts() -> None:
    lot = Lot(1, 1, 5, 3, 2, 0, 0, 3, 2).without(1)  # two units that cost 1
    assert (lot.units, lot.cost) == (2, 1)
    rival = Lot(2, 1, 5, 9, 5, 0, 0, 9, 5)
    assert numbers([lot, rival], 11, LotOrder.HIFO, SaleTerms(TODAY, 10**6, 0)) == [2, 1]


def test_fifo_lifo_and_hifo() -> None:
    lots = [held(4, NEW, "1", "70"), held(2, OLD, "1", "60"), held(3, NEW, "1", "90"), held(1, "2025-05-05", "1", "80")]
    assert numbers(lots, 4 * SHARE, LotOrder.FIFO, at_price("75")) == [2, 1, 3, 4]
    assert numbers(lots, 4 * SHARE, LotOrder.LIFO, at_price("75")) == [4, 3, 1, 2]
    assert numbers(lots, 4 * SHARE, LotOrder.HIFO, at_price("75")) == [3, 1, 4, 2]


def test_least_tax_is_the_customers_own_and_not_m1s_order() -> None:
    short, long = held(1, NEW, "10", "999.90"), held(2, OLD, "10", "200")
    terms = at_price("100", short_bp=3_700, long_bp=1_500)
    assert numbers([short, long], 5 * SHARE, LotOrder.LEAST_TAX, terms) == [1]
    losses = [held(1, NEW, "1", "110"), held(2, OLD, "1", "130")]  # 10 at 37% saves 3.70, 30 at 15% saves 4.50
    assert numbers(losses, SHARE, LotOrder.LEAST_TAX, terms) == [2]
    assert numbers(losses, SHARE, LotOrder.M1, terms) == [1]


def test_the_holding_period_counts_from_where_a_wash_sale_moved_it() -> None:
    bought = held(1, NEW, "1", "90")
    moved = replace(bought, held_from=held(0, OLD, "1", "1").day)
    assert [choose([lot], SHARE, LotOrder.FIFO, at_price("100"))[0].long for lot in (bought, moved)] == [False, True]


def test_a_sale_in_part_takes_its_part_of_the_cost() -> None:
    lots = [held(1, OLD, "1", "40"), held(2, NEW, "3", "100")]
    assert choose(lots, 2 * SHARE, LotOrder.FIFO, at_price("50")) == [
        Taken(1, SHARE, 40_00, 50_00, 10_00, long=True),
        Taken(2, SHARE, 33_33, 50_00, 16_67, long=False),
    ]


def test_a_sale_of_nothing_takes_nothing_and_lots_without_units_stay_out() -> None:
    lots = [held(1, OLD, "1", "40").without(SHARE), held(2, NEW, "1", "100")]
    assert [numbers(lots, SHARE, order, at_price("50")) for order in ORDERS] == [[2]] * 5
    assert [choose(lots, 0, order, at_price("50")) for order in LotOrder] == [[]] * 6


def test_proceeds_and_fee_are_split_by_units_ties_to_the_lower_lot() -> None:
    taken = choose([held(2, OLD, "1", "3"), held(1, NEW, "1", "4")], 2 * SHARE, LotOrder.FIFO, at_price("3.50"))
    assert settle_sale(taken, 7_01, 3) == [
        Taken(2, SHARE, 3_00, 3_50, 50, long=True, fee=1),
        Taken(1, SHARE, 4_00, 3_51, -49, long=False, fee=2),
    ]


def test_listed_lots_are_taken_as_listed() -> None:
    terms = replace(at_price("100"), specific=((5, SHARE), (1, SHARE // 2)))
    assert [(one.lot, one.units) for one in choose(SIX, SHARE * 3 // 2, LotOrder.SPECIFIC, terms)] == list(
        terms.specific
    )


@pytest.mark.parametrize(
    "specific,field,sentence",
    [
        ([(9, SHARE)], "specific.0.lot", "Lot 9 is no lot of this holding; list open lots, each once."),
        ([(1, SHARE // 2), (1, SHARE // 2)], "specific.1.lot", "Lot 1 is listed twice; list open lots, each once."),
        (
            [(1, SHARE * 5 // 4)],
            "specific.0.units",
            "Lot 1 has 1 units left, not 1.25; take more than none and at most all of them.",
        ),
        (
            [(2, SHARE), (1, 0)],
            "specific.1.units",
            "Lot 1 has 1 units left, not 0; take",
        ),
        (
            [(1, -1)],
            "specific.0.units",
            "Lot 1 has 1 units left, not -0.000000001; take",
        ),
        ([(1, SHARE // 2)], "specific", "The lots listed give 0.5 units, but 1 are sold; list exactly as many."),
        ([], "specific", "The lots listed give 0 units, but 1 are sold; list exactly as many."),
    ],
)
def test_listed_lots_that_do_not_match_are_refused(specific: list[tuple[int, int]], field: str, sentence: str) -> None:
    with pytest.raises(SluiceError) as fault:
        choose(SIX, SHARE, LotOrder.SPECIFIC, replace(at_price("100"), specific=tuple(specific)))
    assert (fault.value.code, fault.value.field) == ("lots_specific", field)
    assert fault.value.sentence.startswith(sentence)


@pytest.mark.parametrize("units,shown", [(6 * SHARE + 1, "6.000000001"), (-SHARE // 2, "-0.5")])
def test_no_more_than_the_holding_is_sold(units: int, shown: str) -> None:
    for order in LotOrder:
        with pytest.raises(SluiceError) as fault:
            choose(SIX, units, order, at_price("100"))
        assert (fault.value.code, fault.value.field) == ("above_holding", "units")
        assert fault.value.sentence == f"The lots hold 6 units, not {shown}; sell between none and all of them."


def test_a_partial_fill_takes_a_stored_choice_from_its_beginning() -> None:
    stored = ((5, 300), (1, 200))
    assert first_units(stored, 0) == ()
    assert first_units(stored, 300) == ((5, 300),)
    assert first_units(stored, 301) == ((5, 300), (1, 1))
    assert first_units(stored, 500) == stored


@given(drawn_lots(), PRICES, st.fractions(0, 1))
def test_m1_equals_the_plain_program(lots: list[Lot], price: int, share: Fraction) -> None:
    terms = SaleTerms(TODAY, price, 4)
    units = int(all_of(lots) * share)
    expected, left = [], units
    for number in m1_sequence(lots, TODAY, Fraction(price, 10**8)):
        part = min(left, next(lot.units for lot in lots if lot.lot == number))
        left -= part
        expected += [(number, part)] if part else []
    assert [(one.lot, one.units) for one in choose(lots, units, LotOrder.M1, terms)] == expected


@given(
    drawn_lots(), st.sampled_from(ORDERS), st.builds(SaleTerms, st.just(TODAY), PRICES, st.just(6)), st.fractions(0, 1)
)
def test_every_order_sells_exactly_the_units(
    lots: list[Lot], order: LotOrder, terms: SaleTerms, share: Fraction
) -> None:
    units, terms = int(all_of(lots) * share), replace(terms, short_bp=3_200, long_bp=1_500)
    taken = choose(lots, units, order, terms)
    by_number = {lot.lot: lot for lot in lots}
    assert sum(one.units for one in taken) == units
    assert sum(one.proceeds for one in taken) == cents_of(units, terms.price, 6)
    assert max(Counter(one.lot for one in taken).values(), default=1) == 1
    for one in taken:
        lot = by_number[one.lot]
        assert 0 < one.units <= lot.units
        assert one.cost == lot.cost - lot.without(one.units).cost
        assert one.gain == one.proceeds - one.cost
        assert one.long == over_a_year(lot.held_from, TODAY)
    assert [one for one in taken if one.units < by_number[one.lot].units] in ([], taken[-1:])
    chosen = tuple((one.lot, one.units) for one in taken)
    again = choose(lots, units, LotOrder.SPECIFIC, replace(terms, specific=chosen))
    assert again == taken  # the choice that is stored with the order sells the same


@given(drawn_lots(), st.lists(st.tuples(st.sampled_from(ORDERS), st.fractions(0, 1), PRICES), max_size=8))
def test_cost_in_is_cost_out_and_cost_left_after_any_sales(
    lots: list[Lot], sales: list[tuple[LotOrder, Fraction, int]]
) -> None:
    units_in, cost_in = all_of(lots), sum(lot.cost for lot in lots)
    units_out = cost_out = gains = brought = 0
    for order, share, price in sales:
        taken = choose(lots, int(all_of(lots) * share), order, SaleTerms(TODAY, price, 6, 3_200, 1_500))
        proceeds = sum(one.proceeds for one in taken)
        gone = {one.lot: one.units for one in settle_sale(taken, proceeds)}
        lots = [lot.without(gone.get(lot.lot, 0)) for lot in lots]
        units_out, cost_out = units_out + sum(gone.values()), cost_out + sum(one.cost for one in taken)
        gains, brought = gains + sum(one.gain for one in taken), brought + proceeds
        assert min(lot.units for lot in lots) >= 0
        assert min(lot.cost for lot in lots) >= 0
        assert (units_in, cost_in) == (units_out + all_of(lots), cost_out + sum(lot.cost for lot in lots))
    assert gains == brought - cost_out


def tax(lots: list[Lot], counts: dict[int, int], terms: SaleTerms) -> Fraction:
    """Tax of a sale in exact proportions, in cents times 10,000."""
    total = Fraction(0)
    for lot in lots:
        rate = terms.long_bp if over_a_year(lot.held_from, terms.day) else terms.short_bp
        gain = Fraction(terms.price, 10**4 * 10**terms.scale) - Fraction(lot.cost, lot.units)
        total += counts.get(lot.lot, 0) * gain * rate
    return total


TERMS = st.builds(
    SaleTerms,
    st.just(TODAY),
    st.integers(1, 25_000),
    st.just(0),
    st.sampled_from([0, 1_000, 3_700]),
    st.sampled_from([0, 1_500, 5_000]),
)


@given(drawn_lots(most_lots=4, most_units=5), TERMS, st.fractions(0, 1))
def test_least_tax_is_least_among_all_ways_to_sell_so_many_units(
    lots: list[Lot], terms: SaleTerms, share: Fraction
) -> None:
    units = int(all_of(lots) * share)
    ways = product(*(range(lot.units + 1) for lot in lots))
    every = [dict(zip((lot.lot for lot in lots), way, strict=True)) for way in ways if sum(way) == units]
    taken = {one.lot: one.units for one in choose(lots, units, LotOrder.LEAST_TAX, terms)}
    assert tax(lots, taken, terms) == min(tax(lots, way, terms) for way in every)
