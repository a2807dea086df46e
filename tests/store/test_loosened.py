"""Limits that stand in for accounts' own: a request reads those of its accounts, however many others gave way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.holds.work import Loosened
from engine.household import account_named
from ledger.accounts import Int64s
from ledger.days import parse_day
from store.loosened import Loose
from tests.engine.households import CHECKING, Home, held
from tests.overnight.forcing import ask, limits, record, set_limits, standing_in

ELSEWHERE, MANY = 10**7, 300
"""So many accounts of nobody, with ids from there on, gave way too."""


@pytest.fixture
def home(sqlite_url: str) -> Iterator[Home]:
    """A fee took `pot` 4.00 below its floor."""
    made = Home(sqlite_url)
    made.open("ann", [held("pot", "1.00"), held("jar", "10.00"), CHECKING])
    with made.work() as work:
        take_fee(work, account_named(work, made.ids["ann"], "pot"), Fee.PAPER, "nov", (parse_day("2026-11-20"), 1))
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:  # which holds no foreign key
        rows = [(ELSEWHERE + one,) for one in range(MANY)]
        other.executemany("INSERT INTO loosened VALUES (0, ?, 0, 10, -5, 10)", rows)
        other.commit()
    yield made
    made.books.close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each reading of them found."""
    found: list[int] = []
    real = Loose.loosened

    def counted(self: Loose, accounts: Int64s | None = None) -> Loosened:
        rows = real(self, accounts)
        found.append(len(rows.account))
        return rows

    monkeypatch.setattr(Loose, "loosened", counted)
    return found


def test_those_of_some_accounts_or_of_all_are_read(home: Home) -> None:
    ids = [record(home, handle).account for handle in ("pot", "jar", "checking")]
    with home.books.read(0) as work:
        mine = work.loosened(np.array([*ids, ELSEWHERE + 7]))
        assert mine.account.tolist() == [ids[0], ELSEWHERE + 7]
        assert (mine.own_floor.tolist(), mine.floor.tolist()) == ([0, 0], [-4_00, -5])
        assert len(work.loosened(np.array(ids[1:])).account) == 0
        assert len(work.loosened().account) == MANY + 1


def test_a_request_reads_those_of_its_accounts_alone(home: Home, read: list[int]) -> None:
    assert ask(home, "checking>jar", 1_00, "2026-11-20") == 201
    assert ask(home, "pot>jar", 1, "2026-11-20") == 409
    set_limits(home, "pot", -1_00, 50_00)
    set_limits(home, "jar", 0, 50_00)
    assert (limits(home, "pot"), standing_in(home, "pot")) == ((-1_00, 50_00), (-4_00, 50_00))
    with home.books.read(0) as work:
        assert len(work.population(np.array([home.ids["ann"]])).accounts.account) == 3
    assert max(read) == 1
    with home.books.read(0) as work:
        work.population()
        work.accounts_of()
    assert read[-2:] == [MANY + 1] * 2
