"""Explanations of nights whose rules drew from a line on which interest was due (rulings 12 and 50)."""

from __future__ import annotations

from pathlib import Path

from engine.invest.pies.terms import PieTerms
from engine.rulebook import save_rules
from engine.tonight import plan_tonight
from ledger.days import parse_day
from ledger.statuses import Status
from rules.load import load_rules
from tests.borrow.lent import lent
from tests.money.test_previews import explained
from tests.trading.world import HALVES, MONDAY, prices

AUGUST = parse_day("2024-08-01")
DRAW = {
    "id": "draw_all",
    "mode": "auto",
    "amount": {"kind": "fixed", "amount": "9000.00"},
    "from": [{"account": "borrow"}],
    "to": [{"account": "checking"}],
    "schedule": {"dates": ["2024-08-01"]},
}


def test_interest_due_counts_once_in_the_room_of_a_past_night(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, PieTerms(auto_invest=False))
        house.night(MONDAY)
        assert house.draw(1_000_00) == Status.CREATED
        house.night(AUGUST - 2)
        books, customer = house.world.books, house.world.customer
        with books.lock(0) as work:
            assert save_rules(work, customer, load_rules([DRAW]).rules, (AUGUST - 1, 1)) == ()
        with books.read(0) as work:
            (previewed,) = plan_tonight(work, customer, AUGUST, None, house.world.market).decisions()
        house.night(AUGUST)
        with books.read(0) as work:
            (told,) = explained(work, work.past(customer), customer, AUGUST)
            (line,) = [one for one in work.accounts_of() if one.handle == "borrow"]
        assert line.due == 4_83  # 24 days of 1,000.00 at 7.25%
        assert previewed["amount"] == told["amount"] == "2995.17"
        assert line.posted == -4_000_00
