"""Worked examples of the rebalance core: what M1 publishes, the minimum order, refusals."""

import numpy as np
import pytest

from engine.invest.core.columns import Pies, Refusal
from engine.invest.core.flatten import whole_numbers
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit, rebalance, rebalance_within, withdraw
from tests.invest import model
from tests.invest.pies import batch, column, one, trades_of

FREE = Terms.alike(1)
DOLLAR = Terms.alike(1, 100)
LEAVING = Terms.alike(1, 100, leave_cash=True)
FIVE = one([2_000] * 5, [2_500_00, 2_300_00, 2_000_00, 1_700_00, 1_500_00])
NOTHING = column(0)


def test_the_first_deposit_splits_by_weight() -> None:
    buys = deposit(one([2_000] * 5, [0] * 5), column(10_000_00), FREE)
    assert buys.trade.tolist() == [2_000_00] * 5


def test_a_deposit_of_1000_reaches_only_the_most_underweight() -> None:
    assert deposit(FIVE, column(1_000_00), FREE).trade.tolist() == [0, 0, 66_67, 366_67, 566_66]


def test_a_deposit_of_2500_restores_the_balance() -> None:
    assert deposit(FIVE, column(2_500_00), FREE).trade.tolist() == [0, 200_00, 500_00, 800_00, 1_000_00]


def test_a_withdrawal_of_500_takes_from_the_most_overweight() -> None:
    assert withdraw(FIVE, column(500_00), NOTHING, FREE).trade.tolist() == [-350_00, -150_00, 0, 0, 0]


def test_a_withdrawal_uses_idle_cash_first() -> None:
    found = withdraw(FIVE, column(500_00), column(300_00), FREE)
    assert (found.trade.tolist(), found.left.tolist()) == ([-200_00, 0, 0, 0, 0], [0])
    found = withdraw(FIVE, column(500_00), column(700_00), FREE)
    assert (found.trade.tolist(), found.left.tolist()) == ([0] * 5, [200_00])


def test_a_withdrawal_takes_removed_slices_first_by_value_then_whole() -> None:
    pie = one([5_000, 0, 5_000, 0], [100_00, 30_00, 200_00, 10_00])
    assert withdraw(pie, column(10_01), NOTHING, FREE).trade.tolist() == [0, -7_51, 0, -2_50]
    assert withdraw(pie, column(60_00), NOTHING, FREE).trade.tolist() == [0, -30_00, -20_00, -10_00]


def test_a_full_rebalance_keeps_the_reserve_and_brings_it_up() -> None:
    pie = one([6_000, 4_000], [50_00, 50_00])
    found = rebalance(pie, column(30_00), column(10_00), FREE)
    assert (found.trade.tolist(), found.left.tolist()) == ([22_00, -2_00], [10_00])
    found = rebalance(pie, column(0), column(10_00), FREE)
    assert (found.trade.tolist(), found.left.tolist()) == ([4_00, -14_00], [10_00])
    found = rebalance(pie, column(0), column(900_00), FREE)
    assert (found.trade.tolist(), found.left.tolist()) == ([-50_00, -50_00], [100_00])


def test_an_inner_pie_is_rebalanced_alone_and_keeps_its_total() -> None:
    pie = one([3_000, 3_000, 4_000], [10_00, 30_00, 500_00])
    found = rebalance_within(pie, np.array([True, True, False]), FREE)
    assert (found.trade.tolist(), found.left.tolist()) == ([10_00, -10_00, 0], [0])


def test_small_buys_are_left_out_the_smallest_first_ties_the_later() -> None:
    even = one([1, 1, 1, 1], [0] * 4)
    assert deposit(even, column(2_50), DOLLAR).trade.tolist() == [1_25, 1_25, 0, 0]
    found = deposit(even, column(2_50), LEAVING)
    assert (found.trade.tolist(), found.left.tolist()) == ([0] * 4, [2_50])
    found = deposit(even, column(99), DOLLAR)
    assert (found.trade.tolist(), found.left.tolist()) == ([0] * 4, [99])


def test_small_trades_of_a_full_rebalance_are_frozen() -> None:
    pie = one([1, 1, 2], [10_50, 13_00, 20_00])
    assert rebalance(pie, NOTHING, NOTHING, FREE).trade.tolist() == [38, -2_13, 1_75]
    assert rebalance(pie, NOTHING, NOTHING, DOLLAR).trade.tolist() == [0, -2_00, 2_00]
    found = rebalance(pie, NOTHING, NOTHING, LEAVING)
    assert (found.trade.tolist(), found.left.tolist()) == ([0, -2_13, 1_75], [38])


def test_a_sale_that_would_leave_less_than_the_minimum_sells_the_slice_whole() -> None:
    pie = one([0, 1, 1], [5_00, 100_00, 90_00])
    found = withdraw(pie, column(4_50), NOTHING, DOLLAR)
    assert (found.trade.tolist(), found.left.tolist()) == ([-5_00, 0, 0], [50])
    both = one([0, 0, 1], [5_00, 5_00, 100_00])
    found = withdraw(both, column(9_00), NOTHING, DOLLAR)
    assert (found.trade.tolist(), found.left.tolist()) == ([-5_00, -4_00, 0], [0])


def test_sales_below_the_minimum_are_left_out_even_if_the_rest_is_short() -> None:
    pie = one([0, 1], [5_00, 100_00])
    found = withdraw(pie, column(5_30), NOTHING, DOLLAR)
    assert (found.trade.tolist(), found.left.tolist()) == ([-5_00, 0], [-30])


def test_a_batch_refuses_what_it_must_and_goes_on_with_the_others() -> None:
    weights = [[1, 1], [1, 1], [1, -1], [-1, -1], [1, 1], [], [0, 0]]
    values = [[100, 200], [-1, 5], [5, 5], [10**15 + 1, 0], [100, 200], [], [5, 5]]
    pies, terms = batch([model.Pie(weight, value) for weight, value in zip(weights, values, strict=True)])
    cash = column(100, 100, 100, 100, -1, 100, 100)
    found = deposit(pies, cash, terms)
    assert found.refusal.tolist() == [0, Refusal.VALUE, Refusal.WEIGHT, Refusal.VALUE, Refusal.AMOUNT, 0, 0]
    assert trades_of(pies, found.trade) == [[100, 0], [0, 0], [0, 0], [0, 0], [0, 0], [], [0, 0]]
    assert found.left.tolist() == [0, 100, 100, 100, -1, 100, 100]
    found = withdraw(pies, column(301, 1, 1, 1, 300, 101, 10), column(0, 0, 0, 0, 0, 100, 0), terms)
    above = Refusal.ABOVE_HOLDING
    assert found.refusal.tolist() == [above, Refusal.VALUE, Refusal.WEIGHT, Refusal.VALUE, 0, above, 0]
    assert trades_of(pies, found.trade) == [[0, 0], [0, 0], [0, 0], [0, 0], [-100, -200], [], [-5, -5]]
    assert found.left.tolist() == [0, 0, 0, 0, 0, 100, 0]
    found = rebalance(pies, cash * 0 + 10, column(0, 0, 0, 0, 10**15 + 1, 0, 0), terms)
    assert found.refusal.tolist() == [0, Refusal.VALUE, Refusal.WEIGHT, Refusal.VALUE, Refusal.AMOUNT, 0, 0]
    assert trades_of(pies, found.trade) == [[55, -45], [0, 0], [0, 0], [0, 0], [0, 0], [], [-5, -5]]
    assert found.left.tolist() == [0, 10, 10, 10, 10, 10, 20]


def test_no_pies_no_trades() -> None:
    none = Pies(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert deposit(none, np.zeros(0, np.int64), Terms.alike(0)).trade.tolist() == []


@pytest.mark.parametrize("factor", [1, 10**14, 10**30])
def test_past_the_guard_the_cents_stay_the_same(factor: int) -> None:
    weights = whole_numbers([3 * factor, 5 * factor, 7 * factor + factor // 10**29])
    pies = Pies(column(0, 3), weights, column(10**9, 5, 10**9))
    assert deposit(pies, column(10**9), FREE).trade.tolist() == [0, 833_333_330, 166_666_670]
    assert withdraw(pies, column(10**9), column(0), FREE).trade.tolist() == [-700_000_000, 0, -300_000_000]
    assert rebalance(pies, column(1), column(0), FREE).trade.sum() == 1
