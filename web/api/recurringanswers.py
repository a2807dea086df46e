"""What the API answers about recurring transfers and matching rules, and the documents it takes of them."""

from typing import Annotated, Any

from pydantic import PlainSerializer

from engine.matching.document import MatchRule
from engine.recurring.document import RecurringTransfer
from rules.document import Mode
from rules.values import Name
from web.api.answers import Answer, Day


def _short(transfer: RecurringTransfer) -> dict[str, Any]:
    return transfer.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _match(rule: MatchRule) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude_none=True)


TransferDocument = Annotated[RecurringTransfer, PlainSerializer(_short, return_type=dict[str, Any])]
"""A recurring transfer, defaults left out; it can be sent back as it is."""

MatchDocument = Annotated[MatchRule, PlainSerializer(_match, return_type=dict[str, Any])]
"""A matching rule; it can be sent back as it is."""


class RecurringBody(RecurringTransfer):
    """A recurring transfer with an id of the sender's, so that sending it again makes no second one."""

    id: Name


class RecurringAnswer(Answer):
    """A recurring transfer: its place in the rule list from 1, its sentence, its document, its next dates."""

    id: str
    rank: int
    mode: Mode
    sentence: str
    next: list[Day]
    document: TransferDocument


class RecurringListAnswer(Answer):
    """Every rule that is a recurring transfer, in the order of the rule list of that version."""

    version: int
    transfers: list[RecurringAnswer]


class MatchAnswer(Answer):
    """One matching rule and its sentence."""

    sentence: str
    document: MatchDocument


class MatchingAnswer(Answer):
    """The ordered matching rules and their version; send it as If-Match to change nothing but what was read."""

    version: int
    rules: list[MatchAnswer]
