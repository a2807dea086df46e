"""What cash earns as people read it: to the last fraction, before and after it is posted, and at another balance."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.closing import close_account
from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.overnight.cashview import CashInterest, CashView, RateTier, cash_rate, cash_view, rate_history, unposted_of
from ledger.days import parse_day
from tests.engine.households import CHECKING, OPENED, Home, held

POT = held("cash", "10000.00")
R = {"3.10%": 30568072671, "4.50%": 44097712805}
"""Annual rates at 10**-12 (ruling 5)."""

YEAR = 365 * 10**12


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Home]:
    """One book on SQLite."""
    made = Home(sqlite_url)
    yield made
    made.books.close()


def view(house: Home, day: str, planned: dict[str, int] | None = None) -> CashView:
    """What ann's cash earns before the night of a day."""
    with house.books.read(0) as work:
        accounts = work.accounts_of(np.array([house.ids["ann"]], np.int64))
        on = parse_day(day)
        after = () if planned is None else ((on, {one.account: planned[one.handle] for one in accounts}),)
        return cash_view(work, accounts, on, after)


def only(found: CashView) -> CashInterest:
    """The one cash account."""
    (one,) = found.accounts
    return one


def test_accrued_is_every_date_that_has_ended(house: Home) -> None:
    house.open("ann", [POT, CHECKING])
    assert only(view(house, "2026-11-01")).accrued.numerator == 0
    one = only(view(house, "2026-11-20"))
    assert Fraction(one.accrued.numerator, one.accrued.denominator) == Fraction(19 * 10_000_00 * R["3.10%"], YEAR)
    assert (one.accrued.cents, one.accrued.text(), one.posted, one.ended, one.year) == (15_91, "15.91214741", (), (), 0)


def test_the_projection_is_what_the_month_posts(house: Home) -> None:
    house.open("ann", [POT])
    house.pay("ann", "cash", "500.00", "2026-11-09")
    one = only(view(house, "2026-11-20"))
    house.night("2026-12-01")
    posted = only(view(house, "2026-12-02"))
    assert posted.posted == ((parse_day("2026-11-01"), one.projected),)
    assert posted.year == one.projected
    assert one.after is None


def test_a_plan_changes_the_rest_of_the_month(house: Home) -> None:
    house.open("ann", [POT, CHECKING])
    one = only(view(house, "2026-11-21", {"cash": 0, "checking": 11_000_00}))
    assert (one.projected, one.after) == (25_12, one.accrued.cents)


def test_a_month_that_ended_waits_for_the_next_night_and_earns(house: Home) -> None:
    house.open("ann", [POT])
    one = only(view(house, "2026-12-11"))
    assert one.ended == ((OPENED, 25_12),)
    carried = Fraction(30 * 10_000_00 * R["3.10%"], YEAR) - 25_12
    running = carried + Fraction(10 * 10_025_12 * R["3.10%"], YEAR)
    assert Fraction(one.accrued.numerator, one.accrued.denominator) == running
    house.night("2026-12-11")
    later = only(view(house, "2026-12-12"))
    assert (later.ended, later.posted, later.projected) == ((), ((OPENED, 25_12),), one.projected)


def test_on_the_first_of_a_month_what_was_carried_stands_alone(house: Home) -> None:
    house.open("ann", [POT])
    house.night("2026-12-01")
    house.night("2026-12-31")
    ending = only(view(house, "2027-01-01"))
    assert ending.ended == ((parse_day("2026-12-01"), 26_03),)
    with house.books.read(0) as work:
        _, before = work.carried(OPENED)
    dates = 31 * 10_025_12 * R["3.10%"]
    assert ending.accrued.numerator == int(before[0]) + dates - 26_03 * YEAR
    house.night("2027-01-01")
    assert only(view(house, "2027-01-01")).accrued.numerator == ending.accrued.numerator


@pytest.mark.parametrize("opened", [True, False])
def test_without_money_nothing_is_earned(house: Home, *, opened: bool) -> None:
    house.open("ann", [held("cash", "0.00"), held("pot", "5.00" if opened else "0.00")])
    one, _ = view(house, "2026-11-20").accounts
    assert (one.accrued.cents, one.projected, one.year) == (0, 0, 0)


def test_a_month_of_less_than_half_a_cent_posts_nothing(house: Home) -> None:
    house.open("ann", [held("cash", "1.00")])
    house.night("2026-12-01")
    one = only(view(house, "2026-12-02"))
    assert (one.posted, one.ended, one.accrued.numerator) == ((), (), 31 * 1_00 * R["3.10%"])


def test_a_household_without_cash_earns_nothing(house: Home) -> None:
    house.open("ann", [CHECKING])
    found = view(house, "2026-11-20")
    assert (found.accounts, found.rate.tiers, found.month) == ((), (RateTier(0, None, "3.10%"),), OPENED)


def test_a_closed_account_had_its_interest(house: Home) -> None:
    house.open("ann", [POT, CHECKING])
    with house.work() as work:
        close_account(work, house.ids["ann"], ("cash", "checking"), (parse_day("2026-11-21"), house.now()))
    one = only(view(house, "2026-11-25"))
    assert (one.closed, one.accrued.cents, one.projected, one.after, one.ended) == (True, 0, None, None, ())
    assert (one.posted, one.year) == (((OPENED, 16_75),), 16_75)


def test_interest_of_a_line_counts_the_principal(house: Home) -> None:
    """10,000.00 at 5.65% for 30 days: 47.08; interest due costs nothing more."""
    house.open("ann", [held("borrow", "-10000.00", "borrow", limit="20000.00"), CHECKING])
    with house.books.read(0) as work:
        accounts = work.accounts_of(np.array([house.ids["ann"]], np.int64))
        (line, _) = accounts
        before = unposted_of(work, accounts, parse_day("2026-12-01"))[line.account]
    assert (before.ended, before.cents) == (((OPENED, 47_08),), 47_08)
    house.night("2026-12-01")
    with house.books.read(0) as work:
        after = unposted_of(work, accounts, parse_day("2026-12-11"))[line.account]
    assert after.cents == 15_70


PROMOTED = [
    DatedRow("cash_apy", parse_day("2026-01-01"), "3.10%", "a page"),
    DatedRow("cash_apy", parse_day("2027-01-01"), "0.00: 3.10%, 1000.00: 4.50%", "a letter"),
    DatedRow("cash_apy_promotion", parse_day("2025-01-01"), "none", "nothing known"),
    DatedRow("cash_apy_promotion", parse_day("2026-03-01"), "4.50%", "an offer"),
    DatedRow("cash_apy_promotion", parse_day("2026-06-01"), "none", "an offer"),
    DatedRow("cash_apy_promotion", parse_day("2025-06-01"), "none", "nothing known"),
]


def test_the_rate_of_a_day_names_its_promotion_and_tiers() -> None:
    dated = Dated(PROMOTED)
    plain, raised = (RateTier(0, None, "3.10%"),), (RateTier(0, None, "4.50%"),)
    found = cash_rate(dated, parse_day("2026-03-01"))
    assert (found.tiers, found.base, found.promotion) == (raised, plain, True)
    found = cash_rate(dated, parse_day("2026-06-01"))
    assert (found.tiers, found.base, found.promotion) == (plain, plain, False)
    assert cash_rate(dated, parse_day("2027-01-01")).tiers == (
        RateTier(0, 1_000_00, "3.10%"),
        RateTier(1_000_00, None, "4.50%"),
    )
    nothing = cash_rate(Dated(), OPENED)
    assert (nothing.tiers, nothing.base, nothing.promotion) == ((), (), False)


def test_history_is_newest_first_and_leaves_out_what_ended_nothing() -> None:
    rows = rate_history(Dated(PROMOTED), parse_day("2026-04-01"))
    assert [(one.value, one.promotion, one.holds) for one in rows] == [
        ("0.00: 3.10%, 1000.00: 4.50%", False, False),
        ("none", True, False),
        ("4.50%", True, True),
        ("3.10%", False, True),
    ]
    assert [len(one.tiers) for one in rows] == [2, 0, 1, 1]
    assert rate_history(Dated(PROMOTED[2:3]), OPENED) == ()


@given(day=st.integers(parse_day("2024-01-01"), parse_day("2028-12-31")))
def test_what_holds_in_the_history_is_the_rate_of_the_day(day: int) -> None:
    dated = Dated(PROMOTED)
    holds = [one for one in rate_history(dated, day) if one.holds and one.tiers]
    promoted = [one for one in holds if one.promotion]
    told = [one.tiers for one in (*promoted, *holds)]
    assert cash_rate(dated, day).tiers == (told[0] if told else ())
    assert cash_rate(dated, day).promotion == bool(promoted)
