"""What pages, the API and commands are handed: one frozen record, filled by `app.py` (ruling 32)."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.ports import Books


@dataclass(frozen=True, slots=True)
class Services:
    """The books, the database's zone, and the clock.

    `now` gives the instant in microseconds, `today` the business date (day number) in the zone, which is the date of
    the next night.
    """

    books: Books
    zone: ZoneInfo
    now: Callable[[], int]
    today: Callable[[], int]
