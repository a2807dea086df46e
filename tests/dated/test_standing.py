"""What a name stands at on a day: the row that holds, the next one, in the order of the catalogue."""

import pytest

from engine.dated.catalogue import CATALOGUE
from engine.dated.document import DatedRow
from engine.dated.history import BEGINNING, Dated
from engine.dated.seed import seed, seeded
from engine.dated.standing import first_words, rows_of, standing, standings
from ledger.days import parse_day
from ledger.faults import SluiceError

EXACT = "maintenance_requirement(TQQQ)"
ROWS = (
    DatedRow("maintenance_requirement", 100, "25%", "one"),
    DatedRow("maintenance_requirement", 120, "30%", "two"),
    DatedRow(EXACT, 110, "75%", "three"),
)
DATED = Dated(ROWS)


@pytest.mark.parametrize("day,holds,coming", [(99, None, 0), (100, 0, 1), (119, 0, 1), (120, 1, None)])
def test_a_name_on_a_day(day: int, holds: int | None, coming: int | None) -> None:
    one = standing(DATED, "maintenance_requirement", day)
    assert one.holds == (None if holds is None else ROWS[holds])
    assert one.coming == (None if coming is None else ROWS[coming])
    assert one.since == ("" if holds is None else first_words(ROWS[holds].day))


def test_every_name_is_there_and_an_exception_stands_behind_its_plain_name() -> None:
    found = [one.name for one in standings(DATED, 115)]
    plain = [entry.name for entry in CATALOGUE]
    assert [name for name in found if name != EXACT] == plain
    assert found[found.index("maintenance_requirement") + 1] == EXACT
    assert [one.holds for one in standings(DATED, 115) if one.name == "cash_apy"] == [None]


def test_every_row_of_the_seed_is_in_the_history_of_its_name() -> None:
    names = {row.name for row in seed()}
    assert {row for name in names for row in rows_of(seeded(), name)} == set(seed())
    on = {one.name: one for one in standings(seeded(), parse_day("2026-11-20"))}
    assert names <= on.keys()
    assert on["cash_apy"].since == "2026-01-01"


def test_the_name_is_read_as_it_is_written() -> None:
    assert standing(DATED, "maintenance_requirement( TQQQ )", 115).name == EXACT
    assert rows_of(DATED, "maintenance_requirement( TQQQ )") == ROWS[2:]
    assert rows_of(DATED, "wire_out_fee") == ()
    for asked in ("apy", "cash_apy(X)"):
        with pytest.raises(SluiceError) as refused:
            standing(DATED, asked, 115)
        assert refused.value.code == "config_name"


def test_the_first_day_there_is_is_the_beginning() -> None:
    assert (first_words(BEGINNING), first_words(BEGINNING + 1)) == ("the beginning", "1900-01-02")
