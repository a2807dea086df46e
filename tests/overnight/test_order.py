"""Lines whose accounts were opened in another order than their households are told apart all the same."""

import numpy as np

from engine.desk import AccountEvent
from engine.household import account_named, furnish, open_balance, read_setup
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.days import parse_day
from rules.decode import Decoded
from tests.engine.households import OPENED, Home

NAMES = ("ann", "ben", "cay")


def owing(house: Home, name: str) -> None:
    """Open a secured line that owes 1,000.00, as after all that stood behind it was lost."""
    setup = read_setup(Decoded({"accounts": [{"handle": "borrow", "kind": "borrow"}], "rules": []}))
    with house.work() as work:
        customer, when = house.ids[name], (OPENED, house.now())
        furnish(work, [customer], setup, "USD", when)
    stored_limit(house, name)
    with house.work() as work:
        open_balance(work, customer, "borrow", -1_000_00, when)


def stored_limit(house: Home, name: str) -> None:
    """The limit that a night stored when 2,000.00 were still lent."""
    with house.work() as work:
        line = account_named(work, house.ids[name], "borrow")
        work.change_account(line.account, AccountEvent(line.account, 0, -2_000_00, 0, -2_000_00, Standing.OPEN))


def test_no_loan_grows_by_its_interest_while_its_excess_is_below_zero(house: Home) -> None:
    for name in NAMES:
        house.open(name, [])
    for name in ("cay", "ann", "ben"):
        owing(house, name)
    house.night("2026-12-01")
    for name in NAMES:
        stored_limit(house, name)
    house.night("2026-12-03")
    with house.books.read(0) as work:
        lines = work.lines()
        assert lines.customer.tolist() == [house.ids[name] for name in NAMES]
        assert (np.diff(lines.account) < 0).any()
        assert [account_named(work, one, "borrow").due for one in lines.customer.tolist()] == [4_71] * 3
        assert not any((work.past(one).transfers.code == Code.CHARGE).any() for one in lines.customer.tolist())
        assert lines.charged.tolist() == [parse_day("2026-11-01")] * 3
