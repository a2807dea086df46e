"""Interest, charges and fees before the rules of a night: what is posted, when, and what stays as it was."""

import numpy as np
import pytest

from engine.closing import close_account
from engine.codes import Outcome
from engine.dated.document import DatedRow
from engine.fees.reasons import Fee, Waived
from engine.fees.single import account_again, take_fee
from engine.household import account_named
from engine.request import TransferRequest, transfer
from engine.tonight import plan_tonight
from ledger.batch import Code
from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from tests.engine.households import CHECKING, Home, held
from tests.naive.asking import fixed, rule

POT = held("cash", "10000.00")


def booked(home: Home, name: str, code: Code) -> list[tuple[str, int]]:
    """(effective day, cents) of a household's transfers of a code, in order."""
    with home.books.read(0) as work:
        lines = work.past(home.ids[name]).transfers
    mine = lines.take(lines.code == code)
    return [(format_day(day), cents) for day, cents in zip(mine.day.tolist(), mine.amount.tolist(), strict=True)]


def test_the_first_night_of_a_month_posts_the_month_before(home: Home) -> None:
    """Opened on 1 November at 3.10%: 30 dates of November, then December with that interest in it."""
    home.open("ann", [POT])
    home.night("2026-11-30")
    assert home.balance("ann", "cash")[0] == 10_000_00
    home.night("2026-12-01")
    assert booked(home, "ann", Code.INTEREST) == [("2026-11-30", 25_12)]
    home.night("2026-12-02")
    home.night("2027-01-01")
    assert booked(home, "ann", Code.INTEREST) == [("2026-11-30", 25_12), ("2026-12-31", 26_03)]
    with home.books.read(0) as work:
        account, remainder = work.carried(parse_day("2026-12-01"))
        assert work.posted_interest(account)[2].tolist() == [25_12, 26_03]
    assert np.abs(remainder).max() * 2 <= 365 * 10**12


def test_months_without_a_night_are_posted_by_the_next_one(house: Home) -> None:
    house.open("ann", [POT])
    house.night("2027-01-05")
    assert booked(house, "ann", Code.INTEREST) == [("2026-11-30", 25_12), ("2026-12-31", 26_03)]


def test_a_late_deposit_is_corrected_in_the_month_that_runs(house: Home) -> None:
    """1,000.00 for 10 November, recorded in December: 21 dates of November at 3.10% come in December's interest."""
    house.open("ann", [POT])
    house.open("ben", [POT])
    house.night("2026-12-01")
    house.pay("ann", "cash", "1000.00", "2026-11-10")
    house.night("2027-01-01")
    (_, late), (_, plain) = (booked(house, name, Code.INTEREST)[1] for name in ("ann", "ben"))
    assert plain == 26_03
    assert late - plain in {4_35, 4_36}  # 4.3549 and what November left; to the cent in tests/money


def test_a_negative_correction_takes_back_what_is_there_and_carries_the_rest(house: Home) -> None:
    """Money that was never there earned in November; the account is empty when that comes out."""
    house.open("ann", [POT, CHECKING])
    house.night("2026-12-01")
    house.pay("ann", "cash", "-10000.00", "2026-11-01")
    house.pay("ann", "cash", "-25.12", "2026-12-01")
    house.night("2027-01-01")
    assert booked(house, "ann", Code.INTEREST) == [("2026-11-30", 25_12)]
    with house.books.read(0) as work:
        _, remainder = work.carried(parse_day("2026-12-01"))
    assert -25_13 < int(remainder[0]) / (365 * 10**12) < -25_11
    house.pay("ann", "cash", "30.00", "2027-01-01")
    house.night("2027-02-01")
    assert house.balance("ann", "cash")[0] == 30_00 + 8 - 25_12 - 3_00  # the platform fee of January too


LINE = held("borrow", "-10000.00", "borrow", limit="20000.00")


def test_interest_on_a_line_is_due_then_charged_and_a_payment_pays_it_first(house: Home) -> None:
    """November at 5.65%: 47.08 due on the 30th, charged on the third business day of December, out of the loan."""
    house.open("ann", [LINE, CHECKING])
    house.night("2026-12-01")
    assert house.balance("ann", "borrow") == (-10_047_08, 0, 0)
    with house.work() as work:
        asked = TransferRequest(house.ids["ann"], "checking", "borrow", 50_00, "k", parse_day("2026-12-02"))
        paid = transfer(work, asked, 1)
        assert paid.status == 201
        (line,) = [one for one in work.accounts_of(np.array([house.ids["ann"]])) if one.handle == "borrow"]
        assert (line.posted, line.due) == (-9_997_08, 0)
        more = TransferRequest(house.ids["ann"], "checking", "borrow", 9_997_09, "l", parse_day("2026-12-02"))
        refused = transfer(work, more, 2)
    assert (refused.status, "above_owed" in refused.body, "9,997.08" in refused.body) == (409, True, True)
    house.night("2026-12-03")
    assert booked(house, "ann", Code.CHARGE) == []
    assert [cents for _, cents in booked(house, "ann", Code.ONE_OFF)] == [47_08, 2_92]


@pytest.mark.parametrize(
    "accounts,paid",
    [
        (
            [held("invest", "30.00", "invest"), held("cash", "500.00")],
            {"invest": 0, "cash": 500_00, "borrow": -10_017_08},
        ),
        ([held("invest", "90.00", "invest")], {"invest": 42_92, "borrow": -10_000_00}),
        ([], {"borrow": -10_047_08}),
    ],
)
def test_the_charge_takes_invest_cash_then_enlarges_the_loan(
    house: Home, accounts: list[dict[str, object]], paid: dict[str, int]
) -> None:
    with house.books.database.writing() as bulk:
        bulk.connection.exec_driver_sql("SELECT 1")
    house.books.add_dated([DatedRow("cash_apy", parse_day("2026-10-01"), "0.00%", "a test")], 1)
    house.open("ann", [LINE, *accounts])
    house.night("2026-12-01")
    house.night("2026-12-02")
    assert booked(house, "ann", Code.CHARGE) == []
    house.night("2026-12-03")
    assert {handle: house.balance("ann", handle)[0] for handle in paid} == paid
    assert sum(cents for _, cents in booked(house, "ann", Code.CHARGE)) == 47_08


def test_a_cash_account_pays_the_charge_where_the_household_allows_it(house: Home) -> None:
    house.open("ann", [LINE | {"charge_cash": True}, held("invest", "30.00", "invest"), held("pot", "17.00")])
    for day in ("2026-12-01", "2026-12-02", "2026-12-03"):
        house.night(day)
    assert house.balance("ann", "borrow")[0] == -10_000_00 - (47_08 - 30_00 - 17_04)
    assert house.balance("ann", "pot")[0] == 0


def test_a_rule_pays_interest_due_first_and_the_plan_is_the_night(house: Home) -> None:
    down = rule({"kind": "payoff", "account": "borrow"}, "checking", "borrow", id="down", max_transfer="100.00")
    house.open("ann", [CHECKING, LINE], down)
    house.night("2026-11-30")
    with house.books.read(0) as work:
        told = plan_tonight(work, house.ids["ann"], parse_day("2026-12-01"))
    assert told.plan.snapshot.posted.tolist() == [900_00, -9_947_08]
    house.night("2026-12-01")
    moved = [one for one in house.decisions("ann") if one.day == parse_day("2026-12-01")]
    assert [(one.outcome, one.amount) for one in moved] == [(Outcome.MOVED, 100_00)]
    assert [cents for _, cents in booked(house, "ann", Code.RULE)] == [100_00, 47_08, 52_92]
    assert house.balance("ann", "borrow")[0] == -9_847_08


def test_the_platform_fee_comes_after_ninety_days_and_names_why(house: Home) -> None:
    """Registered on 1 November with 50.00: the cycle that ends on 31 January is the first to cost 3.00."""
    house.open("ann", [held("pot", "50.00"), CHECKING])
    house.open("rich", [held("pot", "10000.00")])
    house.open("poor", [held("pot", "1.00")])
    for day in ("2026-11-30", "2026-12-31", "2027-01-31"):
        house.night(day)
    with house.books.read(0) as work:
        fees = {name: work.fees_of(house.ids[name]) for name in house.ids}
    assert [(one.amount, one.why) for one in fees["ann"]] == [(3_00, 0), (0, Waived.YOUNG), (0, Waived.YOUNG)]
    assert [one.why for one in fees["rich"]] == [Waived.VALUE, Waived.YOUNG, Waived.YOUNG]
    assert [(one.amount, one.forced) for one in fees["poor"][:1]] == [(3_00, 1_99)]
    assert house.balance("poor", "pot")[0] == -1_99
    assert booked(house, "ann", Code.FEE) == [("2027-01-31", 3_00)]
    house.pay("poor", "pot", "5.00", "2027-02-01")
    house.night("2027-02-01")
    with house.books.read(0) as work:
        (pot,) = work.accounts_of(np.array([house.ids["poor"]]))
    assert (pot.posted, pot.floor) == (3_01, 0)


def test_a_single_fee_is_taken_once_and_forced_where_it_must_be(house: Home) -> None:
    house.open("ann", [held("pot", "3.00")])
    with house.work() as work:
        pot = account_named(work, house.ids["ann"], "pot")
        row = take_fee(work, pot, Fee.PAPER, "november", (parse_day("2026-11-30"), 1))
        assert row is not None
        assert (row.amount, row.forced) == (5_00, 2_00)
        assert take_fee(work, pot, Fee.PAPER, "november", (parse_day("2026-11-30"), 2)) is None
    assert house.balance("ann", "pot")[0] == -2_00


def test_interest_above_a_ceiling_is_a_fact(house: Home) -> None:
    house.open("ann", [held("cash", "10000.00", ceiling="10000.00"), CHECKING], rule(fixed("1.00")))
    house.night("2026-12-01")
    assert house.balance("ann", "cash")[0] == 10_025_12
    assert [one.outcome for one in house.decisions("ann")] == []


def test_a_wire_out_costs_its_fee_and_ach_has_limits(house: Home) -> None:
    house.open("ann", [held("bank", "0.00", "bank"), held("checking", "70000.00", "checking")])
    day = parse_day("2026-11-30")

    def ask(cents: int, key: str, *, wire: bool = False) -> tuple[int, str]:
        with house.work() as work:
            request = TransferRequest(house.ids["ann"], "checking", "bank", cents, key, day, wire=wire)
            answered = transfer(work, request, 1)
        return answered.status, answered.body

    assert ask(9_99, "a")[1].startswith('{"code": "ach_minimum"')
    assert ask(40_000_00, "b")[0] == 201
    status, body = ask(10_000_01, "c")
    assert (status, "10,000.00 of it is left" in body) == (409, True)
    assert "checking can give at most 29,975.00 after the wire's fee of 25.00" in ask(30_000_00, "d", wire=True)[1]
    assert ask(29_975_00, "e", wire=True)[0] == 201
    assert house.balance("ann", "checking") == (69_975_00, 0, 69_975_00)
    assert booked(house, "ann", Code.FEE) == [("2026-11-30", 25_00)]


def test_a_line_with_interest_due_is_paid_off_whole(house: Home) -> None:
    """47.08 of November stand on an account of their own; a day of December is added to what is owed."""
    house.open("ann", [LINE, held("rich", "20000.00", "checking")])
    house.night("2026-12-01")
    with house.work() as work:
        done = close_account(work, house.ids["ann"], ("borrow", "rich"), (parse_day("2026-12-02"), house.now()))
    assert done.moved == 10_047_08 + done.interest
    assert house.balance("ann", "borrow") == (0, 0, 0)


def test_no_fee_where_it_is_zero_and_none_from_a_closed_account(house: Home) -> None:
    house.books.add_dated([DatedRow("wire_out_fee", parse_day("2026-01-01"), "0.00", "a test")], 1)
    house.open("ann", [held("pot", "9.00"), CHECKING])
    when = (parse_day("2026-11-30"), 1)
    with house.work() as work:
        pot = account_named(work, house.ids["ann"], "pot")
        assert take_fee(work, pot, Fee.WIRE, "k", when) is None
        close_account(work, house.ids["ann"], ("pot", "checking"), (parse_day("2026-11-02"), house.now()))
    with house.work() as work, pytest.raises(SluiceError, match="closed"):
        take_fee(work, account_again(work, pot), Fee.PAPER, "k", when)
