"""A trust's margin agreement is not taken back while the loan needs its collateral (products.md 1.13, ruling 14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.agreeing import Consent, agree_margin
from engine.contributions.rights import Ownership
from engine.contributions.work import Owned
from engine.desk import NewAccount
from engine.household import account_named
from engine.invest.orderrecords import IntentKind, IntentState
from ledger.accounts import Kind
from ledger.faults import SluiceError
from tests.borrow.lent import Lent, lent
from tests.borrow.test_books import IDLE, TUESDAY, WEDNESDAY
from tests.trading.world import HALVES, MONDAY, USD, prices

CALM = prices(VTI="100", BND="50")


def trust(house: Lent, handle: str = "trust") -> None:
    """A trust owns the account, which is opened where it is not there; its agreement is signed."""
    desk = house.world
    with desk.books.lock(0) as work:
        if handle == "trust":
            work.open_accounts(
                [NewAccount(desk.customer, handle, handle, Kind.INVEST, USD, 0, 10**15, 0)], MONDAY - 7, 1
            )
        account = account_named(work, desk.customer, handle).account
        work.own([Owned(account, desk.customer, Ownership.TRUST, agreed=True, owners=())])


def backed(house: Lent, cents: int) -> None:
    """A loan of 4,000.00 stands on the pie, and on so much cash of a trust."""
    house.world.save(HALVES, IDLE)
    trust(house)
    house.world.pay_in(cents, "the trust's", "trust")
    house.night(MONDAY)
    house.draw(4_000_00)


def say(house: Lent, handle: str, day: int, *, given: bool, market: bool = True) -> str:
    """Say whether the agreement holds: the refusal's code, field and sentence, or nothing."""
    desk = house.world
    try:
        with desk.books.lock(0) as work:
            agree_margin(work, Consent(desk.customer, handle, given), desk.market if market else None, day)
    except SluiceError as fault:
        return f"{fault.code} {fault.field}: {fault.sentence}"
    return ""


def test_an_agreement_that_stands_behind_a_loan_stays(tmp_path: Path) -> None:
    with lent(tmp_path, CALM, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        trust(house, "invest.growth")
        house.night(MONDAY)
        house.draw(4_000_00)
        before = house.excess(TUESDAY)
        assert say(house, "invest.growth", TUESDAY, given=False) == (
            "margin_short agreed: Without invest.growth 4,000.00 would be missing behind borrow: pay so much in, or "
            "sell and pay it down, and take the agreement back then."
        )
        assert say(house, "invest.growth", TUESDAY, given=False, market=False).startswith("margin_short agreed: ")
        assert house.excess(TUESDAY) == before > 0  # nothing of it is kept
        assert say(house, "invest.growth", TUESDAY, given=True) == ""
        house.world.pay_in(4_000_00, handle="borrow")
        assert say(house, "invest.growth", TUESDAY, given=False) == ""
        assert house.world.account().account not in house.measured(TUESDAY).counts()
        assert house.excess(TUESDAY) == 0
        house.night(TUESDAY)
        assert house.world.account("borrow").rule_floor == 0  # it lends nothing any more
        assert say(house, "invest.growth", WEDNESDAY, given=True) == ""
        house.night(WEDNESDAY)
        assert house.world.account("borrow").rule_floor == -4_000_00


def test_an_agreement_that_the_loan_can_spare_is_taken_back(tmp_path: Path) -> None:
    with lent(tmp_path, CALM, 10_000_00) as house:
        backed(house, 1_000_00)
        before = house.excess(TUESDAY)
        assert say(house, "trust", TUESDAY, given=False) == ""
        assert house.excess(TUESDAY) == before - 1_000_00


def test_what_raises_will_pay_away_is_not_there_for_it(tmp_path: Path) -> None:
    with lent(tmp_path, CALM, 10_000_00) as house:
        backed(house, 5_000_00)
        there = house.world.account("checking").account
        number = house.world.order(IntentKind.RAISE, "", 5_000_00, destination=there)
        house.world.run(TUESDAY)
        assert house.world.intent(number).state in {IntentState.WORKING, IntentState.SETTLING}
        missing = 5_000_00 - (house.excess(TUESDAY) - 5_000_00)
        assert 0 < missing < 5_000_00
        said = say(house, "trust", TUESDAY, given=False)
        assert said.startswith("margin_short agreed: Without trust ")
        assert " would be missing behind borrow once what is being raised is paid: pay so much in, " in said


def test_without_a_line_nothing_speaks_against_it(tmp_path: Path) -> None:
    with lent(tmp_path, CALM, 10_000_00) as house:
        trust(house)
        with house.world.books.lock(0) as work:
            work.set_line_terms(house.line, secured=False, cash_pays=False)
        assert say(house, "trust", TUESDAY, given=False) == ""


@pytest.mark.parametrize("handle", ["invest.growth", "checking", "borrow"])
def test_only_a_trust_signs_one(tmp_path: Path, handle: str) -> None:
    with lent(tmp_path, CALM, 10_000_00) as house:
        said = say(house, handle, TUESDAY, given=True)
        assert said == f"agreement_kind account: {handle} needs no margin agreement; name an account that a trust owns."
