"""Pies for tests: columns from plain lists, and random ones of every kind that the core must stand."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.invest.core.columns import Pies
from engine.invest.core.flatten import whole_numbers
from engine.invest.core.minimum import Terms
from ledger.money import MAX_AMOUNT
from tests.invest import model


def column(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def batch(pies: Sequence[model.Pie]) -> tuple[Pies, Terms]:
    start = np.cumsum([0, *(len(pie.weights) for pie in pies)], dtype=np.int64)
    weight = whole_numbers([number for pie in pies for number in pie.weights])
    value = np.array([cents for pie in pies for cents in pie.values], np.int64)
    free = np.zeros(len(value), np.bool_)
    for pie, first in zip(pies, start[:-1], strict=True):
        free[[first + place for place in pie.free]] = True
    terms = Terms(column(*(pie.minimum for pie in pies)), np.array([pie.leave_cash for pie in pies], np.bool_))
    return Pies(start, weight, value, ~free), terms


def one(weights: Sequence[int], values: Sequence[int]) -> Pies:
    return batch([model.Pie(weights, values)])[0]


def trades_of(pies: Pies, trade: Any) -> list[list[int]]:
    return [trade[first:last].tolist() for first, last in zip(pies.start, pies.start[1:], strict=False)]


def random_pie(random: Random, longest: int = 12) -> model.Pie:
    count = random.randint(1, longest)
    heaviest = random.choice([3, 10_000, 10_000, 10**12, 10**24])
    most = random.choice([5, 1_000, 10**6, 10**9, MAX_AMOUNT])
    weights = [random.choice([0, 1, 1, 1]) * random.randint(1, heaviest) for _ in range(count)]
    if random.random() < 0.3:
        values = [min(most, weight * most // (heaviest * count)) for weight in weights]
    else:
        values = [random.choice([0, 1, 1, 1]) * random.randint(0, most) for _ in range(count)]
    blocked = [random.random() < 0.1 for _ in range(count)]
    minimum = random.choice([0, 0, 1, 7, 100, 100, most // 10])
    return model.Pie(weights, values, blocked, minimum, leave_cash=random.random() < 0.3)


def random_money(random: Random, pie: model.Pie) -> int:
    held = pie.worth(pie.free)
    most = random.choice([3, pie.minimum + 3, held // 10, held, 3 * held])
    return random.randint(0, min(most, MAX_AMOUNT))


@st.composite
def drawn_pies(draw: st.DrawFn, *, weightless: bool = True) -> model.Pie:
    """K 1..100, zero weights and values, values to 10**15; no minimum, nothing blocked."""
    count = draw(st.one_of(st.integers(1, 6), st.integers(1, 100)))
    most = draw(st.sampled_from([9, 10**6, MAX_AMOUNT]))
    heaviest = draw(st.sampled_from([3, 10_000, 10**12]))
    seed = draw(st.integers(0, 2**32))
    random = Random(seed)
    weights = [random.randint(0 if weightless else 1, heaviest) for _ in range(count)]
    weights[random.randrange(count)] = heaviest
    values = [random.choice([0, 1, 1, 1]) * random.randint(0, most) for _ in range(count)]
    return model.Pie(weights, values)
