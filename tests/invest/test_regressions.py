"""What users of other products stumbled over (investing.md part 5), row by row."""

import numpy as np

from engine.invest.core.bands import Bands, breached
from engine.invest.core.columns import Pies, Refusal
from engine.invest.core.flatten import columns, flatten
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit, rebalance, withdraw
from engine.invest.pies.pie import load_yaml
from tests.invest.pies import column, one

FREE = Terms.alike(1)
DOLLAR = Terms.alike(1, 100)
NOTHING = column(0)


def test_row_2_targets_come_from_the_total_after_the_deposit() -> None:
    pie = one([5_000, 5_000], [600_00, 400_00])
    buys = deposit(pie, column(1_000_00), FREE).trade
    assert buys.tolist() == [400_00, 600_00]  # the total before, 1,000, would call the first slice overweight
    assert (pie.value + buys).tolist() == [1_000_00, 1_000_00]
    small = deposit(pie, column(100_00), FREE).trade
    assert small.tolist() == [0, 100_00]  # a slice that is above its part of the new total is not bought


def test_row_3_cash_is_invested_though_nothing_is_out_of_its_bands() -> None:
    pie = one([5_000, 5_000], [51_00, 49_00])
    assert not breached(pie, Bands.alike(1, 500, 2_500))[0].any()
    assert deposit(pie, column(10_00), FREE).trade.tolist() == [4_00, 6_00]


def test_row_4_nothing_ends_up_short_and_one_symbol_in_two_pies_is_two_slices() -> None:
    pie = one([1, 1, 1], [1, 0, 2])
    for amount in range(4):
        assert (pie.value + withdraw(pie, column(amount), NOTHING, FREE).trade).min() >= 0
    assert withdraw(pie, column(4), NOTHING, FREE).refusal.tolist() == [Refusal.ABOVE_HOLDING]
    read = load_yaml(
        "{name: all, slices: [{symbol: VTI, weight: 50%}, {weight: 50%, pie: {name: tech, slices: ["
        "{symbol: VTI, weight: 40%}, {symbol: VGT, weight: 60%}]}}]}"
    )
    assert read.document is not None
    flat = flatten(read.document)
    assert [(leaf.symbol, leaf.path) for leaf in flat.leaves] == [("VTI", (0,)), ("VTI", (1, 0)), ("VGT", (1, 1))]
    assert deposit(columns([flat], column(50_00, 0, 30_00)), column(20_00), FREE).trade.tolist() == [0, 20_00, 0]


def test_row_11_a_reserve_in_cents_causes_no_trades_when_prices_move() -> None:
    balanced, moved = one([1, 1], [500_00, 500_00]), one([1, 1], [510_00, 510_00])
    for pie in (balanced, moved):  # a reserve in percent would grow with the prices and sell a little each time
        assert not rebalance(pie, column(50_00), column(50_00), FREE).trade.any()


def test_row_12_a_price_error_never_sells_it_blocks_the_slice() -> None:
    values = column(0, 400_00, 600_00)
    priced = Pies(column(0, 3), column(1, 1, 1), values, np.array([True, False, False]))
    found = rebalance(priced, NOTHING, NOTHING, FREE)
    assert found.trade.tolist() == [0, 100_00, -100_00]
    assert deposit(priced, column(50_00), FREE).trade.tolist() == [0, 50_00, 0]
    assert withdraw(priced, column(1_000_01), NOTHING, FREE).refusal.tolist() == [Refusal.ABOVE_HOLDING]
    wrong = Pies(column(0, 3), column(1, 1, 1), column(-1, 400_00, 600_00))
    found = rebalance(wrong, NOTHING, NOTHING, FREE)
    assert (found.trade.tolist(), found.refusal.tolist()) == ([0, 0, 0], [Refusal.VALUE])


def test_row_13_a_second_rebalance_with_cash_held_back_does_nothing() -> None:
    pie, cash, reserve = one([5, 3, 2], [333_33, 222_22, 111_11]), column(77_77), column(25_00)
    for terms in (FREE, DOLLAR):
        first = rebalance(pie, cash, reserve, terms)
        then = Pies(pie.start, pie.weight, pie.value + first.trade)
        assert first.left.tolist() == [25_00]
        assert not rebalance(then, first.left, reserve, terms).trade.any()


def test_row_15_weights_that_do_not_total_are_refused_and_balanced_pies_see_no_tiny_trades() -> None:
    read = load_yaml("{name: all, slices: [{symbol: VTI, weight: 33.33%}, {symbol: BND, weight: 66.66%}]}")
    assert [(problem.path, problem.code) for problem in read.problems] == [("slices", "weights_total")]
    thirds = one([3_333, 3_333, 3_334], [33_33, 33_33, 33_34])
    assert not rebalance(thirds, NOTHING, NOTHING, FREE).trade.any()


def test_row_17_buys_and_sells_are_neutral_in_cash_and_debt_is_made_up() -> None:
    pie = one([7, 2, 1], [100_01, 99_99, 33_33])
    found = rebalance(pie, NOTHING, NOTHING, FREE)
    assert (found.trade.sum(), found.left.tolist()) == (0, [0])
    for terms in (FREE, DOLLAR, Terms.alike(1, 100, leave_cash=True)):
        assert rebalance(pie, column(-3_21), NOTHING, terms).left.min() >= 0
    assert withdraw(pie, column(1_00), column(-3_21), FREE).trade.sum() == -4_21


def test_row_20_a_weight_of_zero_is_a_target_and_weights_drift_until_somebody_trades() -> None:
    pie = one([10_000, 0], [50_00, 50_00])
    assert rebalance(pie, NOTHING, NOTHING, FREE).trade.tolist() == [50_00, -50_00]
    assert deposit(pie, column(10_00), FREE).trade.tolist() == [10_00, 0]
    drifted = one([1, 1], [70_00, 30_00])
    assert not deposit(drifted, NOTHING, FREE).trade.any()
