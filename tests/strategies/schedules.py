"""Schedules that match at or near a given night."""

from datetime import date

from tests.strategies.drawing import Document, Pick, choose, day, distinct, sometimes

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def schedule(pick: Pick, on: date) -> Document:
    """A schedule with one to three of the four keys, mostly matching near `on`, sometimes kept to business days."""
    document: Document = {}
    for key in distinct(pick, ("month_days", "weekdays", "every", "dates"), 3 if sometimes(pick, 4) else 1):
        if key == "month_days":
            document[key] = distinct(pick, _month_days(on), 3)
        elif key == "weekdays":
            document[key] = distinct(pick, [_WEEKDAYS[(on.weekday() + offset) % 7] for offset in (0, -1, -2, 1)], 2)
        elif key == "every":
            document[key] = {"weeks": 1 + pick(3), "from": day(on, choose(pick, (0, -14, -7, -84, -1, -5, 7)))}
        else:
            offsets = {choose(pick, (0, 0, -1)), *distinct(pick, (0, -1, -2, -3, 1, 2, 5, -10, -30), 2)}
            document[key] = [day(on, offset) for offset in sorted(offsets)]
    if sometimes(pick, 3):
        document["business_days"] = choose(pick, ("before", "after", "skip"))
    return document


def _month_days(on: date) -> list[int | str]:
    days: list[int | str] = [on.day, "last", 1, 15, 29, 30, 31]
    return list(dict.fromkeys(days))
