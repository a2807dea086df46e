"""Orders held against the books and the prices: what is kept, and that whatever is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.desk import AccountEvent, NewAccount
from engine.invest.market import UNIT_SCALE, Listing
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.orders.cancelling import cancel
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from engine.invest.pies.editing import Draft
from engine.invest.pies.pie import stored_pie
from engine.invest.pies.removing import save
from engine.invest.records import SliceState
from ledger.accounts import Kind, Standing
from ledger.faults import SluiceError
from ledger.seal import asset_number
from market.bars import Series
from market.feed import Feed
from tests.market.exchange import CALENDAR
from tests.trading.world import HALVES, LIMIT, MONDAY, NESTED, SHARE, World, feed, pie, prices, world

BUY, SELL, REBALANCE, REMOVE, RAISE = IntentKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """The nested pie, invested with 1,000.00, and 500.00 of cash; VTI 100, BND 50, VXUS 60; Monday, noon."""
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as made:
        made.save(NESTED)
        made.run()
        made.pay_in(500_00, "more")
        made.now += 3 * 3_600_000_000
        yield made


def wanted(desk: World, kind: IntentKind, path: str = "", amount: int = 0, **more: Any) -> Wanted:
    return Wanted(desk.customer, more.pop("account", "invest.growth"), kind, more.pop("key", "k"), path, amount, **more)


def put(desk: World, asked: Wanted) -> Intent:
    """Place an order as a person does."""
    with desk.books.lock(0) as work:
        return place(work, desk.market, asked, (desk.today, desk.now))


def refusal(desk: World, asked: Wanted) -> tuple[str, str]:
    """The code and the field of a refusal; nothing is kept, and the sentence says something."""
    with pytest.raises(SluiceError) as raised:
        put(desk, asked)
    with desk.books.read(0) as work:
        account = work.pie_versions(desk.account().account)
        assert (work.intents(None), len(account)) == ([], 1)
    assert raised.value.sentence.endswith((".", "!"))
    return raised.value.code, raised.value.field


def test_a_buy_is_kept_once_a_key_and_carried_out(desk: World) -> None:
    made = put(desk, wanted(desk, BUY, "core/VTI", 100_00))
    assert (made.kind, made.amount, made.state, made.made) == (BUY, 100_00, IntentState.WAITING, desk.now)
    assert put(desk, wanted(desk, BUY, "core/VTI", 100_00)).intent == made.intent
    assert [one.intent for one in desk.waiting()] == [made.intent]
    for other in ({"amount": 99_00}, {"path": "BND"}, {"kind": SELL}, {"slot": 2}):
        with pytest.raises(SluiceError, match="another order") as raised:
            put(desk, replace(wanted(desk, BUY, "core/VTI", 100_00), **other))
        assert (raised.value.code, raised.value.field) == ("idempotency_key_reused", "key")
    desk.run(slot=2)
    assert desk.intent(made.intent).state == IntentState.DONE
    assert desk.units()["core/VTI"] >= 4 * SHARE


@pytest.mark.parametrize(
    "order, more, refused",
    [
        ((BUY, "core/VTI", 0), {}, ("below_minimum", "amount")),
        ((BUY, "core/VTI", 99), {}, ("below_minimum", "amount")),
        ((BUY, "core/VTI", -1), {}, ("order_amount", "amount")),
        ((BUY, "core/VTI", 10**15 + 1), {}, ("order_amount", "amount")),
        ((BUY, "core/VTI", 500_01), {}, ("exceeds_cash", "amount")),
        ((BUY, "core", 500_01), {}, ("exceeds_cash", "amount")),
        ((BUY, "core/NONE", 5_00), {}, ("slice_unknown", "path")),
        ((BUY, "VTI", 5_00), {}, ("slice_unknown", "path")),
        ((BUY, "core/VTI", 5_00), {"lots": ((1, 1),)}, ("lots_specific", "lots")),
        ((BUY, "core/VTI", 5_00), {"destination": "cash"}, ("order_destination", "destination")),
        ((BUY, "core/VTI", 5_00), {"slot": 3}, ("order_slot", "slot")),
        ((BUY, "core/VTI", 5_00), {"account": "checking"}, ("no_pie_account", "account")),
        ((BUY, "core/VTI", 5_00), {"account": "nowhere"}, ("account_unknown", "account")),
        ((BUY, "core/VTI", 5_00), {"account": "invest.income"}, ("no_pie", "account")),
        ((SELL, "core/VTI", 300_01), {}, ("above_holding", "amount")),
        ((SELL, "", 1_000_01), {}, ("above_holding", "amount")),
        ((SELL, "core/VTI", 50), {}, ("below_minimum", "amount")),
        ((SELL, "core/VTI", 0), {"lots": ((999, 1),)}, ("lots_specific", "lots.0.lot")),
        ((SELL, "core/VTI", 5_00), {"lots": ((999, 1),)}, ("lots_specific", "lots")),
        ((SELL, "core", 0), {"lots": ((999, 1),)}, ("lots_specific", "lots")),
        ((RAISE, "", 1_500_01), {"destination": "cash"}, ("exceeds_value", "amount")),
        ((RAISE, "", 0), {"destination": "cash"}, ("below_minimum", "amount")),
        ((RAISE, "core", 5_00), {"destination": "cash"}, ("slice_unknown", "path")),
        ((RAISE, "", 5_00), {}, ("order_destination", "destination")),
        ((RAISE, "", 5_00), {"destination": "nowhere"}, ("order_destination", "destination")),
        ((RAISE, "", 5_00), {"destination": "invest.growth"}, ("order_destination", "destination")),
        ((REBALANCE, "core/VTI", 0), {}, ("pie_unknown", "path")),
        ((REBALANCE, "BND", 0), {}, ("pie_unknown", "path")),
        ((REBALANCE, "", 5_00), {}, ("order_amount", "amount")),
        ((REMOVE, "core/VTI", 5_00), {}, ("order_amount", "amount")),
        ((REMOVE, "", 0), {}, ("slice_unknown", "path")),
        ((REMOVE, "core/NONE", 0), {}, ("slice_unknown", "path")),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_ordered(
    desk: World, order: tuple[IntentKind, str, int], more: dict[str, Any], refused: tuple[str, str]
) -> None:
    assert refusal(desk, wanted(desk, *order, **more)) == refused


@pytest.mark.parametrize("order", [(RAISE, "", 1_500_00), (REBALANCE, "", 0), (REBALANCE, "core", 0)])
def test_raises_of_all_there_is_and_rebalances_are_kept(desk: World, order: tuple[IntentKind, str, int]) -> None:
    where = "checking" if order[0] == RAISE else ""
    made = put(desk, wanted(desk, *order, destination=where))
    assert (made.kind, made.path, made.amount, made.state) == (*order, IntentState.WAITING)
    assert made.destination == (desk.account(where).account if where else 0)
    assert desk.waiting() == [made]


def test_a_buy_may_say_that_more_cash_will_come(desk: World) -> None:
    made = put(desk, wanted(desk, BUY, "BND", 800_00, beyond_cash=True))
    desk.run(slot=2)
    assert desk.intent(made.intent).state == IntentState.PARTLY
    assert desk.intent(made.intent).reason == "cash_short"


def test_accounts_that_are_frozen_take_no_orders(desk: World) -> None:
    account = desk.account()
    with desk.books.lock(0) as work:
        event = AccountEvent(account.account, 0, account.floor, account.ceiling, account.rule_floor, Standing.FROZEN)
        work.change_account(account.account, event)
    assert refusal(desk, wanted(desk, BUY, "BND", 5_00)) == ("account_closed", "account")


def test_money_is_not_raised_into_another_currency_or_an_ira(desk: World) -> None:
    with desk.books.lock(0) as work:
        new = [
            NewAccount(desk.customer, "abroad", "abroad", Kind.CASH, asset_number("CZK"), 0, LIMIT, 0),
            NewAccount(desk.customer, "roth", "roth", Kind.IRA, asset_number("USD"), 0, LIMIT, 0),
        ]
        work.open_accounts(new, MONDAY, 1)
    for handle in ("abroad", "roth"):
        asked = wanted(desk, RAISE, "", 5_00, destination=handle)
        assert refusal(desk, asked) == ("order_destination", "destination")


def test_the_lots_of_a_sale_are_the_ones_that_are_sold(desk: World) -> None:
    desk.order(BUY, "core/VTI", 200_00)
    desk.run(slot=2)
    with desk.books.read(0) as work:
        rows = [row for row in work.lots(np.array([desk.account().account], np.int64)) if row.asset == VTI]
    older, newer = rows[0], rows[-1]
    asked = ((newer.lot, newer.units), (older.lot, SHARE))
    made = put(desk, wanted(desk, SELL, "core/VTI", lots=asked))
    assert made.amount == (newer.units + SHARE) * 100_00 // SHARE
    desk.run(MONDAY + 1)
    assert desk.intent(made.intent).state == IntentState.DONE
    with desk.books.read(0) as work:
        left = {row.lot: row.units for row in work.lots(np.array([desk.account().account], np.int64), closed=True)}
    assert (left[newer.lot], left[older.lot]) == (0, older.units - SHARE)


VTI = asset_number("VTI")


def stale(symbol: str, *, active: bool = True) -> Feed:
    """The prices, but a symbol's end before Monday; or with one that is traded no more."""
    whole = feed(prices(VTI="100", BND="50", VXUS="60"))
    series = []
    for one in ("VTI", "BND", "VXUS"):
        made = whole._series[one]
        bars = made.bars
        if one == symbol and active:
            bars = replace(bars, **{name: getattr(bars, name)[:5] for name in ("day", "open", "high", "low", "close")})
        listing = Listing(one, one, "etf", UNIT_SCALE, active=active or one != symbol, synthetic=False)
        series.append(Series(listing, bars))
    return Feed("a few prices", CALENDAR, series)


def test_without_a_price_nothing_is_ordered_and_the_reason_is_the_markets(desk: World) -> None:
    desk.market = stale("BND")
    for kind, path, amount in ((BUY, "BND", 5_00), (SELL, "BND", 5_00), (SELL, "BND", 0)):
        with pytest.raises(SluiceError, match="too old") as raised:
            put(desk, wanted(desk, kind, path, amount))
        assert (raised.value.code, raised.value.field) == ("no_price", "path")
    assert desk.waiting() == []
    assert put(desk, wanted(desk, BUY, "core", 5_00)).state == IntentState.WAITING


def test_a_security_that_is_traded_no_more_is_not_bought(desk: World) -> None:
    desk.market = stale("BND", active=False)
    assert refusal(desk, wanted(desk, BUY, "BND", 5_00)) == ("symbol_inactive", "path")


def test_what_has_left_its_pie_is_sold_and_not_bought(desk: World) -> None:
    desk.save(pie('{name: all, slices: [{symbol: BND, weight: "100%"}]}'))
    with pytest.raises(SluiceError, match="left the pie"):
        put(desk, wanted(desk, BUY, "core/VTI", 5_00))
    assert put(desk, wanted(desk, SELL, "core/VTI")).amount == 0
    desk.run(slot=2)
    with pytest.raises(SluiceError) as raised:
        put(desk, wanted(desk, SELL, "core/VTI", key="again"))
    assert raised.value.code == "slice_unknown"


def test_nothing_held_is_nothing_to_sell(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50"))) as desk:
        desk.save(HALVES)
        assert refusal(desk, wanted(desk, SELL, "VTI")) == ("nothing_held", "path")


def test_a_removed_slice_is_sold_and_its_money_stays_in_its_pie(desk: World) -> None:
    made = put(desk, wanted(desk, REMOVE, "core/VXUS"))
    with desk.books.read(0) as work:
        now = stored_pie(work.pie_versions(desk.account().account)[-1].document)
    assert [(one.label, one.weight) for one in now.slices] == [("BND", 4000), ("core", 6000)]
    assert now.slices[1].pie is not None
    assert [(one.label, one.weight) for one in now.slices[1].pie.slices] == [("VTI", 10_000)]
    desk.run(slot=2)
    assert desk.intent(made.intent).state == IntentState.DONE
    assert set(desk.units()) == {"BND", "core/VTI"}
    with pytest.raises(SluiceError, match="only slice") as raised:
        put(desk, wanted(desk, REMOVE, "core/VTI", key="last"))
    assert (raised.value.code, raised.value.field) == ("last_slice", "path")


def test_a_removal_may_bring_its_own_pie_which_must_be_without_the_slice(desk: World) -> None:
    assert refusal(desk, wanted(desk, REMOVE, "core/VTI", pie=NESTED)) == ("slice_stays", "path")
    unknown = pie('{name: all, slices: [{symbol: NONE, weight: "100%"}]}')
    assert refusal(desk, wanted(desk, REMOVE, "core", pie=unknown)) == ("symbol_unknown", "pie.slices.0.symbol")
    put(desk, wanted(desk, REMOVE, "core", pie=pie('{name: all, slices: [{symbol: BND, weight: "100%"}]}')))
    slices = desk.slices()
    states = dict(zip(slices.path, slices.state.tolist(), strict=True))
    assert states == {"BND": SliceState.HELD, "core/VTI": SliceState.REMOVING, "core/VXUS": SliceState.REMOVING}


def test_a_slice_that_comes_back_before_the_window_is_not_sold(desk: World) -> None:
    before = desk.units()
    made = put(desk, wanted(desk, REMOVE, "core/VXUS"))
    listed = desk.market.listings(desk.market.symbols)
    with desk.books.lock(0) as work:
        assert save(work, desk.account(), Draft(NESTED, desk.terms), listed, (MONDAY, desk.now)) == ()
    assert desk.intent(made.intent).state == IntentState.CANCELLED
    desk.run(slot=2)
    assert desk.units()["core/VXUS"] >= before["core/VXUS"]


def cancelled(desk: World, number: int, *, opened: bool = False) -> str:
    """The code of a refused cancellation."""
    window = desk.window(slot=2) if opened else None
    with pytest.raises(SluiceError) as raised, desk.books.lock(0) as work:
        cancel(work, desk.customer, number, desk.now, window)
    return raised.value.code


def test_an_order_is_cancelled_until_its_window_opens(desk: World) -> None:
    made = put(desk, wanted(desk, BUY, "BND", 5_00))
    late = put(desk, wanted(desk, BUY, "BND", 6_00, slot=1, key="late"))
    removal = put(desk, wanted(desk, REMOVE, "core/VXUS", key="removal"))
    assert cancelled(desk, 12345) == "order_unknown"
    assert cancelled(desk, removal.intent) == "order_removal"
    desk.now = desk.window(slot=2).opens + 1
    assert cancelled(desk, made.intent, opened=True) == "order_window"
    with desk.books.lock(0) as work:
        assert cancel(work, desk.customer, late.intent, desk.now, desk.window(slot=2)).state == IntentState.CANCELLED
    desk.run(slot=2)
    assert cancelled(desk, made.intent, opened=True) == "order_taken"
    assert cancelled(desk, late.intent) == "order_taken"


def test_a_window_that_did_not_run_holds_no_order_after_the_close(desk: World) -> None:
    made = put(desk, wanted(desk, BUY, "BND", 5_00))
    window = desk.window(slot=2)
    desk.now = window.ends
    with desk.books.lock(0) as work:
        cancel(work, desk.customer, made.intent, desk.now, window)
    assert desk.intent(made.intent).state == IntentState.CANCELLED
