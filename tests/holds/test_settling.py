"""The day on which money that was sent arrives (products.md 1.10; rulings 3 and 51)."""

import numpy as np
import pytest

from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.holds.settling import Kinds, settle_day, settled
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError
from tests.borrow.lines import column
from tests.holds.moving import ALLY, CASH, CHASE, INVEST, LINE, PENDING, dated, day, kinds, transfers

FRIDAY, MONDAY = day("Fri 20 Nov"), day("Mon 23 Nov")
IN, OUT = (PENDING, CHASE, CASH, 100), (PENDING, CASH, CHASE, 100)


def found(sent: str, move: tuple[int, int] = (CHASE, CASH), rows: Dated | None = None, code: Code = Code.RULE) -> int:
    made = transfers([(PENDING, *move, 100)], day(sent), code)
    return int(settle_day(made, kinds(), rows or dated())[0])


@pytest.mark.parametrize(
    "sent,settles",
    [
        ("Fri 20 Nov", "Mon 23 Nov"),
        ("Sat 21 Nov", "Mon 23 Nov"),
        ("Mon 23 Nov", "Tue 24 Nov"),
        ("Wed 25 Nov", "Fri 27 Nov"),  # Thanksgiving lies between
        ("Thu 24 Dec", "Mon 28 Dec"),
    ],
)
def test_a_transfer_is_one_bank_business_day_on_its_way(sent: str, settles: str) -> None:
    assert found(sent) == found(sent, (CASH, CHASE)) == found(sent, (CHASE, ALLY)) == day(settles)


def test_direction_kind_and_rail_have_days_of_their_own() -> None:
    rows = dated(transit_days__ach_in_cash="3", transit_days__ach_out_invest="2", transit_days__wire_in_cash="0")
    assert found("Fri 20 Nov", (CHASE, CASH), rows) == day("Wed 25 Nov")
    assert found("Fri 20 Nov", (CASH, CHASE), rows) == MONDAY
    assert found("Fri 20 Nov", (INVEST, CHASE), rows) == day("Tue 24 Nov")
    assert found("Fri 20 Nov", (CHASE, INVEST), rows) == MONDAY
    assert found("Fri 20 Nov", (CHASE, CASH), rows, Code.WIRE) == day("Sat 21 Nov")


def test_what_the_configuration_cannot_name_has_the_plain_row() -> None:
    rows = dated(transit_days="2", transit_days__ach_out_cash="5")
    assert found("Fri 20 Nov", (LINE, CHASE), rows) == day("Tue 24 Nov")
    assert found("Fri 20 Nov", (CHASE, ALLY), rows) == day("Tue 24 Nov")


def test_a_change_holds_for_what_is_made_from_its_date_on() -> None:
    before = transfers([IN, IN], [day("Fri 20 Nov"), day("Mon 23 Nov")])
    both = Dated([*dated().rows, DatedRow("transit_days", MONDAY, "4", "a test")])
    assert settle_day(before, kinds(), both).tolist() == [MONDAY, day("Mon 30 Nov")]


def test_a_night_posts_what_is_due_and_nothing_of_its_own_day() -> None:
    made = transfers([IN, OUT, IN, IN], [FRIDAY - 1, FRIDAY, MONDAY - 1, MONDAY])
    due = {night: settled(made, kinds(), dated(), night).tolist() for night in range(FRIDAY - 1, MONDAY + 2)}
    assert due[FRIDAY - 1] == [False] * 4
    assert due[FRIDAY] == due[MONDAY - 1] == [True, False, False, False]
    assert due[MONDAY] == [True, True, True, False]
    assert due[MONDAY + 1] == [True] * 4
    at_once = dated(transit_days="0")
    assert settled(made, kinds(), at_once, FRIDAY).tolist() == [True, False, False, False]
    assert settled(made, kinds(), at_once, MONDAY).tolist() == [True, True, True, False]


def test_nothing_on_its_way_asks_nothing() -> None:
    assert settled(transfers([], 0), kinds(), Dated(), FRIDAY).tolist() == []
    with pytest.raises(SluiceError) as raised:
        settled(transfers([IN], FRIDAY), kinds(), Dated(), FRIDAY)
    assert raised.value.code == "config_missing"


def test_accounts_that_are_not_there_have_no_kind() -> None:
    none = np.zeros(0, np.int64)
    assert Kinds(none, none).of(column(1, 2)).tolist() == [0, 0]
    assert kinds().of(column(CASH, 77, CHASE)).tolist() == [Kind.CASH, 0, Kind.BANK]
