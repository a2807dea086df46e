"""Rooms of a night and the contributions its moves make: a book in columns, the same for one household alone."""

import numpy as np

from engine.contributions.rights import Pool
from engine.contributions.tonight import Moved, contributions_of, rooms, taken_back
from engine.holds.returning import TakenBack, take_back
from ledger.days import parse_day
from tests.borrow.lines import column
from tests.contributions.family import DAY, NOW, SETUP, Family, unnamed

NEW_YEAR = parse_day("2027-01-01")


def room_by_handle(ann: Family, day: int, customer: int) -> dict[str, tuple[int, int]]:
    """(place of the room, cents) of a household's accounts."""
    with ann.books.read(0) as work:
        whole, own = rooms(work, day), rooms(work, day, column(customer))
        handles = {one.account: one.handle for one in work.accounts_of(column(customer))}
    mine = np.isin(whole.account, own.account)
    assert np.all(np.diff(whole.account) > 0)
    assert whole.cents[whole.room[mine]].tolist() == own.cents[own.room].tolist()
    rows = zip(own.account.tolist(), own.room.tolist(), own.cents[own.room].tolist(), strict=True)
    return {handles[account]: (room, cents) for account, room, cents in rows}


def test_a_persons_traditional_and_roth_share_a_room(everywhere: Family) -> None:
    other = everywhere.open("bob", SETUP)
    everywhere.ask(1_000_00, "checking>roth")
    everywhere.ask(2_000_00, "checking>sep")
    everywhere.ask(500_00, "checking>bens", choice="prior")
    found = room_by_handle(everywhere, DAY, everywhere.customer)
    assert {handle: cents for handle, (_, cents) in found.items()} == {
        "traditional": 7_600_00,
        "roth": 7_600_00,
        "sep": 70_000_00,
        "bens": 7_500_00,
    }
    places = {handle: room for handle, (room, _) in found.items()}
    assert places["traditional"] == places["roth"]
    assert len(set(places.values())) == 3
    assert room_by_handle(everywhere, DAY, other)["roth"][1] == 8_600_00
    assert room_by_handle(everywhere, NEW_YEAR, everywhere.customer)["roth"][1] == 8_600_00


def test_nobody_without_named_accounts_has_a_room(ann: Family) -> None:
    other = ann.open("other", "{}")
    with ann.work() as work:
        unnamed(work, other, "ira")
    with ann.books.read(0) as work:
        found = rooms(work, DAY, column(other))
        assert (len(found.account), len(found.room), len(found.cents)) == (0, 0, 0)
        assert len(contributions_of(work, DAY, Moved(column(1), column(5), column(9)), column(other)).amount) == 0


def test_moves_into_named_accounts_are_contributions_of_the_days_year(ann: Family) -> None:
    accounts = [ann.account(handle) for handle in ("taxable", "sep", "old", "bens", "sep")]
    moved = Moved(column(*accounts), column(1, 2, 3, 4, 5), column(11, 12, 13, 14, 15))
    persons = {number: ann.person(number).person for number in (1, 2)}
    with ann.work() as work:
        made = contributions_of(work, NEW_YEAR, moved)
        work.keep_contributions(made)
        assert made.amount.tolist() == [2, 4, 5]
        assert made.seq.tolist() == [12, 14, 15]
        assert made.person.tolist() == [persons[1], persons[2], persons[1]]
        assert made.pool.tolist() == [Pool.SEP, Pool.IRA, Pool.SEP]
        assert (set(made.year.tolist()), set(made.day.tolist())) == ({2027}, {NEW_YEAR})
        assert work.contributed(2027).account.tolist() == made.account.tolist()


def test_what_is_returned_frees_the_room_of_its_year(ann: Family) -> None:
    ann.ask(8_000_00, "checking>roth", choice="prior")
    ann.ask(100_00, "checking>taxable")
    ann.ask(300_00, "checking>roth")
    assert ann.ask(1, "checking>roth", choice="prior")[0] == 409
    with ann.work() as work:
        before = work.contributions(ann.customer)
        seqs = column(before.seq[1], before.seq[0] + 1, before.seq[0])
        back = Moved(column(0, 0, 0), column(300_00, 100_00, 8_000_00), column(901, 902, 903))
        undone = taken_back(work, DAY + 3, seqs, back)
        work.keep_contributions(undone)
        assert undone.seq.tolist() == [901, 903]
        assert undone.amount.tolist() == [-300_00, -8_000_00]
        assert undone.year.tolist() == [2026, 2025]
        assert undone.account.tolist() == [ann.account("roth")] * 2
    assert ann.ask(8_000_00, "checking>traditional", choice="prior")[0] == 201
    assert ann.ask(8_600_00, "checking>traditional")[0] == 201


def test_a_deposit_that_the_bank_takes_back_frees_its_room(ann: Family) -> None:
    status, made = ann.ask(7_500_00, "bank>bens")
    assert (status, made["state"], made["tax_year"]) == (201, "pending", 2026)
    assert ann.ask(10_00, "bank>bens")[0] == 409
    with ann.work() as work:
        row = take_back(work, TakenBack(ann.customer, made["id"], "R01"), (DAY + 1, NOW))
        assert work.contributions(ann.customer).amount.tolist() == [7_500_00, -7_500_00]
        assert take_back(work, TakenBack(ann.customer, made["id"], "R01"), (DAY + 2, NOW)) == row
        assert len(work.contributions(ann.customer).amount) == 2
    assert ann.ask(7_500_00, "checking>bens")[0] == 201
