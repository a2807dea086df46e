"""Fees as people read them: reasons, the platform fee's month as nights see it, and moves that cost its waiver."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.dated.document import DatedRow
from engine.fees.reasons import Fee, Waived
from engine.fees.single import take_fee
from engine.household import account_named
from engine.invest.nights.steps import Steps
from engine.overnight.feeview import CycleTold, FeeView, fee_view, loss_sentence
from engine.overnight.sight import night_sight
from ledger.days import format_day, parse_day
from ledger.money import format_money
from tests.engine.households import CHECKING, OPENED, Home, held


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Home]:
    """One book on SQLite."""
    made = Home(sqlite_url)
    yield made
    made.books.close()


def view(house: Home, day: str) -> FeeView:
    """Ann's fees before the night of a day."""
    with house.books.read(0) as work:
        return fee_view(night_sight(work, None, Steps(parse_day(day))), house.ids["ann"])


def cycle(house: Home, day: str) -> CycleTold:
    """The month that runs."""
    found = view(house, day).cycle
    assert found is not None
    return found


def loss(house: Home, day: str, change: int) -> str:
    """What moves of the night of a day would cost."""
    with house.books.read(0) as work:
        return loss_sentence(night_sight(work, None, Steps(parse_day(day))), house.ids["ann"], change)


def test_the_first_ninety_days_are_free(house: Home) -> None:
    """Registered on 1 November: the month that ends on 31 January is the first to cost."""
    house.open("ann", [held("pot", "50.00"), CHECKING])
    found = cycle(house, "2026-11-20")
    assert (format_day(found.starts), format_day(found.ends)) == ("2026-11-01", "2026-11-30")
    assert (found.best, found.now, found.free, format_day(found.next_charge)) == (None, 1_050_00, True, "2027-01-31")
    assert found.sentence == "No platform fee yet: it begins 90 days after registration."


def test_nights_that_saw_too_little_are_told(house: Home) -> None:
    house.open("ann", [held("pot", "50.00"), CHECKING])
    found = cycle(house, "2027-01-10")
    assert (format_day(found.starts), found.best, found.free) == ("2027-01-01", None, False)
    assert found.sentence == (
        "The night of Sun 31 Jan 2027 charges 3.00, unless a night until then sees 10,000.00 or more. "
        "The next one would see 1,050.00."
    )
    house.night("2027-01-10")
    house.pay("ann", "checking", "-900.00", "2027-01-11")
    found = cycle(house, "2027-01-12")
    assert found.best is not None
    assert found.sentence.endswith(f"would see 150.26; the most so far is {format_money(found.best, grouped=True)}.")
    assert format_day(found.next_charge) == "2027-01-31"


def test_one_night_with_enough_waives_the_month(house: Home) -> None:
    house.open("ann", [held("pot", "0.00"), CHECKING])
    house.night("2027-01-05")
    house.pay("ann", "checking", "9000.00", "2027-01-06")
    soon = cycle(house, "2027-01-06")
    assert (soon.free, soon.now) == (True, 10_000_00)
    assert soon.sentence == "The next night would see 10,000.00 or more: no platform fee for this month."
    house.night("2027-01-06")
    house.pay("ann", "checking", "-9000.00", "2027-01-07")
    found = cycle(house, "2027-01-07")
    assert (found.free, found.best, found.now) == (True, 10_000_00, 1_000_00)
    assert found.sentence == "No platform fee for this month: a night of it saw 10,000.00 or more."
    assert format_day(found.next_charge) == "2027-02-28"


@pytest.mark.parametrize(
    "accounts,fee", [([held("bank", "0.00", "bank"), CHECKING], "3.00"), ([held("pot", "5.00")], "0.00")]
)
def test_without_a_fee_or_an_account_for_it_there_is_no_month(
    house: Home, accounts: list[dict[str, object]], fee: str
) -> None:
    house.books.add_dated([DatedRow("platform_fee", OPENED, fee, "a test")], 1)
    house.open("ann", accounts)
    assert view(house, "2026-11-20").cycle is None
    assert loss(house, "2026-11-20", -5_00) == ""


def test_each_fee_has_its_reason(house: Home) -> None:
    house.open("ann", [held("pot", "3.00")])
    with house.work() as work:
        pot = account_named(work, house.ids["ann"], "pot")
        take_fee(work, pot, Fee.PAPER, "november", (parse_day("2026-11-15"), house.now()))
    house.night("2026-11-30")
    told = view(house, "2026-12-01").fees
    assert [(one.kind, one.reason) for one in told] == [
        ("platform fee", "No platform fee: the first one comes 90 days after registration."),
        ("paper statement", "Paper statement of 2026-11-15: 5.00."),
    ]
    assert [(one.row.amount, one.row.forced, one.row.why) for one in told] == [(0, 0, Waived.YOUNG), (5_00, 2_00, 0)]


def test_moves_that_cost_the_waiver_are_told(house: Home) -> None:
    house.open("ann", [held("pot", "12000.00")])
    assert loss(house, "2026-11-20", -5_000_00) == ""
    house.night("2027-01-30")
    said = loss(house, "2027-01-31", -5_000_00)
    assert said.startswith("Tonight's moves leave 7,0")
    assert said.endswith(
        "less than the 10,000.00 that waive the platform fee: the month that ends on Sun 28 Feb 2027 would cost 3.00, "
        "unless a night of it sees 10,000.00 again."
    )
    assert loss(house, "2027-01-31", -1_00) == ""


def test_a_month_that_is_free_already_leaves_the_next_one_to_pay(house: Home) -> None:
    house.open("ann", [held("pot", "12000.00")])
    house.night("2027-02-10")
    assert "the month that ends on Wed 31 Mar 2027 would cost 3.00" in loss(house, "2027-02-11", -5_000_00)
