"""A row in every table of interest, borrow lines, fees, floors that gave way, returned deposits and matching rules."""

from engine.desk import NewAccount
from engine.holds.work import ForcedRow, ReturnRow
from engine.interest.accrue import Accrued
from engine.interest.post import Posted
from engine.overnight.work import FeeCycles, FeeRow, InterestRun
from ledger.accounts import Kind
from ledger.batch import Code
from store.books import Work
from tests.store.households import DAY, LIMIT, NOW, USD, numbers


def lent(work: Work, customer: int, accounts: list[int]) -> None:
    """A line, a month of interest, a fee and its cycle, a deposit taken back below the floor, matching rules.

    `accounts` are checking, cash and bank of the household.
    """
    checking, cash, bank = accounts
    work.open_accounts([NewAccount(customer, "line", "Line", Kind.BORROW, USD, -LIMIT, 0, 0)], DAY, NOW)
    counted = Accrued(*(numbers(value) for value in (cash, DAY, 1, 0, 100)))
    work.keep_interest(InterestRun(DAY, DAY), counted, Posted(numbers(cash), numbers(1), numbers(5)))
    work.set_fee_cycles(FeeCycles(*(numbers(value) for value in (customer, DAY, DAY, 0))))
    work.keep_fees([FeeRow(customer, DAY, 1, cash, 3_00, 0, 0, 1)])
    work.keep_return(ReturnRow("0f" * 16, customer, checking, bank, 1_00, "R01", DAY, posted=False, seq=1), NOW)
    work.keep_forced([ForcedRow(customer, checking, 1, DAY, int(Code.RETURNED), 1_00, 0, 0, -1_00)])
    work.save_matching(customer, "[]", DAY, NOW)
