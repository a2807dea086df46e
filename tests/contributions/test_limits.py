"""Limits and deadlines of tax years out of dated rows, and what holds where the configuration has none."""

from dataclasses import dataclass
from typing import Any

import pytest

from engine.contributions.limits import deadlines, year_limits
from engine.contributions.oneoff import Transferred, contribution
from engine.contributions.outside import OutsideSetup, add_outside
from engine.contributions.people import NO_LIMIT, People, Room, room_of, year_room
from engine.contributions.rights import Pool
from engine.contributions.room import YearLimits
from engine.contributions.standing import standing
from engine.contributions.tonight import rooms
from engine.contributions.years import Refusal
from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.dated.seed import seed
from engine.household import account_named
from engine.proportion import Rate
from ledger.days import parse_day
from tests.borrow.lines import column
from tests.contributions.family import DAY, Family


def test_the_value_of_new_year_is_the_tax_years() -> None:
    late = DatedRow("ira_contribution_limit", parse_day("2026-01-02"), "9000.00", "test")
    dated = Dated([*seed(), late])
    share = Rate.of(1, 4)
    assert year_limits(dated, 2026) == YearLimits(2026, 7_500_00, 1_100_00, 50, 72_000_00, share)
    assert year_limits(dated, 2027) == YearLimits(2027, 9_000_00, 1_100_00, 50, 72_000_00, share)
    assert year_limits(dated, 2023) == YearLimits(2023, 6_500_00, 1_000_00, 50, 66_000_00, share)


@pytest.mark.parametrize(
    "missing", sorted({row.name for row in seed() if row.name.startswith(("ira_c", "catch", "sep"))})
)
def test_a_year_that_lacks_one_number_has_no_limits(missing: str) -> None:
    rows = [row for row in seed() if row.name != missing]
    lacks = year_limits(Dated(rows), 2026) is None
    assert lacks == (missing != "ira_closing_fee")


@pytest.mark.parametrize(
    "day, tax_year, last", [("2023-01-01", 2022, "2023-04-18"), ("2026-12-31", 2025, "2026-04-15")]
)
def test_the_deadline_is_the_rows_of_the_day(day: str, tax_year: int, last: str) -> None:
    assert deadlines(Dated(seed()), parse_day(day)) == {tax_year: parse_day(last)}
    assert deadlines(Dated(), parse_day(day)) == {}


@dataclass
class Bare:
    """A book without any configuration; everything else is the book's."""

    work: Any

    def dated(self) -> Dated:
        """Nothing."""
        return Dated()

    def __getattr__(self, name: str) -> Any:
        """The book's own."""
        return getattr(self.work, name)


def test_without_configuration_nothing_may_be_contributed(ann: Family) -> None:
    with ann.books.read(0) as real:
        work: Any = Bare(real)
        found = year_room(work, People(column(1), column(1970)), 2026, None)
        assert (found.limit.tolist(), found.left.tolist()) == ([[NO_LIMIT], [NO_LIMIT]], [[0], [0]])
        assert set(rooms(work, DAY).cents.tolist()) == {0}
        source, roth = (account_named(work, ann.customer, handle) for handle in ("checking", "roth"))
        refused = contribution(work, Transferred(source, roth, 1, DAY, None))
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.field) == ("contribution_year_unknown", "tax_year")
        assert "There is no contribution limit for 2026" in refused.sentence
        told = standing(work, ann.customer, DAY).persons[0].rooms
        assert [(one.year, one.limit, one.used, one.left, one.open) for one in told[:3]] == [
            (2026, None, 0, None, True),
            (2026, None, 0, None, True),
            (2025, None, 0, None, False),
        ]


def test_a_year_without_a_limit_has_no_room_that_could_be_exceeded(ann: Family) -> None:
    given = OutsideSetup(person=1, year=2026, amount=90_000_00, source="Elsewhere")
    with ann.work() as real:
        work: Any = Bare(real)
        add_outside(work, ann.person(1), given, DAY)
        found = room_of(year_room(work, People(column(1), column(1970)), 2026, None), Pool.IRA, 0)
    assert (found, found.excess, found.words()) == (Room(None, 90_000_00, None), 0, "used 90,000.00")
