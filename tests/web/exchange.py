"""A small market for pages and programs: made-up prices of the gallery's securities, one of which has gone stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from engine.dated.history import Dated
from engine.dated.trading import window_starts
from engine.invest.market import UNIT_SCALE, Listing, Window
from engine.invest.pies.models import About, ModelPie
from engine.invest.windows.brokers import Trading
from ledger.days import parse_day
from market.bars import Bars, Series
from market.feed import Feed
from market.gallery import CATEGORIES, gallery, symbols
from market.paper import Behaviour, PaperBroker
from market.sessions import Sessions
from market.synthetic import Made, synthetic_feed
from market.windows import next_window, window_on, windows

OPENS = parse_day("2025-10-01")
CLOSES = parse_day("2027-02-26")
STALE_FROM = parse_day("2026-11-11")
STALE = "GONE"
REAL = "REAL"
_CLASSES = {"bond": "bond", "short_bond": "cash", "gold": "gold"}
"""Classes whose prices never split; the others move as international funds do, which do not split either."""


@cache
def calendar() -> Sessions:
    """The sessions of the exchange."""
    return Sessions(OPENS, CLOSES)


def _flat(symbol: str, price: int, last: int) -> Series:
    """A security that is not made up, at one price until a day."""
    days = calendar().days(OPENS, last)
    level = np.full(len(days), price, np.int64)
    listing = Listing(symbol, symbol, "etf", UNIT_SCALE, active=True, synthetic=False)
    return Series(listing, Bars(days, level, level, level, level))


@cache
def feed() -> Feed:
    """Prices of every security of the gallery, of REAL, and of GONE until it went stale."""
    made = [
        Made(one.symbol, one.name, one.kind, _CLASSES.get(one.asset_class, "international"))
        for one in symbols().values()
    ]
    base = synthetic_feed(1, calendar(), made, OPENS, CLOSES)
    series = [*base._series.values(), _flat(REAL, 100_000_000, CLOSES), _flat(STALE, 20_000_000, STALE_FROM)]
    return Feed(base.source, calendar(), series, base.actions(OPENS, CLOSES))


@dataclass(frozen=True)
class Exchange:
    """What a site's services are made with; the clock stands at `now`."""

    paper: PaperBroker
    now: int

    def trading(self) -> Trading:
        """What windows work with; nothing waits."""
        return Trading(feed(), {"paper": self.paper}, lambda: self.now, lambda: None)

    def window(self, day: int, slot: int = 1) -> Window:
        """A window of the calendar."""
        return window_on(calendar(), day, slot)


def exchange(folder: Path | None, now: int) -> Exchange:
    """A market with a paper broker on a file of the folder, or in memory."""
    path = ":memory:" if folder is None else str(folder / "paper.db")
    return Exchange(PaperBroker(1, feed().price, path, Behaviour()), now)


def next_one(instant: int, dated: Dated) -> Window:
    """The window in which an order made at the instant takes part."""
    return next_window(calendar(), instant, times=window_starts(dated))


def opened(instant: int, dated: Dated) -> Window | None:
    """The last window that opened at the instant or before."""
    session = calendar().begun(instant)
    day = [] if session is None else windows(calendar(), session.day, times=window_starts(dated))
    found = [one for one in day if one.opens <= instant]
    return found[-1] if found else None


@cache
def models() -> Mapping[str, ModelPie]:
    """The gallery."""
    return {
        name: ModelPie(name, one.version, one.pie, About(CATEGORIES[one.category], one.description, one.source))
        for name, one in gallery().items()
    }
