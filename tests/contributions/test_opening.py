"""Owners of new accounts as documents state them, and what an account begins with."""

import pytest

from engine.household import Setup, furnish, read_setup
from ledger.faults import SluiceError
from rules.yamltext import decode_yaml
from tests.contributions.family import DAY, NOW, Family


def problem(line: str) -> tuple[str, str]:
    """(path, code) of the first thing wrong with an account."""
    (found, *_) = read_setup(decode_yaml(f"accounts: [{{handle: a, {line}}}]")).problems
    return found.path, found.code


@pytest.mark.parametrize(
    "line, at, code",
    [
        ("kind: invest, owners: [1]", "ownership", "ownership_missing"),
        ("kind: invest, agreed: true", "ownership", "ownership_missing"),
        ("kind: ira", "ownership", "ownership_missing"),
        ("kind: invest, ownership: roth, owners: [1]", "ownership", "ownership_kind"),
        ("kind: cash, ownership: sep, owners: [1]", "ownership", "ownership_kind"),
        ("kind: ira, ownership: joint, owners: [1, 2]", "ownership", "ownership_kind"),
        ('kind: borrow, limit: "1.00", ownership: custodial', "ownership", "ownership_kind"),
        ("kind: invest, ownership: joint, owners: [1]", "owners", "owners_number"),
        ("kind: invest, ownership: joint, owners: [1, 1]", "owners", "owners_number"),
        ("kind: invest, ownership: joint", "owners", "owners_number"),
        ("kind: ira, ownership: roth", "owners", "owners_number"),
        ("kind: ira, ownership: sep, owners: [1, 2]", "owners", "owners_number"),
        ("kind: invest, ownership: individual, owners: [1, 2]", "owners", "owners_number"),
        ("kind: invest, ownership: joint, owners: [1, 2], agreed: true", "agreed", "agreement_kind"),
        ("kind: invest, ownership: shared", "ownership", "choice"),
        ("kind: ira, ownership: roth, owners: [0]", "owners.0", "whole_number"),
    ],
)
def test_an_ownership_that_cannot_be_is_refused_with_its_field(line: str, at: str, code: str) -> None:
    assert problem(line) == (f"accounts.0.{at}", code)


def test_the_sentences_say_what_is_right() -> None:
    (found,) = read_setup(decode_yaml("accounts: [{handle: a, kind: ira, ownership: trust}]")).problems
    assert found.sentence == "An account of the kind ira cannot be trust; write traditional, roth or sep."
    (found,) = read_setup(decode_yaml("accounts: [{handle: a, kind: ira}]")).problems
    assert found.sentence == (
        "An IRA names its person: write ownership, traditional, roth or sep, and the person's number under owners."
    )
    (found,) = read_setup(decode_yaml("accounts: [{handle: a, kind: ira, ownership: roth}]")).problems
    assert found.sentence.startswith("The owners of an account that is roth are one person, each once;")
    (found,) = read_setup(decode_yaml("accounts: [{handle: a, kind: cash, ownership: trust, owners: [1, 1]}]")).problems
    assert found.sentence.startswith("The owners of an account that is trust are at most two persons;")


@pytest.mark.parametrize("line", ["{name: A, birth_year: 1899}", "{name: A, role: boss}", "{birth_year: 1990}"])
def test_a_person_that_cannot_be_is_refused(line: str) -> None:
    (found,) = read_setup(decode_yaml(f"persons: [{line}]")).problems
    assert found.path.startswith("persons.0")


def opening(ann: Family, line: str, *, asked: bool) -> None:
    read = read_setup(decode_yaml(f"accounts: [{{handle: new, {line}}}]"))
    assert read.problems == ()
    with ann.work() as work:
        furnish(work, [ann.customer], Setup(read.accounts, (), asked=asked), "USD", (DAY, NOW))


@pytest.mark.parametrize(
    "line",
    [
        'kind: invest, ownership: individual, opening: "99.99"',
        'kind: ira, ownership: roth, owners: [1], opening: "499.99"',
    ],
)
def test_an_account_begins_with_its_minimum(ann: Family, line: str) -> None:
    for asked in (True, False):
        with pytest.raises(SluiceError) as told:
            opening(ann, line, asked=asked)
        assert (told.value.code, told.value.field) == ("opening_minimum", "opening")
        assert "write 100.00 or more" in told.value.sentence or "write 500.00 or more" in told.value.sentence


def test_a_document_that_says_nothing_of_owners_opens_with_less(ann: Family) -> None:
    with pytest.raises(SluiceError, match="at least"):
        opening(ann, 'kind: invest, opening: "99.99"', asked=True)
    opening(ann, 'kind: invest, opening: "99.99"', asked=False)


ROTH = "kind: ira, ownership: roth, owners: [1]"


@pytest.mark.parametrize("line", [ROTH, f'{ROTH}, opening: "500.00"', 'kind: cash, opening: "0.01"'])
def test_what_has_its_minimum_or_none_is_opened(ann: Family, line: str) -> None:
    opening(ann, line, asked=True)
    assert ann.account("new")


def test_an_owner_who_is_not_there_is_refused(ann: Family) -> None:
    with pytest.raises(SluiceError) as told:
        opening(ann, "kind: ira, ownership: roth, owners: [5]", asked=True)
    assert (told.value.code, told.value.field) == ("person_unknown", "owners")


def test_no_rule_takes_money_out_of_a_custodial_account(ann: Family) -> None:
    rule = '{id: r, amount: {kind: fixed, amount: "1.00"}, from: [{account: child}], to: [{account: checking}]}'
    child = "accounts: [{handle: child, kind: invest, ownership: custodial}, {handle: checking, kind: checking}]"
    (found,) = read_setup(decode_yaml(f"{child}\nrules: [{rule}]")).problems
    assert (found.path, found.code) == ("rules.0.from.0.account", "custodial_source")
    loaded = read_setup(
        decode_yaml(f"rules: [{rule}]"), read_setup(decode_yaml(child.replace("custodial", "trust"))).accounts
    )
    assert loaded.problems == ()
    with pytest.raises(SluiceError) as told, ann.work() as work:
        furnish(work, [ann.customer], loaded, "USD", (DAY, NOW))
    assert (told.value.code, told.value.field) == ("custodial_source", "rules.0.from.0.account")
