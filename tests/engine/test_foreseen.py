"""What previews say of a move beyond its accounts: this month's interest as it will be posted, the waiver, a fee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.foreseen import Foreseen, Projected, fee_sentence, foreseen, interest_sentence, transfer_loss
from engine.invest.nights.steps import Steps
from engine.overnight.cashview import unposted_of
from engine.overnight.feeview import CycleTold
from engine.overnight.sight import night_sight
from engine.overnight.work import FeeRow
from engine.tonight import plan_tonight
from ledger.accounts import Kind
from ledger.days import format_day, parse_day
from ledger.money import MAX_AMOUNT
from tests.engine.households import CHECKING, FRIDAY, OPENED, Home, held

LINE = held("line", "-2000.00", "borrow", limit="5000.00")
BANK = held("bank", "0.00", "bank")


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Home]:
    """One book on SQLite."""
    made = Home(sqlite_url)
    yield made
    made.books.close()


def move(source: str, to: str, amount: str, mode: str = "auto") -> dict[str, object]:
    """A rule that moves a fixed amount on Friday alone."""
    ends = {"from": [{"account": source}], "to": [{"account": to}], "schedule": {"dates": [FRIDAY]}}
    return {"id": f"{source}_{to}", "mode": mode, "amount": {"kind": "fixed", "amount": amount}, **ends}


def told(house: Home, day: str = FRIDAY, rank: int = 0) -> Foreseen:
    """What tonight's moves of ann do."""
    with house.books.read(0) as work:
        on = parse_day(day)
        tonight = plan_tonight(work, house.ids["ann"], on)
        return foreseen(night_sight(work, None, Steps(on)), tonight, rank)


def ended(house: Home) -> dict[int, int]:
    """What November earned and cost by kind of account, as the first night of December posts it."""
    with house.books.read(0) as work:
        accounts = work.accounts_of(np.array([house.ids["ann"]], np.int64))
        unposted = unposted_of(work, accounts, parse_day("2026-12-01"))
        kinds = (Kind.CASH, Kind.BORROW)
        return {
            kind: sum(cents for one in accounts if one.kind == kind for _, cents in unposted[one.account].ended)
            for kind in kinds
        }


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (move("pot", "line", "1500.00"),),
        (move("line", "checking", "700.00"), move("pot", "bank", "6000.00")),
        (move("bank", "pot", "0.01"), move("checking", "pot", "900.00"), move("pot", "line", "2.00")),
    ],
)
def test_what_is_foreseen_is_what_the_month_posts(house: Home, rules: tuple[dict[str, object], ...]) -> None:
    """Money to a bank earns until it is there; a line costs on the day on which it is paid."""
    house.open("ann", [held("pot", "10000.00"), CHECKING, LINE, {**BANK, "opening": "40.00"}], *rules)
    interest = told(house).interest
    assert interest is not None
    for day in range(parse_day(FRIDAY), parse_day("2026-12-01")):
        assert house.night(format_day(day)).quarantined == {}
    assert (interest.earned, interest.cost) == (ended(house)[Kind.CASH], ended(house)[Kind.BORROW])
    assert bool(interest.gain) == bool(rules)


def test_paying_into_a_line_on_the_night_that_posts_its_interest(house: Home) -> None:
    """What the night adds to the line is interest, which costs nothing; paying it leaves the principal."""
    rule = {**move("pot", "line", "5.00"), "schedule": {"dates": ["2026-12-01"]}}
    house.open("ann", [held("pot", "10000.00"), LINE], rule)
    interest = told(house, "2026-12-01").interest
    assert interest is not None
    house.night("2026-12-01")
    after = told(house, "2026-12-02").interest
    assert after is not None
    assert (interest.cost, interest.gain) == (after.cost, -1)


@pytest.mark.parametrize("day,lost", [(FRIDAY, ""), ("2027-01-31", "Sun 28 Feb 2027")])
def test_the_waiver_is_lost_by_moves_that_leave_the_house(house: Home, day: str, lost: str) -> None:
    """The first 90 days are free."""
    rule = {**move("pot", "bank", "5000.00"), "schedule": {"dates": [day]}}
    house.open("ann", [held("pot", "10000.00"), BANK], rule)
    house.night(format_day(parse_day(day) - 1))
    said = told(house, day).loss
    assert said.startswith("Tonight's moves leave 5,") == bool(lost)
    assert (f"the month that ends on {lost} would cost 3.00" in said) == bool(lost)


def test_a_move_that_only_watches_is_supposed(house: Home) -> None:
    house.open("ann", [held("pot", "10000.00"), CHECKING], move("pot", "checking", "5000.00", "watch"))
    plain, supposed = told(house), told(house, rank=1)
    assert (plain.supposed, plain.change, plain.month) == (
        False,
        "",
        "As projected, cash earns 25.12 this month.",
    )
    assert supposed.change == (
        "With this rule's move, tonight's moves make this month's interest 4.60 worse: as projected, cash earns 20.52."
    )
    assert supposed.loss == ""


def test_a_plan_that_the_books_would_refuse_changes_nothing(house: Home) -> None:
    house.open("ann", [held("pot", "10000.00"), CHECKING], move("pot", "checking", "5000.00"))
    with house.books.read(0) as work:
        tonight = plan_tonight(work, house.ids["ann"], parse_day(FRIDAY))
        sight = night_sight(work, None, Steps(parse_day(FRIDAY)))
        moving, still = foreseen(sight, tonight), foreseen(sight, replace(tonight, set_aside="Refused."))
    assert moving.interest is not None
    assert still.interest is not None
    assert (moving.interest.gain, still.interest.gain, still.change) == (-4_60, 0, "")


def test_without_cash_and_line_there_is_no_interest(house: Home) -> None:
    house.open("ann", [CHECKING, BANK])
    assert (told(house).interest, told(house).month, told(house).change) == (None, "", "")


def test_beyond_what_counts_nothing_is_projected(house: Home) -> None:
    house.open("ann", [held("pot", "5.00")])
    with house.books.read(0) as work:
        tonight = plan_tonight(work, house.ids["ann"], parse_day(FRIDAY))
        huge = replace(tonight.plan.snapshot, posted=tonight.plan.snapshot.posted + MAX_AMOUNT)
        beyond = replace(tonight, plan=replace(tonight.plan, snapshot=huge))
        assert foreseen(night_sight(work, None, Steps(parse_day(FRIDAY))), beyond).interest is None


@pytest.mark.parametrize(
    "interest,words",
    [
        (Projected(1_234_56, None, 0), "As projected, cash earns 1,234.56 this month."),
        (
            Projected(None, 5_00, 12),
            "Tonight's moves make this month's interest 0.12 better: as projected, borrowing costs 5.00.",
        ),
        (
            Projected(1, 5_00, -1),
            "Tonight's moves make this month's interest 0.01 worse: as projected, cash earns 0.01 and borrowing costs 5.00.",  # noqa: E501  one sentence
        ),
    ],
)
def test_the_month_in_words(interest: Projected, words: str) -> None:
    assert interest_sentence(interest) == words


ENDS = parse_day("2027-03-31")
BEFORE = CycleTold(ENDS - 30, ENDS, 3_00, 10_000_00, None, 10_000_00, free=True, next_charge=ENDS + 30, sentence="")
LOW = replace(BEFORE, now=4_975_00)


@pytest.mark.parametrize(
    "before,after,ends",
    [
        (None, None, None),
        (BEFORE, None, None),
        (BEFORE, replace(BEFORE, now=10_500_00), None),
        (replace(LOW, free=False), replace(LOW, free=False, now=1_00), None),  # nothing was waived before
        (BEFORE, replace(LOW, free=False, next_charge=ENDS), "Wed 31 Mar 2027"),
        (BEFORE, LOW, "Fri 30 Apr 2027"),  # a night of this month saw enough already
        (BEFORE, replace(LOW, next_charge=ENDS + 61), None),  # too soon after registration
    ],
)
def test_a_transfer_that_loses_the_waiver(before: CycleTold | None, after: CycleTold | None, ends: str | None) -> None:
    said = transfer_loss(before, after)
    assert said == (
        f"This transfer leaves 4,975.00, less than the 10,000.00 that waive the platform fee: the month that ends on "
        f"{ends} would cost 3.00, unless a night of it sees 10,000.00 again."
        if ends
        else ""
    )


def test_a_fee_says_what_for_how_much_and_who_pays() -> None:
    row = FeeRow(1, OPENED, 4, 7, 25_00, 0, 0, 9)
    assert fee_sentence(row, {7: "Pot"}) == "The fee for this wire is 25.00: Pot pays it on top, at once."
