"""Saving a pie: slices keep their units and lots under new paths, and what cannot be saved leaves the books alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.invest.market import UNIT_SCALE, Listing
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.pie import Pie
from engine.invest.pies.terms import PieTerms
from ledger.faults import Problem
from tests.trading.books import assert_in_order
from tests.trading.test_faults import TWICE
from tests.trading.world import HALVES, MONDAY, NESTED, SHARE, World, feed, pie, prices, world

LOCKED = pie(
    '{name: all, slices: [{symbol: BND, weight: "50%"}, {weight: "50%", pie: {name: core, model: {name: core, '
    'version: 1}, slices: [{symbol: VTI, weight: "100%"}]}}]}'
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """VTI at 100, BND at 50, VXUS at 60; 1,000.00 of cash and orders alone that trade."""
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50", VXUS="60")), 1_000_00) as made:
        made.terms = PieTerms(auto_invest=False)
        yield made
        assert_in_order(made, {0: 1_000_00})


def bought(desk: World, document: Pie) -> None:
    """Save the pie and put the cash into it."""
    desk.save(document)
    desk.order(IntentKind.BUY, "", 1_000_00)
    desk.run()


def refused(desk: World, draft: Draft, handle: str = "invest.growth", idle: str = "") -> tuple[Problem, ...]:
    """What is wrong with a draft; nothing was stored. `idle` is a symbol that is traded no more."""
    account = desk.account(handle)
    listed = dict(desk.market.listings(desk.market.symbols))
    if idle:
        listed[idle] = Listing(idle, idle, "etf", UNIT_SCALE, active=False, synthetic=False)
    with desk.books.lock(0) as work:
        before = work.pie_versions(account.account)
        problems = save_pie(work, account, draft, listed, (MONDAY, desk.now))
        assert work.pie_versions(account.account) == before
    return problems


def test_a_moved_slice_keeps_its_number_its_units_and_its_lots(desk: World) -> None:
    bought(desk, HALVES)
    before, held = desk.slices(), desk.units()
    desk.save(NESTED, moved={"VTI": "core/VTI"})
    after = desk.slices()
    numbers = [dict(zip(one.path, one.slice.tolist(), strict=True)) for one in (before, after)]
    assert numbers[1]["core/VTI"] == numbers[0]["VTI"]
    assert "VTI" not in numbers[1]
    assert desk.units() == {"BND": held["BND"], "core/VTI": held["VTI"]}


def test_a_slice_moved_onto_another_joins_its_lots_and_both_are_sold_as_one(desk: World) -> None:
    bought(desk, TWICE)
    assert desk.units() == {"VTI": 5 * SHARE, "core/VTI": 5 * SHARE // 2, "core/BND": 5 * SHARE}
    desk.save(NESTED, moved={"VTI": "core/VTI", "core/BND": "BND"})
    assert desk.units() == {"core/VTI": 15 * SHARE // 2, "BND": 5 * SHARE}
    with desk.books.read(0) as work:
        lots = work.lots(np.array([desk.account().account], np.int64))
    number = dict(zip(desk.slices().path, desk.slices().slice.tolist(), strict=True))["core/VTI"]
    assert sorted(one.cost for one in lots if one.slice == number) == [250_00, 500_00]
    sale = desk.order(IntentKind.SELL, "core/VTI")
    desk.run(slot=2)
    assert desk.intent(sale).state == IntentState.DONE
    assert desk.units() == {"BND": 5 * SHARE}


@pytest.mark.parametrize(
    "draft, expected",
    [
        (Draft(NESTED, PieTerms(), removed=["GLD"]), ("removed.0", "slice_unknown")),
        (Draft(HALVES, PieTerms(), removed=["VTI"]), ("removed.0", "slice_stays")),
        (Draft(NESTED, PieTerms(), moved={"GLD": "core/VTI"}), ("moved.GLD", "slice_unknown")),
        (Draft(NESTED, PieTerms(), moved={"VTI": "core/GLD"}), ("moved.VTI", "slice_unknown")),
        (Draft(NESTED, PieTerms(), moved={"VTI": "core/VXUS"}), ("moved.VTI", "slice_unknown")),
        (Draft(TWICE, PieTerms(), moved={"VTI": "core/VTI"}), ("moved.VTI", "slice_stays")),
        (Draft(LOCKED, PieTerms(), moved={"VTI": "core/VTI"}), ("moved.VTI", "model_locked")),
    ],
    ids=["removed unknown", "removed stays", "moved unknown", "no target", "other security", "moved stays", "model"],
)
def test_what_cannot_be_removed_or_moved_is_named_and_nothing_is_stored(
    desk: World, draft: Draft, expected: tuple[str, str]
) -> None:
    bought(desk, HALVES)
    (problem,) = refused(desk, draft)
    assert (problem.path, problem.code) == expected
    assert problem.sentence.endswith(".")


def test_nothing_is_moved_into_an_account_whose_whole_pie_is_a_model(desk: World) -> None:
    bought(desk, TWICE)
    model = pie('{name: m, model: {name: m, version: 1}, slices: [{symbol: BND, weight: "100%"}]}')
    (problem,) = refused(desk, Draft(model, PieTerms(), moved={"core/BND": "BND"}))
    assert (problem.path, problem.code) == ("moved.core/BND", "model_locked")


def test_an_account_of_money_alone_has_no_pie(desk: World) -> None:
    bought(desk, HALVES)
    (problem,) = refused(desk, Draft(HALVES, PieTerms()), "checking")
    assert (problem.path, problem.code) == ("account", "no_pie_account")


def test_every_security_the_market_does_not_trade_is_named_by_its_place(desk: World) -> None:
    bought(desk, HALVES)
    (idle,) = refused(desk, Draft(NESTED, PieTerms()), idle="VXUS")
    assert (idle.path, idle.code) == ("pie.slices.1.pie.slices.1.symbol", "symbol_inactive")
    unknown = pie('{name: g, slices: [{symbol: VTI, weight: "50%"}, {symbol: GLD, weight: "50%"}]}')
    found = refused(desk, replace(Draft(unknown, PieTerms()), removed=["SLV"]), idle="VTI")
    assert [(one.path, one.code) for one in found] == [
        ("pie.slices.0.symbol", "symbol_inactive"),
        ("pie.slices.1.symbol", "symbol_unknown"),
        ("removed.0", "slice_unknown"),
    ]
