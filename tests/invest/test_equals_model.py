"""The columns against the plain program of one pie, on thousands of random pies in one batch."""

from random import Random

import numpy as np
import pytest

from engine.invest.core.columns import blocks
from engine.invest.core.guard import split
from engine.invest.core.rebalance import deposit, rebalance, withdraw
from tests.invest import model
from tests.invest.pies import batch, column, random_money, random_pie, trades_of

CASES = 3_000


@pytest.fixture(scope="module")
def pies() -> list[model.Pie]:
    random = Random(20_26)
    few = [random_pie(random) for _ in range(CASES - 100)]
    return few + [random_pie(random, 100) for _ in range(100)]


def test_deposits_are_the_models_to_the_cent(pies: list[model.Pie]) -> None:
    random = Random(1)
    cash = [random_money(random, pie) for pie in pies]
    columns, terms = batch(pies)
    found = deposit(columns, column(*cash), terms)
    expected = [model.deposit(pie, money) for pie, money in zip(pies, cash, strict=True)]
    assert trades_of(columns, found.trade) == expected
    assert found.left.tolist() == [money - sum(buys) for money, buys in zip(cash, expected, strict=True)]
    assert not found.refusal.any()


def test_withdrawals_are_the_models_to_the_cent(pies: list[model.Pie]) -> None:
    random = Random(2)
    cash = [random.choice([0, random_money(random, pie)]) for pie in pies]
    amount = [random.randint(0, min(idle + pie.worth(pie.free), 10**15)) for pie, idle in zip(pies, cash, strict=True)]
    columns, terms = batch(pies)
    found = withdraw(columns, column(*amount), column(*cash), terms)
    triples = list(zip(pies, amount, cash, strict=True))
    expected = [model.withdraw(*triple) for triple in triples]
    assert trades_of(columns, found.trade) == expected
    left = [idle - asked - sum(sold) for (_, asked, idle), sold in zip(triples, expected, strict=True)]
    assert found.left.tolist() == left
    assert not found.refusal.any()


def test_full_rebalances_are_the_models_to_the_cent(pies: list[model.Pie]) -> None:
    random = Random(3)
    cash = [random.choice([0, 1, -1]) * random_money(random, pie) for pie in pies]
    reserve = [random.choice([0, 1]) * random_money(random, pie) for pie in pies]
    columns, terms = batch(pies)
    found = rebalance(columns, column(*cash), column(*reserve), terms)
    triples = list(zip(pies, cash, reserve, strict=True))
    expected = [model.rebalance(*triple) for triple in triples]
    assert trades_of(columns, found.trade) == expected
    assert found.left.tolist() == [idle - sum(done) for (_, idle, _), done in zip(triples, expected, strict=True)]


def test_the_random_pies_lie_on_both_sides_of_the_guard(pies: list[model.Pie]) -> None:
    columns, _ = batch(pies)
    small = batch([pie for pie in pies if max(pie.weights) < 2**63])[0]
    for some in (columns, small):
        kinds = {
            part.weight.dtype
            for _, _, block in blocks(some, np.ones(len(some), np.bool_))
            for _, part in split(block, np.zeros(block.weight.shape[1], np.int64))
        }
        assert kinds == {np.dtype(np.int64), np.dtype(np.object_)}


def test_one_pie_is_a_batch_of_one(pies: list[model.Pie]) -> None:
    for pie in pies[::200]:
        columns, terms = batch([pie])
        assert deposit(columns, column(12_345), terms).trade.tolist() == model.deposit(pie, 12_345)
