"""Deposits that a version before took back, which gave no counter its money back: what it counted, counts on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from alembic import command

from engine.answer import decisions_of
from engine.evaluate import evaluate
from store.books import Books
from store.database import Database
from store.guards import drop_guards
from store.migrate import _config, migrate
from store.verify import verify
from tests.engine.households import Home
from tests.holds.test_returned_counters import (
    ACCOUNTS,
    back,
    caps,
    deposits,
    explained,
    moved,
    rebuilt,
    save,
    sweep,
    used,
)


@pytest.fixture
def home(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """100.00 moved on two nights, under 250.00 a year; then the first was returned, and the books were upgraded."""
    made = Home(database_url)
    made.open("ann", ACCOUNTS, sweep(caps=caps(year="250.00")))
    made.night("2026-11-19")
    made.night("2026-11-20")
    with monkeypatch.context() as before:
        before.setattr("engine.holds.returning.count_again", lambda *_: None)
        back(made, deposits(made)[0], "2026-11-21")
    made.books.close()
    with closing(Database(database_url)) as database, database.writing() as bulk:
        drop_guards(bulk.connection)
        command.downgrade(_config(bulk.connection), "0008")
    migrate(database_url)
    made.books = Books(database_url)
    yield made
    made.books.close()
    assert list(verify(database_url)) == []


def told(home: Home, day: str) -> int:
    """Cents that the explanation of a night says its one rule moved."""
    night = rebuilt(home, day)
    (words,) = decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
    return sum(int(leg["amount"].replace(".", "")) for leg in words["legs"] if words["outcome"] == "moved")


def test_a_night_after_the_upgrade_is_explained_as_it_was(home: Home) -> None:
    assert used(home, "2026-11-22") == [200_00]
    home.night("2026-11-22")
    home.night("2026-11-23")
    assert ([cents for _, cents in moved(home)], used(home, "2026-11-23")) == ([100_00, 100_00, 50_00], [250_00])
    assert (told(home, "2026-11-22"), told(home, "2026-11-23")) == (50_00, 0)
    assert [explained(home, f"2026-11-{day}")[0][1] for day in (20, 22, 23)] == [100_00, 200_00, 250_00]


def test_a_return_after_the_upgrade_gives_back_its_own_money_alone(home: Home) -> None:
    back(home, deposits(home)[1], "2026-11-22")
    assert used(home, "2026-11-22") == [100_00]
    save(home, "2026-11-22", sweep(caps=caps(year="250.00")))
    assert used(home, "2026-11-22") == [100_00]
    home.night("2026-11-22")
    home.night("2026-11-23")
    assert (told(home, "2026-11-22"), told(home, "2026-11-23")) == (100_00, 50_00)
    assert [cents for _, cents in moved(home)][2:] == [100_00, 50_00]
