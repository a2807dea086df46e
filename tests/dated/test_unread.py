"""Exceptions that nothing reads are refused, with what is right; databases that hold some go on being read."""

from itertools import product

import pytest

from engine.dated.catalogue import CATALOGUE, UNREAD, named
from engine.dated.document import DatedRow, load_yaml
from engine.dated.history import BEGINNING, Dated
from engine.dated.seed import seed, seeded
from engine.holds.table import holds_on, transit_on
from engine.holds.terms import Direction, Rail
from ledger.days import parse_day
from ledger.faults import SluiceError

DAY = parse_day("2026-11-20")
KINDS = ("checking", "cash", "invest", "ira")


@pytest.mark.parametrize(
    "name,right",
    [
        ("hold_days(ach, out, cash, any)", 'hold_days knows no "out"; write in.'),
        ("hold_days(wire, out, ira, bank)", 'hold_days knows no "out"; write in.'),
        ("hold_days(acat, in, invest, bank)", 'hold_days knows no "acat"; write one of ach, wire.'),
        ("transit_days(acat, in, invest)", 'transit_days knows no "acat"; write one of ach, wire.'),
    ],
)
def test_a_row_that_nothing_reads_is_refused(name: str, right: str) -> None:
    assert name in UNREAD
    with pytest.raises(SluiceError) as refused:
        named(name)
    assert (refused.value.code, refused.value.sentence) == ("config_name", right)
    (problem,) = load_yaml(f'rows: [{{name: "{name}", from: 2026-12-01, value: "5", source: x}}]').problems
    assert (problem.path, problem.code) == ("rows.0.name", "config_name")


def test_every_exception_of_days_is_read_or_refused() -> None:
    """What is refused changes nothing; what is not changes what some rail, direction and kind are about."""
    entries = {one.name: one for one in CATALOGUE}
    before = told(seeded())
    for plain in ("transit_days", "hold_days"):
        for about in product({"ach", "wire", "acat"}, {"in", "out"}, *entries[plain].about[2:]):
            name = f"{plain}({', '.join(about)})"
            after = told(Dated((*seed(), DatedRow(name, DAY, "59", "a test"))))
            assert (after == before) == (name in UNREAD), name


def told(dated: Dated) -> list[object]:
    """All that the days in transit and the holds of a day are."""
    rails = (Rail.ACH, Rail.WIRE)
    return [
        *(transit_on(dated, *one, DAY) for one in product(rails, Direction)),
        *(holds_on(dated, r, DAY) for r in rails),
    ]


def test_rows_that_were_stored_once_are_passed_over() -> None:
    """The seed of before had two of them."""
    stored = [DatedRow(f"hold_days(acat, in, invest, {one})", BEGINNING, "15", "x") for one in ("bank", "cash")]
    stored += [DatedRow("hold_days(ach, out, cash, any)", DAY, "5", "x")]
    assert Dated((*stored, *seed())).rows == seeded().rows
    assert UNREAD.isdisjoint(one.name for one in seed())
