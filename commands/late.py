"""A market and brokers that are made when they are first asked something: most commands never need them."""

from collections.abc import Callable, Sequence

from engine.invest.market import BlockOrder, Broker, BrokerFill, CorporateAction, Listing, Quotes, Session
from market.feed import Feed


class LateMarket:
    """A `Market` whose feed is made when it is first asked something."""

    def __init__(self, feed: Callable[[], Feed]) -> None:
        """Keep how to get the feed."""
        self._feed = feed

    def listings(self, symbols: Sequence[str]) -> dict[str, Listing]:
        """See `Market.listings`."""
        return self._feed().listings(symbols)

    def quotes(self, symbols: Sequence[str], instant: int) -> Quotes:
        """See `Market.quotes`."""
        return self._feed().quotes(symbols, instant)

    def closes(self, symbol: str, first: int, last: int) -> Sequence[tuple[int, int]]:
        """See `Market.closes`."""
        return self._feed().closes(symbol, first, last)

    def actions(self, first: int, last: int) -> Sequence[CorporateAction]:
        """See `Market.actions`."""
        return self._feed().actions(first, last)

    def sessions(self, first: int, last: int) -> Sequence[Session]:
        """See `Market.sessions`."""
        return self._feed().sessions(first, last)

    def settles(self, day: int) -> int:
        """See `Market.settles`."""
        return self._feed().settles(day)


class LateBroker:
    """A `Broker` that is opened when its first order is sent."""

    def __init__(self, broker: Callable[[], Broker]) -> None:
        """Keep how to get it."""
        self._broker = broker

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker.submit`."""
        return self._broker().submit(order, instant)

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker.status`."""
        return self._broker().status(client_id, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker.cancel`."""
        return self._broker().cancel(client_id, instant)
