"""Years in the books equal plain Python: every month's cents, carried fraction and cent-days (rulings 2, 5 and 6)."""

from __future__ import annotations

from datetime import date

import pytest

from market.feed import Feed
from store.verify import verify
from tests.money.found import compare
from tests.money.lives import LAST, Drawn, Life, folder
from tests.trading.world import feed, prices

EXCHANGE = feed(prices(VTI="100"))
"""A market that has sessions, on which lines are charged; without one, banks' business days count."""


def lived(life: Life, seed: int, often: float, households: int, last: date = LAST) -> int:
    """Live until a day; how many postings of the months gave something."""
    Drawn(life, seed, often, households).go(last)
    some = compare(life)
    assert list(verify(life.url)) == []
    life.close()
    return some


@pytest.mark.parametrize(
    "seed,often,market,last",
    [
        (1, 1.0, EXCHANGE, date(2024, 3, 31)),
        (2, 0.06, EXCHANGE, LAST),
        (3, 0.02, None, LAST),
    ],
)
def test_years_are_equal_to_the_cent_and_to_the_carried_fraction(
    seed: int, often: float, market: Feed | None, last: date
) -> None:
    with folder() as where:
        months = (last.year - 2024) * 12 + last.month
        assert lived(Life(f"sqlite:///{where}/books.db", market), seed, often, 2, last) > 2 * months


def test_months_are_equal_on_postgresql_too(postgres_url: str) -> None:
    assert lived(Life(postgres_url), 4, 0.1, 2, date(2024, 5, 31)) > 2 * 4


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 16))
def test_every_date_of_three_years_is_equal(seed: int) -> None:
    with folder() as where:
        often, market = (1.0, EXCHANGE) if seed % 2 else (0.4, None)
        assert lived(Life(f"sqlite:///{where}/books.db", market), seed, often, 6) > 6 * 36


@pytest.mark.long
def test_three_years_are_equal_on_postgresql_too(postgres_url: str) -> None:
    assert lived(Life(postgres_url, EXCHANGE), 20, 0.5, 4) > 4 * 36
