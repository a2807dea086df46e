"""The demo household's bank: a year of salary, bills and card spending, the same for the same last day."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

import numpy as np

from bank.statement import Statement
from ledger.days import date_of

ASSET: Final = "USD"
REFERENCE: Final = "demo"
DAYS: Final = 365
OPENING: Final = 2_350_00

_SALARY: Final = 2_940_00
_SALARY_DAYS: Final = (15, 30)


@dataclass(frozen=True, slots=True)
class _Line:
    day: int
    amount: int
    category: str
    text: str
    card: bool = False


def demo_statement(last: int) -> Statement:
    """A year of lines of one account that ends on the day number `last`, with the bank's balance after each.

    Before the first line the account holds OPENING.
    """
    first = last - DAYS + 1
    lines: list[_Line] = []
    for day in range(first, last + 1):
        lines += _due(day)
        lines += _cards(day)
    amounts = np.array([line.amount for line in lines], np.int64)
    keys = [day_key.to_bytes(16, "big") for day_key in range(1, len(lines) + 1)]
    return Statement(
        profile="demo",
        asset=ASSET,
        line_no=np.arange(1, len(lines) + 1),
        account=[REFERENCE] * len(lines),
        day=np.array([line.day for line in lines], np.int64),
        amount=amounts,
        has_balance=np.ones(len(lines), np.bool_),
        balance=OPENING + np.cumsum(amounts),
        category=[line.category for line in lines],
        card=np.array([line.card for line in lines], np.bool_),
        key=np.frombuffer(b"".join(keys), np.uint8).reshape(len(lines), 16),
        text=[line.text for line in lines],
        repeated=0,
        problems=(),
    )


def _due(day: int) -> list[_Line]:
    """Salary and bills of a date."""
    on = date_of(day)
    month_end = (on + timedelta(days=1)).day == 1
    lines = []
    if on.day in _SALARY_DAYS or (month_end and on.day < max(_SALARY_DAYS)):
        lines.append(_Line(day, _SALARY, "salary", "Salary"))
    bills = {
        1: (-1_450_00, "housing", "Rent"),
        3: (-64_99, "utilities", "Internet"),
        8: (-45_00, "utilities", "Mobile phone"),
        12: (-(70_00 + 60_00 * (on.month in {12, 1, 2})), "utilities", "Gas and electricity"),
        20: (-128_40, "insurance", "Car insurance"),
    }
    if on.day in bills:
        lines.append(_Line(day, *bills[on.day]))
    return lines


def _cards(day: int) -> list[_Line]:
    """Card purchases of a date, drawn from a generator that the date seeds."""
    chance = Random(day)  # noqa: S311 - a made-up household needs no secrecy
    shops = (
        ("groceries", "Corner market", 1_800, 9_500),
        ("eating_out", "Lunch", 900, 2_600),
        ("transport", "Fuel", 3_000, 5_600),
        ("leisure", "Cinema", 1_200, 4_800),
        ("household", "Hardware store", 800, 12_000),
    )
    picked = chance.sample(shops, k=chance.choice((0, 1, 1, 2)))
    return [_Line(day, -chance.randint(low, high), what, text, card=True) for what, text, low, high in picked]
