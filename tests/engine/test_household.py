"""Opening a household: set-ups read or refused, accounts, opening balances and rules."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.desk import NewCustomer
from engine.household import AccountSetup, Setup, account_named, furnish, open_balance, read_setup, reference_flaw
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT
from ledger.seal import asset_number
from rules.decode import Decoded, decode_json
from store.verify import verify
from tests.engine.households import OPENED, Home, held
from tests.naive.asking import fixed, rule

USD = asset_number("USD")


def problems(body: Any, *existing: AccountSetup) -> list[tuple[str, str]]:
    setup = read_setup(Decoded(body), existing)
    return [(problem.path, problem.code) for problem in setup.problems]


def setup(*accounts: dict[str, Any], rules: list[dict[str, object]] | None = None) -> Setup:
    made = read_setup(Decoded({"accounts": list(accounts), "rules": rules or []}))
    assert made.problems == ()
    return made


def test_a_setup_is_read_whole_or_refused_with_its_paths() -> None:
    assert problems([]) == [("", "mapping_expected")]
    assert [one.code for one in read_setup(decode_json(b"{")).problems] == ["json"]
    assert problems({}) == []
    assert problems({"account": []}) == [("account", "unknown_key")]
    bad = {"accounts": [{"handle": "Cash", "kind": "cash"}], "rules": [{"id": "r"}]}
    assert {path.split(".")[0] for path, _ in problems(bad)} == {"accounts", "rules"}
    twice = {"accounts": [held("cash", "0.00"), held("cash", "0.00")]}
    assert problems(twice) == [("accounts", "handle_taken")]
    assert problems({"rules": [rule(fixed("1.00"))]}) == [
        ("rules.0.from.0.account", "unknown_account"),
        ("rules.0.to.0.account", "unknown_account"),
    ]
    checking = AccountSetup(handle="checking", kind="checking")
    assert problems({"accounts": [held("cash", "0.00")], "rules": [rule(fixed("1.00"))]}, checking) == []


@pytest.mark.parametrize(
    "more,path,code",
    [
        ({"limit": "5.00"}, "limit", "limit"),
        ({"charge_cash": True}, "charge_cash", "limit"),
        ({"floor": "2.00", "ceiling": "1.00"}, "floor", "floor_above_ceiling"),
        ({"opening": "ten"}, "opening", "money"),
        ({"kind": "borrow", "limit": "9.00", "opening": "5.00"}, "opening", "opening_of_line"),
        ({"kind": "borrow", "limit": "9.00", "opening": "-9.01"}, "opening", "opening_of_line"),
        ({"kind": "borrow", "opening": "-0.01"}, "opening", "opening_of_line"),
        ({"kind": "shoe"}, "kind", "choice"),
    ],
)
def test_an_account_that_cannot_be(more: dict[str, str], path: str, code: str) -> None:
    ((where, found),) = problems({"accounts": [{"handle": "pot", "kind": "cash"} | more]})
    assert (where.removeprefix("accounts.0."), found) == (path, code)


@pytest.mark.parametrize(
    "more,limits",
    [
        ({"kind": "cash"}, (Kind.CASH, 0, MAX_AMOUNT, 0)),
        ({"kind": "cash", "floor": "5.00", "ceiling": "9.00"}, (Kind.CASH, 0, 9_00, 5_00)),
        ({"kind": "ira", "floor": "-5.00", "ownership": "roth", "owners": [1]}, (Kind.IRA, -5_00, MAX_AMOUNT, -5_00)),
        ({"kind": "borrow", "limit": "7.00"}, (Kind.BORROW, -7_00, 0, -7_00)),
        ({"kind": "borrow"}, (Kind.BORROW, 0, 0, 0)),
        ({"kind": "bank", "mirrored": True, "floor": "1.00"}, (Kind.BANK, -MAX_AMOUNT, MAX_AMOUNT, 1_00)),
    ],
)
def test_the_terms_of_an_account(more: dict[str, Any], limits: tuple[int, int, int, int]) -> None:
    terms = setup({"handle": "pot", "name": "The pot"} | more).accounts[0].terms(7, USD)
    assert (terms.kind, terms.floor, terms.ceiling, terms.rule_floor) == limits
    assert (terms.customer, terms.handle, terms.name, terms.asset) == (7, "pot", "The pot", USD)
    assert AccountSetup(handle="pot", kind="cash").terms(7, USD).name == "pot"


def test_a_household_gets_accounts_openings_and_rules(home: Home) -> None:
    customer = home.open(
        "ann",
        [held("checking", "10.00", "checking"), held("borrow", "-3.00", "borrow", limit="5.00"), held("cash", "0.00")],
        rule(fixed("1.00")),
    )
    assert home.balance("ann", "checking") == (10_00, 0, 0)
    assert home.balance("ann", "borrow") == (-3_00, 0, 0)
    with home.books.read(0) as work:
        past = work.past(customer)
        (version,) = work.versions(customer)
    assert past.transfers.code.tolist() == [Code.OPENING] * 2
    assert (version.version, version.day) == (1, OPENED)
    assert list(verify(home.url)) == []


def test_a_household_without_anything_is_a_household(home: Home) -> None:
    customer = home.open("ann", [])
    with home.books.read(0) as work:
        assert (work.versions(customer), work.accounts_of(np.array([customer]))) == ([], [])


def test_an_opening_is_posted_once_and_never_beyond_a_limit(home: Home) -> None:
    customer = home.open("ann", [held("cash", "10.00", ceiling="20.00")])
    with home.work() as work:
        open_balance(work, customer, "cash", 10_00, (OPENED, home.now()))
    assert home.balance("ann", "cash") == (10_00, 0, 0)
    for amount, code in ((11_00, "exceeds_ceiling"), (-11_00, "exceeds_floor")):
        with pytest.raises(SluiceError) as refused, home.work() as work:
            open_balance(work, customer, "cash", amount, (OPENED + 1, home.now()))
        assert (refused.value.code, refused.value.field) == (code, "opening")
    with pytest.raises(SluiceError) as other, home.work() as work:
        open_balance(work, customer, "cash", 9_00, (OPENED, home.now()))
    assert other.value.code == "exists_with_different_amount"
    assert home.balance("ann", "cash") == (10_00, 0, 0)


def test_an_account_is_found_by_its_handle_or_the_choices_are_named(home: Home) -> None:
    ann, bob = home.open("ann", [held("cash", "0.00"), held("pot", "0.00")]), home.open("bob", [])
    with home.books.read(0) as work:
        assert account_named(work, ann, "pot").handle == "pot"
        with pytest.raises(SluiceError, match="There is no account purse; the accounts are cash, pot"):
            account_named(work, ann, "purse")
        with pytest.raises(SluiceError, match="the accounts are none yet"):
            account_named(work, bob, "cash")


def test_rules_that_do_not_fit_open_nothing(home: Home) -> None:
    accounts = setup(held("checking", "0.00", "checking"), held("cash", "0.00"), rules=[rule(fixed("1.00"))])

    def opened() -> None:
        with home.work() as work:
            customers = work.open_customers([NewCustomer("ann", "Ann")], OPENED, home.now()).tolist()
            furnish(work, customers, Setup(accounts.accounts[:1], accounts.rules), "USD", (OPENED, home.now()))

    with pytest.raises(SluiceError) as refused:
        opened()
    assert (refused.value.code, refused.value.field) == ("unknown_account", "rules.0.to.0.account")
    assert home.books.find("ann") is None


def test_a_mirrored_account_has_no_ceiling() -> None:
    body = {"accounts": [{"handle": "checking", "kind": "checking", "mirrored": True, "ceiling": "5.00"}]}
    assert problems(body) == [("accounts.0.ceiling", "ceiling_of_mirror")]


def test_a_reference_stands_in_addresses() -> None:
    assert [reference_flaw(name) for name in ("ann", "a.b", "...", "Å 7")] == [""] * 4
    assert all(reference_flaw(name) for name in ("", "a\n", "x" * 81, " a", "a/b", ".", ".."))


@pytest.mark.parametrize("asked,field", [(True, "asset"), (False, "accounts.1.limit")])
def test_a_secured_line_is_in_the_currency_of_prices(home: Home, *, asked: bool, field: str) -> None:
    """Its limit and margin would add koruna to the dollars in which securities are priced."""
    customer = home.open("ann", [held("pie", "200.00", "invest"), held("first", "0.00", "borrow")])
    made = replace(setup(held("pot", "0.00"), held("line", "0.00", "borrow")), asked=asked)
    with pytest.raises(SluiceError) as refused, home.work() as work:
        furnish(work, [customer], made, "CZK", (OPENED, home.now()))
    assert (refused.value.code, refused.value.field) == ("line_currency", field)
    assert refused.value.sentence == (
        "line would be lent on securities, which are priced in USD; open it in USD, or with a limit of its own."
    )
    with home.work() as work:
        assert [one.handle for one in work.accounts_of()] == ["pie", "first"]
        furnish(work, [customer], replace(made, accounts=made.accounts[1:]), "USD", (OPENED, home.now()))
        fixed_one = setup(held("koruna", "0.00", "borrow", limit="500.00"))
        furnish(work, [customer], fixed_one, "CZK", (OPENED, home.now()))
        assert [one.handle for one in work.accounts_of()] == ["pie", "first", "line", "koruna"]
