"""When a rule is due: schedules, dates, blackouts and cool-downs, over many rules at once (rules.md 2 and 6.1)."""

import numpy as np
import numpy.typing as npt

from engine.calendar import is_business
from engine.codes import Reason
from engine.rows import Rows
from ledger.accounts import Int64s
from rules.shapes import BUSINESS, Head, Mode

Flags = npt.NDArray[np.bool_]

_LAST_BIT = 31
_MONDAY = 3  # day 0 was a Thursday
_CELLS = 1 << 18  # days x rules looked at in one go


def due_reason(rows: Rows, day: int, last_night: Int64s, stopped: Flags, moved_on: Int64s) -> Int64s:
    """Why each rule is not due on `day`, 0 where it is due.

    `last_night` is S of each row's customer, `stopped` whether an earlier rule stopped the list tonight, `moved_on`
    the day the rule last moved.
    """
    head = rows.numbers
    scheduled = rows.shape.scheduled
    matched = caught_up(rows, day, last_night) if scheduled else np.zeros(len(rows), np.bool_)
    reason = np.zeros(len(rows), np.int64)
    cooling = day - moved_on < head[Head.COOL_DOWN]
    reason[cooling] = Reason.COOLING_DOWN
    if scheduled:
        reason[~matched] = Reason.NOT_SCHEDULED
    reason[blacked_out(rows, np.array([day]))[0]] = Reason.BLACKOUT
    reason[(day > head[Head.ENDS]) & ~matched] = Reason.AFTER_END
    reason[day < head[Head.STARTS]] = Reason.BEFORE_START
    reason[stopped] = Reason.STOPPED
    reason[head[Head.MODE] == Mode.OFF] = Reason.OFF
    return reason


def caught_up(rows: Rows, day: int, last_night: Int64s) -> Flags:
    """Whether some match date lies in (S, day] of each row."""
    found = np.zeros(len(rows), np.bool_)
    first = int(last_night.min(initial=day)) + 1
    step = max(1, _CELLS // max(len(rows), 1))
    for start in range(first, day + 1, step):
        days = np.arange(start, min(start + step, day + 1))
        found |= (matches(rows, days) & (days[:, None] > last_night)).any(axis=0)
    return found


def nights_until(rows: Rows, day: int, by: Int64s) -> Int64s:
    """Nights left of the amount `goal`: 1 for tonight and the match dates in (day, by] of each row (rules.md 4)."""
    if not rows.shape.scheduled:
        return 1 + _open_days(rows, day, by)
    count = np.ones(len(rows), np.int64)
    last = int(np.minimum(by, rows.numbers[Head.ENDS]).max(initial=day))
    step = max(1, _CELLS // max(len(rows), 1))
    for start in range(day + 1, last + 1, step):
        days = np.arange(start, min(start + step, last + 1))
        count += (matches(rows, days) & (days[:, None] <= by)).sum(axis=0)
    return count


def _open_days(rows: Rows, day: int, by: Int64s) -> Int64s:
    """Days in (day, by] within starts and ends and outside blackouts, which do not overlap."""
    first = np.maximum(day + 1, rows.numbers[Head.STARTS])
    last = np.minimum(by, rows.numbers[Head.ENDS])
    open_days: Int64s = np.maximum(0, last - first + 1)
    for place in _blackout_places(rows):
        inside = np.minimum(last, rows.numbers[place + 1]) - np.maximum(first, rows.numbers[place]) + 1
        open_days -= np.maximum(0, inside)
    return open_days


def _blackout_places(rows: Rows) -> range:
    return range(rows.layout.blackouts, rows.layout.blackouts + 2 * rows.shape.blackouts, 2)


def blacked_out(rows: Rows, days: Int64s) -> Flags:
    """Whether each day is in a blackout: (days, rows)."""
    out = np.zeros((len(days), len(rows)), np.bool_)
    for place in _blackout_places(rows):
        out |= (days[:, None] >= rows.numbers[place]) & (days[:, None] <= rows.numbers[place + 1])
    return out


def matches(rows: Rows, days: Int64s) -> Flags:
    """Whether each day is a match date that counts: (days, rows).

    A raw date of the schedule is shifted off bank holidays where asked; the shifted date must lie within starts and
    ends, outside blackouts and after the day of the first save.
    """
    head = rows.numbers
    hits = _shifted(rows, days)
    at = days[:, None]
    hits &= (at >= head[Head.STARTS]) & (at <= head[Head.ENDS]) & (at > head[Head.SAVED])
    hits &= ~blacked_out(rows, days)
    return hits


def _shifted(rows: Rows, days: Int64s) -> Flags:
    mode = rows.numbers[rows.layout.schedule + 4]
    hits = _raw(rows, days)
    if not mode.any():
        return hits
    business = is_business(days)[:, None]
    landed: Flags = hits & (business | (mode == 0))
    for sign, word in ((1, "before"), (-1, "after")):
        wanted = mode == BUSINESS.index(word)
        if wanted.any():
            landed |= _closed_run(rows, days, sign) & business & wanted
    return landed


def _closed_run(rows: Rows, days: Int64s, sign: int) -> Flags:
    """Whether a raw date lies in the run of closed days right after (sign 1) or before (sign -1) each day."""
    found = np.zeros((len(days), len(rows)), np.bool_)
    away = sign
    closed = ~is_business(days + away)
    while closed.any():
        found |= _raw(rows, days + away) & closed[:, None]
        away += sign
        closed &= ~is_business(days + away)
    return found


def _raw(rows: Rows, days: Int64s) -> Flags:
    """Whether the schedule names each day before any shift: (days, rows)."""
    place = rows.layout.schedule
    month_bits, week_bits, weeks, start = (rows.numbers[place + n] for n in range(4))
    hits: Flags = (_month_bits(days)[:, None] & month_bits) != 0
    hits |= ((1 << (days + _MONDAY) % 7)[:, None] & week_bits) != 0
    since = days[:, None] - start
    hits |= (weeks > 0) & (since >= 0) & (since % np.maximum(7 * weeks, 1) == 0)
    for listed in range(rows.layout.dates, rows.layout.dates + rows.shape.dates):
        hits |= days[:, None] == rows.numbers[listed]
    return hits


def _month_bits(days: Int64s) -> Int64s:
    """The month-day bits that each day answers to: its own, and on the last day of a month all later ones too."""
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    place = (stamps - months.astype("datetime64[D]")).astype(np.int64)
    is_last = (stamps + 1).astype("datetime64[M]") != months
    own = np.left_shift(np.int64(1), place)
    later = (np.int64(1) << (_LAST_BIT + 1)) - own
    bits: Int64s = np.where(is_last, later, own)
    return bits
