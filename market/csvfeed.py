"""A feed from CSV files: `prices.csv`, and beside it `actions.csv` and `listings.csv` where there are any.

Prices are as traded. A file that has closing prices alone trades at the day's close in every window of that day. A
symbol without a listing is an active stock of its own name.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from engine.invest.market import ActionKind, CorporateAction, Listing
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import quoted
from market.bars import PRICES, SCALES, Bars, Series
from market.feed import Feed
from market.sessions import Sessions
from market.table import Row, read_table

PRICES_FILE: Final = "prices.csv"
ACTIONS_FILE: Final = "actions.csv"
LISTINGS_FILE: Final = "listings.csv"

_BARS: Final = ("symbol", "day", *PRICES)
_CLOSES: Final = ("symbol", "day", "close")
_ACTION: Final = (
    *("symbol", "kind", "ex_day", "pay_day", "top", "bottom", "rate", "successor", "return_of_capital"),
)  # fmt: skip
_LISTING: Final = ("symbol", "name", "kind", "active")
_KINDS: Final = {"split": ActionKind.SPLIT, "dividend": ActionKind.DIVIDEND, "renamed": ActionKind.RENAMED}
_USED: Final = {
    ActionKind.SPLIT: {"top", "bottom"},
    ActionKind.DIVIDEND: {"pay_day", "rate", "return_of_capital"},
    ActionKind.RENAMED: {"successor"},
}

_Bar = tuple[int, int, int, int, int]


def read_feed(path: Path, calendar: Sessions, stale_after: int = 1) -> Feed:
    """Read a folder, or one file of prices, into a feed whose source is `csv` and the name of what was read.

    The first thing that is wrong raises SluiceError with file, line and column as its field: the codes of
    `market.table`, `feed_session` (a day without a session), `feed_duplicate` (a symbol and day given twice),
    `feed_listing`, `feed_action`, `feed_bars`.
    """
    folder = path.is_dir()
    bars = _bars(read_table(path / PRICES_FILE if folder else path, (_BARS, _CLOSES)), calendar)
    listings, actions = path / LISTINGS_FILE, path / ACTIONS_FILE
    listed = _listings(read_table(listings, (_LISTING,))) if folder and listings.exists() else {}
    acted = _actions(read_table(actions, (_ACTION,))) if folder and actions.exists() else []
    symbols = dict.fromkeys((*listed, *bars))
    series = [Series(listed.get(symbol, _plain(symbol)), _columns(bars.get(symbol, []))) for symbol in symbols]
    return Feed(f"csv {path.name}", calendar, series, acted, stale_after)


def _bars(rows: Iterable[Row], calendar: Sessions) -> dict[str, list[_Bar]]:
    sessions = set(calendar.days(calendar.first, calendar.last).tolist())
    bars: dict[str, list[_Bar]] = {}
    seen: set[tuple[str, int]] = set()
    for row in rows:
        symbol, day = row.symbol(), row.day("day")
        if day not in sessions:
            limits = f"{format_day(calendar.first)} to {format_day(calendar.last)}"
            sentence = f"{format_day(day)} is no session of the exchange within {limits}; leave the line out."
            raise SluiceError("feed_session", row.told(sentence), row.at("day"))
        if (symbol, day) in seen:
            sentence = f"{symbol} has a price of {format_day(day)} already; keep one of the two lines."
            raise SluiceError("feed_duplicate", row.told(sentence), row.at("day"))
        seen.add((symbol, day))
        bars.setdefault(symbol, []).append(_bar(row, day))
    return bars


def _bar(row: Row, day: int) -> _Bar:
    close = row.price("close")
    if "open" not in row.cells:
        return day, close, close, close, close
    opening, high, low = row.price("open"), row.price("high"), row.price("low")
    if not low <= min(opening, close) <= max(opening, close) <= high:
        sentence = "The opening and the close must lie between the lowest and the highest price."
        raise SluiceError("feed_bars", row.told(sentence), row.at("low" if low > min(opening, close) else "high"))
    return day, opening, high, low, close


def _columns(bars: list[_Bar]) -> Bars:
    table = np.array(sorted(bars), np.int64).reshape(len(bars), 1 + len(PRICES))
    return Bars(*(np.ascontiguousarray(column) for column in table.T))


def _plain(symbol: str) -> Listing:
    return Listing(symbol, symbol, "stock", SCALES["stock"], active=True, synthetic=False)


def _listings(rows: Iterable[Row]) -> dict[str, Listing]:
    listed: dict[str, Listing] = {}
    for row in rows:
        symbol, name, kind = row.symbol(), row.cells["name"].strip(), row.cells["kind"]
        if symbol in listed:
            sentence = f"{symbol} is listed already; keep one of the two lines."
            raise SluiceError("feed_duplicate", row.told(sentence), row.at("symbol"))
        if not name:
            raise SluiceError("feed_listing", row.told("A listing has a name; write one."), row.at("name"))
        if kind not in SCALES:
            sentence = f"{quoted(kind)} is not a kind of listing; write stock, etf or crypto."
            raise SluiceError("feed_listing", row.told(sentence), row.at("kind"))
        listed[symbol] = Listing(symbol, name, kind, SCALES[kind], active=row.flag("active"), synthetic=False)
    return listed


def _actions(rows: Iterable[Row]) -> list[CorporateAction]:
    """Read the actions; ids are `SYMBOL:kind:ex day`, and `:2` and so on for further ones of a symbol, kind and day."""
    actions: list[CorporateAction] = []
    count: dict[str, int] = {}
    for row in rows:
        kind = _KINDS.get(row.cells["kind"])
        if kind is None:
            sentence = f"{quoted(row.cells['kind'])} is no corporate action; write split, dividend or renamed."
            raise SluiceError("feed_action", row.told(sentence), row.at("kind"))
        _no_others(row, kind)
        symbol, ex_day = row.symbol(), row.day("ex_day")
        name = f"{symbol}:{kind.name.lower()}:{format_day(ex_day)}"
        count[name] = count.get(name, 0) + 1
        identity = name if count[name] == 1 else f"{name}:{count[name]}"
        actions.append(_action(row, kind, identity))
    return actions


def _no_others(row: Row, kind: ActionKind) -> None:
    for column in ("pay_day", "top", "bottom", "rate", "successor", "return_of_capital"):
        if row.cells[column] and column not in _USED[kind]:
            sentence = f"A {kind.name.lower()} has no {column}; leave that value empty."
            raise SluiceError("feed_action", row.told(sentence), row.at(column))


def _action(row: Row, kind: ActionKind, identity: str) -> CorporateAction:
    symbol, ex_day = row.symbol(), row.day("ex_day")
    if kind is ActionKind.SPLIT:
        return CorporateAction(identity, kind, symbol, ex_day, top=row.whole("top"), bottom=row.whole("bottom"))
    if kind is ActionKind.RENAMED:
        return CorporateAction(identity, kind, symbol, ex_day, successor=row.symbol("successor"))
    returned = bool(row.cells["return_of_capital"]) and row.flag("return_of_capital")
    pay_day, rate = row.day("pay_day"), row.price("rate")
    return CorporateAction(identity, kind, symbol, ex_day, pay_day, rate=rate, return_of_capital=returned)
