"""A joint owner, a sharer and a stranger can do exactly what the table says, over stored rows."""

from itertools import product

import pytest

from engine.contributions.access import OURS, Terms, allowed, prove, to_open, touched
from engine.contributions.opening import Owning
from engine.contributions.rights import REACH, RIGHTS, Action, Ownership, Reach, Who
from ledger.faults import SluiceError
from rules.document import Rule
from rules.load import load_yaml
from tests.contributions.family import ACCOUNTS, Family

KINDS = {
    "checking": Ownership.INDIVIDUAL,
    "line": Ownership.INDIVIDUAL,
    "taxable": Ownership.INDIVIDUAL,
    "spare": Ownership.INDIVIDUAL,
    "together": Ownership.JOINT,
    "child": Ownership.CUSTODIAL,
    "trust": Ownership.TRUST,
    "pair": Ownership.JOINT,
    "traditional": Ownership.TRADITIONAL,
    "roth": Ownership.ROTH,
    "sep": Ownership.SEP,
    "bens": Ownership.ROTH,
    "old": Ownership.TRADITIONAL,
    "bank": Ownership.INDIVIDUAL,
}
NAMED = {"together": {1, 2}, "pair": {1, 2}, "child": {2}, "traditional": {1}, "roth": {1}, "sep": {1}, "bens": {2}}
PERSONS = {1: Who.OWNER, 2: Who.JOINT, 3: Who.SHARER, 4: Who.STRANGER, 77: Who.STRANGER}


def expected(person: int, action: Action, handle: str) -> bool:
    """The tables read in words, not with the code that is tested."""
    kind, named = KINDS[handle], person in NAMED.get(handle, set())
    if handle == "line" and action is Action.MOVE:
        action = Action.BORROW
    if action is Action.BORROW and not RIGHTS[kind].collateral:
        return False
    reach = REACH[action].get(PERSONS[person], Reach.NOTHING)
    if reach in {Reach.NOTHING, Reach.ALL}:
        return reach is Reach.ALL
    if RIGHTS[kind].personal:
        return named
    return reach is Reach.HOUSEHOLD or named or kind is Ownership.JOINT


def test_everyone_may_exactly_what_the_tables_say(everywhere: Family) -> None:
    assert set(KINDS) == set(ACCOUNTS)
    assert set(KINDS.values()) == set(Ownership)
    rights = everywhere.rights()
    for person, action, handle in product(PERSONS, Action, KINDS):
        assert allowed(rights, person, action, handle) == expected(person, action, handle), (person, action, handle)


def test_nobody_named_is_the_household_itself(ann: Family) -> None:
    rights = ann.rights()
    for action, handle in product(Action, KINDS):
        assert allowed(rights, None, action, handle)
    prove(rights, None, Action.GRANT)


def test_a_person_of_another_household_is_a_stranger(ann: Family) -> None:
    other = ann.open("other", "persons: [{name: Zoe}, {name: Yan}, {name: Xia}, {name: Will}, {name: Vic}]")
    with ann.books.read(0) as work:
        assert [one.number for one in work.persons() if one.customer == other] == [1, 2, 3, 4, 5]
    assert not allowed(ann.rights(), 5, Action.SEE, "checking")


@pytest.mark.parametrize(
    "person, action, accounts, sentence",
    [
        (2, Action.TRADE, ["together", "taxable"], "Ben may not trade in taxable; Ann may."),
        (3, Action.MOVE, ["together"], "Cleo may not move money of together; Ann and Ben may."),
        (1, Action.MOVE, ["bens"], "Ann may not move money of bens; Ben may."),
        (1, Action.MOVE, ["old"], "Ann may not move money of old; nobody here may."),
        (4, Action.SEE, [OURS], "Dan may not look at the household; Ann and Ben and Cleo may."),
        (9, Action.GRANT, [OURS], "Person 9, who is not of this household, may not let people into the household; Ann"),
        (2, Action.OPEN, [Terms(Ownership.TRUST)], "Ben may not open such an account; Ann may."),
        (3, Action.MOVE, ["line"], "Cleo may not draw on or repay line; Ann may."),
    ],
)
def test_a_refusal_says_who_may(
    ann: Family, person: int, action: Action, accounts: list[str | Terms], sentence: str
) -> None:
    with pytest.raises(SluiceError) as told:
        prove(ann.rights(), person, action, accounts)
    assert told.value.code == "not_allowed"
    assert told.value.sentence.startswith(sentence)


def test_an_account_is_weighed_before_it_is_there(ann: Family) -> None:
    rights = ann.rights()
    assert to_open(rights, None) == OURS
    joint = to_open(rights, Owning(Ownership.JOINT, (2, 99), agreed=False))
    assert joint == Terms(Ownership.JOINT, frozenset({rights.persons[2].person}))
    assert allowed(rights, 2, Action.OPEN, joint)
    roth = to_open(rights, Owning(Ownership.ROTH, (1,), agreed=False))
    assert not allowed(rights, 2, Action.OPEN, roth)


def rule(name: str, source: str, to: str, amount: str = "1.00") -> str:
    fixed = f'amount: {{kind: fixed, amount: "{amount}"}}'
    return f"- {{id: {name}, {fixed}, from: [{{account: {source}}}], to: [{{account: {to}}}]}}\n"


def rules(*texts: str) -> tuple[Rule, ...]:
    loaded = load_yaml("".join(texts) or "[]")
    assert loaded.problems == ()
    return loaded.rules


def test_a_list_touches_the_accounts_of_the_rules_that_change() -> None:
    one, two = rule("one", "checking", "taxable"), rule("two", "pair", "together")
    assert touched(rules(one, two), rules(one, two)) == []
    assert touched(rules(), rules(one)) == ["checking", "taxable"]
    assert touched(rules(one, two), rules(two)) == ["checking", "taxable"]
    assert touched(rules(one, two), rules(one, rule("two", "pair", "together", "2.00"))) == ["pair", "together"]
    assert touched(rules(one, two), rules(rule("one", "pair", "taxable"), two)) == ["checking", "pair", "taxable"]


def test_another_order_touches_them_all() -> None:
    one, two = rule("one", "checking", "taxable"), rule("two", "pair", "together")
    assert touched(rules(one, two), rules(two, one)) == ["checking", "pair", "taxable", "together"]
