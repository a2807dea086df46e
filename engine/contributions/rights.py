"""Kinds of invest account and what each may, and which person may do what: two tables of data (ruling 17).

Opening minimums are amounts, so they stand in dated configuration under the name that the table gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final


class Ownership(IntEnum):
    """Kinds of account by who owns them; the number is what is stored."""

    INDIVIDUAL = 1
    JOINT = 2
    TRADITIONAL = 3
    ROTH = 4
    SEP = 5
    CUSTODIAL = 6
    TRUST = 7


class Pool(IntEnum):
    """Whose yearly limit a contribution counts to."""

    NONE = 0
    IRA = 1  # one for a person's Traditional and Roth together
    SEP = 2


@dataclass(frozen=True, slots=True)
class Rights:
    """What a kind of account may: a row of the table.

    `collateral`: its holdings and cash count for the borrow line. `source`: rules, fees and charges may take
    money out of it. `personal`: it names one person, who alone acts on it. `owners`: how many people own it at most.
    `agreement`: a signed margin agreement is needed before it is collateral. `opening`: name of the opening minimum.
    """

    collateral: bool
    source: bool
    personal: bool
    owners: int
    pool: Pool
    opening: str
    agreement: bool = False

    @property
    def prior_year(self) -> bool:
        """Whether a contribution may count to the year before; SEP counts to the year in which it is made."""
        return self.pool is Pool.IRA


_TAXABLE: Final = "opening_minimum(taxable)"
_RETIREMENT: Final = "opening_minimum(retirement)"

RIGHTS: Final[Mapping[Ownership, Rights]] = {
    Ownership.INDIVIDUAL: Rights(True, True, False, 1, Pool.NONE, _TAXABLE),
    Ownership.JOINT: Rights(True, True, False, 2, Pool.NONE, _TAXABLE),
    Ownership.TRADITIONAL: Rights(False, False, True, 1, Pool.IRA, _RETIREMENT),
    Ownership.ROTH: Rights(False, False, True, 1, Pool.IRA, _RETIREMENT),
    Ownership.SEP: Rights(False, False, True, 1, Pool.SEP, _RETIREMENT),
    Ownership.CUSTODIAL: Rights(False, False, False, 1, Pool.NONE, _TAXABLE),
    Ownership.TRUST: Rights(True, True, False, 2, Pool.NONE, _TAXABLE, agreement=True),
}


class Who(IntEnum):
    """What a signed-in person is to a household."""

    STRANGER = 0
    SHARER = 1
    JOINT = 2
    OWNER = 3


class Action(Enum):
    """What a person may ask for."""

    SEE = "see"
    MOVE = "move"  # transfers, contributions, withdrawals
    RULE = "rule"  # write, change and pause rules that move this account's money
    TRADE = "trade"  # pies, orders, models
    BORROW = "borrow"  # draw and repay with this account as collateral
    OPEN = "open"
    CLOSE = "close"
    GRANT = "grant"  # let other persons in
    SETTINGS = "settings"  # of the household


class Reach(IntEnum):
    """On which accounts a person may do it."""

    NOTHING = 0
    THEIRS = 1  # joint accounts, and accounts that name the person
    HOUSEHOLD = 2  # all but accounts that name somebody else, where they are personal
    ALL = 3


REACH: Final[Mapping[Action, Mapping[Who, Reach]]] = {
    Action.SEE: {Who.OWNER: Reach.ALL, Who.JOINT: Reach.ALL, Who.SHARER: Reach.ALL},
    Action.MOVE: {Who.OWNER: Reach.HOUSEHOLD, Who.JOINT: Reach.THEIRS},
    Action.RULE: {Who.OWNER: Reach.HOUSEHOLD, Who.JOINT: Reach.THEIRS},
    Action.TRADE: {Who.OWNER: Reach.HOUSEHOLD, Who.JOINT: Reach.THEIRS},
    Action.BORROW: {Who.OWNER: Reach.HOUSEHOLD, Who.JOINT: Reach.THEIRS},
    Action.OPEN: {Who.OWNER: Reach.HOUSEHOLD, Who.JOINT: Reach.THEIRS},
    Action.CLOSE: {Who.OWNER: Reach.HOUSEHOLD, Who.JOINT: Reach.THEIRS},
    Action.GRANT: {Who.OWNER: Reach.ALL},
    Action.SETTINGS: {Who.OWNER: Reach.ALL},
}
"""Who is not listed may not."""


def may(who: Who, action: Action, kind: Ownership, *, named: bool) -> bool:
    """Tell whether a person may do this on an account of that kind; `named`: the account names this person."""
    reach = REACH[action].get(who, Reach.NOTHING)
    if RIGHTS[kind].personal and reach in (Reach.THEIRS, Reach.HOUSEHOLD):
        return named and _possible(action, kind)
    if reach is Reach.THEIRS:
        return (named or kind is Ownership.JOINT) and _possible(action, kind)
    return reach is not Reach.NOTHING and _possible(action, kind)


def _possible(action: Action, kind: Ownership) -> bool:
    """Whether anybody may do this on such an account."""
    return RIGHTS[kind].collateral if action is Action.BORROW else True


def counts_as_collateral(kind: Ownership, *, agreed: bool) -> bool:
    """Tell whether an account's holdings and cash count for the borrow line; `agreed`: its agreement is signed."""
    return RIGHTS[kind].collateral and (agreed or not RIGHTS[kind].agreement)


def may_pay_from(kind: Ownership) -> bool:
    """Tell whether rules, fees and charges may take money out of such an account."""
    return RIGHTS[kind].source
