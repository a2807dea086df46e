"""Living through a statement: each date's lines before its night, resumed where it stopped."""

import pytest

from engine.history import Life, live
from engine.household import read_setup
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.decode import Decoded
from store.verify import verify
from tests.engine.households import Home, held
from tests.engine.statements import statement
from tests.naive.asking import rule

DAYS = [parse_day("2026-11-01") + number for number in range(5)]
LINES = statement(
    ("ann", "2026-11-01", "100.00", "100.00"),
    ("ann", "2026-11-03", "50.00", "150.50"),
    ("bob", "2026-11-04", "10.00", "10.00"),
)
SWEEP = rule({"kind": "fact", "fact": "deposits(checking)"})
SETUP = read_setup(
    Decoded({"accounts": [held("checking", "0.00", "checking"), held("cash", "1.00")], "rules": [SWEEP]})
)


def cash(home: Home, reference: str) -> int:
    home.ids = {name: customer for name, (_, customer) in home.books.find_many(["ann", "bob"]).items()}
    return home.balance(reference, "cash")[0]


def lived(home: Home, first: int, last: int) -> list[tuple[int, int, int, list[str]]]:
    """(day, lines, transfers, statuses) of each date."""
    setup = type(SETUP)(SETUP.accounts[1:], SETUP.rules)
    days = live(home.books, LINES, setup, Life((DAYS[first], DAYS[last]), home.now))
    return [
        (DAYS.index(one.day), one.imported.lines, sum(n.transfers for n in one.nights), [n.status for n in one.nights])
        for one in days
    ]


def test_each_dates_lines_come_before_its_night(home: Home) -> None:
    done = ["done"]
    assert lived(home, 0, 3) == [(0, 1, 1, done), (1, 0, 0, done), (2, 1, 1, done), (3, 1, 1, done)]
    assert (cash(home, "ann"), cash(home, "bob")) == (151_00, 11_00)
    with home.books.read(0) as work:
        versions = [work.versions(one.customer)[0].day for one in work.customers()]
    assert versions == [DAYS[0] - 1, DAYS[3] - 1]
    assert list(verify(home.url)) == []


def test_lines_before_the_first_date_are_imported_without_nights(home: Home) -> None:
    assert lived(home, 3, 3) == [(2, 2, 0, []), (3, 1, 2, ["done"])]
    assert (cash(home, "ann"), cash(home, "bob")) == (151_00, 11_00)


def test_what_is_done_is_passed_over(home: Home) -> None:
    lived(home, 0, 2)
    again = lived(home, 0, 3)
    assert again == [(day, 0, 0, ["already_done"]) for day in range(3)] + [(3, 1, 1, ["done"])]


def test_books_that_have_lived_further_are_left_alone(home: Home) -> None:
    home.night("2026-11-03")
    with pytest.raises(SluiceError, match="The night of 2026-11-03 is done in book 0") as refused:
        lived(home, 0, 3)
    assert (refused.value.code, refused.value.field) == ("night_out_of_order", "from")
    assert home.books.find("ann") is None
    assert lived(home, 2, 3)[-1] == (3, 1, 2, ["done"])


def test_a_statement_without_lines_has_nights_all_the_same(home: Home) -> None:
    days = list(live(home.books, statement(), SETUP, Life((DAYS[0], DAYS[1]), home.now)))
    assert [(one.day, [night.status for night in one.nights]) for one in days] == [
        (DAYS[0], ["done"]),
        (DAYS[1], ["done"]),
    ]


def test_rules_are_for_households_that_the_file_opens(home: Home) -> None:
    home.open("bob", [held("checking", "0.00", "checking", mirrored=True)])
    with pytest.raises(SluiceError, match="bob exists already without rules") as refused:
        lived(home, 0, 3)
    assert (refused.value.code, refused.value.field) == ("household_without_rules", "setup")
    assert home.books.find("ann") is None
    days = list(live(home.books, LINES, type(SETUP)((), ()), Life((DAYS[0], DAYS[3]), home.now)))
    assert sum(one.imported.lines for one in days) == 3
