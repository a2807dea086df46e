"""Rule lists as they are saved: canonical text, versions, the first day of each rule, and refusals."""

from dataclasses import replace
from datetime import date

import pytest

from engine.desk import ListVersion
from engine.rulebook import compile_for, first_saved, from_text, save_rules, terms_of, to_text
from ledger.accounts import Standing
from ledger.faults import SluiceError
from rules.check import AccountTerms
from rules.load import load_rules
from rules.starter_files import starters
from tests.engine.households import CASH, CHECKING, OPENED, Home
from tests.naive.asking import fixed, rule

RULES = load_rules([rule(fixed("1.00"), id="a"), rule(fixed("2.00"), id="b")]).rules


def version(number: int, day: int, *names: str) -> ListVersion:
    rules = load_rules([rule(fixed("1.00"), id=name) for name in names]).rules
    return ListVersion(number, 1, day, to_text(rules))


def test_stored_text_is_canonical_and_reads_back() -> None:
    known = tuple(starter.rule for starter in starters())
    for rules in (RULES, known, ()):
        assert from_text(to_text(rules)) == tuple(rules)
        assert to_text(from_text(to_text(rules))) == to_text(rules)
    assert " " not in to_text(RULES)


def test_stored_text_that_no_longer_reads_is_an_alarm() -> None:
    with pytest.raises(SluiceError, match="A stored rule list cannot be read") as broken:
        from_text('[{"id": "a"}]')
    assert broken.value.code == "stored_rules"


def test_a_rule_is_first_saved_when_its_id_first_stood_in_the_list() -> None:
    versions = [version(1, 100, "b"), version(2, 200, "a"), version(3, 300, "a", "b", "c")]
    assert first_saved(versions, RULES, 400) == {"a": date(1970, 7, 20), "b": date(1970, 4, 11)}
    assert first_saved([], RULES, 400) == dict.fromkeys(("a", "b"), date(1971, 2, 5))


def test_a_list_is_saved_as_the_next_version(home: Home) -> None:
    customer = home.open("ann", [CHECKING, CASH])
    with home.work() as work:
        assert (
            compile_for(work, customer, RULES, OPENED).tallies == [] == list(compile_for(work, customer, (), 1).tallies)
        )
        for number in (1, 2, 3):
            assert save_rules(work, customer, RULES[: number % 3], (OPENED + number, home.now())) == ()
        versions = work.versions(customer)
        (record,) = work.customers()
    assert [(one.version, one.day, len(from_text(one.documents))) for one in versions] == [
        (1, OPENED + 1, 1),
        (2, OPENED + 2, 2),
        (3, OPENED + 3, 0),
    ]
    assert record.version == 3


def test_a_list_that_does_not_fit_is_not_saved(home: Home) -> None:
    customer = home.open("ann", [CHECKING])
    with home.work() as work:
        (problem, *_) = save_rules(work, customer, RULES, (OPENED, home.now()))
        assert (problem.path, problem.code) == ("rules.0.to.0.account", "unknown_account")
        compiled = compile_for(work, customer, RULES, OPENED)
        assert (compiled.program, compiled.tallies, len(compiled.problems)) == (None, (), 2)
        assert work.versions(customer) == []


def test_the_terms_of_accounts_are_their_kind_currency_and_whether_they_are_closed(home: Home) -> None:
    home.open("ann", [CHECKING, CASH])
    with home.books.read(0) as work:
        checking, cash = work.accounts_of()
    told = terms_of([checking, replace(cash, standing=Standing.CLOSED)])
    assert told == {
        "checking": AccountTerms("checking", "USD", closed=False),
        "cash": AccountTerms("cash", "USD", closed=True),
    }
    assert terms_of([checking, cash], {cash.account})["cash"] == AccountTerms("cash", "USD", auto_invest=True)
