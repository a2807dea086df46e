"""The form of a recurring transfer: flat fields, one way to say when at a time, and the document they make."""

from collections.abc import Mapping
from typing import Final

from engine.recurring.document import FORMS, RecurringTransfer
from engine.recurring.patterns import NTHS, WEEKDAYS

MONTH_DAYS: Final = (*(str(day) for day in range(1, 32)), "last")
WAYS: Final = (
    ("monthly", "on days of the month"),
    ("weekly", "on days of the week"),
    ("every", "every so many weeks"),
    ("daily", "every night"),
    ("once", "once, on a date"),
    ("quarterly", "every quarter"),
    ("nth_weekday", "on a weekday of each month"),
    ("dates", "on dates of my own"),
)
"""Every way to say when, with the words of the form."""

SHIFTS: Final = (
    ("", "the same day"),
    ("before", "the bank day before"),
    ("after", "the bank day after"),
    ("skip", "not at all"),
)
SHORTS: Final = (("nothing", "move nothing"), ("partial", "move what is there"))
MODES: Final = (
    ("watch", "Only watch"),
    ("auto", "Move the money"),
    ("ask", "Ask me first"),
    ("off", "Paused"),
)
NTH_WORDS: Final = tuple((nth, f"the {nth}") for nth in NTHS)
DAY_WORDS: Final = tuple(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
_PLAIN: Final[tuple[str, ...]] = ("name", "from", "to", "amount", "start", "end", "times", "mode", "if_short")

Fields = dict[str, str]


def blank() -> Fields:
    """A new transfer: monthly, only watching."""
    return {"form": "monthly", "mode": "watch", "if_short": "nothing"}


def flat(transfer: RecurringTransfer) -> Fields:
    """A transfer as the fields that make it."""
    document = transfer.model_dump(mode="json", by_alias=True, exclude_none=True)
    fields = {name: str(document[name]) for name in _PLAIN if name in document}
    when, form = document["schedule"], transfer.schedule.form
    said = when[form]
    fields |= {f"skip.{place}": day for place, day in enumerate(document["skip"])}
    fields |= {"form": form, "schedule.business_days": when.get("business_days", "")}
    if form == "dates":
        return fields | {"dates": ", ".join(said)}
    if isinstance(said, dict):
        return fields | {f"schedule.{form}.{name}": str(text) for name, text in said.items()}
    if isinstance(said, list):
        places = MONTH_DAYS if form == "monthly" else WEEKDAYS
        return fields | {f"schedule.{form}.{places.index(str(one))}": str(one) for one in said}
    return fields if form == "daily" else fields | {f"schedule.{form}": str(said)}


def chosen(fields: Mapping[str, str]) -> str:
    """The way to say when that a form is about."""
    return fields["form"] if fields.get("form") in FORMS else "monthly"


def document_fields(fields: Mapping[str, str]) -> Fields:
    """The fields of the document: those of the chosen way to say when, and none that another left behind."""
    form = chosen(fields)
    kept = {name: fields[name] for name in _PLAIN if name in fields}
    kept |= {name: text for name, text in fields.items() if name.startswith("skip.")}
    if form == "daily":
        return kept | {"schedule.daily": "true"}
    kept["schedule.business_days"] = fields.get("schedule.business_days", "")
    if form == "dates":
        dates = fields.get("dates", "").replace(",", " ").split()
        return kept | {f"schedule.dates.{place}": text for place, text in enumerate(dates[:999])}
    own = {name: text for name, text in fields.items() if f"{name}.".startswith(f"schedule.{form}.")}
    return kept | own


def field_of(path: str) -> str:
    """The form's field that a problem's path is about."""
    parts = path.split(".")
    if parts[0] != "schedule":
        return parts[0]
    if len(parts) == 1 or parts[1] == "business_days":
        return path
    return {"dates": "dates", "every": path, "nth_weekday": path}.get(parts[1], f"schedule.{parts[1]}")
