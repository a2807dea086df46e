"""The form of a recurring transfer: flat fields, one way to say when at a time, and the document they make.

A schedule that says when in several ways shows the first of them; each other one stands beside it as a tick that keeps
it, `also.weekly`, whose value is what it says in words. Its own fields go along unseen.
"""

from collections.abc import Mapping
from typing import Any, Final

from engine.recurring.document import FORMS, RecurringTransfer
from engine.recurring.patterns import NTHS, WEEKDAYS
from engine.recurring.wording import form_words

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
ALSO: Final = "also."
_PLAIN: Final[tuple[str, ...]] = ("name", "from", "to", "amount", "start", "end", "times", "mode", "if_short")

Fields = dict[str, str]


def blank() -> Fields:
    """A new transfer: monthly, only watching."""
    return {"form": "monthly", "mode": "watch", "if_short": "nothing"}


def flat(transfer: RecurringTransfer) -> Fields:
    """A transfer as the fields that make it."""
    document = transfer.model_dump(mode="json", by_alias=True, exclude_none=True)
    fields = {name: str(document[name]) for name in _PLAIN if name in document}
    when, forms = document["schedule"], transfer.schedule.forms
    fields |= {f"skip.{place}": day for place, day in enumerate(document["skip"])}
    fields |= {"form": forms[0], "schedule.business_days": when.get("business_days", "")}
    fields |= {f"{ALSO}{form}": form_words(transfer, form) for form in forms[1:]}
    for form in forms:
        fields |= _said(form, when[form])
    return fields


def _said(form: str, said: Any) -> Fields:  # noqa: ANN401 - the JSON of one way to say when
    """One way to say when as the fields that make it."""
    if form == "dates":
        return {"dates": ", ".join(said)}
    if isinstance(said, dict):
        return {f"schedule.{form}.{name}": str(text) for name, text in said.items()}
    if isinstance(said, list):
        places = MONTH_DAYS if form == "monthly" else WEEKDAYS
        return {f"schedule.{form}.{places.index(str(one))}": str(one) for one in said}
    return {} if form == "daily" else {f"schedule.{form}": str(said)}


def chosen(fields: Mapping[str, str]) -> str:
    """The way to say when that a form is about."""
    return fields["form"] if fields.get("form") in FORMS else "monthly"


def also(fields: Mapping[str, str]) -> list[str]:
    """The other ways to say when that a form keeps."""
    return [form for form in FORMS if fields.get(f"{ALSO}{form}") and form not in {"daily", chosen(fields)}]


def unseen(fields: Mapping[str, str]) -> Fields:
    """The fields of the ways that a form keeps without showing them."""
    return {name: text for form in also(fields) for name, text in _of(form, fields).items()}


def document_fields(fields: Mapping[str, str]) -> Fields:
    """The fields of the document: those of the ways to say when that are kept, and none that another left behind."""
    form = chosen(fields)
    kept = {name: fields[name] for name in _PLAIN if name in fields}
    kept |= {name: text for name, text in fields.items() if name.startswith("skip.")}
    if form == "daily":
        kept["schedule.daily"] = "true"
    else:
        kept["schedule.business_days"] = fields.get("schedule.business_days", "")
    said = _of(form, fields) | unseen(fields)
    dates = said.pop("dates", "").replace(",", " ").split()
    return kept | said | {f"schedule.dates.{place}": text for place, text in enumerate(dates[:999])}


def _of(form: str, fields: Mapping[str, str]) -> Fields:
    """The fields of one way to say when."""
    if form == "dates":
        return {"dates": fields.get("dates", "")}
    return {name: text for name, text in fields.items() if f"{name}.".startswith(f"schedule.{form}.")}


def field_of(path: str) -> str:
    """The form's field that a problem's path is about."""
    parts = path.split(".")
    if parts[0] != "schedule":
        return parts[0]
    if len(parts) == 1 or parts[1] == "business_days":
        return path
    return {"dates": "dates", "every": path, "nth_weekday": path}.get(parts[1], f"schedule.{parts[1]}")
