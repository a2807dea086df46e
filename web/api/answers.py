"""What the API answers, as models: each answer is made by its model and described by it in the OpenAPI document.

Money is text such as "1500.00", dates are text such as 2026-11-20, codes are in lower case.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from rules.document import Mode, Rule

Money = str
Day = str


def _canonical(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)


RuleDocument = Annotated[Rule, PlainSerializer(_canonical, return_type=dict[str, Any])]
"""A rule as it is stored, defaults left out; it can be sent back as it is."""


class Answer(BaseModel):
    """The base of every answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, validate_by_name=True)


class CustomerAnswer(Answer):
    """A household. `last_night` is the last night done for it, `version` its current rule list, 0 before the first."""

    reference: str
    name: str
    opened: Day
    last_night: Day | None
    next_night: Day
    paused: bool
    ira_room: Money | None
    version: int


class CustomersAnswer(Answer):
    """A page of households; `next` is the `after` of the next page."""

    customers: list[CustomerAnswer]
    next: str | None


class AccountAnswer(Answer):
    """An account. `floor` and `ceiling` are null where there is none; `rule_floor` is what rules keep in it."""

    handle: str
    name: str
    kind: str
    currency: str
    standing: str
    posted: Money
    pending_in: Money
    pending_out: Money
    available: Money
    expected: Money
    floor: Money | None
    ceiling: Money | None
    rule_floor: Money


class AccountsAnswer(Answer):
    """The accounts of a household, in the order they were opened."""

    accounts: list[AccountAnswer]


class ProblemRow(Answer):
    """One thing that is wrong, or may be meant otherwise, with the path of its field."""

    field: str
    code: str
    detail: str


class RuleAnswer(Answer):
    """One rule: its document, its sentence and its mode."""

    id: str
    mode: Mode
    sentence: str
    document: RuleDocument


class RulesAnswer(Answer):
    """The ordered list and its version; send the version as If-Match to change nothing but what was read.

    `warnings` say what a rule may do although nobody meant it; they keep nothing from being saved.
    """

    version: int
    rules: list[RuleAnswer]
    warnings: list[ProblemRow]


class VersionAnswer(Answer):
    """One version of the list: the business date of saving and its rules."""

    version: int
    saved: Day
    rules: list[RuleDocument]


class VersionsAnswer(Answer):
    """Every version, oldest first."""

    versions: list[VersionAnswer]


class LegAnswer(Answer):
    """One transfer of a decision."""

    from_: str = Field(alias="from")
    to: str
    amount: Money


class DecisionAnswer(Answer):
    """The decision on one rule."""

    rule: str
    outcome: str
    reason: str
    wanted: Money
    amount: Money
    limited_by: list[str]
    legs: list[LegAnswer]


class PreviewAnswer(Answer):
    """Every decision on a case, in the order of its rules."""

    decisions: list[DecisionAnswer]


class NightAnswer(Answer):
    """One done night of one household: how many of its rules had each stored outcome, and what they moved."""

    on: Day
    moved: int
    proposed: int
    would_move: int
    blocked: int
    quarantined: bool
    amount: Money


class NightsAnswer(Answer):
    """A page of nights, newest first; `next` is the `before` of the next page."""

    nights: list[NightAnswer]
    next: Day | None


class DecidedAnswer(Answer):
    """Every rule's decision on one night, silent ones too, recomputed from what was recorded (ruling 50)."""

    on: Day
    version: int
    decisions: list[DecisionAnswer]


class ExplanationAnswer(Answer):
    """One rule's whole way through one night (rules.md 8)."""

    rule: str
    sentence: str
    outcome: str
    outcome_words: str
    reason: str
    reason_words: str
    due: dict[str, Any]
    blocked_by: list[str]
    conditions: list[dict[str, Any]]
    amount_saw: dict[str, Any] | None
    wanted: Money | None
    limits: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    destinations: list[dict[str, Any]]
    amount: Money
    legs: list[LegAnswer]
    limited_by: list[str]
    difference: str
    changes: list[dict[str, Any]]


class TransferAnswer(Answer):
    """A transfer that was made; `tax_year` is the year to which a contribution counts, null for any other."""

    id: str
    from_: str = Field(alias="from")
    to: str
    amount: Money
    state: str
    tax_year: int | None = None


class TransferRowAnswer(Answer):
    """One transfer of the household's history; `from` and `to` are handles or system accounts.

    `amount` is of the `asset`: money, or units of a security.
    """

    seq: int
    id: str
    kind: str
    code: str
    from_: str = Field(alias="from")
    to: str
    asset: str
    amount: Money
    day: Day


class TransfersAnswer(Answer):
    """A page of transfers, newest first; `next` is the `before_seq` of the next page."""

    transfers: list[TransferRowAnswer]
    next: int | None


class StarterAnswer(Answer):
    """A ready-made rule."""

    title: str
    description: str
    sentence: str
    rule: RuleDocument


class StartersAnswer(Answer):
    """Every ready-made rule."""

    starters: list[StarterAnswer]


class ProblemAnswer(Answer):
    """Every error (RFC 9457): a stable code, a sentence, and the path of the field, empty for the whole request."""

    title: str
    status: int
    code: str
    detail: str
    field: str
    problems: list[ProblemRow] = []
