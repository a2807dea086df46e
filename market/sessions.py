"""Sessions of the New York Stock Exchange over a stated range of days: holidays, early closes (ruling 3)."""

import warnings
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.invest.market import Session
from ledger.days import MICROSECONDS, date_of, format_day
from ledger.faults import SluiceError

Column = npt.NDArray[np.int64]

_EXCHANGE: Final = "XNYS"
_SHORTEST: Final = 14


class Sessions:
    """The sessions from day number `first` to `last`, both included; read from the calendar when first asked.

    The range is stated, since the calendar's own one moves with today. Every question about a day or an instant
    outside of it, or one whose answer lies outside, raises SluiceError `calendar_range`.
    """

    def __init__(self, first: int, last: int) -> None:
        """Keep the range, of two weeks at least. Raises SluiceError `calendar_range` for a shorter one."""
        if last - first < _SHORTEST:
            sentence = f"A calendar of {last - first + 1} days is too short; give first and last two weeks apart."
            raise SluiceError("calendar_range", sentence, "last")
        self.first = first
        self.last = last

    @cached_property
    def _table(self) -> tuple[Column, Column, Column]:
        """Day numbers, openings and closes in microseconds of all sessions, ascending."""
        with warnings.catch_warnings():
            # the calendar reads a pandas attribute that a later pandas will change; what it reads is the same today
            warnings.simplefilter("ignore", DeprecationWarning)
            import exchange_calendars  # noqa: PLC0415 - half a second that most commands never need

            days = {"start": date_of(self.first).isoformat(), "end": date_of(self.last).isoformat()}
            schedule = exchange_calendars.get_calendar(_EXCHANGE, **days).schedule
        opens, closes = (schedule[name].dt.tz_convert(None).to_numpy() for name in ("open", "close"))
        return (
            schedule.index.to_numpy().astype("datetime64[D]").astype(np.int64),
            opens.astype("datetime64[us]").astype(np.int64),
            closes.astype("datetime64[us]").astype(np.int64),
        )

    def days(self, first: int, last: int) -> Column:
        """Day numbers of the sessions from `first` to `last`, ascending."""
        self._inside(first)
        self._inside(last)
        days, _, _ = self._table
        return days[np.searchsorted(days, first) : np.searchsorted(days, last, side="right")]

    def sessions(self, first: int, last: int) -> tuple[Session, ...]:
        """The sessions whose dates lie from `first` to `last`, ascending."""
        self._inside(first)
        self._inside(last)
        start, stop = (int(place) for place in np.searchsorted(self._table[0], (first, last + 1)))
        return tuple(self._session(place) for place in range(start, stop))

    def on(self, day: int) -> Session | None:
        """The session of a day; None on a weekend or holiday."""
        found = self.sessions(day, day)
        return found[0] if found else None

    def after(self, day: int) -> Session:
        """The first session later than the day."""
        self._inside(day)
        place = int(np.searchsorted(self._table[0], day, side="right"))
        if place == len(self._table[0]):
            raise self._outside(f"The session after {format_day(day)}")
        return self._session(place)

    def settles(self, day: int) -> int:
        """The date on which a trade of session `day` settles: the next session (ruling 27)."""
        return self.after(day).day

    def begun(self, instant: int) -> Session | None:
        """The last session that opened at the instant or before; None before the first of the range."""
        self._inside(instant // MICROSECONDS)
        place = int(np.searchsorted(self._table[1], instant, side="right")) - 1
        return self._session(place) if place >= 0 else None

    def between(self, earlier: int, later: int) -> int:
        """How many sessions later than day `earlier` there are up to day `later`, that included."""
        self._inside(earlier)
        self._inside(later)
        low, high = np.searchsorted(self._table[0], (earlier, later), side="right")
        return int(high) - int(low)

    def _session(self, place: int) -> Session:
        day, opens, closes = (int(column[place]) for column in self._table)
        return Session(day, opens, closes)

    def _inside(self, day: int) -> None:
        if not self.first <= day <= self.last:
            raise self._outside(_shown(day))

    def _outside(self, what: str) -> SluiceError:
        limits = f"{format_day(self.first)} to {format_day(self.last)}"
        return SluiceError(
            "calendar_range", f"{what} lies outside the exchange calendar, which covers {limits}.", "day"
        )


def _shown(day: int) -> str:
    try:
        return format_day(day)
    except (OverflowError, ValueError):
        return f"Day number {day}"
