"""Contribution room by person, tax year, age and choice; refusals (ruling 17, products.md 1.16)."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.contributions.rights import Ownership, Pool
from engine.contributions.room import UNKNOWN, Contributions, Persons, Wanted, YearLimits, allowed, limits, room
from engine.contributions.years import Asked, Refusal, prior_open, refuse_amount, tax_year
from engine.proportion import Rate
from ledger.days import parse_day
from tests.borrow.lines import column

Y2025 = YearLimits(2025, 7_000_00, 1_000_00, 50, 70_000_00, Rate.of(1, 4))
DEADLINES = {2024: parse_day("2025-04-15")}
NONE = Contributions(column(), column(), column(), column())


def test_age_is_the_one_reached_by_the_last_day_of_the_year() -> None:
    persons = Persons(column(1975, 1976), column(UNKNOWN, UNKNOWN))
    assert limits(persons, Y2025).tolist() == [[8_000_00, 7_000_00], [70_000_00, 70_000_00]]


def test_earnings_bind_where_they_are_known() -> None:
    persons = Persons(column(1990, 1990, 1990, 1970), column(5_000_01, 0, 400_000_00, 7_500_00))
    assert limits(persons, Y2025).tolist() == [
        [5_000_01, 0, 7_000_00, 7_500_00],
        [1_250_00, 0, 70_000_00, 1_875_00],
    ]


def test_traditional_roth_and_outside_contributions_share_a_persons_room_of_one_year() -> None:
    persons = Persons(column(1990, 1990), column(UNKNOWN, UNKNOWN))
    made = Contributions(
        column(0, 0, 0, 1, 0, 0, 0),
        column(2025, 2025, 2024, 2025, 2025, 2025, 2025),
        column(Pool.IRA, Pool.IRA, Pool.IRA, Pool.IRA, Pool.SEP, Pool.IRA, Pool.NONE),
        column(3_000_00, 1_000_00, 500_00, 7_000_01, 10_000_00, -250_00, 9_00),
    )
    assert room(persons, made, Y2025).tolist() == [[3_250_00, 0], [60_000_00, 70_000_00]]


def test_contributions_of_one_night_share_the_room_in_their_order() -> None:
    persons = Persons(column(1990, 1990), column(UNKNOWN, UNKNOWN))
    left = room(persons, NONE, Y2025)
    asked = Wanted(
        column(0, 1, 0, 0, 0, 1),
        column(Pool.IRA, Pool.IRA, Pool.IRA, Pool.SEP, Pool.NONE, Pool.IRA),
        column(5_000_00, 100_00, 5_000_00, 5_000_00, 9_00, -1),
    )
    assert allowed(left, asked).tolist() == [5_000_00, 100_00, 2_000_00, 5_000_00, 9_00, 0]


@given(st.integers(0, 2**32))
def test_room_is_never_negative_and_never_overdrawn(seed: int) -> None:
    random = Random(seed)
    count, many = random.randint(1, 4), random.randint(0, 10)
    births = column(*(random.randint(1930, 2010) for _ in range(count)))
    persons = Persons(births, column(*(random.choice([UNKNOWN, 0, 6_000_00]) for _ in range(count))))
    drawn = [
        (random.randrange(count), random.choice([2024, 2025]), random.randint(0, 2), random.randint(-5_00, 9_000_00))
        for _ in range(many)
    ]
    made = Contributions(*np.array(drawn, np.int64).reshape(many, 4).T)
    left = room(persons, made, Y2025)
    assert (left >= 0).all()
    asked = Wanted(made.person, made.pool, made.amount)
    given_room = allowed(left, asked)
    assert ((given_room >= 0) & (given_room <= np.maximum(made.amount, 0))).all()
    after = Contributions(made.person, np.full(many, 2025), made.pool, given_room)
    used = limits(persons, Y2025) - room(persons, after, Y2025)
    assert (used <= left).all()
    for person in range(count):
        for pool in (Pool.IRA, Pool.SEP):
            mine = (made.person == person) & (made.pool == pool)
            wanted, have = int(made.amount[mine].clip(0).sum()), int(left[pool - 1, person])
            assert int(given_room[mine].sum()) == min(wanted, have)


def asked(kind: Ownership, day: str, choice: str = "current", amount: int = 1) -> Asked:
    return Asked(kind, parse_day(day), amount, "prior" if choice == "prior" else "current")


@pytest.mark.parametrize(
    "kind,day,choice,year",
    [
        (Ownership.ROTH, "2025-01-01", "current", 2025),
        (Ownership.ROTH, "2025-04-15", "prior", 2024),
        (Ownership.TRADITIONAL, "2025-12-31", "current", 2025),
        (Ownership.SEP, "2025-02-01", "current", 2025),
    ],
)
def test_the_tax_year_is_the_current_one_unless_the_prior_is_chosen_in_time(
    kind: Ownership, day: str, choice: str, year: int
) -> None:
    assert tax_year(asked(kind, day, choice), DEADLINES) == year


@pytest.mark.parametrize(
    "kind,day,choice,code,field",
    [
        (Ownership.ROTH, "2025-04-16", "prior", "contribution_prior_year_closed", "tax_year"),
        (Ownership.ROTH, "2026-02-01", "prior", "contribution_prior_year_closed", "tax_year"),
        (Ownership.SEP, "2025-02-01", "prior", "contribution_prior_year_sep", "tax_year"),
        (Ownership.JOINT, "2025-02-01", "current", "contribution_account", "to"),
    ],
)
def test_a_year_that_cannot_be_chosen_is_refused(kind: Ownership, day: str, choice: str, code: str, field: str) -> None:
    found = tax_year(asked(kind, day, choice), DEADLINES)
    assert isinstance(found, Refusal)
    assert (found.code, found.field) == (code, field)


def test_an_amount_above_the_room_is_refused_with_what_would_be_right() -> None:
    wish = asked(Ownership.ROTH, "2025-06-01", amount=7_000_01)
    found = refuse_amount(wish, 2025, 7_000_00)
    assert found is not None
    assert found.sentence == "7,000.01 is more than may still be contributed for 2025; write at most 7,000.00."
    assert (found.code, found.field) == ("contribution_above_room", "amount")
    assert refuse_amount(wish, 2025, 7_000_01) is None
    unknown = refuse_amount(wish, 2031, None)
    assert unknown is not None
    assert unknown.code == "contribution_year_unknown"


def test_the_prior_year_is_open_until_the_end_of_its_deadline() -> None:
    assert prior_open(parse_day("2025-04-15"), DEADLINES)
    assert not prior_open(parse_day("2025-04-16"), DEADLINES)
    assert not prior_open(parse_day("2026-01-01"), DEADLINES)
