"""Databases whose limits gave way before accounts kept their own: migration 0009 gives these back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import text

from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.household import account_named
from ledger.batch import Code
from ledger.days import parse_day
from store.books import Books
from store.database import Database
from store.guards import drop_guards, missing_guards
from store.migrate import _config, migrate
from store.verify import verify
from tests.engine.households import CHECKING, Home, held
from tests.holds import asking as holds
from tests.holds.asking import body
from tests.naive.asking import fixed, rule
from tests.overnight.forcing import WIDE, agreed, ask, forced, limits, loosened, record, set_limits, standing_in

_EVENT = (
    "INSERT INTO account_event SELECT book_id, account_id, ordinal + 1, 9, {limits}, standing, after_night "
    "FROM account_event WHERE ordinal = {last} AND account_id = :{handle}"
)
BEFORE = (
    "UPDATE account SET rule_floor = 7 WHERE handle = 'poor'",
    _EVENT.format(limits="-400, ceiling, 7", last=0, handle="poor"),
    _EVENT.format(limits="floor, 1002512, rule_floor", last=0, handle="pot"),
)
"""What the version before did: the limits themselves were changed."""


def upgraded(home: Home, before: Sequence[str], ids: Mapping[str, int]) -> list[tuple[int, int]]:
    """Take the books to the version before, let that do these statements, and upgrade them again.

    Gives (code, cents) of the forced entries that the version before knew.
    """
    home.books.close()
    with closing(Database(home.url)) as database, database.writing() as bulk:
        drop_guards(bulk.connection)
        command.downgrade(_config(bulk.connection), "0008")
        for statement in before:
            bulk.connection.execute(text(statement), {name: ids[name] for name in ids if f":{name}" in statement})
        known = [(row[0], row[1]) for row in bulk.rows(text("SELECT code, amount FROM forced"))]
    migrate(home.url)
    home.books = Books(home.url)
    return known


def test_accounts_get_their_own_limits_back(database_url: str) -> None:
    home = Home(database_url)
    home.open(
        "ann",
        [held("pot", "10000.00", ceiling="10010.00"), held("poor", "1.00"), CHECKING],
        rule(fixed("500.00"), "checking", "pot"),
    )
    with home.work() as work:
        take_fee(work, account_named(work, home.ids["ann"], "poor"), Fee.PAPER, "nov", (parse_day("2026-11-20"), 1))
    agreed(home, "2026-12-01")
    ids = {handle: record(home, handle).account for handle in ("pot", "poor")}
    there = {handle: standing_in(home, handle) for handle in ids}
    assert upgraded(home, BEFORE, ids) == [(Code.FEE, 4_00)]
    assert {handle: standing_in(home, handle) for handle in ids} == there
    assert (limits(home, "pot"), limits(home, "poor")) == ((0, 10_010_00), (0, WIDE))
    assert (record(home, "poor").rule_floor, sorted(loosened(home).account.tolist())) == (0, sorted(ids.values()))
    (row,) = forced(home)
    assert (row.code, row.amount, row.own_floor, row.floor, row.above) == (Code.FEE, 4_00, 0, -4_00, False)
    assert ask(home, "checking>pot", 1, "2026-12-02") == 409
    assert agreed(home, "2026-12-02") == {}
    home.pay("ann", "pot", "-100.00", "2026-12-03")
    home.pay("ann", "poor", "100.00", "2026-12-03")
    assert agreed(home, "2026-12-03") == {"checking": 84_88}
    assert len(loosened(home).account) == 0
    with home.books.database.reading() as bulk:
        assert missing_guards(bulk.connection) == []
    assert list(verify(home.url)) == []
    home.books.close()


FIXED = {"handle": "line", "kind": "borrow", "limit": "1000.00", "opening": "-1000.00"}


@pytest.mark.parametrize("limit", [1_000_00, 1_100_00])
def test_a_fixed_line_gets_the_limit_back_that_it_had_last(database_url: str, limit: int) -> None:
    """A payment of 200.00 was drawn again before the bank took it back: 1200.00 are owed."""
    home = Home(database_url)
    home.open("ann", [held("chase", "900.00", "bank"), FIXED, held("checking", "0.00", "checking")])
    paid = body(holds.ask(home, "chase>line", 200_00, "Mon 9 Nov"))["id"]
    for day in ("2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-16"):
        home.night(day)
    assert ask(home, "line>checking", 200_00, "2026-11-17") == 201
    if limit != 1_000_00:
        set_limits(home, "line", -limit, 0, -limit)
    assert holds.take(home, paid, "Tue 17 Nov").forced == 1_200_00 - limit
    with home.work() as work:
        work.change_customer(home.ids["ann"], paused=False, ira_room=-1)
    there, own = (-1_200_00, 0), (-limit, 0)
    assert (limits(home, "line"), standing_in(home, "line")) == (own, there)
    lowered = _EVENT.format(limits="-120000, ceiling, rule_floor", last=int(limit != 1_000_00), handle="line")
    assert upgraded(home, [lowered], {"line": record(home, "line").account}) == [(Code.RETURNED, 1_200_00 - limit)]
    assert (limits(home, "line"), standing_in(home, "line"), record(home, "line").rule_floor) == (own, there, -limit)
    home.pay("ann", "line", "500.00", "2026-11-17")
    home.night("2026-11-17")
    assert (len(loosened(home).account), standing_in(home, "line")) == (0, own)
    assert ask(home, "line>checking", limit - 700_00 + 1, "2026-11-18") == 409
    assert ask(home, "line>checking", limit - 700_00, "2026-11-18") == 201
    assert list(verify(home.url)) == []
    home.books.close()


def test_a_line_that_follows_the_collateral_keeps_the_limits_that_nights_set(sqlite_url: str) -> None:
    home = Home(sqlite_url)
    home.open("ann", [{"handle": "line", "kind": "borrow"}, held("checking", "0.00", "checking")])
    floors = (
        "UPDATE balance SET floor = -5000 WHERE account_id = :line",
        _EVENT.format(limits="-5000, ceiling, rule_floor", last=0, handle="line"),
    )
    assert upgraded(home, floors, {"line": record(home, "line").account}) == []
    assert (limits(home, "line"), standing_in(home, "line")) == ((-50_00, 0), (-50_00, 0))
    assert (len(loosened(home).account), list(verify(home.url))) == (0, [])
    home.books.close()
