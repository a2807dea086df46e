"""What the API answers about persons, owners and contributions."""

from web.api.answers import Answer, Day, Money


class RoomAnswer(Answer):
    """A person's room of one tax year: `pool` is ira (Traditional and Roth together) or sep.

    `limit` and `left` are null where no limit is configured; `too_much` is what was contributed beyond the limit;
    `open` says whether today's contributions may count to it.
    """

    year: int
    pool: str
    limit: Money | None
    used: Money
    left: Money | None
    too_much: Money
    open: bool


class EarnedAnswer(Answer):
    """What a person said that they earned in a tax year."""

    year: int
    amount: Money


class PersonAnswer(Answer):
    """A person by number: `birth_year` is null where it is unknown, `iras` are handles of their own accounts."""

    person: int
    name: str
    role: str
    birth_year: int | None
    iras: list[str]
    rooms: list[RoomAnswer]
    earned: list[EarnedAnswer]


class OwnershipAnswer(Answer):
    """How an account is owned; `owners` are numbers of the persons that it names."""

    account: str
    kind: str
    ownership: str
    owners: list[int]
    agreed: bool


class PersonsAnswer(Answer):
    """The persons of a household, and who owns its accounts."""

    persons: list[PersonAnswer]
    accounts: list[OwnershipAnswer]


class ContributionAnswer(Answer):
    """A contribution to a tax year: `account` is null for one made elsewhere, whose `source` says where."""

    person: int
    year: int
    pool: str
    amount: Money
    on: Day
    account: str | None
    source: str


class ContributionsAnswer(Answer):
    """Every contribution, newest first."""

    contributions: list[ContributionAnswer]
