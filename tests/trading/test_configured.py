"""Trading by the dated configuration: a row of the day decides, a row of a later day does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.dated.document import DatedRow
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from engine.invest.pies.terms import PieTerms, terms_of
from ledger.faults import SluiceError
from store.verify import verify
from tests.trading.estates import TUESDAY, WEDNESDAY, balances, dividend, night
from tests.trading.estates import desk as estate
from tests.trading.world import HALVES, MONDAY, World, feed, prices, world


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[World]:
    """VTI at 100, BND at 50; 1,000.00 of cash and a pie of two halves."""
    with world(sqlite_url, feed(prices(VTI="100", BND="50")), 1_000_00) as made:
        made.save(HALVES)
        yield made
        assert list(verify(made.url)) == []


def configure(made: World, day: int, **rows: str) -> None:
    made.books.add_dated([DatedRow(name, day, value, "a test") for name, value in rows.items()], made.now)


def test_a_window_knows_the_smallest_order_of_its_day(desk: World) -> None:
    configure(desk, TUESDAY, order_minimum="600.00")
    asked = Wanted(desk.customer, "invest.growth", IntentKind.BUY, "key", path="VTI", amount=550_00)
    with desk.books.lock(0) as work:
        assert place(work, desk.market, asked, (MONDAY, desk.now)).amount == 550_00
    with desk.books.lock(0) as work, pytest.raises(SluiceError, match=r"600\.00") as refused:
        place(work, desk.market, replace(asked, key="other"), (TUESDAY, desk.now))
    assert refused.value.code == "below_minimum"
    desk.run()
    assert sum(desk.values().values()) == 1_000_00
    desk.pay_in(500_00, "more")
    desk.run(TUESDAY)
    assert desk.balance() == 500_00


def test_a_sale_settles_by_the_sessions_of_its_day(desk: World) -> None:
    desk.run()
    configure(desk, MONDAY, settlement_sessions="2")
    number = desk.order(IntentKind.SELL, "VTI", 100_00)
    desk.run(slot=2)
    configure(desk, TUESDAY, settlement_sessions="1")
    with desk.books.read(0) as work:
        assert [day for _, day, _ in work.settlements()] == [WEDNESDAY]
    assert desk.intent(number).state == IntentState.DONE
    for day, unsettled in ((TUESDAY, 100_00), (WEDNESDAY, 0)):
        night(desk, day)
        assert desk.balance("invest.growth:unsettled") == unsettled


def test_terms_without_a_threshold_get_the_one_of_the_day_they_are_saved(desk: World) -> None:
    def saved() -> int:
        account = desk.account().account
        with desk.books.read(0) as work:
            version = work.pies_now(np.array([account], np.int64))[account]
            (column,) = work.invest_accounts().threshold.tolist()
        assert terms_of(version.terms).threshold == column
        return int(column)

    assert saved() == 25_00
    configure(desk, MONDAY, auto_invest_threshold="40.00")
    configure(desk, TUESDAY, auto_invest_threshold="50.00")
    assert saved() == 25_00
    desk.save(HALVES, PieTerms(minimum_cash=1_00))
    assert saved() == 40_00
    desk.save(HALVES, PieTerms(threshold=25_00))
    assert saved() == 25_00


@pytest.mark.parametrize("day,kept", [(WEDNESDAY, (2_50, 0, 0)), (WEDNESDAY + 1, (0, 2_50, 0))])
def test_a_dividend_is_reinvested_by_the_least_of_the_day_it_is_paid(
    sqlite_url: str, day: int, kept: tuple[int, int, int]
) -> None:
    with estate(sqlite_url, dividend(50)) as made:
        made.save(HALVES, PieTerms(auto_invest=False, dividends="reinvest"))
        configure(made, day, dividend_reinvest_minimum="2.51")
        night(made, WEDNESDAY)
        assert balances(made) == kept
