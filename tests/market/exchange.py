"""What the tests of the market share: one calendar, days and instants as text, bars and feeds of a few lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from engine.invest.market import UNIT_SCALE, CorporateAction, Listing
from ledger.days import parse_day
from market.bars import Bars, Series
from market.feed import Feed
from market.sessions import Sessions

NEW_YORK: Final = ZoneInfo("America/New_York")
FIRST: Final = parse_day("1990-01-01")
LAST: Final = parse_day("2035-12-31")
CALENDAR: Final = Sessions(FIRST, LAST)
"""Built once; it reads nothing before it is asked."""

DOLLAR: Final = 10**6


def at(text: str) -> int:
    """Return the instant of a New York time such as `2024-07-03 09:30`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).timestamp()) * 10**6


def local(instant: int) -> str:
    """Return an instant as New York time."""
    return datetime.fromtimestamp(instant // 10**6, NEW_YORK).strftime("%Y-%m-%d %H:%M")


def bars(prices: Mapping[str, Sequence[int]]) -> Bars:
    """Return bars from date to (open, high, low, close) in dollars."""
    table = np.array([(parse_day(day), *(DOLLAR * price for price in four)) for day, four in prices.items()], np.int64)
    return Bars(*table.reshape(len(prices), 5).T.copy())


def series(symbol: str, prices: Mapping[str, Sequence[int]]) -> Series:
    """Return a stock and its bars."""
    return Series(Listing(symbol, symbol, "stock", UNIT_SCALE, active=True, synthetic=False), bars(prices))


WEEK: Final[Mapping[str, Sequence[int]]] = {
    "2024-07-01": (100, 112, 99, 110),
    "2024-07-02": (111, 120, 110, 118),
    "2024-07-03": (118, 130, 117, 121),  # a half day, before a holiday
    "2024-07-05": (122, 123, 119, 120),
}


def feed(actions: Sequence[CorporateAction] = (), stale_after: int = 1) -> Feed:
    """Return a feed of VTI over a week, and of OLD that was last traded on the second of July."""
    gone = dict(list(WEEK.items())[:2])
    return Feed("a week", CALENDAR, [series("VTI", WEEK), series("OLD", gone)], actions, stale_after)
