"""Lines for tests: columns from plain ones, and random ones of every kind that the core must stand."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from engine.borrow.columns import Position, Terms
from ledger.money import MAX_AMOUNT
from tests.borrow.model import Line

TERMS = Terms(limit_bp=4_000, minimum_equity=2_000_00)


def column(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def position(lines: Sequence[Line]) -> Position:
    rows = [row for line in lines for row in line.holdings]
    value, initial, maintenance = (column(*(row[at] for row in rows)) for at in range(3))
    start = np.cumsum([0, *(len(line.holdings) for line in lines)], dtype=np.int64)
    cash, owed = column(*(line.cash for line in lines)), column(*(line.owed for line in lines))
    return Position(start, np.arange(len(rows)), value, initial, maintenance, cash, owed)


def random_line(random: Random) -> Line:
    most = random.choice([3, 5_000, 10**6, 10**8, 10**10, MAX_AMOUNT])
    count = random.randint(0, 6)
    holdings = []
    for _ in range(count):
        maintenance = random.choice([2_500, 2_500, 3_000, 10_000, 0, random.randint(0, 10_000)])
        initial = random.choice([5_000, 10_000, maintenance, random.randint(0, 10_000)])
        holdings.append((random.choice([0, 1, 1, 1]) * random.randint(0, most), initial, maintenance))
    worth = min(sum(value for value, _, _ in holdings), MAX_AMOUNT)
    cash = random.choice([0, 0, random.randint(0, most), -random.randint(0, most // 10)])
    owed = random.choice([0, random.randint(0, worth), worth * 3 // 4, random.randint(0, most), max(0, cash)])
    return Line(holdings, cash, owed)
