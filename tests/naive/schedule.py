"""When a rule is due (rules.md 2), and how many times it will still be (rules.md 4, goal)."""

from calendar import monthrange
from datetime import date, timedelta

from tests.naive.holidays import is_business_day
from tests.naive.night import Document, Night

_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_ONE_DAY = timedelta(days=1)
_LONGEST_SHIFT = timedelta(days=10)
"""No run of closed days is longer, so no shift is."""


def why_not_due(rule: Document, night: Night) -> str | None:
    """The first reason for which the rule is not due tonight (rules.md 6, step 1); None when it is due."""
    if rule.get("mode", "watch") == "off":
        return "off"
    if night.stopped:
        return "stopped"
    return _why_not_this_date(rule, night) or _why_still_cooling(rule, night)


def _why_not_this_date(rule: Document, night: Night) -> str | None:
    scheduled = "schedule" in rule
    matched = scheduled and _some_match_counts(rule, night)
    starts, ends = _bounds(rule)
    if starts is not None and night.on < starts:
        return "before_start"
    if ends is not None and night.on > ends and not matched:
        return "after_end"
    if _blacked_out(rule, night.on):
        return "blackout"
    if scheduled and not matched:
        return "not_scheduled"
    return None


def _why_still_cooling(rule: Document, night: Night) -> str | None:
    last = night.last_moved.get(rule["id"])
    if last is not None and (night.on - last).days < int(rule.get("cool_down_days", 0)):
        return "cooling_down"
    return None


def _some_match_counts(rule: Document, night: Night) -> bool:
    """Whether some match date after the last night, up to tonight, counts."""
    saved = night.saved.get(rule["id"])
    for day in match_dates(rule["schedule"], night.since + _ONE_DAY, night.on):
        if _allowed(rule, day) and (saved is None or day > saved):
            return True
    return False


def nights_until(rule: Document, today: date, by: date) -> int:
    """Tonight and the match dates after it up to `by`; without a schedule every date matches. Cool-down ignored."""
    tomorrow = today + _ONE_DAY
    days = match_dates(rule["schedule"], tomorrow, by) if "schedule" in rule else _days(tomorrow, by)
    return 1 + sum(1 for day in days if _allowed(rule, day))


def match_dates(schedule: Document, first: date, last: date) -> list[date]:
    """The schedule's dates in first..last, each once, after the shift off closed days."""
    shift = schedule.get("business_days")
    matches = set()
    for day in _days(first - _LONGEST_SHIFT, last + _LONGEST_SHIFT):
        if _matches(schedule, day):
            shifted = _shifted(day, shift)
            if shifted is not None and first <= shifted <= last:
                matches.add(shifted)
    return sorted(matches)


def _matches(schedule: Document, day: date) -> bool:
    """Whether any key of the schedule names this date, before any shift."""
    return (
        any(_is_month_day(day, wanted) for wanted in schedule.get("month_days", []))
        or _WEEKDAYS[day.weekday()] in schedule.get("weekdays", [])
        or ("every" in schedule and _is_every(day, schedule["every"]))
        or day.isoformat() in schedule.get("dates", [])
    )


def _is_month_day(day: date, wanted: int | str) -> bool:
    last = monthrange(day.year, day.month)[1]
    return day.day == (last if wanted == "last" else min(int(wanted), last))


def _is_every(day: date, every: Document) -> bool:
    start = date.fromisoformat(every["from"])
    return day >= start and (day - start).days % (7 * int(every["weeks"])) == 0


def _shifted(day: date, shift: str | None) -> date | None:
    """The match moved off closed days; None when it is skipped."""
    if shift is None or is_business_day(day):
        return day
    if shift == "skip":
        return None
    step = _ONE_DAY if shift == "after" else -_ONE_DAY
    while not is_business_day(day):
        day += step
    return day


def _allowed(rule: Document, day: date) -> bool:
    """Whether the date lies within starts..ends and outside every blackout."""
    starts, ends = _bounds(rule)
    after_start = starts is None or day >= starts
    before_end = ends is None or day <= ends
    return after_start and before_end and not _blacked_out(rule, day)


def _bounds(rule: Document) -> tuple[date | None, date | None]:
    starts, ends = rule.get("starts"), rule.get("ends")
    return starts and date.fromisoformat(starts), ends and date.fromisoformat(ends)


def _blacked_out(rule: Document, day: date) -> bool:
    for period in rule.get("blackout", []):
        if date.fromisoformat(period["first"]) <= day <= date.fromisoformat(period["last"]):
            return True
    return False


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
