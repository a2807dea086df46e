"""One transfer on request: posted or refused once per key, and answered the same for ever."""

import json
from typing import Any

import numpy as np
import pytest

from engine.desk import AccountEvent
from engine.once import Answered
from engine.request import TransferRequest, transfer
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.days import parse_day
from ledger.faults import SluiceError
from store.verify import verify
from tests.engine.households import CASH, CHECKING, FRIDAY, OPENED, SATURDAY, Home, held

DAY = parse_day(FRIDAY)


@pytest.fixture
def ann(home: Home) -> Home:
    """Return a home with ann, who has 1,000.00 in checking."""
    full = held("full", "0.00", ceiling="5.00")
    keeps = held("keeps", "30.00", floor="20.00")
    home.open("ann", [CHECKING, CASH, full, keeps, held("outside", "50.00", "bank")])
    return home


def ask(home: Home, amount: int, sides: str = "checking>cash", key: str = "k", day: int = DAY) -> Answered:
    source, to = sides.split(">")
    with home.work() as work:
        return transfer(work, TransferRequest(home.ids["ann"], source, to, amount, key, day), home.now())


def body(answered: Answered) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answered.body)
    return told


def test_a_transfer_is_posted_once_and_answered_for_ever(ann: Home) -> None:
    first = ask(ann, 10_00)
    assert (first.status, first.replayed) == (201, False)
    told = body(first)
    identity = told.pop("id")
    assert told == {"from": "checking", "to": "cash", "amount": "10.00", "state": "posted"}
    assert len(identity) == 32
    for day in (DAY, DAY + 1):
        again = ask(ann, 10_00, day=day)
        assert (again.status, again.body, again.replayed) == (201, first.body, True)
    assert ann.balance("ann", "cash") == (10_00, 0, 0)
    other = ask(ann, 10_00, key="l")
    assert body(other)["id"] != identity
    assert ann.balance("ann", "cash") == (20_00, 0, 0)
    with ann.books.read(0) as work:
        assert work.past(ann.ids["ann"]).transfers.code.tolist()[-2:] == [Code.ONE_OFF] * 2
    assert list(verify(ann.url)) == []


@pytest.mark.parametrize(
    "amount,sides", [(11_00, "checking>cash"), (10_00, "cash>checking"), (10_00, "checking>keeps")]
)
def test_a_key_is_not_used_for_another_transfer(ann: Home, amount: int, sides: str) -> None:
    ask(ann, 10_00)
    refused = ask(ann, amount, sides)
    assert (refused.status, body(refused)["code"], refused.replayed) == (422, "idempotency_key_reused", False)
    assert ann.balance("ann", "cash") == (10_00, 0, 0)


def test_with_a_bank_it_is_pending_until_the_next_business_day(ann: Home) -> None:
    assert body(ask(ann, 10_00, "outside>cash"))["state"] == "pending"
    assert ann.balance("ann", "cash") == (0, 10_00, 0)
    assert ann.balance("ann", "outside") == (50_00, 0, 10_00)
    refused = body(ask(ann, 41_00, "outside>cash", key="more"))
    assert "outside can give at most 40.00" in refused["detail"]
    ann.night(SATURDAY)
    assert ann.balance("ann", "cash") == (0, 10_00, 0)
    ann.night("2026-11-23")
    assert ann.balance("ann", "cash") == (10_00, 0, 0)


@pytest.mark.parametrize(
    "amount,sides,refusal",
    [
        (1_000_01, "checking>cash", (409, "exceeds_floor", "amount")),
        (1, "cash>checking", (409, "exceeds_floor", "amount")),
        (10_01, "keeps>cash", (409, "exceeds_floor", "amount")),
        (5_01, "checking>full", (409, "exceeds_ceiling", "")),
        (1, "checking>checking", (422, "accounts_same", "")),
        (0, "checking>cash", (422, "amount_not_positive", "")),
    ],
)
def test_a_refusal_is_answered_for_ever_too(ann: Home, amount: int, sides: str, refusal: tuple[int, str, str]) -> None:
    first = ask(ann, amount, sides)
    assert (first.status, body(first)["code"], body(first)["field"]) == refusal
    ann.pay("ann", "checking", "5000.00", FRIDAY)
    ann.pay("ann", "cash", "5000.00", FRIDAY)
    again = ask(ann, amount, sides)
    assert (again.status, again.body, again.replayed) == (first.status, first.body, True)
    assert list(verify(ann.url)) == []


@pytest.mark.parametrize("standing,word", [(Standing.FROZEN, "frozen"), (Standing.CLOSED, "closed")])
@pytest.mark.parametrize("handle,field", [("checking", "from"), ("cash", "to")])
def test_an_account_that_is_not_open_takes_part_in_nothing(
    ann: Home, standing: Standing, word: str, handle: str, field: str
) -> None:
    with ann.work() as work:
        (account,) = [one for one in work.accounts_of(np.array([ann.ids["ann"]])) if one.handle == handle]
        limits = (account.floor, account.ceiling, account.rule_floor)
        work.change_account(account.account, AccountEvent(account.account, 0, *limits, standing))
    refused = body(ask(ann, 1_00))
    assert (refused["code"], refused["field"]) == ("account_closed", field)
    assert f"{handle} is {word}" in refused["detail"]


def test_an_unknown_account_is_named_and_may_be_tried_again(ann: Home) -> None:
    with pytest.raises(SluiceError, match="There is no account purse"):
        ask(ann, 1_00, "checking>purse")
    assert ask(ann, 1_00).status == 201


def test_a_key_never_meets_one_of_our_own(ann: Home) -> None:
    """Openings are posted under keys of their own kind on the day the household is opened."""
    answered = ask(ann, 1_00, key="opening:checking", day=OPENED)
    assert (answered.status, body(answered)["state"]) == (201, "posted")
