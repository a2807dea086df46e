"""Ruling 26 seen from the broker: which phase is stored at each word to it, that nothing is locked, who may go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.invest.market import FINAL, BrokerSilentError, OrderState, Side
from engine.invest.orderrecords import IntentKind, IntentState, Phase
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.brokers import MINUTE
from engine.window import run_window
from ledger.days import parse_day
from ledger.faults import SluiceError
from market.paper import Behaviour
from market.windows import window_on
from store.books import Books
from store.verify import verify
from tests.market.exchange import CALENDAR
from tests.trading.brokers import Gone, GoneError, Told
from tests.trading.world import HALVES, MONDAY, World, feed, prices, world

TUESDAY = MONDAY + 1


@pytest.fixture
def told(database_url: str) -> Iterator[tuple[World, Told]]:
    """Books in which the rebalance of Tuesday morning sells VTI and buys BND; orders take a minute and a half."""
    market = feed(prices(VTI={MONDAY: "100", TUESDAY: "150"}, BND="50", VXUS="60"))
    with world(database_url, market, 1_000_00, Behaviour(delay=90_000_000)) as made:
        made.save(HALVES, PieTerms(auto_invest=True))
        made.run()
        broker = Told(made.paper)
        made.broker = broker
        made.order(IntentKind.REBALANCE)
        yield made, broker
        assert list(verify(made.url)) == []


def test_sells_run_before_buys(told: tuple[World, Told]) -> None:
    """investing.md part 5, row 8: every sell is sent and final before any buy is sent."""
    made, broker = told
    made.run(TUESDAY)
    first_buy = broker.words.index(next(word for word in broker.words if word[1] is Side.BUY))
    sells = broker.words[:first_buy]
    assert {side for _, side, _ in sells} == {Side.SELL}
    assert sells[-1] == ("status", Side.SELL, OrderState.FILLED)
    assert all(side is Side.BUY for _, side, _ in broker.words[first_buy:])


def test_each_phase_is_a_commit_and_nothing_is_locked_meanwhile(told: tuple[World, Told]) -> None:
    made, broker = told
    other, seen = Books(made.url), list[tuple[str, Side, Phase]]()

    def look(call: str, side: Side) -> None:
        with other.lock(0, wait=False) as work:
            row = work.window(TUESDAY, 1)
            assert row is not None
            seen.append((call, side, row.phase))
            finals = [one for one in work.orders(TUESDAY, 1) if one.side is Side.SELL and one.state in FINAL]
            assert side is Side.SELL or all(one.booked for one in finals)

    broker.before = look
    made.run(TUESDAY)
    assert list(dict.fromkeys(seen)) == [
        ("submit", Side.SELL, Phase.PLANNED),
        ("status", Side.SELL, Phase.SELLS_SENT),
        ("submit", Side.BUY, Phase.BUYS_PLANNED),
        ("status", Side.BUY, Phase.BUYS_SENT),
    ]
    with other.read(0) as work:
        row = work.window(TUESDAY, 1)
    assert row is not None
    assert (row.phase, row.finished > row.started) == (Phase.FINAL, True)
    other.close()


def test_another_runner_is_told_that_the_window_is_busy(told: tuple[World, Told]) -> None:
    made, broker = told
    codes = list[str]()

    def second(_call: str, _side: Side) -> None:
        with pytest.raises(SluiceError) as caught:
            run_window(made.books, 0, made.window(TUESDAY), made.trading())
        codes.append(caught.value.code)

    broker.before = second
    assert made.run(TUESDAY).status == "done"
    assert set(codes) == {"window_busy"}


@pytest.mark.parametrize("moment", [("submit", Side.SELL), ("status", Side.SELL), ("submit", Side.BUY)])
def test_a_runner_that_slept_cannot_write_over_the_one_that_took_over(
    told: tuple[World, Told], moment: tuple[str, Side]
) -> None:
    made, broker = told

    def sleep(call: str, side: Side) -> None:
        if (call, side) == moment:
            broker.before = lambda _call, _side: None
            made.now += 11 * MINUTE
            assert run_window(made.books, 0, made.window(TUESDAY), made.trading()).status == "done"

    broker.before = sleep
    with pytest.raises(SluiceError) as caught:
        made.run(TUESDAY)
    assert caught.value.code == "window_taken"
    assert made.values(TUESDAY) == {"VTI": 624_99, "BND": 625_00}
    assert held(made) == made.paper.positions()


def held(made: World) -> dict[tuple[str, str], int]:
    """Units as the broker names them; slices of the outermost pie alone."""
    return {("paper", path): units for path, units in sorted(made.units().items())}


def gone_at(broker: Told, moment: tuple[str, Side]) -> None:
    """Let the runner be gone before this word reaches the broker."""

    def go(call: str, side: Side) -> None:
        if (call, side) == moment:
            broker.before = lambda _call, _side: None
            raise GoneError

    broker.before = go


def test_after_the_close_nothing_is_bought(told: tuple[World, Told]) -> None:
    made, broker = told
    gone_at(broker, ("status", Side.SELL))
    with pytest.raises(GoneError):
        made.run(TUESDAY)
    made.now = made.window(TUESDAY).ends
    result = made.run(TUESDAY)
    assert (result.status, result.orders, result.filled) == ("done", 1, 1)
    assert made.balance("invest.growth:unsettled") == 125_00
    assert {side for _, side, _ in broker.words} == {Side.SELL}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 7))
def test_a_runner_gone_at_any_commit_is_followed_by_one_that_goes_on(
    told: tuple[World, Told], commit: int, moment: str
) -> None:
    made, _ = told
    books = Gone(made.url)
    books.left, books.after = commit, moment == "after"
    made.now = made.window(TUESDAY).opens
    with pytest.raises(GoneError):
        run_window(books, 0, made.window(TUESDAY), made.trading())
    books.close()
    made.now += 11 * MINUTE
    done = made.run(TUESDAY)
    assert done.status == ("already_done" if (commit, moment) == (6, "after") else "done")
    assert made.values(TUESDAY) == {"VTI": 624_99, "BND": 625_00}
    assert held(made) == made.paper.positions()


@pytest.mark.parametrize("side", [Side.SELL, Side.BUY])
def test_what_was_stored_and_not_sent_by_the_close_is_never_sent(told: tuple[World, Told], side: Side) -> None:
    made, broker = told
    gone_at(broker, ("submit", side))
    with pytest.raises(GoneError):
        made.run(TUESDAY)
    made.now = made.window(TUESDAY).ends
    before = made.paper.positions()
    assert made.run(TUESDAY).filled == (side is Side.BUY)
    assert made.paper.positions() == before == held(made)
    (waiting,) = made.waiting()
    assert (waiting.state, waiting.reason) == (IntentState.WAITING, "never_sent")
    assert made.balance("invest.growth:earmarked") == 0


def test_an_order_that_never_arrived_is_off_when_patience_ends(told: tuple[World, Told]) -> None:
    made, broker = told

    def lost(call: str, side: Side) -> None:
        if call in {"submit", "status"}:
            raise BrokerSilentError

    broker.before = lost
    result = made.run(TUESDAY)
    assert (result.status, result.orders, result.filled, result.open) == ("done", 1, 0, 0)
    assert made.waiting()[0].reason == "never_sent"
    assert held(made) == made.paper.positions()


def test_an_order_that_never_arrived_is_sent_again_while_there_is_time(told: tuple[World, Told]) -> None:
    made, broker = told
    asked = list[str]()

    def lost(call: str, side: Side) -> None:
        asked.append(call)
        if len(asked) == 1:
            raise BrokerSilentError

    broker.before = lost
    assert made.run(TUESDAY).status == "done"
    assert asked[:3] == ["submit", "status", "submit"]
    assert made.values(TUESDAY) == {"VTI": 624_99, "BND": 625_00}


def test_an_unknown_sale_is_booked_by_a_later_window_and_gave_no_cash_before(told: tuple[World, Told]) -> None:
    made, broker = told

    def silent(call: str, side: Side) -> None:
        if call != "submit":
            raise BrokerSilentError

    broker.before = silent
    first = made.run(TUESDAY)
    assert (first.status, first.orders, first.open) == ("partial", 1, 1)
    assert made.balance("invest.growth:unsettled") == 0
    made.pay_in(300_00, "more")
    second = made.run(TUESDAY, 2)  # the broker says nothing of the old order still: the account takes no part
    assert (second.status, second.orders) == ("done", 0)
    broker.before = lambda _call, _side: None
    made.run(TUESDAY + 1)
    assert held(made) == made.paper.positions()
    assert made.balance() == 0
    assert made.balance("invest.growth:unsettled") == 125_00
    assert sum(made.values(TUESDAY).values()) == 1_424_99


def test_a_window_of_the_past_is_finished_first(told: tuple[World, Told]) -> None:
    made, broker = told
    gone_at(broker, ("status", Side.SELL))
    with pytest.raises(GoneError):
        made.run(TUESDAY)
    made.run(TUESDAY, 2)
    assert made.values(TUESDAY) == {"VTI": 624_99, "BND": 625_00}
    assert held(made) == made.paper.positions()


@pytest.mark.parametrize(
    "day, slot, code",
    [("2024-07-04", 1, "window_holiday"), ("2024-07-06", 2, "window_holiday"), ("2024-07-03", 2, "window_half_day")],
)
def test_a_holiday_has_no_window(day: str, slot: int, code: str) -> None:
    with pytest.raises(SluiceError) as caught:
        window_on(CALENDAR, parse_day(day), slot)
    assert caught.value.code == code


def test_a_window_that_was_not_begun_by_the_close_is_refused(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50")), 1_000_00) as made:
        made.save(HALVES)
        made.now = made.window().ends
        with pytest.raises(SluiceError) as caught:
            made.run()
        assert caught.value.code == "window_over"
        assert (made.units(), made.balance()) == ({}, 1_000_00)
