"""Balances of dates and interest against the transfers: none of books that lived is found, each changed number is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from sqlalchemy import select, text

from engine.closing import close_account
from engine.ports import NEVER
from ledger.days import parse_day
from ledger.invariants import Finding
from store.guards import drop_guards, make_guards
from store.tables import table
from store.verify import verify
from tests.engine.households import Home, held
from tests.naive.asking import fixed, rule

SWEEP = rule(fixed("25.00"), caps=[{"per": "month", "amount": "100.00"}])
PAY = rule(fixed("40.00"), "checking", "line", id="pay", schedule={"month_days": [3, 20]})
LINE = {"handle": "line", "kind": "borrow", "limit": "9000.00", "opening": "-6000.00"}
HOUSE = [held("checking", "9000.00", "checking"), held("cash", "40000.00"), held("savings", "20000.00"), LINE]


def lived(home: Home) -> None:
    """Two households over ten weeks: interest of two months, late lines, an account closed, a line drawn and paid."""
    home.open("ann", HOUSE, SWEEP, PAY)
    home.open("bob", HOUSE, SWEEP)
    for day in ("2026-11-05", "2026-11-19", "2026-11-20", "2026-11-30", "2026-12-02", "2026-12-03", "2026-12-21"):
        home.night(day)
        home.pay("ann", "cash", "12.34", "2026-11-25")
        home.pay("ann", "cash", "-100.00", day)
        home.pay("ann", "cash", "300.00", day)
        home.pay("bob", "line", "-55.55", day)
        home.pay("bob", "cash", "80.00", day)
        home.pay("bob", "cash", "-90.00", day)
    for name, day in (("ann", "2026-12-22"), ("bob", "2027-01-01")):
        with home.work() as work:
            close_account(work, home.ids[name], ("savings", "checking"), (parse_day(day), home.now()))
    home.night("2027-01-01")
    home.night("2027-01-02")


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    """Books that lived, on each engine."""
    made = Home(database_url)
    lived(made)
    yield made
    made.books.close()


def tampered(home: Home, change: str) -> list[Finding]:
    """What `verify` finds once a change is made behind the books' back; it is undone."""
    words = change.split()
    name = words[2] if words[0] in {"DELETE", "INSERT"} else words[1]
    with home.books.database.writing() as bulk:
        drop_guards(bulk.connection)
        before = bulk.connection.execute(select(table(name))).mappings().all()
        touched = bulk.connection.execute(text(change)).rowcount
        make_guards(bulk.connection)
    found = list(verify(home.url))
    with home.books.database.writing() as bulk:
        drop_guards(bulk.connection)
        bulk.connection.execute(table(name).delete())
        bulk.connection.execute(table(name).insert(), [dict(row) for row in before])
        make_guards(bulk.connection)
    assert touched == 1, change
    return found


def one(name: str, where: str = "0 = 0") -> str:
    """The condition that names one row of those where something holds."""
    keys = [key.name for key in table(name).primary_key]
    chosen = f"SELECT {', '.join(keys)} FROM {name} WHERE {where} ORDER BY {', '.join(keys)} DESC LIMIT 1"
    return f"({', '.join(keys)}) IN ({chosen})"


DAYS = "balance_day"
CHANGED_DAYS = [
    f"UPDATE {DAYS} SET change = change - 1 WHERE {one(DAYS, 'change > lowest')}",
    f"UPDATE {DAYS} SET change = change + 1 WHERE {one(DAYS, 'change < highest')}",
    f"UPDATE {DAYS} SET lowest = lowest - 1 WHERE {one(DAYS)}",
    f"UPDATE {DAYS} SET lowest = lowest + 1 WHERE {one(DAYS, 'lowest < 0 AND lowest < change')}",
    f"UPDATE {DAYS} SET highest = highest + 1 WHERE {one(DAYS)}",
    f"UPDATE {DAYS} SET highest = highest - 1 WHERE {one(DAYS, 'highest > 0 AND highest > change')}",
    f"DELETE FROM {DAYS} WHERE {one(DAYS)}",
    f"INSERT INTO {DAYS} SELECT 0, account_id, effective - 1000, recorded_after, 0, 0, 0 FROM {DAYS} WHERE {one(DAYS)}",
]
MOVED_DAYS = [
    f"UPDATE {DAYS} SET effective = effective + 1000 WHERE {one(DAYS)}",
    f"UPDATE {DAYS} SET recorded_after = recorded_after + 1 WHERE {one(DAYS)}",
    f"UPDATE {DAYS} SET account_id = 1 WHERE {one(DAYS)}",
]


def test_books_that_lived_have_no_finding(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for rows in (100_000, 7, 1):
        monkeypatch.setattr("store.verify.ROWS", rows)
        assert list(verify(home.url)) == []


def test_every_number_of_what_a_day_did_is_held_against_the_transfers(home: Home) -> None:
    for count, changes in ((1, CHANGED_DAYS), (2, MOVED_DAYS)):
        for change in changes:
            found = tampered(home, change)
            assert [one.code for one in found] == ["C09"] * count, change
            assert all("its transfers make" in one.sentence for one in found)
    assert list(verify(home.url)) == []


MONTH, CLOSING = "month IN (SELECT month FROM interest_run)", "month NOT IN (SELECT month FROM interest_run)"
POSTED = f"{MONTH} AND cents <> 0"
CHANGED_INTEREST = [
    (f"UPDATE interest SET cents = cents + 1 WHERE {one('interest', POSTED)}", "is kept as"),
    (f"UPDATE interest SET cents = cents - 1 WHERE {one('interest', CLOSING)}", "is kept as"),
    (f"DELETE FROM interest WHERE {one('interest', POSTED)}", "is kept as"),
    (f"DELETE FROM interest WHERE {one('interest', CLOSING)}", "is kept as"),
    (f"UPDATE interest SET month = month + 1 WHERE {one('interest', POSTED)}", "is kept as"),
    (f"UPDATE interest SET remainder = remainder + 1 WHERE {one('interest', POSTED)}", "its cent-days"),
    (f"UPDATE cent_days SET cent_days = cent_days + 1 WHERE {one('cent_days', MONTH)}", "its cent-days"),
    (f"UPDATE cent_days SET tier = tier + 7 WHERE {one('cent_days', MONTH)}", "its cent-days"),
    (f"UPDATE cent_days SET rate_row = rate_row + 2 WHERE {one('cent_days', MONTH)}", "its cent-days"),
    (f"DELETE FROM cent_days WHERE {one('cent_days', MONTH)}", "its cent-days"),
    (f"DELETE FROM interest_run WHERE {one('interest_run')}", "has no run"),
    (f"UPDATE interest_run SET night = night + 1 WHERE {one('interest_run')}", "its run says"),
    (f"UPDATE interest_run SET month = month + 31 WHERE {one('interest_run')}", "does not follow"),
    ("INSERT INTO interest_run SELECT 0, max(month) + 31, max(night) FROM interest_run", "does not follow"),
    ("INSERT INTO interest_run SELECT 0, max(month) + 93, max(night) FROM interest_run", "does not follow"),
]


def test_every_number_of_interest_is_held_against_the_transfers_and_the_cent_days(home: Home) -> None:
    for change, words in CHANGED_INTEREST:
        found = tampered(home, change)
        assert {one.code for one in found} == {"C19"}, change
        assert any(words in one.sentence for one in found), (change, found)
    assert list(verify(home.url)) == []


def test_books_of_before_the_rows_were_kept(database_url: str) -> None:
    """Revision 0005 made one row of all nights until then; what comes in afterwards has rows of its own."""
    home = Home(database_url)
    home.open("ann", HOUSE, SWEEP)
    for day in ("2026-11-10", "2026-11-15"):
        home.pay("ann", "cash", "-70.00", "2026-11-09")
        home.night(day)
        home.pay("ann", "cash", "20.00", "2026-11-09")
    filled = vars(import_module("store.migrations.versions.0005_money"))["_CHANGES"]
    if not home.books.database.is_sqlite:
        filled = filled.replace("MIN(0, MIN(running))", "LEAST(0, MIN(running))")
        filled = filled.replace("MAX(0, MAX(running))", "GREATEST(0, MAX(running))")
    with home.books.database.writing() as bulk:
        bulk.connection.execute(text(f"DELETE FROM {DAYS}"))
        bulk.connection.execute(text(filled))
        for month in (NEVER, parse_day("2026-10-01")):
            row = {"book_id": 0, "month": month, "night": parse_day("2026-11-15")}
            bulk.connection.execute(table("interest_run").insert().values(**row))
    assert list(verify(database_url)) == []
    home.pay("ann", "cash", "-75.00", "2026-11-09")
    home.night("2026-11-16")
    home.night("2026-12-01")
    assert list(verify(database_url)) == []
    found = tampered(home, f"UPDATE {DAYS} SET lowest = lowest - 1 WHERE {one(DAYS)}")
    assert [finding.code for finding in found] == ["C09"]
    home.books.close()
