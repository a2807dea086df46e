"""The demo household invests: nights and windows on made-up prices, and everything agrees: books, broker, strangers."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import time_machine

from app import INSTANCE, Settings
from engine.invest.market import OrderState
from engine.invest.records import MoveKind
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.export import FORMATS
from ledger.seal import asset_code
from market.paper import PaperBroker
from store.verify import verify
from tests.commands.shell import Shell
from tests.journeys.test_strangers import PROGRAMS, STRANGERS, accepted

SATURDAY = "2026-11-21 15:00:00+00:00"


def lived(folder: Path, nights: int) -> Shell:
    """The demo household after so many nights."""
    shell = Shell(f"sqlite:///{folder / 'sluice.db'}", folder)
    with time_machine.travel(SATURDAY, tick=True):
        shell.ok("demo", "--nights", nights)
    return shell


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Thirty nights."""
    return lived(tmp_path_factory.mktemp("month"), 30)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A year."""
    return lived(tmp_path_factory.mktemp("year"), 365)


def held_and_delivered(shell: Shell) -> tuple[Counter[str], Counter[str]]:
    """Units that the books hold by symbol, and those that splits gave, which no order bought."""
    held, given = Counter[str](), Counter[str]()
    with shell.books() as books, books.read(0) as work:
        assert work.orders_in(tuple(OrderState)) == []
        slices = work.slices()
        for asset, units in zip(slices.asset.tolist(), slices.units.tolist(), strict=True):
            held[asset_code(asset)] += units
        for one in work.lot_moves(int(work.customers()[0].customer)):
            if one.move.kind == MoveKind.SPLIT:
                given[asset_code(one.move.asset)] += one.move.units
        holding = Counter[str]()
        for account in work.accounts_of(None, inner=True):
            if account.kind == Kind.HOLDING:
                holding[asset_code(account.asset)] += account.posted
    assert +held == +holding
    return +held, given


def in_order(shell: Shell) -> Counter[str]:
    """Prove that books and broker agree; the units that splits gave."""
    assert list(verify(shell.url)) == []
    held, given = held_and_delivered(shell)
    settings = Settings(database_url=shell.url)
    exchange = settings.exchange(shell.url, INSTANCE, lambda: 1)
    broker: PaperBroker = exchange.paper
    bought = Counter({symbol: units for (_, symbol), units in broker.positions().items()})
    broker.close()
    assert +(bought + given) == held
    return given


def proved_by_strangers(shell: Shell, folder: Path) -> None:
    for stranger in STRANGERS:
        if shutil.which(PROGRAMS[stranger][0]) is None:
            pytest.skip(f"{PROGRAMS[stranger][0]} is not on this machine: install it with `make test-deps`")
        for form in (one for one in FORMATS if one.startswith(stranger)):
            assert accepted(stranger, shell.ok("export", "--format", form).out, folder), form


def test_a_month_of_nights_and_windows_agrees(month: Shell) -> None:
    in_order(month)
    with month.books() as books, books.read(0) as work:
        accounts = work.invest_accounts()
        assert len(accounts) == 3
        assert all(work.slices(np.array([one], np.int64)).units.any() for one in accounts.account.tolist())
        assert len(work.windows(0)) >= 3


def test_strangers_accept_a_month(month: Shell, tmp_path: Path) -> None:
    proved_by_strangers(month, tmp_path)


def test_the_household_is_seen_through_commands(month: Shell) -> None:
    with time_machine.travel(SATURDAY):
        rows = month.ok("holdings", "demo", "--json").json
        assert {row["account"] for row in rows} == {"invest.growth", "invest.income", "roth"}
        assert all(row["reason"] == "" for row in rows)
        assert month.ok("pie", "preview", "demo", "--json").json["window"]["day"] == "2026-11-23"
        assert "there already" in month.ok("demo", "--nights", 30).out


@pytest.mark.long
def test_a_year_of_nights_and_windows_agrees_with_splits_and_dividends(year: Shell, tmp_path: Path) -> None:
    given = in_order(year)
    assert given["DEMO26"] > 0
    with year.books() as books, books.read(0) as work:
        customer = int(work.customers()[0].customer)
        codes = Counter(work.past(customer).transfers.code.tolist())
    assert codes[Code.DIVIDEND] > 0
    assert codes[Code.SELL] > 0
    proved_by_strangers(year, tmp_path)
