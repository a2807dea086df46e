"""Leaves with exact weights, and the same trees level by level."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.core.columns import Refusal, Trades
from engine.invest.core.flatten import columns, flatten, inside, levels
from engine.invest.core.minimum import Terms
from engine.invest.core.nested import Nested, deposit_by_level, rebalance_by_level, withdraw_by_level
from engine.invest.core.rebalance import deposit, rebalance, withdraw
from engine.invest.pies.pie import Pie, Slice
from tests.invest.pies import column

FREE = Terms.alike(1)


def a_pie(*parts: tuple[object, int], name: str = "p") -> Pie:
    made = [
        Slice(pie=part, weight=weight) if isinstance(part, Pie) else Slice(symbol=str(part), weight=weight)
        for part, weight in parts
    ]
    return Pie(name=name, slices=tuple(made))


BONDS = a_pie(("BND", 6_666), ("TIP", 3_334), name="bonds")
MIXED = a_pie(("VTI", 5_000), (BONDS, 3_000), ("VXUS", 2_000))
PLAIN = a_pie(("VTI", 10_000))


def drawn(random: Random, depth: int) -> Pie:
    count = random.randint(1, 4)
    cuts = sorted(random.sample(range(1, 10_000), count - 1))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    parts: list[tuple[object, int]] = []
    for place, weight in enumerate(weights):
        inner = depth < 6 and random.random() < 0.4
        parts.append((drawn(random, depth + 1) if inner else f"S{place}", weight))
    names = (("a", "b", "c", "d", "e", "f")[depth - 1] + str(random.randrange(10**9)),)
    return a_pie(*parts, name=names[0])


def nested(pies: list[Pie], *cents: int, blocked: int | None = None) -> Nested:
    return Nested(levels(pies), column(*cents), np.arange(len(cents)) == (-1 if blocked is None else blocked))


def test_leaves_have_exact_weights_in_lowest_terms() -> None:
    flat = flatten(MIXED)
    assert [leaf.symbol for leaf in flat.leaves] == ["VTI", "BND", "TIP", "VXUS"]
    assert [Fraction(leaf.weight, flat.whole) for leaf in flat.leaves] == [
        Fraction(1, 2), Fraction(3, 10) * Fraction(6_666, 10_000), Fraction(3, 10) * Fraction(3_334, 10_000),
        Fraction(1, 5),
    ]  # fmt: skip
    assert flat.whole == 50_000
    assert flatten(PLAIN).whole == 1


def test_an_inner_pie_is_found_by_its_path() -> None:
    assert inside(flatten(MIXED), (1,)) == [False, True, True, False]
    assert all(inside(flatten(MIXED), ()))


def test_weights_that_int64_cannot_hold_are_pythons_integers() -> None:
    pie = a_pie(("A", 1), ("B", 9_999))
    for name in "abcde":
        pie = a_pie((pie, 1), ("C", 9_999), name=name)
    flat = flatten(pie)
    assert flat.whole == 10_000**6
    pies = columns([flat, flatten(PLAIN)], column(0, 0, 0, 0, 0, 0, 0, 0))
    assert pies.weight.dtype == np.object_
    buys = deposit(pies, column(10**15, 7), Terms.alike(2)).trade
    assert buys.tolist() == [0, 0, 0, 1_000, 9_999_000, 99_990_000_000, 999_900_000_000_000, 7]


def test_an_overweight_inner_pie_hides_an_underweight_leaf_only_level_by_level() -> None:
    flat = deposit(columns([flatten(MIXED)], column(50_00, 60_00, 0, 20_00)), column(10_00), FREE)
    assert flat.trade.tolist() == [0, 0, 10_00, 0]
    level = deposit_by_level(nested([MIXED], 50_00, 60_00, 0, 20_00), column(10_00), FREE)
    assert (level.trade.tolist(), level.left.tolist()) == ([7_14, 0, 0, 2_86], [0])


def test_level_by_level_a_withdrawal_lowers_the_inner_pie_and_then_its_leaves() -> None:
    level = withdraw_by_level(nested([MIXED], 50_00, 60_00, 0, 20_00), column(10_00), FREE)
    assert (level.trade.tolist(), level.left.tolist()) == ([0, -10_00, 0, 0], [0])


def test_level_by_level_the_minimum_holds_at_every_level() -> None:
    cents = (0, 0, 0, 0)
    level = deposit_by_level(nested([MIXED], *cents), column(3_00), Terms.alike(1, 1_00))
    assert (level.trade.tolist(), level.left.tolist()) == ([1_88, 1_12, 0, 0], [0])
    assert not deposit_by_level(nested([MIXED], *cents), column(99), Terms.alike(1, 1_00)).trade.any()


def test_a_blocked_leaf_blocks_the_pies_around_it() -> None:
    level = deposit_by_level(nested([MIXED], 0, 10_00, 0, 0, blocked=2), column(7_00), FREE)
    assert level.trade.tolist() == [5_00, 0, 0, 2_00]
    assert not rebalance_by_level(nested([MIXED], 5_00, 10_00, 7, 2_00, blocked=2), column(0)).trade.any()


def test_a_refused_tree_leaves_the_others_alone() -> None:
    both = nested([MIXED, PLAIN, MIXED], 1, 2, -3, 4, 5, 1, 2, 3, 4)
    terms = Terms.alike(3)
    found: list[Trades] = [
        deposit_by_level(both, column(10, 10, -1), terms),
        withdraw_by_level(both, column(1, 5, 11), terms),
        rebalance_by_level(both, column(1, 1, 10**15 + 1)),
    ]
    last = [Refusal.AMOUNT, Refusal.ABOVE_HOLDING, Refusal.AMOUNT]
    for trades, refusal, middle in zip(found, last, (10, -5, 1), strict=True):
        assert trades.refusal.tolist() == [Refusal.VALUE, Refusal.NONE, refusal]
        assert trades.trade.tolist() == [0, 0, 0, 0, middle, 0, 0, 0, 0]
    assert [trades.left.tolist() for trades in found] == [[10, 0, -1], [0, 0, 0], [1, 0, 10**15 + 1]]


@given(st.integers(0, 2**32), st.sampled_from([100, 10**6, 10**13]))
def test_5_flattened_and_level_by_level_are_one_full_rebalance_within_a_cent_a_level(seed: int, most: int) -> None:
    random = Random(seed)
    pies = [drawn(random, 1) for _ in range(3)]
    flat = [flatten(pie) for pie in pies]
    sizes = [len(one.leaves) for one in flat]
    values = column(*(random.randint(0, most) for _ in range(sum(sizes))))
    cash = column(*(random.randint(0, most) for _ in pies))
    batch, trees = columns(flat, values), Nested(levels(pies), values, np.zeros(len(values), np.bool_))
    whole = rebalance(batch, cash, cash * 0, Terms.alike(3))
    level = rebalance_by_level(trees, cash)
    assert level.left.tolist() == whole.left.tolist() == [0, 0, 0]
    apart = np.abs(level.trade - whole.trade)
    assert apart.max() <= len(trees.trees.levels)
    assert not rebalance_by_level(Nested(trees.trees, values + level.trade, trees.blocked), cash * 0).trade.any()


@given(st.integers(0, 2**32), st.sampled_from([100, 10**6, 10**13]))
def test_level_by_level_every_cent_is_placed_and_nothing_goes_the_wrong_way(seed: int, most: int) -> None:
    random = Random(seed)
    pie = drawn(random, 1)
    values = column(*(random.randint(0, most) for _ in flatten(pie).leaves))
    trees = Nested(levels([pie]), values, np.zeros(len(values), np.bool_))
    cash = random.randint(0, most)
    bought = deposit_by_level(trees, column(cash), FREE)
    assert (bought.trade.sum(), bought.trade.min() >= 0, bought.left.tolist()) == (cash, True, [0])
    asked = random.randint(0, int(values.sum()))
    sold = withdraw_by_level(trees, column(asked), FREE)
    assert (sold.trade.sum(), sold.trade.max() <= 0, (values + sold.trade).min() >= 0) == (-asked, True, True)
    assert withdraw(columns([flatten(pie)], values), column(asked), column(0), FREE).trade.sum() == -asked


@pytest.mark.parametrize("pies", [[MIXED], [PLAIN, MIXED, PLAIN], [a_pie((MIXED, 4_000), (BONDS, 6_000), name="all")]])
def test_levels_count_leaves_as_flattening_does(pies: list[Pie]) -> None:
    trees = levels(pies)
    found = np.concatenate([level.child[level.child >= 0] for level in trees.levels])
    assert sorted(found.tolist()) == list(range(sum(len(flatten(pie).leaves) for pie in pies)))
    assert np.diff(trees.start).tolist() == [len(flatten(pie).leaves) for pie in pies]
