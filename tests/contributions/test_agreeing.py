"""Who may say what the customer agrees to, about which accounts, on both engines (ruling 17)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from engine.agreeing import Consent, agree_margin, charge_cash, line_terms
from engine.desk import AccountEvent
from engine.household import account_named
from ledger.accounts import Standing
from ledger.faults import SluiceError
from tests.contributions.family import DAY, Family

FOREIGN = 9


def agreed(family: Family) -> bool:
    """Whether the trust's agreement is signed."""
    with family.work() as work:
        return next(one for one in work.owners(family.column) if one.account == family.account("trust")).agreed


def terms(family: Family) -> tuple[bool, bool]:
    """Whether the line's limit follows collateral, and whether cash pays."""
    with family.work() as work:
        return line_terms(work, account_named(work, family.customer, "line"))


def sign(family: Family, handle: str = "trust", person: int | None = None, *, given: bool) -> None:
    """Say whether the agreement of an account is signed."""
    with family.work() as work:
        agree_margin(work, Consent(family.customer, handle, given, person), None, DAY)


def charge(family: Family, handle: str = "line", person: int | None = None, *, given: bool) -> None:
    """Say whether cash accounts pay."""
    with family.work() as work:
        charge_cash(work, Consent(family.customer, handle, given, person))


def refused(wanted: str, asked: object, family: Family, handle: str, person: int | None = None) -> None:
    """The one code for both answers of either question."""
    for given in (True, False):
        with pytest.raises(SluiceError) as caught:
            (sign if asked is sign else charge)(family, handle, person, given=given)
        assert caught.value.code == wanted


def test_an_agreement_is_signed_and_taken_back(everywhere: Family) -> None:
    for given, person in product((False, False, True, True), (None, 1)):
        sign(everywhere, person=person, given=given)
        assert agreed(everywhere) is given


def test_cash_accounts_pay_where_the_customer_lets_them(everywhere: Family) -> None:
    for given, person in product((True, True, False, False), (None, 1)):
        charge(everywhere, person=person, given=given)
        assert terms(everywhere) == (False, given)


def test_the_rest_of_a_secured_line_stays_as_it_is(everywhere: Family) -> None:
    with everywhere.work() as work:
        work.set_line_terms(everywhere.account("line"), secured=True, cash_pays=False)
    charge(everywhere, given=True)
    assert terms(everywhere) == (True, True)


@pytest.mark.parametrize("person", [2, 3, 4, FOREIGN])
def test_others_may_say_neither(everywhere: Family, person: int) -> None:
    refused("not_allowed", sign, everywhere, "trust", person)
    refused("not_allowed", charge, everywhere, "line", person)
    refused("not_allowed", charge, everywhere, "nowhere", FOREIGN)
    assert agreed(everywhere)
    assert terms(everywhere) == (False, False)


def test_who_lets_cash_pay_may_move_all_of_it(ann: Family) -> None:
    """Ben may draw on a line of both, and move what is in their cash; Ann's own cash account is not his."""
    setup = """
persons: [{name: Ann}, {name: Ben, role: joint}]
accounts:
  - {handle: line, kind: borrow, limit: "9.00", ownership: joint, owners: [1, 2]}
  - {handle: pair, kind: cash, ownership: joint, owners: [1, 2]}
  - {handle: checking, kind: checking}
  - {handle: trust, kind: invest, ownership: trust, owners: [2]}
"""
    ben = replace(ann, customer=ann.open("both", setup))
    charge(ben, person=2, given=True)
    assert terms(ben) == (False, True)
    sign(ben, person=2, given=True)
    assert agreed(ben)
    own = "  - {handle: own, kind: cash, ownership: individual, owners: [1]}\n"
    other = replace(ann, customer=ann.open("other", setup + own))
    with pytest.raises(SluiceError, match="Ben may not move money of own; Ann may") as caught:
        charge(other, person=2, given=True)
    assert caught.value.code == "not_allowed"
    charge(other, person=2, given=False)
    with other.work() as work:
        work.change_account(other.account("own"), AccountEvent(0, 0, 0, 10**15, 0, Standing.CLOSED))
    charge(other, person=2, given=True)
    assert terms(other) == (False, True)


def test_what_it_cannot_be_said_of_is_refused(ann: Family) -> None:
    for handle in ("checking", "taxable", "spare", "roth", "child", "line"):
        refused("agreement_kind", sign, ann, handle)
    for handle in ("checking", "trust", "roth"):
        refused("limit", charge, ann, handle)
    refused("account_unknown", sign, ann, "nowhere")
    refused("account_unknown", charge, ann, "nowhere")
    with ann.work() as work:
        for handle in ("trust", "line"):
            account = account_named(work, ann.customer, handle)
            event = AccountEvent(
                account.account, 0, account.floor, account.ceiling, account.rule_floor, Standing.CLOSED
            )
            work.change_account(account.account, event)
    refused("account_closed", sign, ann, "trust")
    refused("account_closed", charge, ann, "line")
