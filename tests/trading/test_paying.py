"""Dividends and capital given back: who gets what, where it goes, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.desk import NewAccount
from engine.invest.market import CorporateAction
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from ledger.accounts import Kind
from ledger.seal import asset_code
from store.verify import verify
from tests.trading.estates import (
    BONDS,
    FLAT,
    RENAMED,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    balances,
    desk,
    dividend,
    income,
    limit,
    lots,
    night,
    split,
    units,
)
from tests.trading.world import HALVES, LIMIT, MONDAY, SHARE, USD, feed, world


@pytest.mark.parametrize("handle", ["checking", "bank"])
def test_a_raise_is_paid_out_once_its_sales_have_settled(database_url: str, handle: str) -> None:
    with desk(database_url) as made:
        made.pay_in(20_00, "idle")
        number = made.order(IntentKind.RAISE, "", 120_00, destination=made.account(handle).account)
        made.run(slot=2)
        night(made, MONDAY)
        assert made.intent(number).state == IntentState.SETTLING
        night(made, TUESDAY)
        raised = made.intent(number)
        assert (raised.state, raised.done, raised.reason) == (IntentState.DONE, 120_00, "")
        pending = made.account(handle).pending_in
        assert (made.balance(handle), pending) == ((0, 120_00) if handle == "bank" else (120_00, 0))
        night(made, WEDNESDAY)
        assert (made.balance(handle), made.account(handle).pending_in) == (120_00, 0)
        assert (made.balance(), made.balance("invest.growth:earmarked")) == (0, 0)
        with made.books.read(0) as work:
            assert (work.earmarks(), work.settlements()) == ([], [])


WAYS: list[tuple[PieTerms, tuple[int, int, int]]] = [
    (PieTerms(auto_invest=False), (2_50, 0, 0)),
    (PieTerms(auto_invest=False, dividends="reinvest"), (0, 2_50, 0)),
    (PieTerms(auto_invest=False, dividends="sweep"), (0, 0, 2_50)),
    (PieTerms(auto_invest=False, dividends="sweep", symbols={"VTI": "cash"}), (2_50, 0, 0)),
]


@pytest.mark.parametrize("terms,expected", WAYS, ids=["cash", "reinvest", "sweep", "mixed"])
def test_dividends_go_where_the_terms_say(tmp_path: Path, terms: PieTerms, expected: tuple[int, int, int]) -> None:
    with desk(str(tmp_path), dividend(50)) as made:
        made.save(HALVES, terms)
        night(made, TUESDAY)
        assert balances(made) == (0, 0, 0)
        night(made, WEDNESDAY)
        night(made, THURSDAY)
        assert balances(made) == expected
        with made.books.read(0) as work:
            earmarked = [(path, cents) for _, path, cents in work.earmarks()]
        assert earmarked == ([("VTI", 2_50)] if expected[1] else [])


@pytest.mark.parametrize("way", ["reinvest", "sweep"])
def test_less_than_a_dollar_stays_cash(tmp_path: Path, way: str) -> None:
    with desk(str(tmp_path), dividend(19)) as made:
        made.save(HALVES, PieTerms.model_validate({"auto_invest": False, "dividends": way}))
        night(made, WEDNESDAY)
        assert balances(made) == (95, 0, 0)


def test_nothing_is_paid_for_less_than_half_a_cent(tmp_path: Path) -> None:
    with desk(str(tmp_path), replace(dividend(1), rate=999)) as made:
        night(made, WEDNESDAY)
        assert balances(made) == (0, 0, 0)


def test_a_sweep_needs_an_open_account_with_room(tmp_path: Path) -> None:
    with desk(str(tmp_path), dividend(50)) as made:
        made.save(HALVES, PieTerms(auto_invest=False, dividends="sweep"))
        limit(made, "cash", 1_00)
        night(made, WEDNESDAY)
        assert balances(made) == (2_50, 0, 0)


def test_dividends_of_an_ira_are_never_swept(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(FLAT, [dividend(50)])) as made:
        with made.books.lock(0) as work:
            new = [NewAccount(made.customer, "ira", "IRA", Kind.IRA, USD, 0, LIMIT, 0)]
            work.open_accounts(new, MONDAY - 7, 1)
        made.pay_in(1_000_00, handle="ira")
        ira = made.account("ira")
        patched = replace(ira)
        made.account = lambda handle="invest.growth": patched  # type: ignore[method-assign]  # its pie is the IRA's
        made.save(HALVES, PieTerms(dividends="sweep"))
        made.run()
        del made.account
        night(made, WEDNESDAY)
        assert (made.balance("ira"), made.balance("cash")) == (2_50, 0)
        assert list(verify(made.url)) == []


def test_what_has_left_its_pie_is_not_bought_again(tmp_path: Path) -> None:
    with desk(str(tmp_path), dividend(50)) as made:
        terms = PieTerms(auto_invest=False, dividends="reinvest")
        made.save(BONDS, terms)
        night(made, WEDNESDAY)
        assert balances(made) == (2_50, 0, 0)


def test_a_dividend_counts_units_before_its_day_splits_of_the_same_night_included(tmp_path: Path) -> None:
    with desk(str(tmp_path), split(2, 1), dividend(50, WEDNESDAY, THURSDAY)) as made:
        made.order(IntentKind.SELL, "VTI", 100_00)
        made.run(slot=2)
        night(made, THURSDAY)
        assert (units(made)["VTI"], made.balance()) == (8 * SHARE, 100_00 + 4_00)


def test_late_news_is_made_up_for(tmp_path: Path) -> None:
    actions: list[CorporateAction] = []
    with desk(str(tmp_path), market=feed(FLAT)) as made:
        night(made, WEDNESDAY)
        made.run(THURSDAY)
        actions += [split(2, 1), dividend(50, TUESDAY, WEDNESDAY)]
        made.market = feed(FLAT, actions)
        night(made, THURSDAY)
        night(made, THURSDAY + 1)
        assert (units(made)["VTI"], made.balance()) == (10 * SHARE, 2_50)


def test_capital_given_back_lowers_cost_and_beyond_it_is_a_gain(tmp_path: Path) -> None:
    back = replace(dividend(60_00), return_of_capital=True)
    again = replace(dividend(60_00, THURSDAY, THURSDAY), return_of_capital=True)
    with desk(str(tmp_path), back, again, RENAMED) as made:
        night(made, WEDNESDAY)
        assert made.balance() == 300_00
        assert {asset_code(one.asset): one.cost for one in lots(made)} == {"NEW": 200_00, "BND": 500_00}


def test_capital_beyond_cost(tmp_path: Path) -> None:
    back = replace(dividend(60_00), return_of_capital=True)
    more = replace(dividend(60_00, WEDNESDAY, THURSDAY), return_of_capital=True)
    last = replace(dividend(60_00, THURSDAY, THURSDAY), return_of_capital=True)
    with desk(str(tmp_path), back, more, last) as made:
        night(made, THURSDAY)
        assert made.balance() == 900_00
        (vti,) = [one for one in lots(made) if asset_code(one.asset) == "VTI"]
        assert (vti.cost, vti.cost_opened, vti.units) == (0, 0, 5 * SHARE)
        assert income(made, "income:realised_gain") == 400_00


def test_capital_for_lots_that_are_gone_is_a_gain(tmp_path: Path) -> None:
    back = replace(dividend(60_00), return_of_capital=True)
    with desk(str(tmp_path), back) as made:
        made.order(IntentKind.SELL, "VTI", 0)
        made.run(TUESDAY)
        night(made, WEDNESDAY)
        assert (made.balance(), income(made, "income:realised_gain")) == (800_00, 300_00)
