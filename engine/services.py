"""What pages, the API and commands are handed: one frozen record, filled by `app.py` (ruling 32)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.dated.history import Dated
from engine.invest.market import Market, Window
from engine.invest.pies.models import ModelPie
from engine.invest.windows.brokers import Trading
from engine.ports import Books


@dataclass(frozen=True, slots=True)
class Services:
    """The books, the database's zone, the clock, and the market.

    `now` gives the instant in microseconds, `today` the business date (day number) in the zone, which is the date of
    the next night. `next_window` gives the window in which an order made at an instant takes part, `opened` the last
    one that opened at it or before; their starts are configured. `models` are the model pies by name. The market is
    read when first asked.
    """

    books: Books
    zone: ZoneInfo
    now: Callable[[], int]
    today: Callable[[], int]
    market: Market
    trading: Trading
    next_window: Callable[[int, Dated], Window]
    opened: Callable[[int, Dated], Window | None]
    models: Callable[[], Mapping[str, ModelPie]]
