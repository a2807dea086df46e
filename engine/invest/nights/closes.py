"""Closes as facts use them: the last one of a day, not too old, and those of many sessions adjusted for splits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from engine.invest.lots.worth import half_even
from engine.invest.market import ActionKind, CorporateAction, Market
from engine.invest.nights.news import mark
from engine.marketfacts import half_steps
from ledger.rounding import WHOLE_BP

_FRESH_WITHIN: Final = 14
"""Days that hold two sessions at least, whatever the holidays."""

_FRESH: Final = 2
"""A close is of the last session or of the one before it."""

_AHEAD: Final = 31
"""Days after a night's own in which a window may have carried out a split that the night's units then show."""


@dataclass
class Closes:
    """Closes up to the end of `day`, asked of the market once each; without a market nothing is known.

    `done` are marks of actions that the book has carried out: a night may come after a window of the next day.
    """

    market: Market | None
    day: int
    done: Collection[str] = ()
    _last: dict[str, int] = field(default_factory=dict)
    _oldest: int | None = None

    def last(self, symbol: str) -> int:
        """The last close in millionths, as after every split by the day or done; 0 where it is missing or too old."""
        if symbol not in self._last:
            found = self._adjusted(symbol, _FRESH_WITHIN)
            price = found[-1] if found else Fraction(0)
            self._last[symbol] = half_even(price.numerator, price.denominator)
        return self._last[symbol]

    def drawdown(self, symbol: str, sessions: int) -> int | None:
        """How far the last close is below the highest of so many sessions, in half steps; None where not known."""
        found = self._span(symbol, sessions)
        return None if found is None else _steps(1 - found[-1] / max(found))

    def to_average(self, symbol: str, sessions: int) -> int | None:
        """The last close as a part of the average of so many sessions, in half steps; None where not known."""
        found = self._span(symbol, sessions)
        return None if found is None else _steps(found[-1] * sessions / sum(found))

    def _span(self, symbol: str, sessions: int) -> Sequence[Fraction] | None:
        """The closes of the last sessions, None where there are fewer."""
        found = self._adjusted(symbol, 2 * sessions + _FRESH_WITHIN)[-sessions:]
        return found if len(found) == sessions else None

    def _adjusted(self, symbol: str, days: int) -> list[Fraction]:
        """Closes of so many days as after every split by the day; none where the last one is too old."""
        if self.market is None:
            return []
        closes = self.market.closes(symbol, self.day - days, self.day)
        if not closes or closes[-1][0] < self._fresh(self.market):
            return []
        known = self.market.actions(closes[0][0], self.day + _AHEAD)
        splits = [one for one in known if _splits(one, symbol) and (one.ex_day <= self.day or mark(one) in self.done)]
        return [_after(price, [one for one in splits if one.ex_day > day]) for day, price in closes]

    def _fresh(self, market: Market) -> int:
        """The oldest session whose close still counts."""
        if self._oldest is None:
            sessions = market.sessions(self.day - _FRESH_WITHIN, self.day)
            self._oldest = sessions[-_FRESH:][0].day if sessions else self.day
        return self._oldest


def _splits(action: CorporateAction, symbol: str) -> bool:
    return action.kind == ActionKind.SPLIT and action.symbol == symbol


def _after(price: int, splits: Sequence[CorporateAction]) -> Fraction:
    found = Fraction(price)
    for one in splits:
        found = found * one.bottom / one.top
    return found


def _steps(part: Fraction) -> int:
    whole, rest = divmod(part.numerator * WHOLE_BP, part.denominator)
    return half_steps(whole, exact=rest == 0)
