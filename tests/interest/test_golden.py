"""Three years of interest equal a program that counts day by day: to the cent and to the carried fraction."""

import random
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.interest.accrue import EndOfDays, accrue, merge, nothing
from engine.interest.months import charges_due
from engine.interest.post import none_carried, post
from engine.interest.rates import borrow_rates, cash_rates, nominal_from_apy
from ledger.days import date_of, day_number, period_start
from tests.interest.changes import highest
from tests.interest.daily import Daily, borrow_month, yearly
from tests.interest.living import Book, Line, column, dated

BASE = {
    date(2023, 1, 1): [(0, "5.00")],
    date(2023, 9, 13): [(0, "4.50"), (10_000_00, "4.75"), (25_000_01, "1.00")],
    date(2024, 2, 29): [(0, "4.00")],
    date(2025, 1, 1): [(0, "0.00"), (5_000_00, "3.10")],
    date(2025, 7, 31): [(0, "3.10")],
}
PROMOTIONS = {date(2024, 6, 17): [(0, "6.125"), (2_000_00, "4.00")], date(2024, 8, 3): None}
FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)


def tiers_text(tiers: list[tuple[int, str]] | None) -> str:
    """The tiers as rows have them."""
    if tiers is None:
        return "none"
    return ", ".join(f"{cents // 100}.{cents % 100:02d}: {apy}%" for cents, apy in tiers)


RATES = cash_rates(
    dated(
        *(("cash_apy", day.isoformat(), tiers_text(tiers)) for day, tiers in BASE.items()),
        *(("cash_apy_promotion", day.isoformat(), tiers_text(tiers)) for day, tiers in PROMOTIONS.items()),
    )
)


@pytest.mark.parametrize(
    "apy,golden", [("3.10", 30568072671), ("4.00", 39284877386), ("4.50", 44097712805), ("5.00", 48889485404)]
)
def test_golden_rates(apy: str, golden: int) -> None:
    assert nominal_from_apy(int(apy.replace(".", "")) * 10_000) == golden == yearly(apy) * 10**12


@given(apy=st.integers(0, 10**8))
def test_every_rate_is_the_nearest_whole_number(apy: int) -> None:
    text = f"{apy // 10**6}.{apy % 10**6:06d}"
    assert nominal_from_apy(apy) == yearly(text) * 10**12


def drawn_lines(count: int, seed: int) -> dict[int, list[Line]]:
    """Lines by the day on which they are recorded; a fifth are recorded late, by up to 100 days."""
    draw = random.Random(seed)
    first, last = day_number(FIRST), day_number(LAST)
    lines: dict[int, list[Line]] = {}
    for account in range(count):
        lines.setdefault(first, []).append((account, first, draw.choice([0, 1, 9_999_99, 10_000_00, 31_234_56])))
        for _ in range(draw.randrange(60)):
            day = draw.randrange(first, last)
            effective = max(first, day - draw.choice([0, 0, 0, 0, draw.randrange(100)]))
            lines.setdefault(day, []).append((account, effective, draw.randrange(-9_000_00, 11_000_00)))
    return lines


def lived(count: int, lines: dict[int, list[Line]], nights: list[int]) -> tuple[Book, list[Daily]]:
    """The same nights in a book and in one plain program an account."""
    first = day_number(FIRST)
    book = Book(count, first, day_number(LAST) - first + 5, RATES)
    plain = [Daily(dict(BASE), dict(PROMOTIONS)) for _ in range(count)]
    for one in plain:
        one.counted[FIRST - timedelta(1)] = 0  # nothing was there before
    before = first - 1
    for night in nights:
        recorded = [line for day in range(before + 1, night + 1) for line in lines.get(day, [])]
        book.night(night, recorded)
        for account, one in enumerate(plain):
            one.night(date_of(night), [(date_of(day), cents) for who, day, cents in recorded if who == account])
        before = night
    return book, plain


def same(book: Book, plain: list[Daily]) -> None:
    """Every posting: its date, its cents and the fraction that is carried; accounts that never earned have none."""
    for mine, theirs in zip(book.postings, plain, strict=True):
        wanted = [(day_number(day), cents, carried) for day, cents, carried in theirs.postings]
        begun = next((place for place, one in enumerate(wanted) if one[1] or one[2]), len(wanted))
        assert mine == wanted[len(wanted) - len(mine) :]
        assert len(wanted) - len(mine) <= begun


def test_three_years_of_nights_equal_the_plain_program() -> None:
    nights = list(range(day_number(FIRST) + 1, day_number(LAST) + 2))
    book, plain = lived(12, drawn_lines(12, seed=4), nights)
    same(book, plain)
    assert sum(len(one) for one in book.postings) > 300
    assert len({cents for one in book.postings for _, cents, _ in one}) > 200


@given(data=st.data(), seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_nights_that_did_not_take_place_are_made_up_for(data: st.DataObject, seed: int) -> None:
    first, last = day_number(FIRST), day_number(LAST)
    nights = sorted(data.draw(st.sets(st.integers(first + 1, last), min_size=1, max_size=40)) | {last + 1})
    same(*lived(2, drawn_lines(2, seed), nights))


TABLE = [41_52, 38_74, 33_64, 46_02, 37_24, 36_15, 37_48, 37_61, 36_51, 37_85, 36_76, 38_10]
"""What the plain program posts; by hand: January is 10,000.00 × 0.048889485404 × 31 / 365 = 41.52."""


def test_a_year_as_a_table() -> None:
    """10,000.00 through 2024 at 5.00%, from 29 February at 4.00%; on 20 April come 1,000.00 of 10 January."""
    rates = cash_rates(dated(("cash_apy", "2023-01-01", "5.00%"), ("cash_apy", "2024-02-29", "4.00%")))
    first = day_number(date(2024, 1, 1))
    book = Book(1, first, 400, rates)
    plain = Daily({date(2023, 1, 1): [(0, "5.00")], date(2024, 2, 29): [(0, "4.00")]})
    plain.counted[date(2023, 12, 31)] = 0
    lines = {date(2024, 1, 1): (first, 10_000_00), date(2024, 4, 20): (first + 9, 1_000_00)}
    for night in range(first, day_number(date(2025, 1, 1)) + 1):
        recorded = [line for day, line in lines.items() if day == date_of(night)]
        book.night(night, [(0, *line) for line in recorded])
        plain.night(date_of(night), [(date_of(day), cents) for day, cents in recorded])
    same(book, [plain])
    assert [(date_of(effective).month, cents) for effective, cents, _ in book.postings[0]] == list(enumerate(TABLE, 1))


APR = {date(2023, 1, 1): "8.75", date(2024, 6, 1): "7.25", date(2025, 1, 15): "6.25", date(2025, 10, 9): "5.65"}


def drawn_principal(days: range, seed: int) -> tuple[list[list[tuple[int, int]]], list[dict[date, int]]]:
    """Each day's draws and repayments of three lines of credit, and the highest principal of each day."""
    draw = random.Random(seed)
    owed = [0, 0, 0]
    moves: list[list[tuple[int, int]]] = []
    tops: list[dict[date, int]] = [{}, {}, {}]
    for day in days:
        today = []
        for who in range(3):
            tops[who][date_of(day)] = owed[who]
        for _ in range(draw.randrange(4)):
            who = draw.randrange(3)
            cents = draw.randrange(-min(owed[who], 5_000_00), 2_000_00)
            owed[who] += cents
            tops[who][date_of(day)] = max(tops[who][date_of(day)], owed[who])
            today.append((who, cents))
        moves.append(today)
    return moves, tops


def test_the_borrow_line_over_three_years() -> None:
    """Each day's highest principal, APRs by date, each month charged by the night of the next month's third session."""
    rates = borrow_rates(dated(*(("borrow_apr", day.isoformat(), f"{rate}%") for day, rate in APR.items())))
    days = range(day_number(FIRST), day_number(LAST) + 10)
    sessions = column(day for day in days if date_of(day).weekday() < 5)
    moves, tops = drawn_principal(days, seed=7)
    owed, accrued, carried, plain = np.zeros(3, np.int64), nothing(), none_carried(), [Fraction(0)] * 3
    charged, charges = period_start(days[0] - 1, "month"), 0
    for day, today in zip(days, moves, strict=True):
        who, cents = column(one for one, _ in today), column(one for _, one in today)
        for month, _ in charges_due(charged, day, sessions, 3):
            due = accrued.month == month
            posted, accrued = post(accrued.take(due), carried, rates), accrued.take(~due)
            carried, charged, charges = posted.carried(), month, charges + 1
            of = date_of(month)
            for place, one in enumerate(posted.account.tolist()):
                exact = borrow_month(tops[one], APR, (of.year, of.month), plain[one])
                assert posted.cents[place] == round(exact)
                plain[one] = exact - round(exact)
                assert Fraction(int(posted.remainder[place]), rates.denominator) == plain[one]
        top = highest(owed, who, cents)
        accrued = merge(accrued, accrue(EndOfDays(np.arange(3), np.full(3, day), top), rates))
        np.add.at(owed, who, cents)
    assert charges == 36
    assert set(np.unique(accrued.month).tolist()) == {day_number(date(2026, 1, 1))}
