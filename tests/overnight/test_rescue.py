"""One household never stops a book, nor makes it slow: amounts beyond all bounds, lines from long ago, damaged rows."""

import numpy as np
import pytest

from engine.household import account_named
from engine.overnight import block
from engine.overnight.latelines import _portions
from engine.overnight.purses import Purses, purses
from engine.ports import BookWork, Population
from engine.quarantine import BEYOND
from ledger.days import parse_day
from ledger.faults import SluiceError
from tests.engine.households import CHECKING, Home, held
from tests.naive.asking import fixed, rule

HUGE = "9000000000000.00"


def wild(house: Home) -> None:
    """On the 20th the account held 18,000,000,000,000.00, though no balance ever broke a limit as it was written."""
    house.pay("bad", "cash", HUGE, "2026-11-20")
    house.pay("bad", "cash", f"-{HUGE}", "2026-11-25")
    house.pay("bad", "cash", HUGE, "2026-11-10")


@pytest.mark.parametrize("late", [False, True])
def test_a_past_date_beyond_all_bounds_sets_its_household_aside_alone(house: Home, *, late: bool) -> None:
    house.open("ann", [held("cash", "10000.00")])
    house.open("bad", [held("cash", "0.00", mirrored=True)])
    if late:
        house.night("2026-12-01")
    wild(house)
    done = house.night("2027-01-01" if late else "2026-12-01")
    assert done.quarantined == {house.ids["bad"]: BEYOND}
    assert house.balance("ann", "cash")[0] == (10_051_15 if late else 10_025_12)
    assert house.night("2027-01-02").quarantined == {}


def test_one_line_from_1900_costs_its_own_account_alone(house: Home) -> None:
    for number in range(60):
        house.open(f"h{number}", [held("cash", "100.00")])
    house.night("2026-12-01")
    for number in range(60):
        house.pay(f"h{number}", "cash", "1.00", "2026-11-10")
    house.pay("h0", "cash", "100000.00", "1900-01-01")
    house.night("2027-01-01")
    assert house.balance("h1", "cash")[0] == 101_00 + 25 + 27  # the dollar's 21 dates of November too
    assert house.balance("h0", "cash")[0] > 110_000_00  # every rate since 2024


def test_portions_take_the_oldest_first_and_stay_small() -> None:
    first = np.array([40_000, 10, 39_990, 39_999])
    portions = [one.tolist() for one in _portions(first, 40_001)]
    assert portions[0][:1] == [0] or 1 in portions[0]
    assert sorted(place for one in portions for place in one) == [0, 1, 2, 3]
    assert len(_portions(np.zeros(1_000, np.int64), 40_000)) == 10


def test_whatever_one_household_provokes_the_others_go_on(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The purses refuse one household, as a damaged row would."""
    for name in ("ann", "bad", "cay"):
        house.open(name, [CHECKING, held("cash", "10000.00")], rule(fixed("5.00")))

    def damaged(work: BookWork, population: Population) -> Purses:
        if house.ids["bad"] in population.customer:
            raise ValueError("its row is damaged")
        return purses(work, population)

    monkeypatch.setattr(block, "purses", damaged)
    done = house.night("2026-12-01")
    assert done.quarantined == {house.ids["bad"]: "ValueError: its row is damaged"}
    assert [house.balance(name, "cash")[0] for name in ("ann", "bad", "cay")] == [10_030_12, 10_000_00, 10_030_12]


def test_a_fault_of_everybody_stops_the_night(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    house.open("ann", [CHECKING])

    def broken(*_: object) -> Purses:
        raise SluiceError("config_missing", "The configuration has no platform_fee.", "platform_fee")

    monkeypatch.setattr(block, "purses", broken)
    with pytest.raises(SluiceError, match="no platform_fee"):
        house.night("2026-12-01")


def test_what_every_household_would_raise_is_raised(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    house.open("ann", [CHECKING])

    def broken(*_: object) -> Purses:
        raise ValueError("all of them")

    monkeypatch.setattr(block, "purses", broken)
    with pytest.raises(ValueError, match="all of them"):
        house.night("2026-12-01")


def test_books_that_were_there_before_interest_are_not_corrected_before_it(house: Home) -> None:
    """As migration 0005 leaves a book whose last night was 15 November: interest counts from 1 November on."""
    for name, opening in (("ann", "0.00"), ("ben", "10000.00")):
        house.open(name, [held("cash", opening, mirrored=True)])
    house.night("2026-11-15")
    night = parse_day("2026-11-15")
    with house.books.database.writing() as bulk:
        for month in (-(10**6), parse_day("2026-10-01")):
            bulk.connection.exec_driver_sql(f"INSERT INTO interest_run VALUES (0, {month}, {night})")
    house.pay("ann", "cash", "10000.00", "2025-11-01")
    house.night("2026-12-01")
    with house.books.read(0) as work:
        pots = [account_named(work, house.ids[name], "cash").account for name in ("ann", "ben")]
        assert work.posted_interest(np.array(pots))[2].tolist() == [25_12, 25_12]
