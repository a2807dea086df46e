"""The gate: may this person do this on that account? Pure, over the rows that the books keep (ruling 17).

Nobody signs in yet, so a person is named by hand; nobody named is the household itself, which may everything. A
person of another household is a stranger. Accounts without owners of their own are the household's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.contributions.opening import Owning
from engine.contributions.rights import Action, Ownership, Who, may
from engine.contributions.work import PersonRecord
from engine.desk import AccountRecord
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.faults import SluiceError
from rules.document import Rule

_WORDS: Final = {
    Action.SEE: "look at",
    Action.MOVE: "move money of",
    Action.RULE: "write rules for",
    Action.TRADE: "trade in",
    Action.BORROW: "draw on or repay",
    Action.OPEN: "open",
    Action.CLOSE: "close",
    Action.GRANT: "let people into",
    Action.SETTINGS: "change the settings of",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the gate needs to know of an account: its ownership, and the persons that it names."""

    kind: Ownership
    owners: frozenset[int] = frozenset()


OURS: Final = Terms(Ownership.INDIVIDUAL)
"""An account that is the household's own, and what belongs to no account."""


@dataclass(frozen=True, slots=True)
class HouseRights:
    """A household's persons by number, and terms of its accounts by handle; those that are not there are `OURS`.

    `lines` are handles of borrow lines: moving their money is borrowing.
    """

    persons: Mapping[int, PersonRecord]
    accounts: Mapping[str, Terms]
    lines: frozenset[str] = frozenset()


def rights_of(work: BookWork, customer: int, accounts: Sequence[AccountRecord] | None = None) -> HouseRights:
    """The rights of a household as they are stored; `accounts` are its accounts where they were read already."""
    column = np.array([customer], np.int64)
    named = {one.account: one for one in work.owners(column)}
    found: dict[str, Terms] = {}
    lines = []
    for account in work.accounts_of(column) if accounts is None else accounts:
        if account.kind == Kind.BORROW:
            lines.append(account.handle)
        if owned := named.get(account.account):
            found[account.handle] = Terms(Ownership(owned.kind), frozenset(owned.owners))
        elif account.kind == Kind.IRA:
            found[account.handle] = Terms(Ownership.TRADITIONAL)
    return HouseRights({one.number: one for one in work.persons(column)}, found, frozenset(lines))


def allowed(rights: HouseRights, person: int | None, action: Action, account: str | Terms = OURS) -> bool:
    """Tell whether a person, by number, may do this on an account, by handle or by its terms before it is there."""
    if person is None:
        return True
    terms = account if isinstance(account, Terms) else rights.accounts.get(account, OURS)
    record = rights.persons.get(person)
    who, number = (Who.STRANGER, 0) if record is None else (Who(record.role), record.person)
    return may(who, _meant(rights, action, account), terms.kind, named=number in terms.owners)


def _meant(rights: HouseRights, action: Action, account: str | Terms) -> Action:
    """Moving money of a borrow line is borrowing."""
    return Action.BORROW if action is Action.MOVE and account in rights.lines else action


def prove(rights: HouseRights, person: int | None, action: Action, accounts: Iterable[str | Terms] = (OURS,)) -> None:
    """Raise SluiceError `not_allowed`, which says who may, unless the person may do this on each of the accounts."""
    for account in accounts:
        if person is None or allowed(rights, person, action, account):
            continue
        what = account if isinstance(account, str) else "such an account" if account is not OURS else "the household"
        others = [one.name for number, one in rights.persons.items() if allowed(rights, number, action, account)]
        who = " and ".join(others) if others else "nobody here"
        words = _WORDS[_meant(rights, action, account)]
        raise SluiceError("not_allowed", f"{_named(rights, person)} may not {words} {what}; {who} may.")


def _named(rights: HouseRights, person: int) -> str:
    record = rights.persons.get(person)
    return f"Person {person}, who is not of this household," if record is None else record.name


def to_open(rights: HouseRights, owning: Owning | None) -> Terms:
    """The terms of an account of a set-up before it is there; owners are numbers in the household."""
    if owning is None:
        return OURS
    return Terms(owning.kind, frozenset(rights.persons[one].person for one in owning.owners if one in rights.persons))


def touched(before: Sequence[Rule], after: Sequence[Rule]) -> list[str]:
    """Handles that move money in rules which a new list changes, adds, leaves out or puts elsewhere; sources first."""
    kept = {rule.id for rule in before if rule in after}
    first, second = ([rule.id for rule in rules if rule.id in kept] for rules in (before, after))
    same = kept if first == second else set()
    changed = [rule for rule in (*before, *after) if rule.id not in same]
    handles = [
        *(source.account for rule in changed for source in rule.from_),
        *(destination.account for rule in changed for destination in rule.to),
    ]
    return list(dict.fromkeys(handles))
