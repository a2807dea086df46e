"""Simulated years with two crashes: margin as specified, interest exact, nothing lost, the same on both engines.

In CI some weeks of two dozen households; the years of hundreds, and of two thousand, stand behind `long`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from ledger.days import parse_day
from store.verify import verify
from tests.money import replay
from tests.money.exchange import Crash
from tests.money.judge import zero_by_asset
from tests.money.lives import folder
from tests.money.years import Span, Years, lived

FIRST = parse_day("2024-01-24")
WEEKS = Span(FIRST, FIRST + 44, (Crash(FIRST + 9, 45, 4), Crash(FIRST + 25, 60, 4)), busy=0.08)
FEW = Span(FIRST, FIRST + 11, (Crash(FIRST + 4, 60, 3),), busy=0.2)

BEGIN = parse_day("2024-01-01")
YEARS = Span(
    BEGIN,
    parse_day("2026-12-31"),
    (Crash(parse_day("2024-08-05"), 45, 20), Crash(parse_day("2026-02-09"), 60, 25)),
)


def prove(years: Years) -> tuple[int, Fraction]:
    """Nothing is found wrong; all interest posted, and the exact sum."""
    assert list(verify(years.url)) == []
    posted, exact = 0, Fraction(0)
    for book in years.books.book_ids():
        with years.books.read(book) as work:
            zero_by_asset(work)
            cents, whole = replay.interest(work)
            posted, exact = posted + cents, exact + whole
    assert abs(posted - exact) <= Fraction(len(years.homes) * 2, 2)
    return posted, exact


def steps(seen: Counter[str], to: str) -> int:
    """How often a line came into a state."""
    return sum(count for step, count in seen.items() if step.endswith(f" to {to}"))


def test_weeks_with_two_crashes() -> None:
    with folder() as where, lived(f"sqlite:///{where}/books.db", WEEKS, 16) as years:
        posted, _ = prove(years)
        seen = years.judges[0].seen
        called, cured, late = (steps(seen, to) for to in ("2", "3", "4"))
        assert posted > 0
        assert (min(called, cured, late, seen["cured by a window"]) > 0, seen["nights with draws"] > 20) == (True, True)


def test_the_same_weeks_are_the_same_books_on_both_engines(postgres_url: str) -> None:
    with (
        folder() as where,
        lived(f"sqlite:///{where}/books.db", FEW, 4, 2) as here,
        lived(postgres_url, FEW, 4, 2) as there,
    ):
        assert here.told() == there.told()
        assert here.heads() == there.heads()
        prove(there)


@pytest.mark.long
def test_three_years_of_two_hundred_households_on_both_engines(postgres_url: str) -> None:
    with folder() as where, lived(f"sqlite:///{where}/books.db", YEARS, 200, 4) as here:
        assert prove(here)[0] > 0
        with lived(postgres_url, YEARS, 200, 4) as there:
            prove(there)
            assert here.told() == there.told()
            assert here.heads() == there.heads()


@pytest.mark.long
def test_three_years_of_two_thousand_households() -> None:
    calm = replace(YEARS, busy=0.01)
    with folder() as where, lived(f"sqlite:///{where}/books.db", calm, 2_000, 4) as years:
        assert prove(years)[0] > 0
