"""Closing an account: interest at once, fee, the rest elsewhere; refused while it is in use (ruling 6)."""

from collections.abc import Iterator

import pytest

from engine.closing import Closed, close_account
from ledger.accounts import Standing
from ledger.days import parse_day
from ledger.faults import SluiceError
from store.verify import verify
from tests.engine.households import CHECKING, Home, held
from tests.naive.asking import fixed, rule

DAY = parse_day("2026-11-21")


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Home]:
    """One book on SQLite."""
    made = Home(sqlite_url)
    yield made
    assert list(verify(made.url)) == []
    made.books.close()


def close(house: Home, handle: str, other: str = "checking", day: int = DAY) -> Closed:
    with house.work() as work:
        return close_account(work, house.ids["ann"], (handle, other), (day, house.now()))


def test_a_cash_account_gets_its_interest_and_never_any_more(house: Home) -> None:
    """Twenty dates of November at 3.10% on 10,000.00."""
    house.open("ann", [held("pot", "10000.00"), CHECKING])
    assert close(house, "pot") == Closed(16_75, 0, 10_016_75)
    assert house.balance("ann", "checking")[0] == 11_016_75
    with house.books.read(0) as work:
        assert [one.standing for one in work.accounts_of()] == [Standing.CLOSED, Standing.OPEN]
    house.night("2026-12-01")
    house.night("2027-01-01")
    assert house.balance("ann", "pot")[0] == 0
    with pytest.raises(SluiceError, match="pot is closed"):
        close(house, "pot")


def test_a_borrow_line_is_paid_off_interest_first(house: Home) -> None:
    house.open("ann", [held("borrow", "-500.00", "borrow", limit="900.00"), CHECKING])
    assert close(house, "borrow") == Closed(1_57, 0, 501_57)
    assert house.balance("ann", "borrow")[0] == 0
    assert house.balance("ann", "checking")[0] == 498_43


def test_a_line_that_nobody_can_pay_stays_open(house: Home) -> None:
    house.open("ann", [held("borrow", "-5000.00", "borrow", limit="9000.00"), CHECKING])
    with pytest.raises(SluiceError, match=r"borrow owes 5,015.69 and checking can give 1,000.00") as refused:
        close(house, "borrow")
    assert refused.value.field == "to"
    assert house.balance("ann", "borrow")[0] == -5_000_00


def test_an_ira_costs_its_closing_fee(house: Home) -> None:
    house.open("ann", [held("ira", "400.00", "ira"), CHECKING])
    assert close(house, "ira") == Closed(0, 100_00, 300_00)


def test_an_account_in_use_is_not_closed(house: Home) -> None:
    cash, bank = held("cash", "5.00"), held("bank", "100.00", "bank")
    house.open("ann", [CHECKING, cash, bank], rule(fixed("1.00"), "bank", "cash", id="sweep"))
    with pytest.raises(SluiceError, match=r"rules name it \(sweep\)"):
        close(house, "cash")
    house.night("2026-11-20")
    with pytest.raises(SluiceError, match="a transfer is on its way"):
        close(house, "bank")
    with pytest.raises(SluiceError, match="name one that stays open"):
        close(house, "checking")


def test_nothing_is_posted_for_an_account_without_dates(house: Home) -> None:
    house.open("ann", [held("pot", "10.00"), CHECKING])
    assert close(house, "pot", day=parse_day("2026-11-01")) == Closed(0, 0, 10_00)
    assert house.balance("ann", "pot")[0] == 0
    house.open("ben", [CHECKING, held("pot", "0.00")])
    assert fixed("1.00")
