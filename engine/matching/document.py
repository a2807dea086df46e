"""Matching rules as a document: an ordered list; the first rule whose conditions all hold gives a line its category.

They are asked after the profile's own sorter and override it. A category is the part behind income: or expense:,
which of the two is said by the line's direction (ruling 52).
"""

import json
from collections.abc import Collection
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from ledger.faults import Problem, SluiceError
from rules.decode import Decoded, Read, decode_json, read_document
from rules.formtext import DecodedForm
from rules.labels import Label
from rules.values import FORM, Document, Handle, Money, ShortText, refusal

MAX_MATCHES: Final = 200
MAX_WORDS: Final = 50

YesNo = Literal["yes", "no"]


def _words(value: tuple[str, ...]) -> tuple[str, ...]:
    plain = tuple(" ".join(word.split()) for word in value)
    if "" in plain:
        raise refusal("condition", "Every text contains the empty word; write a word.", str(plain.index("")))
    return plain


Words = Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=MAX_WORDS), AfterValidator(_words)]


class TextIs(Document):
    """What a line says: it contains, starts with or equals one of some words; blanks and capitals do not count."""

    contains: Words | None = None
    starts: Words | None = None
    equals: Words | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(one is not None for one in (self.contains, self.starts, self.equals)) != 1:
            raise refusal("condition", "Give exactly one of contains, starts and equals, a list of words.")
        return self


class MatchWhen(Document):
    """Conditions, all of which must hold. Amounts are without their sign, both bounds included."""

    text: TextIs | None = None
    at_least: Money | None = None
    at_most: Money | None = None
    direction: Literal["in", "out"] | None = None
    account: Handle | None = None
    card: YesNo | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.model_dump(exclude_none=True):
            sentence = "A matching rule needs a condition; give text, at_least, at_most, direction, account or card."
            raise refusal("condition", sentence)
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise refusal("between_order", "The least is more than the most; write the lower amount first.", "at_most")
        return self


class MatchRule(Document):
    """One matching rule: its conditions, the category it gives, and whether the line counts as a card purchase."""

    name: ShortText | None = None
    when: MatchWhen
    category: Label
    card: YesNo | None = None

    @model_validator(mode="after")
    def _spending(self) -> Self:
        if self.card == "yes" and self.when.direction == "in":
            raise refusal("card_of_income", "Only money that goes out can be a card purchase; leave this out.", "card")
        return self


class MatchList(Document):
    """A household's matching rules in order."""

    rules: tuple[MatchRule, ...] = Field(max_length=MAX_MATCHES)


_LIST: Final = TypeAdapter(MatchList)
_RULE: Final = TypeAdapter(MatchRule)


def read_matching(decoded: Decoded) -> Read[MatchList]:
    """A list of matching rules, bare or under the key `rules`, or what is wrong with it."""
    if decoded.problems:
        return Read(None, decoded.problems)
    value = {"rules": decoded.value} if isinstance(decoded.value, list) else decoded.value
    if not isinstance(value, dict):
        sentence = "These are no matching rules; write a list, or a mapping with the key rules."
        return Read(None, (Problem("", "list_expected", sentence),))
    return read_document(_LIST, value)


def read_match(form: DecodedForm) -> Read[MatchRule]:
    """One matching rule from a form, or what is wrong with it, paths being the names of its fields."""
    if form.problems:
        return Read(None, form.problems)
    read = read_document(_RULE, form.value, context=FORM)
    return Read(read.document, tuple(form.renamed(problem) for problem in read.problems))


def account_problems(rules: tuple[MatchRule, ...], handles: Collection[str]) -> tuple[Problem, ...]:
    """A problem for each account that the household does not have."""
    choices = ", ".join(sorted(handles)) or "none yet"
    return tuple(
        Problem(
            f"rules.{place}.when.account",
            "unknown_account",
            f"There is no account {rule.when.account}; the accounts are {choices}.",
        )
        for place, rule in enumerate(rules)
        if rule.when.account is not None and rule.when.account not in handles
    )


def to_text(rules: tuple[MatchRule, ...]) -> str:
    """The list as canonical JSON, as it is stored."""
    documents = [rule.model_dump(mode="json", exclude_none=True) for rule in rules]
    return json.dumps(documents, separators=(",", ":"), ensure_ascii=False)


def from_text(document: str) -> tuple[MatchRule, ...]:
    """The rules of a stored list. Raises SluiceError `stored_rules` where it no longer reads."""
    read = read_matching(decode_json(document.encode()))
    if read.document is None:
        first = read.problems[0]
        raise SluiceError("stored_rules", f"A stored matching list cannot be read: {first.sentence}", first.path)
    return read.document.rules
