"""What programs send: strict documents, read by the one loader (ruling 19)."""

from typing import Self

from pydantic import Field, model_validator

from engine.case import CaseTerms
from engine.contributions.years import Choice
from rules.document import Rule, RuleList
from rules.values import Document, Handle, Money, refusal


class RulesBody(Document):
    """The whole ordered list."""

    rules: RuleList


class TransferBody(Document):
    """One transfer between two accounts of one household.

    `tax_year` is for a contribution to a retirement account; `wire` sends money from or to a bank by wire, not by ACH.
    """

    from_: Handle = Field(alias="from")
    to: Handle
    amount: Money
    tax_year: Choice | None = None
    wire: bool = False

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.from_ == self.to:
            raise refusal("accounts_same", "Name two different accounts.", "to")
        if self.amount == 0:
            raise refusal("amount_not_positive", 'Write an amount above zero, such as "25.00".', "amount")
        return self


class AgreementBody(Document):
    """Whether the margin agreement of an account is signed."""

    agreed: bool


class ChargeCashBody(Document):
    """Whether the interest of a borrow line may be charged to cash accounts too."""

    charge_cash: bool


class PreviewBody(CaseTerms):
    """A case: accounts, facts and rules of one customer, who need not be stored (ruling 59)."""

    rules: tuple[Rule, ...]
