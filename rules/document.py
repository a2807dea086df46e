"""The rule as a document: strict, frozen models of rules.md 1 to 4, exactly as customers write them.

Only what one value can show by itself is refused here; what needs the customer's accounts or other rules is
refused by `rules.check`. In Python money is cents, percents are basis points and dates are dates.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    PlainValidator,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from ledger.days import Per
from rules.amounts import Amount, Everything, Excess, FactAmount, Fixed, Goal, InvestDrift, Payoff, PercentOf, Refill
from rules.bounds import Bound, bound_text
from rules.facts import Fact, FactText
from rules.values import (
    FORM,
    Date,
    Document,
    Handle,
    LongText,
    Money,
    Name,
    Percent,
    ShortText,
    refusal,
    whole,
)

__all__ = [
    "MAX_RULES", "Amount", "AnyOf", "Cap", "Condition", "Destination", "Every", "Everything", "Excess", "Fact",
    "FactAmount", "Fixed", "Goal", "InvestDrift", "Leaf", "Mode", "Not", "Payoff", "Per", "PercentOf", "Period",
    "Refill", "Rule", "RuleList", "Schedule", "Source", "leaves",
]  # fmt: skip

MAX_RULES: Final = 50
MAX_LEAVES: Final = 8
MAX_DATES: Final = 366
MAX_BLACKOUTS: Final = 100
MAX_COOL_DOWN: Final = 3660
LAST_MONTH_DAY: Final = 31

Mode = Literal["off", "watch", "ask", "auto"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Leaf(Document):
    """A condition on one fact: above, below, or between two bounds (inclusive).

    Bounds are cents, or basis points on a percent fact.
    """

    fact: FactText
    above: Bound | None = None
    below: Bound | None = None
    between: tuple[Bound, Bound] | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if sum(bound is not None for bound in (self.above, self.below, self.between)) != 1:
            raise refusal("one_bound", "A condition needs exactly one of above, below and between.")
        return self

    @model_serializer(mode="wrap")
    def _written(self, plain: SerializerFunctionWrapHandler) -> dict[str, object]:
        told: dict[str, object] = plain(self)
        for name in {"above", "below", "between"} & told.keys():
            told[name] = _bounds_text(self.fact, getattr(self, name))
        return told


def _bounds_text(fact: Fact, bounds: int | tuple[int, int] | None) -> str | list[str] | None:
    if isinstance(bounds, tuple):
        return [bound_text(fact, bound) for bound in bounds]
    return None if bounds is None else bound_text(fact, bounds)


class Not(Document):
    """A condition that holds when its leaf does not."""

    not_: Leaf = Field(alias="not")


def _condition_tag(value: object) -> str:
    if isinstance(value, Not) or (isinstance(value, dict) and "not" in value):
        return "~not"
    if isinstance(value, AnyOf) or (isinstance(value, dict) and "any" in value):
        return "~any"
    return "~leaf"


def _simple_tag(value: object) -> str:
    return "~not" if _condition_tag(value) == "~not" else "~leaf"


_SimpleCondition = Annotated[
    Annotated[Leaf, Tag("~leaf")] | Annotated[Not, Tag("~not")],
    Discriminator(_simple_tag),
]


class AnyOf(Document):
    """A condition that holds when at least one of its parts does."""

    any: tuple[_SimpleCondition, ...] = Field(min_length=1, max_length=MAX_LEAVES)


Condition = Annotated[
    Annotated[Leaf, Tag("~leaf")] | Annotated[Not, Tag("~not")] | Annotated[AnyOf, Tag("~any")],
    Discriminator(_condition_tag),
]
"""One entry of `when`."""


class Source(Document):
    """Where money is taken from: down to `leave`, at most `at_most` a night."""

    account: Handle
    leave: Money | None = None
    at_most: Money | None = None


class Destination(Document):
    """Where money goes: a share of it, or as much as fits up to `fill_to`."""

    account: Handle
    share: Percent | None = None
    fill_to: Money | None = None


class Cap(Document):
    """The most that may move in a period, counted by the rule itself or by a shared counter."""

    per: Per
    amount: Money
    counter: Name | None = None


class Every(Document):
    """Every so many weeks, counted from a date."""

    weeks: Annotated[int, whole(1, 520)]
    from_: Date = Field(alias="from")


def _month_day(value: object, info: ValidationInfo) -> int | Literal["last"]:
    if value == "last":
        return "last"
    if info.context is FORM and isinstance(value, str) and value.isdecimal() and value.isascii():
        value = int(value[:3])
    if type(value) is int and 1 <= value <= LAST_MONTH_DAY:
        return value
    raise refusal("month_day", f"A day of the month is a whole number from 1 to {LAST_MONTH_DAY}, or last.")


MonthDay = Annotated[int | Literal["last"], PlainValidator(_month_day, json_schema_input_type=int | Literal["last"])]


class Schedule(Document):
    """The dates a rule is due on: any date that one of the keys names, shifted off bank holidays if asked."""

    month_days: tuple[MonthDay, ...] | None = Field(default=None, max_length=LAST_MONTH_DAY + 1)
    weekdays: tuple[Weekday, ...] | None = Field(default=None, max_length=7)
    every: Every | None = None
    dates: tuple[Date, ...] | None = Field(default=None, max_length=MAX_DATES)
    business_days: Literal["before", "after", "skip"] | None = None


class Period(Document):
    """Dates from `first` to `last`, both included."""

    first: Date
    last: Date


class Rule(Document):
    """One rule: when it is due, what must hold, how much it wants, from where to where, and its limits."""

    id: Name
    name: ShortText | None = None
    mode: Mode = "watch"
    ask_above: Money | None = None
    schedule: Schedule | None = None
    starts: Date | None = None
    ends: Date | None = None
    blackout: tuple[Period, ...] = Field(default=(), max_length=MAX_BLACKOUTS)
    cool_down_days: Annotated[int, whole(0, MAX_COOL_DOWN)] = 0
    when: tuple[Condition, ...] = ()
    amount: Amount
    from_: tuple[Source, ...] = Field(alias="from", min_length=1, max_length=8)
    to: tuple[Destination, ...] = Field(min_length=1, max_length=8)
    max_transfer: Money | None = None
    min_transfer: Money = 1
    caps: tuple[Cap, ...] = Field(default=(), max_length=6)
    if_short: Literal["partial", "nothing"] = "partial"
    then: Literal["continue", "stop"] = "continue"
    note: LongText | None = None

    @model_validator(mode="after")
    def _few_leaves(self) -> Self:
        if (count := len(tuple(leaves(self.when)))) > MAX_LEAVES:
            sentence = (
                f"A rule has at most {MAX_LEAVES} conditions, those inside any and not counted; this has {count}."
            )
            raise refusal("too_many", sentence, "when")
        return self


def leaves(conditions: Iterable[Condition]) -> Iterator[Leaf]:
    """Give every leaf of the conditions in order, those inside `any` and `not` too."""
    for condition in conditions:
        if isinstance(condition, AnyOf):
            yield from leaves(condition.any)
        else:
            yield condition.not_ if isinstance(condition, Not) else condition


def _unique_ids(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if rule.id in seen:
            sentence = f"Another rule already has the id {rule.id}; give every rule an id of its own."
            raise refusal("duplicate_id", sentence, f"{place}.id")
        seen.add(rule.id)
    return rules


RuleList = Annotated[tuple[Rule, ...], Field(max_length=MAX_RULES), AfterValidator(_unique_ids)]
"""A customer's whole ordered list."""
