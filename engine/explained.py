"""What an explanation holds: a rule's whole way through one night, in typed parts and as words (rules.md 8)."""

from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import Any, Final

from engine.codes import Outcome, Reason
from engine.marketfacts import percent_words
from ledger.days import format_day
from ledger.money import format_money, format_percent
from rules.facts import PERCENT_FACTS
from rules.wording import OUTCOME_WORDS, REASON_WORDS


def is_percent(fact: str) -> bool:
    """Whether a fact, as text, is a percent."""
    return fact.partition("(")[0] in PERCENT_FACTS


@dataclass(frozen=True, slots=True)
class DueSeen:
    """Whether the rule was due on `day`, days as day numbers.

    `since` is the customer's last night before. `last_moved` is known for rules with a cool-down alone and `again`
    is the first day after it. `stopped_by` is the rule that ended the night's rules, `next_match` the next date of a
    schedule that has not come.
    """

    day: int
    since: int
    last_moved: int | None = None
    again: int | None = None
    stopped_by: str | None = None
    next_match: int | None = None


@dataclass(frozen=True, slots=True)
class ConditionSeen:
    """One leaf with the value it saw: cents, or half steps of a percent fact (`engine.marketfacts`).

    Leaves of one `any` share the number of their condition, from 1.
    """

    condition: int
    text: str
    fact: str
    saw: int
    holds: bool

    @property
    def percent(self) -> str:
        """What a percent fact was, floored to 0.01%; empty for money."""
        return percent_words(self.saw) if is_percent(self.fact) else ""


@dataclass(frozen=True, slots=True)
class AmountSeen:
    """What the amount looked at, cents; a fixed amount looks at nothing and sees itself.

    `nights` is over how many nights a goal is spread, tonight included. An `invest_drift` sees the cash that brings its
    pie within the bands, and None where no cash does.
    """

    kind: str
    fact: str | None
    saw: int | None
    nights: int | None = None


@dataclass(frozen=True, slots=True)
class LimitSeen:
    """One limit: its name as in `limited_by`, its figure, what it left (may be negative), and when it starts anew."""

    name: str
    most: int
    left: int
    restarts: int | None


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """One source: its balance, what it keeps (the highest of floor, leave and `held`), what it could and would give.

    `held` is money under a hold for a destination of the rule. `spare` is what may leave without a margin call, None
    where that does not bind the account.
    """

    account: str
    balance: int
    keeps: int
    at_most: int | None
    capacity: int
    taken: int
    held: int = 0
    spare: int | None = None


@dataclass(frozen=True, slots=True)
class DestinationSeen:
    """One destination: what it expects, the most it may hold, its room, what it was asked to take and what it got.

    `ira_left` is the contribution room left when its turn came; None for accounts without one.
    """

    account: str
    expected: int
    most: int
    ira_left: int | None
    room: int
    asked: int
    given: int


@dataclass(frozen=True, slots=True)
class LegSeen:
    """One transfer of the move."""

    source: str
    destination: str
    amount: int


@dataclass(frozen=True, slots=True)
class Change:
    """A number that would have had to be different: a fact such as `balance(cash)`, or `ira_room`.

    By so many cents, or basis points of a percent fact.
    """

    fact: str
    by: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One rule on one night; money in cents, as far as the rule got.

    `conditions` is empty and `wanted`, `amount_saw` are None where the rule did not get there; sources and
    destinations show what would go where before the tests of step 8. `difference` is one sentence: what would have
    had to be different; `changes` are the numbers it names, where there are any.
    """

    rule: str
    sentence: str
    outcome: Outcome
    reason: Reason
    due: DueSeen
    blocked_by: tuple[str, ...]
    conditions: tuple[ConditionSeen, ...]
    amount_saw: AmountSeen | None
    wanted: int | None
    limits: tuple[LimitSeen, ...]
    sources: tuple[SourceSeen, ...]
    destinations: tuple[DestinationSeen, ...]
    amount: int
    legs: tuple[LegSeen, ...]
    limited_by: tuple[str, ...]
    difference: str = ""
    changes: tuple[Change, ...] = ()

    def to_words(self) -> dict[str, Any]:
        """The same for JSON: codes in lower case, money and dates as text, a leg's accounts as `from` and `to`."""
        told: dict[str, Any] = _words(self)
        told["outcome_words"] = OUTCOME_WORDS[told["outcome"]]
        told["reason_words"] = REASON_WORDS[told["reason"]]
        return told


_DAYS: Final = ("day", "since", "last_moved", "again", "next_match", "restarts")
_COUNTS: Final = ("condition", "nights")
_NAMES: Final = {"source": "from", "destination": "to"}


def _words(value: Any) -> Any:  # noqa: ANN401  a record, or what one of its fields holds
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        words = {_NAMES.get(name, name): _word(name, part) for name, part in parts.items()}
        if isinstance(value, ConditionSeen) and value.percent:
            words["saw"] = value.percent
        if isinstance(value, Change) and is_percent(value.fact):
            words["by"] = format_percent(value.by)
        return words
    return value


def _word(name: str, value: Any) -> Any:  # noqa: ANN401  see above
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [_words(one) for one in value]
    if type(value) is not int or name in _COUNTS:
        return _words(value)
    return format_day(value) if name in _DAYS else format_money(value)
