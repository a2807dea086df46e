"""A market held in memory: daily bars and corporate actions, answered as of an instant (investing.md 2, D1 and D9).

Daily bars know no hours, so an instant inside of a session gets the opening price until 15:00 New York and from then
on the middle of opening and close; at the close and after it the close stands until the next opening.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

import numpy as np

from engine.invest.market import CorporateAction, Listing, Quotes, Session
from ledger.days import format_day
from ledger.faults import SluiceError
from market.bars import Bars, Series, check_action, check_series
from market.sessions import Sessions
from market.windows import AFTERNOON, starts

_ID_CHARS: Final = 32


class _Hour(Enum):
    """Which price of a bar an instant sees."""

    OPENING = 1
    AFTERNOON = 2
    CLOSED = 3


class Feed:
    """Prices, sessions and corporate actions of a fixed set of securities: a `Market`.

    `source` names where the prices come from and stands in every snapshot. A price is stale, and missing, when
    `stale_after` or more sessions have opened since the session it is of: with 1 the price must be of the session
    that is open, or of the last one.
    """

    def __init__(
        self,
        source: str,
        calendar: Sessions,
        series: Sequence[Series],
        actions: Sequence[CorporateAction] = (),
        stale_after: int = 1,
    ) -> None:
        """Check everything. Raises SluiceError as `market.bars` does, and for a symbol or action id given twice."""
        symbols = Counter(one.listing.symbol for one in series)
        for name, count in symbols.items():
            if count > 1:
                raise SluiceError("feed_listing", f"{name} is listed {count} times; list each symbol once.", name)
        if stale_after < 1:
            raise SluiceError("feed_stale", "A price may be one session old at least; give 1 or more.", "stale_after")
        for one in series:
            check_series(one, calendar)
        _check_actions(actions, symbols, calendar)
        self.source = source
        self.calendar = calendar
        self._series: Mapping[str, Series] = {one.listing.symbol: one for one in series}
        self._actions = tuple(sorted(actions, key=lambda action: (action.ex_day, action.id)))
        self._ex_day = np.array([action.ex_day for action in self._actions], np.int64)
        self._pay_day = np.array([action.pay_day or action.ex_day for action in self._actions], np.int64)
        self._stale_after = stale_after

    @property
    def symbols(self) -> tuple[str, ...]:
        """All the symbols listed, in the order given."""
        return tuple(self._series)

    def listings(self, symbols: Sequence[str]) -> dict[str, Listing]:
        """Listings of those of these symbols that are known."""
        return {symbol: self._series[symbol].listing for symbol in symbols if symbol in self._series}

    def quotes(self, symbols: Sequence[str], instant: int) -> Quotes:
        """Prices as known at the instant; one that is unknown, not yet there or stale is in `missing` with the reason.

        The snapshot's id is a hash of source, instant and prices. Raises SluiceError `calendar_range`.
        """
        session = self.calendar.begun(instant)
        answers = {symbol: self._answer(symbol, session, instant) for symbol in dict.fromkeys(symbols)}
        price = {symbol: answer for symbol, answer in answers.items() if isinstance(answer, int)}
        missing = {symbol: answer for symbol, answer in answers.items() if isinstance(answer, str)}
        text = json.dumps([self.source, instant, sorted(price.items())], separators=(",", ":"))
        snapshot = hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARS]
        return Quotes(snapshot, instant, self.source, price, missing)

    def price(self, symbol: str, instant: int) -> int | None:
        """One price as known at the instant, in millionths; None where `quotes` would call it missing."""
        answer = self._answer(symbol, self.calendar.begun(instant), instant)
        return answer if isinstance(answer, int) else None

    def closes(self, symbol: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
        """(day, close in millionths) of the sessions from `first` to `last`, as traded; none for an unknown symbol."""
        if symbol not in self._series:
            return ()
        bars = self._series[symbol].bars
        start, stop = np.searchsorted(bars.day, (first, last + 1))
        return tuple(zip(bars.day[start:stop].tolist(), bars.close[start:stop].tolist(), strict=True))

    def actions(self, first: int, last: int) -> tuple[CorporateAction, ...]:
        """Corporate actions whose ex day or pay day lies from `first` to `last`, ascending by (ex day, id)."""
        leaves = (first <= self._ex_day) & (self._ex_day <= last)
        pays = (first <= self._pay_day) & (self._pay_day <= last)
        return tuple(self._actions[int(place)] for place in np.flatnonzero(leaves | pays))

    def sessions(self, first: int, last: int) -> tuple[Session, ...]:
        """Sessions of the exchange whose dates lie between, ascending. Raises SluiceError `calendar_range`."""
        return self.calendar.sessions(first, last)

    def settles(self, day: int) -> int:
        """The date on which a trade of session `day` settles: the next session."""
        return self.calendar.settles(day)

    def _answer(self, symbol: str, session: Session | None, instant: int) -> int | str:
        """The price, or the reason why there is none."""
        if symbol not in self._series:
            return f"{symbol} is not listed by this feed ({self.source})."
        bars = self._series[symbol].bars
        place = -1 if session is None else int(np.searchsorted(bars.day, session.day, side="right")) - 1
        if session is None or place < 0:
            return f"{symbol} has no price yet: its first is of {_day_or_none(bars)}."
        seen = int(bars.day[place])
        age = self.calendar.between(seen, session.day)
        if age >= self._stale_after:
            return f"The last price of {symbol} is of {format_day(seen)}: too old on {format_day(session.day)}."
        return _price(bars, place, _hour(session, instant) if age == 0 else _Hour.CLOSED)


def _hour(session: Session, instant: int) -> _Hour:
    if instant >= session.closes:
        return _Hour.CLOSED
    return _Hour.AFTERNOON if instant >= starts(session.day, AFTERNOON) else _Hour.OPENING


def _price(bars: Bars, place: int, hour: _Hour) -> int:
    if hour is _Hour.CLOSED:
        return int(bars.close[place])
    opening = int(bars.open[place])
    return opening if hour is _Hour.OPENING else (opening + int(bars.close[place])) // 2


def _day_or_none(bars: Bars) -> str:
    return format_day(int(bars.day[0])) if len(bars.day) else "no day at all"


def _check_actions(actions: Sequence[CorporateAction], symbols: Mapping[str, int], calendar: Sessions) -> None:
    seen: set[str] = set()
    for action in actions:
        check_action(action, symbols, calendar)
        if action.id in seen:
            sentence = f"The id {action.id} stands for two corporate actions; give each its own."
            raise SluiceError("feed_action", sentence, f"{action.id}.id")
        seen.add(action.id)
