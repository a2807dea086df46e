"""Brokers and books that tests look through: what is said to the broker and when, and runners that are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.invest.market import BlockOrder, Broker, BrokerFill, OrderState, Side
from store.books import Books, Work

Word = tuple[str, Side, OrderState | None]


class Told:
    """A broker that keeps what it is asked and answers, and calls somebody first."""

    def __init__(self, paper: Broker) -> None:
        self.paper, self.words, self.sides = paper, list[Word](), dict[str, Side]()
        self.before: Callable[[str, Side], None] = lambda _call, _side: None

    def _word(self, call: str, client_id: str, ask: Callable[[], BrokerFill | None]) -> BrokerFill | None:
        side = self.sides[client_id]
        self.before(call, side)
        found = ask()
        self.words.append((call, side, None if found is None else found.state))
        return found

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        self.sides[order.client_id] = order.side
        found = self._word("submit", order.client_id, lambda: self.paper.submit(order, instant))
        assert found is not None
        return found

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self._word("status", client_id, lambda: self.paper.status(client_id, instant))

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self._word("cancel", client_id, lambda: self.paper.cancel(client_id, instant))


class Halted:
    """A broker that takes no buys."""

    def __init__(self, paper: Broker) -> None:
        self.paper, self.asked = paper, 0

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        if order.side is Side.SELL:
            return self.paper.submit(order, instant)
        self.asked += 1
        return BrokerFill(OrderState.REJECTED, reason="halted")

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.status(client_id, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.cancel(client_id, instant)


class GoneError(Exception):
    """The runner is gone."""


class Gone(Books):
    """Books whose runner is gone right before, or right after, its nth commit."""

    left: int
    after: bool

    @contextmanager
    def lock(self, book: int, *, wait: bool = True) -> Iterator[Work]:
        """See `Books.lock`."""
        self.left -= 1
        with super().lock(book, wait=wait) as work:
            yield work
            if self.left == 0 and not self.after:
                raise GoneError
        if self.left == 0:
            raise GoneError
