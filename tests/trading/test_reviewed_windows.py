"""What a review of windows found: two at once, a broker or a split that gets in the way, a night that came late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from engine.invest.market import (
    ActionKind,
    BlockOrder,
    BrokerFill,
    BrokerSilentError,
    CorporateAction,
    OrderState,
    Quotes,
    Window,
)
from engine.invest.orderrecords import IntentKind, Phase
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.brokers import MINUTE
from engine.rulebook import save_rules
from engine.window import run_window
from ledger.faults import SluiceError
from market.paper import PaperBroker
from rules.load import load_rules
from store.verify import verify
from tests.naive.asking import rule
from tests.trading.brokers import Gone, GoneError
from tests.trading.test_reviewed import ONE, TUESDAY, night, run
from tests.trading.world import FIRST, MONDAY, SHARE, World, feed, prices, world


def test_windows_are_finished_in_order_of_time(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100")), 100_00) as made:
        made.save(ONE)
        early = replace(made.window(), slot=300)
        made.now = early.opens
        gone = Gone(made.url)
        gone.left, gone.after = 1, True
        with pytest.raises(GoneError):
            run_window(gone, 0, early, made.trading())
        gone.close()
        made.now = made.window(slot=2).opens
        assert made.run(slot=2).orders == 0  # the cash is the earlier window's
        with made.books.read(0) as work:
            row = work.window(MONDAY, 300)
        assert row is not None
        assert (row.phase, made.units()) == (Phase.FINAL, {"VTI": SHARE})


@dataclass
class Late:
    """Another window of the book begins just after a runner has looked for one: when it first asks for prices."""

    made: World
    other: Window

    def begin(self, ask: Callable[[Sequence[str], int], Quotes], symbols: Sequence[str], instant: int) -> Quotes:
        """The prices, once the other window has begun and its runner is at work."""
        market = replace(self.made.trading(), market=feed(prices(VTI="100")))
        gone = Gone(self.made.url)
        gone.left, gone.after = 1, True
        with pytest.raises(GoneError):
            run_window(gone, 0, self.other, market)
        gone.close()
        return ask(symbols, instant)


def test_no_window_begins_while_another_is_being_worked_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100")), 100_00) as made:
        made.save(ONE)
        made.now = made.window().opens
        late = Late(made, replace(made.window(), slot=300))
        monkeypatch.setattr(made.market, "quotes", partial(late.begin, made.market.quotes))
        with pytest.raises(SluiceError) as raised:
            made.run()
        assert raised.value.code == "window_busy"
        with made.books.read(0) as work:
            assert [row.slot for row in work.windows(MONDAY)] == [300]


@dataclass
class Refusing:
    """A broker that refuses our key until it is `mended`."""

    paper: PaperBroker
    mended: bool = False

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        return self.paper.submit(order, instant) if self.mended else refused()

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.status(client_id, instant) if self.mended else refused()

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.cancel(client_id, instant) if self.mended else refused()


def refused() -> NoReturn:
    raise SluiceError("broker_refused_key", "The broker does not accept the key.")


def test_a_broker_that_refuses_the_key_stops_no_other(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100")), 100_00) as made:
        made.save(ONE)
        broker = made.broker = Refusing(made.paper)
        assert (made.run().status, made.balance("invest.growth:earmarked")) == ("partial", 100_00)
        with made.books.read(0) as work:
            (order,) = work.orders(MONDAY, 1)
        assert (order.state, order.reason) == (OrderState.UNKNOWN, "The broker does not accept the key.")
        broker.mended = True
        assert run(made, TUESDAY).status == "done"
        assert (made.balance("invest.growth:earmarked"), made.balance(), made.units()) == (0, 0, {"VTI": SHARE})
        assert list(verify(made.url)) == []


def test_an_order_in_what_the_market_no_longer_lists_is_off(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100")), 100_00) as made:
        made.save(ONE)
        made.now = made.window().opens
        gone = Gone(made.url)
        gone.left, gone.after = 4, True  # the buys are planned
        with pytest.raises(GoneError):
            run_window(gone, 0, made.window(), made.trading())
        gone.close()
        made.market, made.now = feed(prices(BND="50")), made.now + 11 * MINUTE
        assert (made.run().status, made.balance()) == ("done", 100_00)
        with made.books.read(0) as work:
            (order,) = work.orders(MONDAY, 1)
        assert (order.state, order.reason) == (OrderState.CANCELLED, "symbol_unknown")


@dataclass
class Mute:
    """A broker that takes orders and says nothing while it is `mute`."""

    paper: PaperBroker
    mute: bool = True

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        found = self.paper.submit(order, instant)
        self._say()
        return found

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        self._say()
        return self.paper.status(client_id, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        self._say()
        return self.paper.cancel(client_id, instant)

    def _say(self) -> None:
        if self.mute:
            raise BrokerSilentError("no answer")


def test_a_split_waits_for_orders_from_before_it(tmp_path: Path) -> None:
    split = CorporateAction("two", ActionKind.SPLIT, "VTI", TUESDAY, top=2, bottom=1)
    market = feed(prices(VTI={FIRST: "100", TUESDAY: "50"}), [split])
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as made:
        made.save(ONE)
        made.run()
        made.save(ONE, PieTerms(auto_invest=False))
        made.order(IntentKind.SELL, "", 300_00)
        made.broker = broker = Mute(made.paper)
        assert run(made, MONDAY, 2).open == 1
        run(made, TUESDAY)
        assert made.units() == {"VTI": 10 * SHARE}
        broker.mute = False
        run(made, TUESDAY, 2)
        assert (made.units(), made.balance("invest.growth:unsettled")) == ({"VTI": 14 * SHARE}, 300_00)
        assert list(verify(made.url)) == []


def test_a_night_after_the_window_of_a_split_counts_the_units_once(tmp_path: Path) -> None:
    split = CorporateAction("two", ActionKind.SPLIT, "VTI", TUESDAY, top=2, bottom=1)
    market = feed(prices(VTI={FIRST: "100", TUESDAY: "50"}), [split])
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as made:
        made.save(ONE)
        made.run()
        loaded = load_rules([rule({"kind": "fact", "fact": "value(invest.growth)"}, id="value", mode="watch")])
        with made.books.lock(0) as work:
            assert save_rules(work, made.customer, loaded.rules, (MONDAY, made.now)) == ()
        run(made, TUESDAY)
        night(made, MONDAY)
        night(made, TUESDAY)
        with made.books.read(0) as work:
            seen = [work.seen(day, made.customer) for day in (MONDAY, TUESDAY)]
        assert (made.units(), [one.value.max() for one in seen]) == ({"VTI": 20 * SHARE}, [1_000_00, 1_000_00])
