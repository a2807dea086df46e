"""A made-up market for any list of symbols: the same seed and first day give the same prices, whatever the last day is.

Every step of a price comes from a hash of (seed, symbol, day) in whole numbers; prices walk in whole millionths. What a
symbol does depends on itself, its category and a step that the whole market shares, never on the other symbols. A
category's drift includes its dividends: the price falls by the dividend on the ex day, and by the ratio on a split's.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.invest.market import ActionKind, CorporateAction, Listing
from ledger.days import format_day
from ledger.faults import SluiceError
from market.bars import SCALES, Bars, Series
from market.categories import CATEGORIES, Category
from market.feed import Feed
from market.sessions import Column, Sessions
from market.walk import Calendar, Paths, walk

PAY_AFTER: Final = 7
"""Days from the ex day of a dividend to its pay day."""

_KEY_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A security to be made up; `category` is a key of CATEGORIES.

    It splits two for one on the first session from day `split_from` on, whatever its price and category, and pays no
    dividend that day.
    """

    symbol: str
    name: str
    kind: str
    category: str
    split_from: int | None = None


def synthetic_feed(seed: int, calendar: Sessions, made: Sequence[Made], first: int, last: int) -> Feed:
    """Make up bars, splits and dividends of the sessions from day `first` to `last`.

    The listings say `synthetic`, the source begins with the word. Raises SluiceError `synthetic_category` for an
    unknown category, `feed_listing` for an unknown kind or a symbol given twice, `calendar_range`.
    """
    source = f"synthetic, seed {seed} from {format_day(first)}"
    days = calendar.days(first, last)
    if not made or not len(days):
        return Feed(source, calendar, [Series(_listing(one), _empty()) for one in made])
    keys = np.array([_key(seed, one.symbol) for one in made], np.uint64)
    asked = np.array([days[-1] + 1 if one.split_from is None else one.split_from for one in made], np.int64)
    categories = [_category(one) for one in made]
    paths = walk(Calendar(days, asked), keys, _key(seed, ""), categories)
    series = [
        Series(_listing(one), Bars(days, *(np.ascontiguousarray(prices[:, place]) for prices in paths.prices)))
        for place, one in enumerate(made)
    ]
    return Feed(source, calendar, series, _actions(made, days, paths))


def _category(one: Made) -> Category:
    if one.category not in CATEGORIES:
        sentence = (
            f"{one.category} is no category of made-up securities; choose one of {', '.join(sorted(CATEGORIES))}."
        )
        raise SluiceError("synthetic_category", sentence, f"{one.symbol}.category")
    return CATEGORIES[one.category]


def _key(seed: int, symbol: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{symbol}".encode()).digest()[:_KEY_BYTES], "big")


def _listing(one: Made) -> Listing:
    return Listing(one.symbol, one.name, one.kind, SCALES.get(one.kind, 0), active=True, synthetic=True)


def _empty() -> Bars:
    none: npt.NDArray[np.int64] = np.zeros(0, np.int64)
    return Bars(none, none, none, none, none)


def _actions(made: Sequence[Made], days: Column, paths: Paths) -> list[CorporateAction]:
    actions = []
    for at, place in np.argwhere(paths.top != paths.bottom).tolist():
        symbol, ex_day = made[place].symbol, int(days[at])
        top, bottom = int(paths.top[at, place]), int(paths.bottom[at, place])
        name = f"{symbol}:split:{format_day(ex_day)}"
        actions.append(CorporateAction(name, ActionKind.SPLIT, symbol, ex_day, top=top, bottom=bottom))
    for at, place in np.argwhere(paths.rate > 0).tolist():
        symbol, ex_day = made[place].symbol, int(days[at])
        name, rate = f"{symbol}:dividend:{format_day(ex_day)}", int(paths.rate[at, place])
        actions.append(CorporateAction(name, ActionKind.DIVIDEND, symbol, ex_day, ex_day + PAY_AFTER, rate=rate))
    return actions
