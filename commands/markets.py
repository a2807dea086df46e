"""The market of this installation: its feed, its brokers, its windows and model pies; nothing opens before it is asked.

Without a setting the prices are made up, and say so: every security of the model pies and a few invented companies,
from a fixed first day on, so that a price once seen is never another later.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Self

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from commands.late import LateBroker, LateMarket
from engine.dated.history import Dated
from engine.dated.trading import window_starts
from engine.invest.market import Broker, Window
from engine.invest.pies.models import About, ModelPie
from engine.invest.windows.brokers import Trading
from ledger.days import MICROSECONDS, format_day, parse_day
from ledger.faults import SluiceError
from market.csvfeed import read_feed
from market.feed import Feed
from market.gallery import CATEGORIES, gallery, symbols
from market.paper import Behaviour, PaperBroker
from market.sessions import Sessions
from market.synthetic import Made, synthetic_feed
from market.windows import continuous, next_window, window_on, windows
from store.database import address

SYNTHETIC: Final = "synthetic"
FIRST: Final = parse_day("2018-01-02")
"""The first day of made-up prices: fixed, since prices depend on it."""

AHEAD: Final = 400
"""Days after today that calendar and made-up prices reach: nights may be rehearsed ahead, trades settle later."""

MARGIN: Final = 30
"""Days before the end of the calendar at which made-up prices end."""

SEED: Final = 1
SPREAD_BP: Final = 2
"""What the paper broker takes a side."""

ALPACA_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 0.5

DEMO_YEARS: Final = range(2019, 2041)
DEMO_SPLIT: Final = "06-15"
"""The invented company of a year splits on the first session from this day of that year on."""

QUIET: Final = 60
"""The shortest quiet time of continuous mode in seconds, and that of a window by hand where the mode is off."""

_SECOND: Final = 1_000_000

_CLASSES: Final = {
    "stock": "stocks",
    "bond": "bond",
    "short_bond": "cash",
    "gold": "gold",
    "real_estate": "real_estate",
    "commodity": "commodity",
    "crypto": "crypto",
}
"""Categories of made-up prices by the classes of the gallery."""


class MarketSettings(BaseSettings):
    """Where prices come from, who trades and how often: `feed` is "synthetic" or the path of a CSV feed.

    `continuous` is the quiet time of continuous mode in seconds, 0 where it is off. No key has a default.
    """

    feed: str = SYNTHETIC
    alpaca_key: SecretStr | None = None
    alpaca_secret: SecretStr | None = None
    alpaca_url: str | None = None
    continuous: int = 0

    @field_validator("continuous")
    @classmethod
    def _quiet(cls, seconds: int) -> int:
        if seconds != 0 and seconds < QUIET:
            sentence = f"The quiet time of continuous mode is {QUIET} seconds or more; 0 switches the mode off."
            raise ValueError(sentence)
        return seconds

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = (self.alpaca_key, self.alpaca_secret, self.alpaca_url)
        if any(given) and not all(given):
            sentence = "SLUICE_ALPACA_KEY, _SECRET and _URL go together; set all three, or none."
            raise ValueError(sentence)
        return self

    def exchange(self, url: str, folder: Path, now: Callable[[], int]) -> Exchange:
        """The market of the database at the URL; nothing is opened. `folder` is Sluice's own."""
        return Exchange(self, lambda: paper_file(url, folder), now)


def paper_file(url: str, folder: Path) -> Path:
    """The paper broker's file of a database: beside a SQLite file, in the folder for a server's."""
    where = address(url)
    if where.get_backend_name() == "sqlite" and where.database:
        file = Path(where.database)
        return file.with_name(f"{file.stem}-paper.db")
    plain = where.set(password=None).render_as_string()
    return folder / f"paper-{hashlib.sha256(plain.encode()).hexdigest()[:12]}.db"


def demo_symbol(year: int) -> str:
    """The invented company whose shares split in that year."""
    return f"DEMO{year % 100:02d}"


def made_up() -> list[Made]:
    """Every security that the made-up market trades."""
    found = [
        Made(one.symbol, one.name, one.kind, "stock" if one.kind == "stock" else _CLASSES[one.asset_class])
        for one in symbols().values()
    ]
    for year in DEMO_YEARS:
        split = parse_day(f"{year}-{DEMO_SPLIT}")
        found.append(Made(demo_symbol(year), f"Demo Company {year}", "stock", "stock", split))
    return found


@cache
def _calendar(last: int) -> Sessions:
    return Sessions(FIRST, last)


@cache
def _synthetic(last: int) -> Feed:
    """The made-up market up to a little before the last day: dividends are paid after their last session."""
    return synthetic_feed(SEED, _calendar(last), made_up(), FIRST, last - MARGIN)


class Exchange:
    """The market, the brokers and the windows, each made when first used. `now` gives microseconds."""

    def __init__(self, settings: MarketSettings, paper: Callable[[], Path], now: Callable[[], int]) -> None:
        """Keep what was set, and how to name the paper broker's file; nothing is read or opened."""
        self._settings, self._paper, self._now = settings, paper, now

    @cached_property
    def calendar(self) -> Sessions:
        """Sessions of the exchange from FIRST to AHEAD days after today."""
        return _calendar(max(self._now() // MICROSECONDS, FIRST) + AHEAD)

    @cached_property
    def feed(self) -> Feed:
        """The feed. Raises SluiceError as `market.csvfeed` does."""
        if self._settings.feed == SYNTHETIC:
            return _synthetic(self.calendar.last)
        return read_feed(Path(self._settings.feed), self.calendar)

    @cached_property
    def paper(self) -> PaperBroker:
        """The paper broker, on a file of its own."""
        file = self._paper()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return PaperBroker(SEED, self._price, file, Behaviour(spread_bp=SPREAD_BP))

    def _price(self, symbol: str, instant: int) -> int | None:
        return self.feed.price(symbol, instant)

    def forget(self) -> None:
        """Throw the paper broker's file away: what it knows belongs to a database that is gone."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._paper()}{ending}").unlink(missing_ok=True)

    @cached_property
    def alpaca(self) -> Broker:
        """Alpaca. Raises SluiceError `feed_made_up` where prices are made up: real money needs real prices."""
        from market.alpaca import AlpacaBroker  # noqa: PLC0415 - most commands never need its client

        given = self._settings
        if given.feed == SYNTHETIC or given.alpaca_key is None or given.alpaca_secret is None:
            sentence = "Alpaca trades at real prices, and the feed makes its own up; set SLUICE_FEED to a CSV feed."
            raise SluiceError("feed_made_up", sentence, "SLUICE_FEED")
        key, secret = given.alpaca_key.get_secret_value(), given.alpaca_secret.get_secret_value()
        return AlpacaBroker(key, secret, given.alpaca_url or "", ALPACA_SECONDS)

    @cached_property
    def market(self) -> LateMarket:
        """The feed behind the engine's port."""
        return LateMarket(lambda: self.feed)

    def trading(self, now: Callable[[], int] | None = None) -> Trading:
        """What a window works with; with a clock of its own nothing waits, as in a history."""
        brokers: dict[str, Broker] = {"paper": LateBroker(lambda: self.paper)}
        if self._settings.alpaca_key is not None:
            brokers["alpaca"] = LateBroker(lambda: self.alpaca)
        if now is not None:
            return Trading(self.market, brokers, now, lambda: None)
        return Trading(self.market, brokers, self._now, lambda: time.sleep(PAUSE_SECONDS))

    def window(self, day: int, slot: int, dated: Dated) -> Window:
        """The window of a day and slot; raises as `market.windows.window_on`."""
        return window_on(self.calendar, day, slot, window_starts(dated))

    def windows(self, day: int, dated: Dated) -> list[Window]:
        """The windows of a day, none on a holiday."""
        return windows(self.calendar, day, times=window_starts(dated))

    def next_window(self, instant: int, dated: Dated) -> Window:
        """The morning's or afternoon's window in which an order made at the instant takes part at the latest."""
        return next_window(self.calendar, instant, times=window_starts(dated))

    @property
    def is_continuous(self) -> bool:
        """Whether windows start by themselves between the morning's and the afternoon's."""
        return self._settings.continuous > 0

    def continuous(self, instant: int) -> Window | None:
        """The continuous window that stands open at the instant, None while the exchange is closed."""
        return continuous(self.calendar, instant, (self._settings.continuous or QUIET) * _SECOND)

    def opened(self, instant: int, dated: Dated) -> Window | None:
        """The last window that opened at the instant or before, of that day's session; None before the first."""
        session = self.calendar.begun(instant)
        if session is None:
            return None
        found = [window for window in self.windows(session.day, dated) if window.opens <= instant]
        return found[-1] if found else None

    def models(self) -> Mapping[str, ModelPie]:
        """The gallery's models by name."""
        return {
            name: ModelPie(
                name, model.version, model.pie, About(CATEGORIES[model.category], model.description, model.source)
            )
            for name, model in gallery().items()
        }

    def stale(self, instant: int) -> dict[str, str]:
        """Why each symbol without a usable price at the instant has none."""
        return dict(self.feed.quotes(self.feed.symbols, instant).missing)


def feed_words(feed: Feed) -> dict[str, str]:
    """What a feed is: its source, its range, how many symbols."""
    days = [close for symbol in feed.symbols for close in _ends(feed, symbol)]
    first, last = (format_day(min(days)), format_day(max(days))) if days else ("none", "none")
    return {"source": feed.source, "symbols": str(len(feed.symbols)), "first": first, "last": last}


def _ends(feed: Feed, symbol: str) -> list[int]:
    closes = feed.closes(symbol, feed.calendar.first, feed.calendar.last)
    return [closes[0][0], closes[-1][0]] if closes else []
