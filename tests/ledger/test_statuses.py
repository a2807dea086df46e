"""Every status: in the catalogue, provoked by a small example, and remembered or not as its class says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ledger.statuses import CATALOGUE, Class, Status, refused, remembered
from tests.ledger.books import Books, as_accounts
from tests.ledger.drawing import BOOK, FOREIGN, fresh_id
from tests.ledger.model import LARGEST, PENDING, POST, SINGLE, VOID, Account, Line

LINE = Line(fresh_id(1), SINGLE, 0, 1, 1, 2, 1, 1, 5, 1, 20_000)  # customer 1 moves 5 from account 1 to account 2
HOLD = replace(LINE, kind=PENDING)
TAKEN = replace(HOLD, id=fresh_id(2), kind=POST, pending=HOLD.id, journal=2)
FREED = replace(TAKEN, kind=VOID)


def books() -> Books:
    """Account 1 may spend its 10, account 2 may hold 12, account 3 is closed, 4 is customer 2's, 7 and 8 the book's."""
    accounts = {
        1: Account(1, floor=0, debits_posted=10),
        2: Account(1, ceiling=12),
        3: Account(1, closed=True),
        4: Account(2),
        7: Account(),
        8: Account(asset=2),
    }
    return Books(BOOK, as_accounts(accounts))


# The last line of each list answers with the status.
EXAMPLES: dict[Status, list[Line]] = {
    Status.GROUP_FAILED: [replace(LINE, id=fresh_id(3), amount=11), LINE],
    Status.BOOK_MISMATCH: [replace(LINE, id=FOREIGN)],
    Status.EXISTS: [LINE, replace(LINE, journal=2)],
    Status.EXISTS_WITH_DIFFERENT_KIND: [LINE, replace(HOLD, journal=2, amount=6)],
    Status.EXISTS_WITH_DIFFERENT_PENDING_ID: [HOLD, TAKEN, replace(TAKEN, journal=3, pending=fresh_id(9), debit=7)],
    Status.EXISTS_WITH_DIFFERENT_ACCOUNTS: [LINE, replace(LINE, journal=2, debit=7, customer=2)],
    Status.EXISTS_WITH_DIFFERENT_CUSTOMER: [LINE, replace(LINE, journal=2, customer=2, asset=2)],
    Status.EXISTS_WITH_DIFFERENT_ASSET: [LINE, replace(LINE, journal=2, asset=2, amount=0)],
    Status.EXISTS_WITH_DIFFERENT_AMOUNT: [LINE, replace(LINE, journal=2, amount=0, code=2)],
    Status.EXISTS_WITH_DIFFERENT_CODE: [LINE, replace(LINE, journal=2, code=2, day=0)],
    Status.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE: [LINE, replace(LINE, journal=2, day=0)],
    Status.ID_REPEATED: [LINE, LINE],
    Status.ID_ALREADY_REJECTED: [replace(LINE, amount=11), replace(LINE, journal=2)],
    Status.KIND_FIELDS_CONFLICT: [replace(LINE, kind=5, amount=0)],
    Status.AMOUNT_NOT_POSITIVE: [replace(LINE, amount=0, debit=1)],
    Status.AMOUNT_OVERFLOW: [replace(LINE, amount=LARGEST + 1, debit=1)],
    Status.ACCOUNTS_SAME: [replace(LINE, debit=9, credit=9)],
    Status.DEBIT_ACCOUNT_NOT_FOUND: [replace(LINE, debit=9, credit=10)],
    Status.CREDIT_ACCOUNT_NOT_FOUND: [replace(LINE, credit=9, asset=2)],
    Status.ASSET_MISMATCH: [replace(LINE, debit=8, credit=3)],
    Status.ACCOUNT_CLOSED: [replace(LINE, debit=3, customer=2)],
    Status.CUSTOMER_MISMATCH: [replace(LINE, debit=4, amount=11)],
    Status.PENDING_NOT_FOUND: [TAKEN],
    Status.PENDING_NOT_PENDING: [LINE, TAKEN],
    Status.PENDING_ALREADY_POSTED: [HOLD, TAKEN, replace(FREED, id=fresh_id(3), journal=3, amount=1)],
    Status.PENDING_ALREADY_VOIDED: [HOLD, FREED, replace(TAKEN, id=fresh_id(3), journal=3, amount=1)],
    Status.PENDING_HAS_DIFFERENT_FIELD: [HOLD, replace(TAKEN, amount=4)],
    Status.EXCEEDS_FLOOR: [replace(LINE, amount=13)],
    Status.EXCEEDS_CEILING: [replace(LINE, amount=8, credit=7), replace(LINE, id=fresh_id(2), journal=2)],
    Status.CREATED: [LINE],
}


def test_the_catalogue_names_every_status_and_every_status_has_an_example() -> None:
    assert list(CATALOGUE) == list(Status) == list(EXAMPLES)
    assert [int(s) for s in Status] == sorted(int(s) for s in Status)
    http = {Class.OK: {201}, Class.DUPLICATE: {200}, Class.PERMANENT: {409, 422}, Class.STATE: {404, 409}}
    for status, entry in CATALOGUE.items():
        assert entry.http in http.get(entry.kind, {409})
        assert entry.sentence.endswith(".")
        assert status.code == status.name.lower()


@pytest.mark.parametrize("status", list(Status), ids=lambda s: s.code)
def test_each_status_is_provoked_in_one_batch(status: Status) -> None:
    answer = books().ask(EXAMPLES[status])
    assert Status(int(answer.status[-1])) is status


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.GROUP_FAILED, Status.ID_REPEATED)])
def test_each_status_is_provoked_line_by_line(status: Status) -> None:
    asked = books()
    answers = [asked.ask([line]) for line in EXAMPLES[status]]
    assert Status(int(answers[-1].status[0])) is status


@pytest.mark.parametrize("status", list(Status), ids=lambda s: s.code)
def test_only_refusals_for_the_state_are_remembered(status: Status) -> None:
    asked = books()
    asked.ask(EXAMPLES[status])
    again = Status(int(asked.ask(EXAMPLES[status][-1:]).status[-1]))
    if CATALOGUE[status].kind is Class.STATE:
        assert again is Status.ID_ALREADY_REJECTED
    elif status is Status.CREATED:
        assert again is Status.EXISTS
    elif status is Status.ID_REPEATED or status is Status.GROUP_FAILED:
        assert again is Status.CREATED  # nothing was wrong with the line itself
    else:
        assert again is status


def test_masks_tell_refusals_apart() -> None:
    column = np.array([Status.CREATED, Status.EXISTS, Status.EXCEEDS_FLOOR, Status.AMOUNT_NOT_POSITIVE], np.int64)
    assert remembered(column).tolist() == [False, False, True, False]
    assert refused(column).tolist() == [False, False, True, True]
