"""How much a rule wants: one strict model for each kind of amount (rules.md 4)."""

from typing import Annotated, Final, Literal

from pydantic import Discriminator, PlainValidator, Tag, WithJsonSchema

from ledger.money import quoted
from rules.facts import MoneyFactText
from rules.values import Date, Document, Handle, Money, Percent, refusal, whole


class Fixed(Document):
    """Wants the amount."""

    kind: Literal["fixed"]
    amount: Money


class Excess(Document):
    """Wants what the balance holds over `keep` (by default `above`) once it is over `above`."""

    kind: Literal["excess"]
    account: Handle
    above: Money
    keep: Money | None = None


class Refill(Document):
    """Wants what the account lacks to `up_to` (by default `below`) once it expects less than `below`."""

    kind: Literal["refill"]
    account: Handle
    below: Money
    up_to: Money | None = None


class PercentOf(Document):
    """Wants a percent of a fact in money, floored to the cent."""

    kind: Literal["percent_of"]
    fact: MoneyFactText
    percent: Percent


class FactAmount(Document):
    """Wants a fact in money, one to ten times."""

    kind: Literal["fact"]
    fact: MoneyFactText
    times: Annotated[int, whole(1, 10)] = 1


class Everything(Document):
    """Wants the whole balance but what is to be left."""

    kind: Literal["everything"]
    account: Handle
    leave: Money | None = None


class Payoff(Document):
    """Wants all that is owed on a borrow line and not already on its way."""

    kind: Literal["payoff"]
    account: Handle


class Goal(Document):
    """Wants an even part of what the account still lacks to its target, so that it is reached by the date."""

    kind: Literal["goal"]
    account: Handle
    target: Money
    by: Date


class InvestDrift(Document):
    """Wants the least cash that brings every slice of the account's pie within its band."""

    kind: Literal["invest_drift"]
    account: Handle


_AMOUNT_KINDS: Final = (
    *("fixed", "excess", "refill", "percent_of", "fact", "everything", "payoff", "goal"),
    "invest_drift",
)


def _amount_tag(value: object) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"~{kind}" if isinstance(kind, str) and kind in _AMOUNT_KINDS else "~refused"


def _refuse_amount(value: object) -> Fixed:
    choices = ", ".join(_AMOUNT_KINDS)
    if not isinstance(value, dict):
        sentence = 'An amount is a mapping with a kind, such as {kind: fixed, amount: "25.00"}.'
        raise refusal("mapping_expected", sentence)
    kind = value.get("kind")
    if kind is None:
        raise refusal("missing", f"An amount needs its kind; use one of {choices}.", "kind")
    sentence = f"{quoted(str(kind))} is not a kind of amount; use one of {choices}."
    raise refusal("choice", sentence, "kind")


Amount = Annotated[
    Annotated[Fixed, Tag("~fixed")]
    | Annotated[Excess, Tag("~excess")]
    | Annotated[Refill, Tag("~refill")]
    | Annotated[PercentOf, Tag("~percent_of")]
    | Annotated[FactAmount, Tag("~fact")]
    | Annotated[Everything, Tag("~everything")]
    | Annotated[Payoff, Tag("~payoff")]
    | Annotated[Goal, Tag("~goal")]
    | Annotated[InvestDrift, Tag("~invest_drift")]
    | Annotated[Fixed, PlainValidator(_refuse_amount), WithJsonSchema({"not": {}}), Tag("~refused")],
    Discriminator(_amount_tag),
]
"""How much a rule wants (rules.md 4)."""
