"""Daily bars of a security, and what is refused before any of them is believed.

A bar holds a session's opening, highest, lowest and closing price as traded, never adjusted, in whole millionths.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.invest.market import CRYPTO_SCALE, UNIT_SCALE, ActionKind, CorporateAction, Listing
from ledger.days import format_day
from ledger.faults import SluiceError
from market.sessions import Column, Sessions

MAX_PRICE: Final = 10**13
"""The highest price, ten million a unit, in millionths."""

MAX_RATIO: Final = 10**6
"""The most new or old units that a split may name."""

SCALES: Final = {"stock": UNIT_SCALE, "etf": UNIT_SCALE, "crypto": CRYPTO_SCALE}
"""Decimals of the units of each kind of listing (ruling 10)."""

PRICES: Final = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Columns of int64: day numbers of sessions, ascending, and four prices a day in millionths."""

    day: Column
    open: Column
    high: Column
    low: Column
    close: Column


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A security and its bars."""

    listing: Listing
    bars: Bars


def check_series(series: Series, sessions: Sessions) -> None:
    """Refuse a series that cannot be true.

    Raises SluiceError `feed_listing` (kind and scale), `feed_bars` (not int64 columns of one length, days not
    ascending, or opening and close outside of the range of the day), `feed_session` (a day without a session) or
    `feed_price` (not above zero, or too high). The field is `SYMBOL`, `SYMBOL.day` or `SYMBOL.day.column`.
    """
    listing, bars = series.listing, series.bars
    symbol = listing.symbol
    if SCALES.get(listing.kind) != listing.scale:
        sentence = f"{symbol} is a {listing.kind} of {listing.scale} decimals; a stock or etf has 9, a crypto 8."
        raise SluiceError("feed_listing", sentence, symbol)
    columns = (bars.day, bars.open, bars.high, bars.low, bars.close)
    shapes = {(column.dtype.str, column.shape) for column in columns}
    if shapes != {(np.dtype(np.int64).str, (len(bars.day),))}:
        sentence = f"The columns of {symbol} are not whole numbers of one length; give int64, prices in millionths."
        raise SluiceError("feed_bars", sentence, symbol)
    _check_days(symbol, bars.day, sessions)
    _check_prices(symbol, bars)


def _check_days(symbol: str, day: Column, sessions: Sessions) -> None:
    falling = np.flatnonzero(np.diff(day) <= 0)
    if falling.size:
        at = format_day(int(day[falling[0] + 1]))
        sentence = f"{symbol} has {at} twice or out of order; give each session once, ascending."
        raise SluiceError("feed_bars", sentence, f"{symbol}.{at}")
    wrong = day[~np.isin(day, sessions.days(sessions.first, sessions.last))]
    if wrong.size:
        at = format_day(int(wrong[0]))
        sentence = f"{symbol} has a price of {at}, which is no session of the exchange; leave that day out."
        raise SluiceError("feed_session", sentence, f"{symbol}.{at}")


def _check_prices(symbol: str, bars: Bars) -> None:
    for name, prices in zip(PRICES, (bars.open, bars.high, bars.low, bars.close), strict=True):
        wrong = np.flatnonzero((prices <= 0) | (prices > MAX_PRICE))
        if wrong.size:
            at = format_day(int(bars.day[wrong[0]]))
            sentence = f"{symbol} has a price of {int(prices[wrong[0]])} millionths on {at}; a price is above zero."
            raise SluiceError("feed_price", sentence, f"{symbol}.{at}.{name}")
    ends = np.stack((bars.open, bars.close))
    outside = np.flatnonzero((ends.min(axis=0) < bars.low) | (ends.max(axis=0) > bars.high))
    if outside.size:
        at = format_day(int(bars.day[outside[0]]))
        sentence = f"{symbol} opens or closes on {at} outside of its lowest and highest price; correct the bar."
        raise SluiceError("feed_bars", sentence, f"{symbol}.{at}")


def check_action(action: CorporateAction, symbols: Collection[str], sessions: Sessions) -> None:
    """Refuse a corporate action that cannot be true: SluiceError `feed_action`; the field is `id.part`."""
    if action.symbol not in symbols:
        raise _wrong(action, "symbol", f"names {action.symbol}, which this feed does not list")
    if not sessions.first <= action.ex_day <= sessions.last or sessions.on(action.ex_day) is None:
        raise _wrong(action, "ex_day", "has an ex day that is no session of the exchange")
    if action.kind is ActionKind.SPLIT:
        parts = (action.top, action.bottom)
        if action.top == action.bottom or not all(0 < part <= MAX_RATIO for part in parts):
            raise _wrong(action, "top", "gives no new units for old ones; write a ratio such as 2 for 1")
    elif action.kind is ActionKind.DIVIDEND:
        if not 0 < action.rate <= MAX_PRICE:
            raise _wrong(action, "rate", "pays nothing; a rate is above zero")
        if action.pay_day < action.ex_day:
            raise _wrong(action, "pay_day", "pays before its ex day")
    elif action.successor == action.symbol or action.successor not in symbols:
        raise _wrong(action, "successor", "needs another listed symbol as its successor")


def _wrong(action: CorporateAction, part: str, what: str) -> SluiceError:
    return SluiceError("feed_action", f"The {action.kind.name.lower()} {action.id} {what}.", f"{action.id}.{part}")
