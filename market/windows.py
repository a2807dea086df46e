"""Trade windows: when orders go to market. Morning and afternoon stand in New York time, whatever the season does.

`times` gives the starts that are configured for a day; a start before the session opens is its opening.
A window that does not start before its session's close is skipped: a half day has no afternoon (ruling 4).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from engine.invest.market import Session, Window
from ledger.days import date_of, format_day
from ledger.faults import SluiceError
from market.sessions import Sessions

MORNING: Final = 1
AFTERNOON: Final = 2
BOTH: Final = (MORNING, AFTERNOON)

CONTINUOUS: Final = 3
"""The first slot of continuous mode."""

Times = Callable[[int], Mapping[int, int]]
"""The starts of a day's windows in minutes since midnight in New York, by slot."""

_USUAL: Final = {MORNING: 9 * 60 + 30, AFTERNOON: 15 * 60}
_NEW_YORK: Final = ZoneInfo("America/New_York")
_HOUR: Final = 60
_MICROSECONDS: Final = 1_000_000
_LEAST_QUIET: Final = _MICROSECONDS


def usual(_day: int) -> Mapping[int, int]:
    """9:30 and 15:00, for a market without configuration."""
    return _USUAL


def starts(day: int, slot: int, times: Times = usual) -> int:
    """The instant at which a slot of a day starts. Raises SluiceError `window_slot`."""
    if slot not in BOTH:
        raise SluiceError("window_slot", f"There is no window {slot}; the morning is 1, the afternoon 2.", "slot")
    hour, minute = divmod(times(day)[slot], _HOUR)
    local = datetime.combine(date_of(day), time(hour, minute), _NEW_YORK)
    return int(local.timestamp()) * _MICROSECONDS


def windows(sessions: Sessions, day: int, slots: Iterable[int] = BOTH, times: Times = usual) -> list[Window]:
    """The windows of a day that really take place, in order of time; none on a day without a session."""
    session = sessions.on(day)
    wanted = sorted((starts(day, slot, times), slot) for slot in set(slots))
    return [_window(session, slot, at) for at, slot in wanted if session is not None and at < session.closes]


def window_on(sessions: Sessions, day: int, slot: int, times: Times = usual) -> Window:
    """The window of a day and slot.

    Raises SluiceError `window_slot`, `window_holiday` where the exchange is closed that day and `window_half_day`
    where it closes before the window starts; the sentence names the next session.
    """
    at = starts(day, slot, times)
    session = sessions.on(day)
    if session is not None and at < session.closes:
        return _window(session, slot, at)
    following = format_day(sessions.after(day).day)
    if session is None:
        sentence = f"{format_day(day)} has no window: the exchange is closed. The next session is {following}."
        raise SluiceError("window_holiday", sentence, "day")
    sentence = (
        f"{format_day(day)} is a half day: the exchange closes before the afternoon window. Use the morning, or the "
        f"next session, {following}."
    )
    raise SluiceError("window_half_day", sentence, "slot")


def next_window(sessions: Sessions, instant: int, slots: Iterable[int] = BOTH, times: Times = usual) -> Window:
    """The first window that starts later than the instant: the one in which an order entered now takes part.

    Raises SluiceError `window_slot` where no slot is asked for, `calendar_range` where the calendar ends before.
    """
    wanted = tuple(slots)
    if not wanted:
        raise SluiceError("window_slot", "No window is asked for; the morning is 1, the afternoon 2.", "slots")
    begun = sessions.begun(instant)
    day = begun.day if begun is not None else sessions.first
    while True:
        later = [window for window in windows(sessions, day, wanted, times) if window.opens > instant]
        if later:
            return later[0]
        day = sessions.after(day).day


def continuous(sessions: Sessions, instant: int, quiet: int) -> Window | None:
    """The continuous window that stands open at the instant, or None while the exchange is closed.

    From the opening on a window starts every `quiet` microseconds (a second at least); the one returned is the last
    that started, so a (day, slot) always stands for the same window. Raises SluiceError `window_quiet`.
    """
    if quiet < _LEAST_QUIET:
        raise SluiceError("window_quiet", "The quiet time of continuous mode is a second at least.", "quiet")
    session = sessions.begun(instant)
    if session is None or instant >= session.closes:
        return None
    number = (instant - session.opens) // quiet
    return _window(session, CONTINUOUS + number, session.opens + number * quiet)


def _window(session: Session, slot: int, at: int) -> Window:
    return Window(session.day, slot, max(at, session.opens), session.closes)
