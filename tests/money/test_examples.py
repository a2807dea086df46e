"""Months of interest that can be followed by hand, through the books (rulings 2, 5, 6, 12 and 16)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest

from engine.night import run_night
from engine.overnight.earning import months, since
from engine.overnight.paying import earning_now
from ledger.accounts import Kind
from ledger.days import day_number
from ledger.faults import SluiceError
from store.verify import verify
from tests.money.found import balances, compare, rows
from tests.money.lives import Life, Pair, folder
from tests.money.plain import after_month

R_500 = Fraction(48889485404, 10**12)
"""The golden R of 5.00%, which is the rate until February 29th 2024 here."""


@pytest.fixture
def life() -> Iterator[Life]:
    with folder() as where:
        made = Life(f"sqlite:///{where}/books.db")
        yield made
        compare(made)
        assert list(verify(made.url)) == []
        made.close()


def home(life: Life, *, limit: int = 20_000_00, cash_pays: bool = False) -> Pair:
    """A household with a cash account and a line."""
    pair = life.household()
    life.account(pair, "cash", Kind.CASH)
    life.account(pair, "borrow", Kind.BORROW, -limit, cash_pays=cash_pays)
    return pair


def move(life: Life, pair: Pair, *moves: tuple[str, str, int], effective: date | None = None) -> None:
    """Moves of today, in order: (from, to, cents)."""
    for source, to, cents in moves:
        life.move(pair, (source, to), cents, effective or life.today)
    with life.work() as work:
        life.book(work)


def nights(life: Life, *days: date) -> None:
    """Run these nights alone; the day after the last is today."""
    for day in days:
        life.today = day
        life.night()
        life.today += timedelta(1)


def through(life: Life, last: date) -> None:
    """Run the night of every date from today until the last."""
    while life.today <= last:
        life.night()
        life.today += timedelta(1)


def held(life: Life, pair: Pair) -> dict[str, int]:
    """What there is by handle."""
    with life.work() as work:
        return balances(work, pair)


def month_of(life: Life, pair: Pair, handle: str, month: date) -> tuple[int, Fraction]:
    """Cents and carried fraction of a month."""
    with life.work() as work:
        cents, carried, _ = rows(work, pair.accounts[handle].account, line=handle == "borrow")[month]
    return cents, carried


def test_ten_thousand_at_5_65_for_thirty_days_is_47_08_unrounded(life: Life) -> None:
    life.today = date(2026, 6, 1)
    pair = home(life)
    move(life, pair, ("borrow", "checking", 10_000_00))
    nights(life, date(2026, 6, 1), date(2026, 7, 1))
    assert month_of(life, pair, "borrow", date(2026, 6, 1)) == (47_08, Fraction(1, 3))
    assert held(life, pair)["borrow:due"] == -47_08


def test_a_leap_day_is_a_day_and_the_divisor_stays_365(life: Life) -> None:
    life.today = date(2024, 2, 1)
    pair = home(life)
    move(life, pair, ("checking", "cash", 10_000_00))
    through(life, date(2024, 3, 1))
    exact = 29 * 10_000_00 * R_500 / 365
    assert month_of(life, pair, "cash", date(2024, 2, 1)) == (38_84, exact - 38_84)
    assert round(exact) == 38_84


def test_what_is_posted_earns_from_the_next_date(life: Life) -> None:
    pair = home(life)
    move(life, pair, ("checking", "cash", 10_000_00))
    nights(life, date(2024, 2, 1), date(2024, 3, 1))
    cents, carried = month_of(life, pair, "cash", date(2024, 1, 1))
    assert cents == 41_52
    later, left = month_of(life, pair, "cash", date(2024, 2, 1))
    assert later + left == 29 * (10_000_00 + 41_52) * R_500 / 365 + carried


def test_nothing_is_earned_below_zero_nor_in_checking(life: Life) -> None:
    pair = life.household()
    life.account(pair, "cash", Kind.CASH, -(10**15))
    move(life, pair, ("cash", "checking", 500_00))
    nights(life, date(2024, 1, 15))
    life.today = date(2024, 1, 16)
    move(life, pair, ("checking", "cash", 800_00))
    nights(life, date(2024, 2, 1))
    cents, carried = month_of(life, pair, "cash", date(2024, 1, 1))
    assert cents + carried == 16 * 300_00 * R_500 / 365


def test_a_day_counts_with_the_most_that_was_owed_on_it(life: Life) -> None:
    life.today = date(2026, 6, 29)
    pair = home(life)
    move(life, pair, ("borrow", "checking", 3_000_00))
    nights(life, life.today)
    life.today = date(2026, 6, 30)
    move(life, pair, ("checking", "borrow", 1_000_00), ("borrow", "checking", 7_000_00))
    move(life, pair, ("checking", "borrow", 9_000_00), ("borrow", "checking", 8_500_00))
    nights(life, date(2026, 7, 1))
    cents, carried = month_of(life, pair, "borrow", date(2026, 6, 1))
    assert cents + carried == (3_000_00 + 9_000_00) * Fraction("0.0565") / 360


@pytest.mark.parametrize("back", [date(2024, 2, 10), date(2024, 1, 10)])
def test_a_late_line_is_made_good_in_the_month_that_is_posted_next(life: Life, back: date) -> None:
    pair = home(life)
    move(life, pair, ("checking", "cash", 10_000_00))
    nights(life, date(2024, 2, 1))
    before = month_of(life, pair, "cash", date(2024, 1, 1))
    life.today = date(2024, 2, 20)
    move(life, pair, ("checking", "cash", 2_000_00), effective=back)
    nights(life, date(2024, 3, 1))
    assert month_of(life, pair, "cash", date(2024, 1, 1)) == before
    cents, carried = month_of(life, pair, "cash", date(2024, 2, 1))
    days = (date(2024, 3, 1) - back).days
    whole = 29 * (10_000_00 + before[0]) + days * 2_000_00
    assert cents + carried == whole * R_500 / 365 + before[1]


def test_what_cannot_be_taken_back_is_carried_on_through_two_months_of_one_night(life: Life) -> None:
    """January is corrected downwards when the account holds nothing: February's night and March's are missed."""
    pair = home(life)
    move(life, pair, ("checking", "cash", 10_000_00))
    nights(life, date(2024, 2, 1))
    earned, left = month_of(life, pair, "cash", date(2024, 1, 1))
    life.today = date(2024, 2, 1)
    move(life, pair, ("cash", "checking", 10_000_00), effective=date(2024, 1, 2))
    life.today = date(2024, 2, 2)
    move(life, pair, ("cash", "checking", earned))
    nights(life, date(2024, 4, 1))
    cents, carried = month_of(life, pair, "cash", date(2024, 2, 1))
    assert cents == 0
    assert cents + carried == left + (earned - 30 * 10_000_00) * R_500 / 365
    assert month_of(life, pair, "cash", date(2024, 3, 1)) == (0, carried)
    life.today = date(2024, 4, 2)
    move(life, pair, ("checking", "cash", 10_000_00))
    nights(life, date(2024, 5, 1))
    assert month_of(life, pair, "cash", date(2024, 4, 1))[0] < 0


def test_a_night_that_posts_two_months_charges_only_the_one_that_is_due(life: Life) -> None:
    life.today = date(2026, 1, 30)
    pair = home(life, cash_pays=True)
    move(life, pair, ("borrow", "checking", 10_000_00), ("checking", "cash", 1_000_00))
    nights(life, date(2026, 1, 31), date(2026, 4, 1))
    march, _ = month_of(life, pair, "borrow", date(2026, 3, 1))
    assert held(life, pair)["borrow:due"] == -march
    through(life, date(2026, 4, 2))
    before = held(life, pair)
    assert before["borrow:due"] == -march
    through(life, date(2026, 4, 3))  # the third business day of April
    assert held(life, pair) == {"borrow": -10_000_00, "cash": before["cash"] - march}


def test_sources_of_a_charge_in_their_order_and_the_rest_stays_due(life: Life) -> None:
    life.today = date(2026, 6, 1)
    pair = home(life, limit=10_010_00, cash_pays=True)
    move(life, pair, ("borrow", "checking", 10_000_00), ("checking", "invest.growth", 20_00))
    move(life, pair, ("checking", "cash", 5_00))
    nights(life, date(2026, 6, 1), date(2026, 7, 1))
    through(life, date(2026, 7, 6))  # July 1st, 2nd and 6th are the first three business days
    assert held(life, pair) == {"borrow": -10_010_00, "borrow:due": -(47_08 - 20_00 - 5_01 - 10_00)}


def test_a_payment_covers_the_interest_due_first(life: Life) -> None:
    life.today = date(2026, 6, 1)
    pair = home(life)
    move(life, pair, ("borrow", "checking", 10_000_00))
    nights(life, date(2026, 6, 1), date(2026, 7, 1))
    life.today = date(2026, 7, 2)
    with life.work() as work:
        life.pay(work, pair, "borrow", 40_00)
    assert held(life, pair) == {"borrow": -10_000_00, "borrow:due": -7_08}
    with life.work() as work:
        life.pay(work, pair, "borrow", 10_00)
    assert held(life, pair) == {"borrow": -9_997_08}


def test_a_month_is_posted_once_however_often_and_late_its_nights_run(life: Life) -> None:
    pair = home(life)
    move(life, pair, ("checking", "cash", 10_000_00))
    nights(life, date(2024, 1, 20), date(2024, 2, 9))
    posted = held(life, pair)["cash"]
    for _ in range(3):
        result = run_night(life.books, 0, day_number(date(2024, 2, 9)), life.tick)
        assert (result.status, result.transfers) == ("already_done", 0)
    with suppress(SluiceError):
        run_night(life.books, 0, day_number(date(2024, 2, 3)), life.tick)
    nights(life, date(2024, 2, 10), date(2024, 2, 29))
    assert held(life, pair)["cash"] == posted
    with life.work() as work:
        assert [run.night for run in work.interest_runs()] == [day_number(date(2024, 2, 9))]


def test_what_is_earned_so_far_becomes_what_is_posted(life: Life) -> None:
    pair = home(life)
    move(life, pair, ("checking", "cash", 12_345_67))
    nights(life, date(2024, 1, 31))
    with life.books.read(0) as work:
        begins = since(work)
        assert begins is not None
        sofar = months(work, earning_now(work.population()), begins, day_number(date(2024, 1, 31)))[-1].posted
    nights(life, after_month(date(2024, 1, 1)))
    cents, _ = month_of(life, pair, "cash", date(2024, 1, 1))
    assert sofar.cents.tolist() == [cents]
