"""The limits that accounts are held to are those last set for them, or those that stand in: what `verify` finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.household import account_named
from ledger.days import parse_day
from ledger.invariants import Finding
from store.guards import drop_guards, make_guards
from store.verify import verify
from tests.engine.households import CHECKING, Home, held
from tests.overnight.forcing import loosened, record, set_limits

GAVE_WAY = "keeps, while others stand in for it, a"
OF = "WHERE account_id = {id}"


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    """`poor` is 4.00 below its floor by a fee, `full` above its ceiling by interest; `set` was set twice."""
    made = Home(database_url)
    line = {"handle": "line", "kind": "borrow", "limit": "500.00"}
    full = held("full", "10000.00", ceiling="10010.00")
    made.open("ann", [held("poor", "1.00"), full, held("set", "20.00"), line, CHECKING])
    set_limits(made, "set", 0, 90_00)
    set_limits(made, "set", 0, 80_00, 5_00)
    with made.work() as work:
        take_fee(work, account_named(work, made.ids["ann"], "poor"), Fee.PAPER, "nov", (parse_day("2026-11-20"), 1))
    made.night("2026-12-01")
    assert len(loosened(made).account) == 2
    assert list(verify(database_url)) == []
    yield made
    made.books.close()


def damaged(home: Home, handle: str, statement: str) -> list[Finding]:
    """What is found once something was changed as nobody may."""
    statement = statement.format(id=record(home, handle).account)
    with home.books.database.writing() as bulk:
        drop_guards(bulk.connection)
        bulk.connection.execute(text(statement))
        make_guards(bulk.connection)
    return list(verify(home.url))


@pytest.mark.parametrize(
    "handle,statement,said",
    [
        ("set", f"UPDATE balance SET floor = -7 {OF}", "is held to a floor of -0.07; it should be 0.00"),
        ("set", f"UPDATE balance SET ceiling = 9000 {OF}", "is held to a ceiling of 90.00; it should be 80.00"),
        ("line", f"UPDATE balance SET floor = -60000 {OF}", "is held to a floor of -600.00; it should be -500.00"),
        ("set", f"UPDATE account SET rule_floor = 0 {OF}", "is held to a floor for rules of 0.00; it should be 5.00"),
        ("set", f"DELETE FROM account_event {OF} AND ordinal = 2", "is held to a ceiling of 80.00; it should be 90.00"),
        ("poor", f"DELETE FROM loosened {OF}", "is held to a floor of -4.00; it should be 0.00"),
        ("poor", f"UPDATE balance SET floor = -900 {OF}", "is held to a floor of -9.00; it should be -4.00"),
        ("poor", f"UPDATE loosened SET own_floor = -100 {OF}", f"{GAVE_WAY} floor of -1.00; it should be 0.00"),
        (
            "full",
            f"UPDATE loosened SET own_ceiling = 1002000 {OF}",
            f"{GAVE_WAY} ceiling of 10020.00; it should be 10010.00",
        ),
        (
            "full",
            f"UPDATE loosened SET ceiling = 1003000 {OF}",
            "is held to a ceiling of 10025.12; it should be 10030.00",
        ),
    ],
)
def test_limits_that_nobody_set_are_found(home: Home, handle: str, statement: str, said: str) -> None:
    found = damaged(home, handle, statement)
    assert found[0] == Finding("C07", 0, 0, f"account {record(home, handle).account} {said}")
    assert [one.sentence.partition(" of ")[0].split()[-1] for one in found[1:]] == (
        ["rules"] if "DELETE FROM acc" in statement else []
    )


def test_an_account_whose_limits_were_never_set_is_found(home: Home) -> None:
    found = damaged(home, "poor", f"DELETE FROM account_event {OF}")
    assert found == [Finding("C07", 0, 0, f"the limits of account {record(home, 'poor').account} were never set")]
