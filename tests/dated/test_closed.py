"""A rate waits for what a closed account accrued: its interest is posted at once, ahead of the night (ruling 6)."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.closing import close_account
from engine.dated.document import DatedRow
from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from store.books import Books
from store.verify import verify
from tests.engine.households import Home, held

CLOSED = parse_day("2026-11-27")
ACCOUNTS = [
    held("cash", "1000.00"),
    held("savings", "50000.00"),
    held("checking", "9000.00", "checking"),
    held("line", "-500.00", "borrow", limit="900.00"),
    held("brokerage", "0.00", "invest"),
]


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    """Return a home whose last night is that of 25 November: interest is accrued until the 24th."""
    made = Home(database_url)
    made.open("ann", ACCOUNTS)
    made.night("2026-11-25")
    yield made
    assert list(verify(database_url)) == []
    made.books.close()


def close(home: Home, handle: str, day: int = CLOSED) -> None:
    with home.work() as work:
        close_account(work, home.ids["ann"], (handle, "checking"), (day, home.now()))


def change(home: Home, day: int, name: str = "cash_apy") -> None:
    """A rate of 9% from a day on."""
    home.books.add_dated([DatedRow(name, day, "9.00%", "a test")], home.now())


@pytest.mark.parametrize("handle", ["savings", "line"])
@pytest.mark.parametrize("name", ["cash_apy", "borrow_apr"])
def test_no_rate_changes_on_a_date_that_a_closed_account_accrued(home: Home, handle: str, name: str) -> None:
    close(home, handle)
    for day in (CLOSED - 3, CLOSED - 1):
        with pytest.raises(SluiceError, match=f"accrued until {format_day(CLOSED - 1)}, .* from 2026-11-27") as fault:
            change(home, day, name)
        assert (fault.value.code, fault.value.field) == ("rate_accrued", "rows.0.from")
    change(home, CLOSED, name)


def test_what_does_not_accrue_is_not_late(home: Home) -> None:
    close(home, "savings")
    home.books.add_dated([DatedRow("wire_out_fee", CLOSED - 9, "30.00", "a test")], home.now())


def test_an_account_that_earns_nothing_puts_no_rate_off(home: Home) -> None:
    close(home, "brokerage")
    change(home, CLOSED - 2)


def test_the_last_of_closings_and_nights_decides(home: Home) -> None:
    close(home, "savings")
    close(home, "line", CLOSED + 1)
    with pytest.raises(SluiceError, match=f"until {format_day(CLOSED)}"):
        change(home, CLOSED)
    home.night(format_day(CLOSED + 1))
    with pytest.raises(SluiceError, match=f"until {format_day(CLOSED)}"):
        change(home, CLOSED)
    home.night(format_day(CLOSED + 2))
    with pytest.raises(SluiceError, match=f"until {format_day(CLOSED + 1)}"):
        change(home, CLOSED + 1)


def test_a_closing_of_books_without_a_night_counts(database_url: str) -> None:
    home = Home(database_url)
    home.open("ann", ACCOUNTS)
    close(home, "savings")
    with pytest.raises(SluiceError, match=f"until {format_day(CLOSED - 1)}"):
        change(home, CLOSED - 1)
    home.books.close()


def test_months_that_nights_posted_are_no_closings(home: Home) -> None:
    """Interest of November is posted on 1 December; a rate of that day is still to be accrued."""
    home.night("2026-12-01")
    change(home, parse_day("2026-12-01"))


def test_no_closing_slips_between_the_look_and_the_row(home: Home) -> None:
    """The rate is asked for while an account is being closed: it waits, and is refused by what the closing accrued."""
    told: list[str] = []

    def add() -> None:
        books = Books(home.url)
        try:
            books.add_dated([DatedRow("cash_apy", CLOSED - 1, "9.00%", "a test")], home.now())
        except SluiceError as fault:
            told.append(fault.code)
        books.close()

    other = threading.Thread(target=add)
    with home.work() as work:
        other.start()
        other.join(0.3)
        assert other.is_alive()
        close_account(work, home.ids["ann"], ("savings", "checking"), (CLOSED, home.now()))
    other.join()
    assert told == ["rate_accrued"]
