"""What people see of persons, owners and contributions, and what they enter by hand."""

import pytest

from engine.contributions.outside import (
    EARNINGS,
    OUTSIDE,
    EarningsSetup,
    OutsideSetup,
    add_outside,
    person_of,
    prove_theirs,
    set_earned,
)
from engine.contributions.rights import Ownership, Pool, Who
from engine.contributions.standing import Contributed, PoolRoom, Standing, standing
from ledger.accounts import Kind
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.decode import read_document
from tests.contributions.family import DAY, Family

LATE = parse_day("2026-05-01")


def seen(ann: Family, day: int = DAY) -> Standing:
    with ann.books.read(0) as work:
        return standing(work, ann.customer, day)


def outside(ann: Family, number: int, year: int, amount: int, *, excess: bool = False) -> None:
    given = OutsideSetup(person=number, year=year, amount=amount, source="Elsewhere", excess=excess)
    with ann.work() as work:
        add_outside(work, ann.person(number), given, DAY)


def test_everybody_with_their_accounts_and_rooms(everywhere: Family) -> None:
    everywhere.ask(600_00, "checking>roth")
    outside(everywhere, 1, 2026, 1_000_00)
    with everywhere.work() as work:
        set_earned(work, everywhere.person(2), EarningsSetup(person=2, year=2026, amount=3_000_00), DAY)
    found = seen(everywhere)
    ann, ben, cleo, _ = found.persons
    assert (ann.number, ann.name, ann.role, ann.birth_year) == (1, "Ann", Who.OWNER, 1970)
    assert (ann.iras, ben.iras, cleo.iras) == (("traditional", "roth", "sep"), ("bens",), ())
    assert ann.rooms == (
        PoolRoom(2026, Pool.IRA, 8_600_00, 1_600_00, 7_000_00, open=True),
        PoolRoom(2026, Pool.SEP, 72_000_00, 0, 72_000_00, open=True),
        PoolRoom(2025, Pool.IRA, 8_000_00, 0, 8_000_00, open=True),
        PoolRoom(2025, Pool.SEP, 70_000_00, 0, 70_000_00, open=False),
    )
    assert ben.rooms[0] == PoolRoom(2026, Pool.IRA, 3_000_00, 0, 3_000_00, open=True)
    assert (ben.earned, ann.earned) == (((2026, 3_000_00),), ())
    assert cleo.rooms[0].limit == 7_500_00
    accounts = {one.handle: one for one in found.accounts}
    assert (accounts["together"].ownership, accounts["together"].owners) == (Ownership.JOINT, (1, 2))
    assert (accounts["old"].ownership, accounts["old"].kind, accounts["old"].owners) == (
        Ownership.TRADITIONAL,
        Kind.IRA,
        (),
    )
    assert accounts["checking"].ownership == Ownership.INDIVIDUAL
    assert accounts["trust"].agreed
    first, second = found.contributions
    assert first == Contributed(1, 2026, Pool.IRA, 1_000_00, DAY, "", "Elsewhere")
    assert (second.account, second.amount) == ("roth", 600_00)
    assert found.outside == (first,)
    assert [one.open for one in seen(everywhere, LATE).persons[0].rooms] == [True, True, False, False]


def test_a_household_without_persons_has_nobody(ann: Family) -> None:
    other = ann.open("other", "accounts: [{handle: a, kind: cash}]")
    with ann.books.read(0) as work:
        found = standing(work, other, DAY)
    assert (found.persons, found.contributions, found.outside) == ((), (), ())
    assert [one.handle for one in found.accounts] == ["a"]


def test_a_mistake_is_put_right_by_an_amount_below_zero(ann: Family) -> None:
    outside(ann, 1, 2024, 300_00)
    outside(ann, 1, 2024, -300_00)
    ann.ask(100_00, "checking>roth")
    for year in (2024, 2026):
        with pytest.raises(SluiceError) as told:
            outside(ann, 1, year, -1)
        assert (told.value.code, told.value.field) == ("contribution_below_zero", "amount")
    assert [room.used for room in seen(ann).persons[0].rooms if room.year == 2024] == [0, 0]


def test_more_than_the_room_is_kept_only_where_it_says_so(ann: Family) -> None:
    outside(ann, 2, 2026, 7_000_00)
    with pytest.raises(SluiceError) as told:
        outside(ann, 2, 2026, 2_000_00)
    assert (told.value.code, told.value.field) == ("contribution_above_room", "amount")
    assert told.value.sentence == (
        "2,000.00 is more than may still be contributed for 2026: 500.00 is left. If Ben contributed it all the same, "
        "say so with excess."
    )
    outside(ann, 2, 2026, 500_00)
    outside(ann, 2, 2026, 1_500_00, excess=True)
    room = seen(ann).persons[1].rooms[0].room
    assert (room.used, room.left, room.excess) == (9_000_00, 0, 1_500_00)
    assert room.words() == "used 9,000.00 of 7,500.00: 1,500.00 too much"
    outside(ann, 2, 2026, -1_500_00)
    assert seen(ann).persons[1].rooms[0].room.words() == "used 7,500.00 of 7,500.00"


def test_earnings_below_what_is_contributed_say_so(ann: Family) -> None:
    outside(ann, 2, 2026, 7_000_00)
    with ann.work() as work:
        over = set_earned(work, ann.person(2), EarningsSetup(person=2, year=2026, amount=3_000_00), DAY)
        assert over == "IRA 2026: used 7,000.00 of 3,000.00: 4,000.00 too much."
        assert set_earned(work, ann.person(2), EarningsSetup(person=2, year=2026, amount=9_000_00), DAY) == ""


def test_a_year_to_come_takes_nothing(ann: Family) -> None:
    with pytest.raises(SluiceError) as told:
        outside(ann, 1, 2027, 1)
    assert (told.value.code, told.value.field) == ("contribution_year", "year")
    with pytest.raises(SluiceError, match="2027 has not begun"), ann.work() as work:
        set_earned(work, ann.person(1), EarningsSetup(person=1, year=2027, amount=1), DAY)


@pytest.mark.parametrize(
    "field, value, code",
    [
        ("amount", "0.00", "contribution_amount"),
        ("source", "  ", "contribution_source"),
        ("year", 1800, "whole_number"),
        ("pool", "roth", "choice"),
        ("amount", 1.5, "money"),
    ],
)
def test_what_is_entered_by_hand_is_read_strictly(field: str, value: object, code: str) -> None:
    given = {"person": 1, "year": 2026, "amount": "1.00", "source": "Elsewhere", field: value}
    found = read_document(OUTSIDE, given)
    assert [(one.path, one.code) for one in found.problems] == [(field, code)]
    assert read_document(EARNINGS, {"person": 1, "year": 2026, "amount": "-1.00"}).problems != ()


def test_only_the_person_enters_what_is_theirs(ann: Family) -> None:
    rights = ann.rights()
    bens = person_of(rights, 2)
    prove_theirs(rights, None, bens)
    prove_theirs(rights, 2, bens)
    for other in (1, 3, 4):
        with pytest.raises(SluiceError) as told:
            prove_theirs(rights, other, bens)
        assert told.value.code == "not_allowed"
    with pytest.raises(SluiceError) as told:
        person_of(rights, 9)
    assert (told.value.code, told.value.field) == ("person_unknown", "person")
    body = {"person": 2, "year": 2026, "amount": "1.00", "source": "x"}
    assert isinstance(read_document(OUTSIDE, body).document, OutsideSetup)
