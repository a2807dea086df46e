"""What holds on a day: rows by date, exceptions over plain names, and the seed of a new database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dated.catalogue import CATALOGUE, RETIRED, entry_of
from engine.dated.document import DatedRow
from engine.dated.history import BEGINNING, Dated
from engine.dated.kinds import Tier
from engine.dated.seed import read_seed, seed
from ledger.days import day_number, parse_day
from ledger.faults import SluiceError
from rules.values import FIRST_DATE
from tests.conftest import ROOT

ROWS = (
    DatedRow("hold_days", 100, "1", "x"),
    DatedRow("hold_days(ach, in, cash, any)", 110, "3", "x"),
    DatedRow("hold_days(ach, in, cash, any)", 130, "none", "x"),
    DatedRow("hold_days", 120, "2", "x"),
    DatedRow("cash_apy", 100, "3.10%", "x"),
    DatedRow("liquidation_automatic", 100, "yes", "x"),
)
DATED = Dated(ROWS)
HOLD = "hold_days(ach, in, cash, any)"


@pytest.mark.parametrize("day,plain,exact", [(99, None, None), (100, 1, 1), (110, 1, 3), (125, 2, 3), (130, 2, 2)])
def test_the_exception_holds_where_there_is_one(day: int, plain: int | None, exact: int | None) -> None:
    assert DATED.value_on("hold_days", day) == plain
    assert DATED.value_on(HOLD, day) == exact
    assert DATED.value_on("hold_days(wire, in, cash, any)", day) == plain


def test_changes_begin_with_the_first_day_and_leave_out_what_changes_nothing() -> None:
    assert DATED.changes(HOLD, 90, 200) == ((90, None), (100, 1), (110, 3), (130, 2))
    assert DATED.changes(HOLD, 115, 129) == ((115, 3),)
    assert DATED.changes("hold_days", 120, 120) == ((120, 2),)
    assert DATED.history(HOLD) == ((110, 3), (130, None))
    assert DATED.history("borrow_apr") == ()


def test_values_by_their_type() -> None:
    assert DATED.tiers_on("cash_apy", 100) == (Tier(0, 3_100_000),)
    assert DATED.flag_on("liquidation_automatic", 100) is True
    assert DATED.number_on(HOLD, 110) == 3
    for missing in (lambda: DATED.number_on("hold_days", 99), lambda: DATED.tiers_on("cash_apy", 99)):
        with pytest.raises(SluiceError) as refused:
            missing()
        assert (refused.value.code, refused.value.field[:4]) == ("config_missing", refused.value.sentence[25:29])
        assert "on 1970-04-10; add a row from that day or before" in refused.value.sentence


def test_rows_of_retired_names_are_passed_over_and_none_is_added() -> None:
    """Databases of before were seeded with a gate on using both windows and with fees that nothing ever read."""
    retired = [DatedRow(name, 100, "no", "x") for name in sorted(RETIRED)]
    assert [one.name for one in retired] == [
        "both_windows_equity",
        "both_windows_gated",
        "inactivity_balance",
        "inactivity_days",
        "inactivity_fee",
        "transfer_out_fee",
    ]
    assert Dated((*retired, *ROWS)).rows == DATED.rows
    for one in retired:
        with pytest.raises(SluiceError, match="is no name of the configuration"):
            entry_of(one.name)
    assert RETIRED.isdisjoint({one.name for one in CATALOGUE} | {one.name for one in seed()})


def test_the_row_recorded_later_holds() -> None:
    dated = Dated((*ROWS, DatedRow("hold_days", 120, "7", "a correction")))
    assert dated.number_on("hold_days", 120) == 7
    assert len(dated.rows) == len(ROWS)
    assert Dated().rows == ()


@pytest.mark.parametrize("row", [DatedRow("nothing", 0, "1", "x"), DatedRow("hold_days", 0, "one", "x")])
def test_a_row_that_cannot_be_read_is_named(row: DatedRow) -> None:
    with pytest.raises(SluiceError) as refused:
        Dated([row])
    assert refused.value.field == row.name


@given(data=st.data(), first=st.integers(80, 150), length=st.integers(0, 60))
def test_changes_tell_every_day(data: st.DataObject, first: int, length: int) -> None:
    name = data.draw(st.sampled_from(["hold_days", HOLD, "cash_apy", "borrow_apr"]))
    pieces = DATED.changes(name, first, first + length)
    for day in range(first, first + length + 1):
        held = [value for begins, value in pieces if begins <= day][-1]
        assert held == DATED.value_on(name, day)


def test_the_seed_gives_every_name_a_value_from_the_beginning() -> None:
    dated = Dated(seed())
    assert day_number(FIRST_DATE) == BEGINNING
    for entry in CATALOGUE:
        assert dated.history(entry.name)[0][0] == BEGINNING, entry.name
    assert {entry.name for entry in CATALOGUE if dated.value_on(entry.name, BEGINNING) is None} == {
        "cash_apy_promotion"
    }


def test_the_seed_has_the_public_history() -> None:
    dated = Dated(seed())
    apy = [tiers[0].rate for _, tiers in dated.history("cash_apy") if isinstance(tiers, tuple)]
    assert apy == [0, 5_000_000, 4_500_000, 4_000_000, 3_100_000]
    assert [value for _, value in dated.history("borrow_apr")] == [8_750_000, 7_250_000, 6_250_000, 5_650_000]
    years = [parse_day(f"{year}-01-01") for year in (2023, 2024, 2025, 2026)]
    assert [dated.number_on("ira_contribution_limit", day) for day in years] == [6500_00, 7000_00, 7000_00, 7500_00]
    assert [dated.number_on("ira_catch_up", day) for day in years] == [1000_00, 1000_00, 1000_00, 1100_00]
    assert [dated.number_on("sep_contribution_limit", day) for day in years[1:3]] == [69000_00, 70000_00]
    assert [dated.number_on("prior_year_deadline", day) for day in years] == [418, 415, 415, 415]
    assert [dated.number_on("platform_fee", parse_day(f"2024-05-{day}")) for day in (14, 15)] == [0, 3_00]
    ruled = {"borrow_limit": 4_000, "initial_requirement": 5_000, "maintenance_requirement": 2_500}
    assert {name: dated.number_on(name, years[0]) for name in ruled} == ruled


def test_the_seed_is_written_as_it_is_read() -> None:
    text = (ROOT / "engine" / "dated" / "seed.yaml").read_text(encoding="utf-8")
    for row in seed():
        assert row.source
        assert row.value in text
        assert entry_of(row.name).show(Dated([row]).history(row.name)[0][1]) == row.value


def test_a_broken_seed_is_a_fault() -> None:
    with pytest.raises(SluiceError) as refused:
        read_seed(b"rows: [{name: cash_apy, from: 2027-01-01, value: 3.10, source: x}]")
    assert (refused.value.code, refused.value.field) == ("config_seed", "rows.0.value")
