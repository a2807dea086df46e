"""A window in a process of its own that kills itself: `python -m tests.trading.victim URL PAPER NOW KILL_AT`.

Steps are counted before and after every word to the broker and before and after every commit. At step KILL_AT the
process is gone as if the power were; 0 never. It prints how the window ended and how many steps there were.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from engine.invest.market import BlockOrder, BrokerFill
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.brokers import MINUTE, Trading
from engine.window import run_window
from market.feed import Feed
from market.paper import Behaviour, PaperBroker
from market.windows import window_on
from store.books import Books, Work
from tests.market.exchange import CALENDAR
from tests.trading.world import MONDAY, NESTED, feed, pie, prices, world

DAY = MONDAY + 1
BEHAVIOUR = Behaviour(spread_bp=5, delay=90_000_000, partial_ppm=300_000, silent_ppm=300_000, silent_later_ppm=300_000)
SMALLER = pie(
    '{name: all, slices: [{symbol: BND, weight: "40%"}, {weight: "60%", pie: {name: core, slices: '
    '[{symbol: VXUS, weight: "100%"}]}}]}'
)


def market() -> Feed:
    """VTI half as dear again on the second day."""
    return feed(prices(VTI={MONDAY: "100", DAY: "150"}, BND="50", VXUS="60"))


def prepare(url: str, paper: Path) -> int:
    """Books with holdings and every kind of order for the window of the second day; the instant of its start."""
    with world(url, market(), 10_000_00, BEHAVIOUR, paper) as made:
        made.save(NESTED, PieTerms(minimum_cash=200_00))
        made.run()
        made.pay_in(700_00, "more")
        made.order(IntentKind.SELL, "BND", 55_55)
        made.order(IntentKind.RAISE, "", 300_00, destination=made.account("checking").account)
        made.order(IntentKind.BUY, "core/VXUS", 50_00)
        made.order(IntentKind.REBALANCE)
        made.save(SMALLER, removed=["core/VTI"])
        return made.window(DAY).opens


@dataclass
class Steps:
    """What counts, and kills."""

    kill_at: int
    taken: int = 0

    def step(self) -> None:
        """One more."""
        self.taken += 1
        if self.taken == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class CountedBooks(Books):
    """Books whose commits are counted."""

    steps: Steps

    @contextmanager
    def lock(self, book: int, *, wait: bool = True) -> Iterator[Work]:
        """See `Books.lock`."""
        with super().lock(book, wait=wait) as work:
            yield work
            self.steps.step()
        self.steps.step()


@dataclass
class CountedBroker:
    """A broker whose words are counted."""

    paper: PaperBroker
    steps: Steps
    words: list[str] = field(default_factory=list)

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        self.steps.step()
        found = self.paper.submit(order, instant)
        self.steps.step()
        return found

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        self.steps.step()
        return self.paper.status(client_id, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        self.steps.step()
        found = self.paper.cancel(client_id, instant)
        self.steps.step()
        return found


@dataclass
class Clock:
    """An instant that a pause turns on by a minute."""

    now: int

    def turn(self) -> None:
        """A minute goes by."""
        self.now += MINUTE


def main(url: str, paper_file: str, now: int, kill_at: int) -> None:
    """Run the window."""
    steps, clock, prices_ = Steps(kill_at), Clock(now), market()
    books = CountedBooks(url)
    books.steps = steps
    paper = PaperBroker(1, prices_.price, paper_file, BEHAVIOUR)
    trading = Trading(prices_, {"paper": CountedBroker(paper, steps)}, lambda: clock.now, clock.turn)
    result = run_window(books, 0, window_on(CALENDAR, DAY, 1), trading)
    print(json.dumps({"status": result.status, "steps": steps.taken}))
    paper.close()
    books.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
