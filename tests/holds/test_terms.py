"""The table of holds with M1's rows (products.md 1.10), counted by the calendar that each row names."""

import pytest

from engine.holds.terms import (
    ANY,
    DESTINATIONS,
    Arrival,
    Calendar,
    Destination,
    Direction,
    HoldTerm,
    OpenDays,
    Rail,
    settles_on,
    until,
)
from engine.opendays import bank_days
from ledger.days import format_day, parse_day
from tests.borrow.lines import column

CASH_KIND, INVEST_KIND = 3, 5
BANKS = (Destination.OWN_BANK, Destination.OTHER_BANK)
TABLE = (
    HoldTerm(Rail.ACH, Direction.IN, ANY, 60, Calendar.DAYS, (Destination.OTHER_BANK,)),
    HoldTerm(Rail.ACH, Direction.IN, CASH_KIND, 3, Calendar.BANK_DAYS, tuple(Destination)),
    HoldTerm(Rail.ACH, Direction.IN, INVEST_KIND, 6, Calendar.BANK_DAYS, BANKS),
    HoldTerm(Rail.ACH, Direction.OUT, ANY, 1, Calendar.BANK_DAYS, tuple(Destination)),
    HoldTerm(Rail.TRANSFER_IN, Direction.IN, ANY, 15, Calendar.BANK_DAYS, (*BANKS, Destination.CASH)),
    HoldTerm(Rail.SALE, Direction.IN, ANY, 1, Calendar.SESSIONS, tuple(Destination)),
)
START = parse_day("2025-07-01")
DAYS = OpenDays(bank_days(START, START + 90), column(START, START + 1, START + 2, START + 6))


def found(rail: Rail, kind: int, day: str = "2025-07-01", direction: Direction = Direction.IN) -> list[str]:
    days = until(TABLE, Arrival(rail, direction, column(kind), column(parse_day(day))), DAYS)
    return [format_day(int(one)) for one in days[:, 0]]


def test_a_deposit_to_cash_waits_three_business_days_and_sixty_days_for_another_bank() -> None:
    assert found(Rail.ACH, CASH_KIND) == ["2025-07-07"] * 5 + ["2025-08-30"]


def test_a_deposit_to_invest_may_be_invested_at_once() -> None:
    assert found(Rail.ACH, INVEST_KIND) == ["2025-07-01"] * 4 + ["2025-07-10", "2025-08-30"]


def test_sales_wait_for_their_session_and_transfers_from_brokers_for_three_weeks() -> None:
    assert found(Rail.SALE, INVEST_KIND, "2025-07-03") == ["2025-07-07"] * 6
    held = found(Rail.TRANSFER_IN, INVEST_KIND)
    assert held == ["2025-07-23", *["2025-07-01"] * 3, "2025-07-23", "2025-07-23"]


def test_what_no_row_names_is_free_at_once() -> None:
    assert found(Rail.WIRE, CASH_KIND) == ["2025-07-01"] * DESTINATIONS


def test_many_amounts_at_once_and_the_day_on_which_outgoing_money_arrives() -> None:
    kinds, day = column(CASH_KIND, INVEST_KIND), column(START, START + 2)
    both = until(TABLE, Arrival(Rail.ACH, Direction.IN, kinds, day), DAYS)
    assert format_day(int(both[Destination.CASH, 0])) == "2025-07-07"
    assert both[Destination.CASH, 1] == START + 2
    out = settles_on(TABLE, Arrival(Rail.ACH, Direction.OUT, kinds, day), DAYS)
    assert [format_day(one) for one in out.tolist()] == ["2025-07-02", "2025-07-07"]


def test_open_days_that_end_too_early_are_a_fault() -> None:
    with pytest.raises(ValueError, match="the calendar ends"):
        found(Rail.SALE, CASH_KIND, "2025-07-07")
