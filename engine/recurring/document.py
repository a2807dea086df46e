"""A recurring transfer as a short document; it is nothing but a rule with a fixed amount (issue: cash, item 6).

What maps where: `from`, `to` and `amount` become the only source, the only destination and a fixed amount; `start` and
`end` are the rule's `starts` and `ends`; each date of `skip` is a blackout of one day; a paused transfer is a rule
whose mode is off. A rule of exactly this shape is a recurring transfer, whatever its id and name.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationInfo, model_validator

from engine.recurring.patterns import DATED, NthWeekday, dates_of
from ledger.faults import Problem
from rules.decode import Decoded, Read, read_document
from rules.document import MAX_BLACKOUTS, MAX_DATES, Every, Mode, MonthDay, Weekday
from rules.formtext import DecodedForm
from rules.values import FORM, Date, Document, Handle, Money, Name, ShortText, refusal

FORMS: Final = ("once", "daily", "weekly", "every", "monthly", "quarterly", "nth_weekday", "dates")
"""The ways to say when."""

_LISTED: Final = ("once", "quarterly", "nth_weekday", "dates")
"""Those that are a list of dates in the rule, which has one list."""

_DATE: Final = {"start": "a start", "end": "an end"}
_WRITTEN: Final = {"quarterly": "every quarter", "nth_weekday": "on a weekday of each month"}


def _ticked(value: object, info: ValidationInfo) -> object:
    return True if info.context is FORM and value == "true" else value


class When(Document):
    """When a transfer is due, and what becomes of dates on which banks rest.

    Several of `FORMS` may be given, and it is due on any of their dates: `weekly`, `every` and `monthly`, and one of
    those that are a list of dates. `daily` stands alone. `monthly` takes days of the month and `last`, so two of them
    are semi-monthly. `quarterly` and `nth_weekday` are written out as dates from the transfer's start to its end, since
    rules know neither.
    """

    once: Date | None = None
    daily: Annotated[Literal[True], BeforeValidator(_ticked)] | None = None
    weekly: tuple[Weekday, ...] | None = Field(default=None, min_length=1, max_length=7)
    every: Every | None = None
    monthly: tuple[MonthDay, ...] | None = Field(default=None, min_length=1, max_length=32)
    quarterly: MonthDay | None = None
    nth_weekday: NthWeekday | None = None
    dates: tuple[Date, ...] | None = Field(default=None, min_length=2, max_length=MAX_DATES)
    business_days: Literal["before", "after", "skip"] | None = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        given = self.forms
        if not given or (self.daily and len(given) > 1) or len(set(given) & set(_LISTED)) > 1:
            sentence = (
                "A transfer has one schedule: daily alone, or any of weekly, every and monthly with at most one of"
            )
            raise refusal("one_schedule", f"{sentence} {', '.join(_LISTED)}; it is due on the dates of each.")
        if self.daily and self.business_days:
            sentence = "A daily transfer has no date to shift; leave this out, or choose Monday to Friday instead."
            raise refusal("daily_shift", sentence, "business_days")
        return self

    @property
    def forms(self) -> tuple[str, ...]:
        """Those of `FORMS` that are given."""
        return tuple(name for name in FORMS if getattr(self, name) is not None)

    @property
    def dated(self) -> str:
        """The one of `DATED` that is given; empty where none is."""
        return next((name for name in self.forms if name in DATED), "")


class RecurringTransfer(Document):
    """The short form of a rule. It only watches until its mode says otherwise, as every rule does."""

    id: Name | None = None
    name: ShortText | None = None
    from_: Handle = Field(alias="from")
    to: Handle
    amount: Money
    schedule: When
    start: Date | None = None
    end: Date | None = None
    skip: tuple[Date, ...] = Field(default=(), max_length=MAX_BLACKOUTS)
    mode: Mode = "watch"
    if_short: Literal["nothing", "partial"] = "nothing"

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.from_ == self.to:
            raise refusal("accounts_same", "Name two different accounts.", "to")
        if self.amount == 0:
            raise refusal("amount_not_positive", 'Write an amount above zero, such as "25.00".', "amount")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise refusal("end_before_start", f"It ends before it starts on {self.start}; write a later end.", "end")
        if form := self.schedule.dated:
            for name, given in (("start", self.start), ("end", self.end)):
                if given is None:
                    sentence = (
                        f"A transfer {_WRITTEN[form]} needs {_DATE[name]} date: its dates are written out in advance."
                    )
                    raise refusal("dates_open", sentence, name)
            _prove_count(len(self.dates()))
        return self

    def dates(self) -> tuple[Date, ...]:
        """The dates that `quarterly` and `nth_weekday` stand for; none for another schedule or without both ends."""
        form = self.schedule.dated
        if not form or self.start is None or self.end is None:
            return ()
        return dates_of(form, getattr(self.schedule, form), (self.start, self.end))


def _prove_count(count: int) -> None:
    if count == 0:
        sentence = "No date of this schedule lies from start to end; write a later end."
        raise refusal("schedule_without_date", sentence, "end")
    if count > MAX_DATES:
        sentence = f"From start to end these are {count} dates; write an end that leaves at most {MAX_DATES}."
        raise refusal("too_many", sentence, "end")


_TRANSFER: Final = TypeAdapter(RecurringTransfer)


def read_transfer(decoded: Decoded) -> Read[RecurringTransfer]:
    """A recurring transfer from a decoded document or form, or what is wrong with it, paths being its fields."""
    if decoded.problems:
        return Read(None, decoded.problems)
    if not isinstance(decoded.value, dict):
        sentence = "A recurring transfer is a mapping with from, to, amount and schedule."
        return Read(None, (Problem("", "mapping_expected", sentence),))
    if not isinstance(decoded, DecodedForm):
        return read_document(_TRANSFER, decoded.value)
    read = read_document(_TRANSFER, decoded.value, context=FORM)
    return Read(read.document, tuple(decoded.renamed(problem) for problem in read.problems))
