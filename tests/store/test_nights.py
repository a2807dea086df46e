"""What a night leaves: kept once, whole or not at all; quarantine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.desk import NewCustomer
from engine.ports import DecisionRows, NightRows
from ledger.faults import SluiceError
from store.books import Work
from tests.store.households import (
    DAY,
    NOW,
    Home,
    block,
    lines,
    night,
    numbers,
    paid,
    saved,
)


def test_a_night_is_kept_once(house: Home) -> None:
    one, two, _ = house.customers
    with house.books.lock(1) as work:
        work.save_lists([saved(one, 1, tallies=[(DAY, 0), (DAY, 0)])], DAY, NOW)
        work.change_customer(one, paused=False, ira_room=500)
    paid(house)
    decided = DecisionRows(
        *(
            numbers(*column)
            for column in zip((one, 1, 1, 4, 30, 9, 9, 0, 7), (two, 1, 1, 2, 10, 9, 0, 0, 0), strict=True)
        )
    )
    rows = replace(
        night(DAY, first_seq=7),
        decisions=decided,
        tally_customer=numbers(one),
        tally_slot=numbers(1),
        tally_since=numbers(DAY),
        tally_used=numbers(9),
        ira_customer=numbers(one),
        ira_room=numbers(400),
    )
    with house.books.lock(1) as work:
        work.write(block(work, lines([(one, house.accounts[0][1], house.accounts[0][0], 9)], 3)))
        work.finish_night(rows)
    assert house.books.done(1, DAY)
    assert not house.books.done(1, DAY + 1)
    assert not house.books.done(0, DAY)
    _assert_kept(house)
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.finish_night(rows)
    assert raised.value.code == "night_already_done"


def _assert_kept(house: Home) -> None:
    """What that night left is there."""
    one, _, three = house.customers
    with house.books.read(1) as work:
        read = work.population()
        assert read.last_night.tolist() == [DAY] * 3
        assert read.tally_used.tolist() == [0, 9]
        assert read.ira_room.tolist() == [400, -1, -1]
        assert work.row.last_night == DAY
        past = work.past(one)
        (kept,) = past.nights
        assert (kept.first_seq, kept.last_seq, kept.moved, kept.blocked, kept.proposed) == (7, 7, 1, 1, 0)
        assert [(d.customer, d.outcome, d.journal) for d in past.decisions] == [(one, 4, 7)]
        assert past.seq.tolist() == [1, 4, 7]
        assert [event.ira_room for event in past.customer_events] == [-1, 500]
        assert len(past.account_events) == 3
        assert [version.version for version in past.versions] == [1]
        assert past.quarantined == frozenset()
        assert len(work.past(three).transfers) == 2


NIGHT = night(DAY)
ONE = numbers(1)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(NIGHT, tally_customer=ONE, tally_slot=ONE, tally_since=ONE, tally_used=ONE),
        replace(NIGHT, ira_customer=ONE, ira_room=ONE),
        replace(NIGHT, quarantined=[(1, "nobody")]),
    ],
    ids=["tally", "ira", "quarantine"],
)
def test_a_night_about_strangers_is_an_alarm(house: Home, wrong: NightRows) -> None:
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.finish_night(wrong)
    assert raised.value.code == "books_broken"
    assert not house.books.done(1, DAY)


def test_three_nights_in_quarantine_pause_a_household(house: Home) -> None:
    one, two, _ = house.customers
    plan = [[one], [one, two], [], [one], [one], [one], [one]]
    paused = []
    for at, out in enumerate(plan):
        with house.books.lock(1) as work:
            work.finish_night(night(DAY + at, [(customer, f"reason {at}") for customer in out]))
            paused += [customer.paused for customer in work.customers(numbers(one))]
    assert paused == [False, False, False, False, False, True, True]
    with house.books.read(1) as work:
        assert work.population().last_night.tolist() == [DAY + 2, DAY + 6, DAY + 6]
        past = work.past(one)
        assert past.quarantined == {DAY, DAY + 1, DAY + 3, DAY + 4, DAY + 5, DAY + 6}
        last = past.customer_events[-1]
        assert (last.paused, last.after_night) == (True, DAY + 5)
        assert [night.quarantined for night in past.nights] == [1, 2, 0, 1, 1, 1, 1]


def test_an_exception_leaves_nothing(house: Home) -> None:
    paid(house)
    before = snapshot(house)
    with pytest.raises(ZeroDivisionError), house.books.lock(1) as work:
        everything(house, work)
    assert snapshot(house) == before
    assert house.books.find("late") is None


def everything(house: Home, work: Work) -> None:
    """Write something of every kind, then fail."""
    work.open_customers([NewCustomer("late", "Late")], DAY, NOW)
    work.write(block(work, lines([(house.customers[0], house.accounts[0][1], house.accounts[0][0], 9)], 3)))
    work.save_lists([saved(house.customers[0], 1)], DAY, NOW)
    work.finish_night(night(DAY))
    raise ZeroDivisionError


def snapshot(house: Home) -> tuple[object, ...]:
    """What a person could see of book 1."""
    with house.books.read(1) as work:
        return work.row, work.customers(), work.accounts_of(), work.transfers(), work.versions(house.customers[0])
