"""Closing an account: interest at once, fee, the rest elsewhere; refused while it is in use (ruling 6)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.closing import Closed, close_account
from engine.desk import NewCustomer
from engine.holds.layers import Layers
from engine.household import account_named, furnish, read_setup
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from engine.request import TransferRequest, transfer
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.decode import Decoded
from tests.borrow.lent import lent
from tests.engine.households import CHECKING, OPENED, ROTH, Home, held
from tests.naive.asking import fixed, rule
from tests.trading.estates import desk, dividend, night
from tests.trading.world import HALVES, MONDAY, World, prices

DAY = parse_day("2026-11-21")


def close(house: Home, handle: str, other: str = "checking", day: int = DAY) -> Closed:
    with house.work() as work:
        return close_account(work, house.ids["ann"], (handle, other), (day, house.now()))


def test_a_cash_account_gets_its_interest_and_never_any_more(house: Home) -> None:
    """Twenty dates of November at 3.10% on 10,000.00."""
    house.open("ann", [held("pot", "10000.00"), CHECKING])
    assert close(house, "pot") == Closed(16_75, 0, 10_016_75)
    assert house.balance("ann", "checking")[0] == 11_016_75
    with house.books.read(0) as work:
        assert [one.standing for one in work.accounts_of()] == [Standing.CLOSED, Standing.OPEN]
    house.night("2026-12-01")
    house.night("2027-01-01")
    assert house.balance("ann", "pot")[0] == 0
    with pytest.raises(SluiceError, match="pot is closed"):
        close(house, "pot")


def test_a_borrow_line_is_paid_off_interest_first(house: Home) -> None:
    house.open("ann", [held("borrow", "-500.00", "borrow", limit="900.00"), CHECKING])
    assert close(house, "borrow") == Closed(1_57, 0, 501_57)
    assert house.balance("ann", "borrow")[0] == 0
    assert house.balance("ann", "checking")[0] == 498_43


def test_a_line_that_nobody_can_pay_stays_open(house: Home) -> None:
    house.open("ann", [held("borrow", "-5000.00", "borrow", limit="9000.00"), CHECKING])
    with pytest.raises(SluiceError, match=r"borrow owes 5,015.69 and checking can give 1,000.00") as refused:
        close(house, "borrow")
    assert refused.value.field == "to"
    assert house.balance("ann", "borrow")[0] == -5_000_00


def test_an_ira_costs_its_closing_fee(house: Home) -> None:
    persons(house, held("ira", "500.00", "ira", **ROTH), CHECKING)
    assert close(house, "ira") == Closed(0, 100_00, 400_00)


def test_an_account_in_use_is_not_closed(house: Home) -> None:
    cash, bank = held("cash", "5.00"), held("bank", "100.00", "bank")
    house.open("ann", [CHECKING, cash, bank], rule(fixed("1.00"), "bank", "cash", id="sweep"))
    with pytest.raises(SluiceError, match=r"rules name it \(sweep\)"):
        close(house, "cash")
    house.night("2026-11-20")
    with pytest.raises(SluiceError, match="a transfer is on its way"):
        close(house, "bank")
    with pytest.raises(SluiceError, match="name one that stays open"):
        close(house, "checking")


def test_nothing_is_posted_for_an_account_without_dates(house: Home) -> None:
    house.open("ann", [held("pot", "10.00"), CHECKING])
    assert close(house, "pot", day=parse_day("2026-11-01")) == Closed(0, 0, 10_00)
    assert house.balance("ann", "pot")[0] == 0


def refused(house: Home, handle: str, other: str, day: str) -> tuple[str, str, str]:
    """Code, sentence and field with which closing is refused."""
    with pytest.raises(SluiceError) as fault:
        close(house, handle, other, parse_day(day))
    return fault.value.code, fault.value.sentence, fault.value.field


def ask(house: Home, sides: str, cents: int, day: str) -> int:
    """The answer of a one-off transfer such as `bank>cash`."""
    source, destination = sides.split(">")
    with house.work() as work:
        request = TransferRequest(house.ids["ann"], source, destination, cents, f"k{house.now()}", parse_day(day))
        return transfer(work, request, house.now()).status


def layers(house: Home) -> list[tuple[str, int]]:
    """Money under holds: handle and cents."""
    with house.books.read(0) as work:
        names, found = {one.account: one.handle for one in work.accounts_of()}, work.layers()
    return [(names[one], cents) for one, cents in zip(found.account.tolist(), found.amount.tolist(), strict=True)]


def persons(house: Home, *accounts: dict[str, object]) -> None:
    """A household with a person of its own."""
    document = {"persons": [{"name": "Ann", "birth_year": 1990}], "accounts": list(accounts), "rules": []}
    setup = read_setup(Decoded(document))
    assert setup.problems == ()
    with house.work() as work:
        (customer,) = work.open_customers([NewCustomer("ann", "ann")], OPENED, house.now()).tolist()
        furnish(work, [customer], setup, "USD", (OPENED, house.now()))
    house.ids["ann"] = customer


BANKS = (held("bank", "9000.00", "bank"), held("other", "0.00", "bank"))


@pytest.fixture
def deposited(house: Home) -> Home:
    """5,000.00 came from a bank on Tuesday, and is held back from other banks."""
    house.open("ann", [*BANKS, held("pot", "0.00", "checking"), held("savings", "0.00")])
    assert ask(house, "bank>pot", 5_000_00, "2026-11-16") == 201
    for day in ("2026-11-16", "2026-11-17", "2026-11-18"):
        house.night(day)
    assert layers(house) == [("pot", 5_000_00)]
    return house


def test_closing_frees_no_money_under_a_hold(deposited: Home) -> None:
    code, sentence, field = refused(deposited, "pot", "other", "2026-11-19")
    assert (code, field) == ("funds_held", "to")
    assert sentence.startswith("pot can give other at most 0.00 now")
    assert "key" not in sentence
    assert deposited.balance("ann", "pot")[0] == 5_000_00


def test_holds_go_with_the_money_and_none_stays(deposited: Home) -> None:
    assert close(deposited, "pot", "savings", parse_day("2026-11-19")).moved == 5_000_00
    assert layers(deposited) == [("savings", 5_000_00)]
    assert ask(deposited, "savings>other", 5_000_00, "2026-11-19") == 409


def test_holds_of_money_that_is_gone_are_dropped(house: Home) -> None:
    house.open("ann", [*BANKS, held("pot", "0.00", "invest"), CHECKING])
    with house.work() as work:
        pot = account_named(work, house.ids["ann"], "pot").account
        account, arrived, amount, origin = (np.array([number], np.int64) for number in (pot, DAY, 5_00, 0))
        work.set_layers(account, Layers(account, arrived, amount, origin, np.full((6, 1), DAY + 60, np.int64)))
    assert close(house, "pot").moved == 0
    assert layers(house) == []


def test_money_to_a_bank_is_on_its_way_and_arrives_at_a_closed_account_s_bank(house: Home) -> None:
    house.open("ann", [held("bank", "0.00", "bank"), held("pot", "500.00", floor="100.00")])
    assert close(house, "pot", "bank", parse_day("2026-11-01")).moved == 500_00
    assert house.balance("ann", "bank") == (0, 500_00, 0)
    for day in ("2026-11-01", "2026-11-02", "2026-11-03"):
        house.night(day)
    assert (house.balance("ann", "bank"), house.balance("ann", "pot")) == ((500_00, 0, 0), (0, 0, 0))


def test_a_rest_below_what_ach_moves_goes_to_no_bank(house: Home) -> None:
    house.open("ann", [held("bank", "0.00", "bank"), held("pot", "0.05", "checking")])
    assert refused(house, "pot", "bank", "2026-11-19")[0] == "ach_minimum"


def test_what_goes_to_a_retirement_account_counts_to_its_room(house: Home) -> None:
    roth = held("roth", "1000.00", "ira", **ROTH)
    persons(house, held("much", "50000.00", "checking"), held("little", "500.00", "checking"), roth)
    assert refused(house, "much", "roth", "2026-11-19")[0] == "contribution_above_room"
    assert close(house, "little", "roth").moved == 500_00
    with house.books.read(0) as work:
        account = account_named(work, house.ids["ann"], "roth").account
        lines = work.past(house.ids["ann"]).transfers
        seq = work.past(house.ids["ann"]).seq[(lines.debit == account) & (lines.code == Code.CLOSING)]
        rows = work.contributions_at(np.asarray(seq, np.int64))
    assert (rows.amount.tolist(), rows.year.tolist()) == ([500_00], [2026])


def test_what_stands_behind_a_line_leaves_as_far_as_the_margin_bears_it(tmp_path: Path) -> None:
    both = (("VTI", "100", "45"), ("BND", "50", "25"))
    falling = {symbol: {MONDAY - 30: high, MONDAY + 1: low} for symbol, high, low in both}
    with lent(tmp_path, prices(**falling), 10_000_00) as house:
        house.world.save(HALVES, PieTerms(auto_invest=False))
        house.night(MONDAY)
        house.draw(4_000_00, "checking")
        house.move("checking", "invest.income", 4_000_00, "in")
        house.night(MONDAY + 1)
        with pytest.raises(SluiceError, match=r"out of invest\.income would start a margin call") as fault:
            shut(house.world, "invest.income", MONDAY + 2)
        assert (fault.value.code, fault.value.field) == ("margin_short", "to")


def test_a_line_takes_the_rest_interest_first_and_no_more_than_it_owes(house: Home) -> None:
    line = held("borrow", "-10000.00", "borrow", limit="20000.00")
    house.open("ann", [line, held("pot", "100.00", "checking"), held("rich", "20000.00", "checking")])
    house.night("2026-12-01")
    day = parse_day("2026-12-02")
    assert close(house, "pot", "borrow", day).moved == 100_00
    with house.books.read(0) as work:
        assert account_named(work, house.ids["ann"], "borrow").due == 0
    assert refused(house, "rich", "borrow", "2026-12-02")[:2] == (
        "above_owed",
        "borrow owes 9,947.08; pay no more than that.",
    )


def test_some_accounts_never_pay_a_line(house: Home) -> None:
    kid = held("kid", "800.00", "invest", ownership="custodial")
    line = held("borrow", "-500.00", "borrow", limit="900.00")
    persons(house, line, held("ira", "5000.00", "ira", **ROTH), held("bank", "900.00", "bank"), kid)
    assert refused(house, "borrow", "ira", "2026-11-01")[::2] == ("ira_source", "to")
    assert refused(house, "ira", "borrow", "2026-11-01")[0] == "ira_source"
    assert refused(house, "kid", "borrow", "2026-11-01")[0] == "custodial_source"
    code, sentence, _ = refused(house, "borrow", "bank", "2026-11-01")
    assert (code, "transfer it first" in sentence) == ("account_in_use", True)


def test_an_overdrawn_account_is_made_good_by_the_other(house: Home) -> None:
    house.open("ann", [held("pot", "0.00", "checking", mirrored=True), CHECKING])
    house.pay("ann", "pot", "-40.00", "2026-11-10")
    assert close(house, "pot").moved == 40_00
    assert (house.balance("ann", "pot")[0], house.balance("ann", "checking")[0]) == (0, 960_00)


def test_a_correction_takes_back_no_more_than_there_is(house: Home) -> None:
    """Interest of November was posted on a million that a late line says was never there."""
    house.open("ann", [held("pot", "1000000.00", mirrored=True), CHECKING])
    house.night("2026-12-01")
    house.pay("ann", "pot", "-1000000.00", "2026-11-01")
    left = house.balance("ann", "pot")[0]
    assert left > 0
    house.pay("ann", "pot", f"-{(left - 5) // 100}.{(left - 5) % 100:02}", "2026-12-01")
    assert close(house, "pot", day=parse_day("2026-12-02")) == Closed(-5, 0, 0)
    house.night("2027-01-01")
    assert house.balance("ann", "pot")[0] == 0


def shut(made: World, handle: str, day: int) -> Closed:
    """Close an account of a household that trades; the rest goes to checking."""
    with made.books.lock(0) as work:
        return close_account(work, made.customer, (handle, "checking"), (day, made.now), made.market)


def sold(made: World, day: int) -> None:
    """Everything in the account is sold in a day's window."""
    made.today = day
    made.order(IntentKind.SELL)
    made.run(day)


def test_a_dividend_to_come_keeps_the_account_open(tmp_path: Path) -> None:
    """The right is Wednesday's, the sale Wednesday's, the payment next Monday's."""
    paid = dividend(1_00, ex_day=MONDAY + 2, pay_day=MONDAY + 7)
    later = replace(paid, id="later", ex_day=MONDAY + 30, pay_day=MONDAY + 31)
    with desk(str(tmp_path), paid, later) as made:
        sold(made, MONDAY + 2)
        for day in range(MONDAY, MONDAY + 6):
            night(made, day)
        with pytest.raises(SluiceError, match=r"dividends are still to be paid to it \(VTI on 2024-07-15\)"):
            shut(made, "invest.growth", MONDAY + 6)
        night(made, MONDAY + 7)
        assert shut(made, "invest.growth", MONDAY + 8).moved == 1_005_00


def test_open_orders_keep_accounts_open(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        made.today = MONDAY + 1
        number = made.order(IntentKind.RAISE, "", 300_00, destination=made.account("cash").account)
        for handle in ("cash", "invest.growth"):
            with pytest.raises(SluiceError, match="orders for it are open"):
                shut(made, handle, MONDAY + 1)
        made.run(MONDAY + 1)
        for day in (MONDAY + 1, MONDAY + 2):
            night(made, day)
        assert made.intent(number).state == IntentState.DONE
        assert shut(made, "cash", MONDAY + 3) == Closed(4, 0, 300_04)


def test_an_empty_account_has_no_interest(house: Home) -> None:
    house.open("ann", [held("pot", "0.00"), CHECKING])
    assert close(house, "pot") == Closed(0, 0, 0)
