"""A borrow line as its page shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.borrow.states import MarginState
from engine.desk import NewAccount
from engine.invest.nights.steps import Steps
from engine.overnight.lineview import LineView, line_view, monthly, payoff_months, sentence
from engine.overnight.sight import night_sight
from engine.proportion import Rate
from ledger.accounts import Kind
from ledger.days import format_day
from ledger.faults import SluiceError
from rules.document import Rule
from rules.load import load_rules
from tests.borrow.lent import Lent, lent
from tests.borrow.test_books import IDLE, TUESDAY, called, falling
from tests.naive.asking import fixed, rule
from tests.trading.world import HALVES, MONDAY, USD, prices

APR = Rate(565, 10_000)


def looked(house: Lent, day: int, *rules: Rule, handle: str = "borrow") -> LineView:
    with house.world.books.read(0) as work:
        sight = night_sight(work, house.world.market, Steps(day))
        return line_view(sight, house.world.account(handle), 12, rules)


def paying(**changes: object) -> Rule:
    document = rule(fixed("100.00"), "checking", "borrow", schedule={"month_days": [1, 15]}) | changes
    loaded = load_rules([document])
    assert not loaded.problems
    return loaded.rules[0]


def test_the_page_of_the_brokers_own_example(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 49_000_00) as house:
        house.configure(borrow_apr="5.65%", maintenance_requirement__BND="30%")
        house.world.save(HALVES, IDLE)
        house.world.pay_in(1_000_00)
        house.night(MONDAY)
        house.draw(10_000_00)
        seen = looked(house, MONDAY, paying())
        assert (seen.owed, seen.principal, seen.due, seen.accrued) == (10_000_00, 10_000_00, 0, 12)
        assert (seen.limit, seen.room, seen.cost_day, seen.cost_month) == (19_600_00, 9_600_00, 1_57, 47_08)
        assert seen.payoff == 58  # 200 a month
        margin = seen.margin
        assert margin is not None
        assert (margin.value, margin.cash, margin.equity, margin.excess) == (
            49_000_00,
            1_000_00,
            40_000_00,
            26_525_00,
        )
        assert [(one.symbol, one.maintenance_bp, one.priced) for one in margin.holdings] == [
            ("BND", 3_000, True),
            ("VTI", 2_500, True),
        ]
        assert [(one.fall_bp, one.call) for one in margin.stress] == [(fall * 1_000, False) for fall in range(1, 7)]
        assert margin.stress[-1].excess == 5_210_00
        assert (margin.sales, margin.state, margin.sentence) == ((), MarginState.OK, "No margin call is near.")


def test_interest_due_costs_nothing(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 49_000_00) as house:
        house.configure(borrow_apr="5.65%")
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(10_000_00)
        with house.world.books.lock(0) as work:
            (due,) = work.open_due([(house.world.customer, house.line)], MONDAY).tolist()
        house.owe(due, 48_65)
        seen = looked(house, MONDAY)
        assert (seen.owed, seen.principal, seen.due) == (10_048_65, 10_000_00, 48_65)
        assert (seen.cost_day, seen.cost_month) == (1_57, 47_08)


def test_a_call_is_told_with_its_deadline_and_its_sales(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        margin = looked(house, TUESDAY).margin
        assert margin is not None
        assert margin.sentence.startswith(
            "Margin call: 625.00 is missing. Pay in 625.00, or sell, by the close of 2024-"
        )
        assert sum(one.amount for one in margin.sales) == 2_500_00
        assert [one.call for one in margin.stress] == [True] * 6
        assert (margin.ltv, margin.fall) == (2 * 88_88 + 1, 0)


def test_a_line_with_a_fixed_limit_has_no_margin(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        with house.world.books.lock(0) as work:
            fixed_one = NewAccount(house.world.customer, "loan", "loan", Kind.BORROW, USD, -500_00, 0, -500_00)
            work.open_accounts([fixed_one], MONDAY, 1)
        house.world.today = MONDAY
        assert house.move("loan", "checking", 100_00, "a loan").name == "CREATED"
        seen = looked(house, MONDAY, handle="loan")
        assert (seen.owed, seen.limit, seen.room, seen.margin, seen.payoff) == (100_00, 500_00, 400_00, None, None)
        with pytest.raises(SluiceError, match="cash is no open borrow line"):
            looked(house, MONDAY, handle="cash")


def test_a_security_without_a_price_is_told_apart(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.market = None  # type: ignore[assignment]  # a book without a market
        margin = looked(house, MONDAY).margin
        assert margin is not None
        assert [one.priced for one in margin.holdings] == [False, False]
        assert (margin.value, margin.ltv, margin.fall) == (0, 0, None)


@pytest.mark.parametrize(
    "state, excess, words",
    [
        (MarginState.LIQUIDATION, -5_00, "was not met by 1970-01-05: 5.00 is missing, and sales are proposed."),
        (MarginState.LIQUIDATION, 0, "was not met by 1970-01-05, but nothing is missing any more at today's prices. "),
        (
            MarginState.CALL,
            0,
            "Margin call: nothing is missing any more at today's prices. It ends with the next night ",
        ),
        (MarginState.OK, -5_00, "if it still is tonight, a margin call opens."),
        (MarginState.CURED, 5_00, "The margin call is over."),
        (MarginState.WATCH, 5_00, "a fall of all prices by 12.50% would start a margin call."),
    ],
)
def test_every_state_has_its_sentence(state: MarginState, excess: int, words: str) -> None:
    assert words in sentence(state, excess, 4, 2 * 12_50)


def test_what_rules_pay_a_month_is_told_where_it_is_simple() -> None:
    assert monthly([paying()], "borrow", MONDAY) == 200_00
    assert monthly([paying(), paying(mode="watch")], "borrow", MONDAY) == 200_00
    assert monthly([], "borrow", MONDAY) is None
    assert monthly([paying()], "another", MONDAY) is None
    hard: tuple[dict[str, object], ...] = (
        {"schedule": {"weekdays": ["fri"]}},
        {"caps": [{"per": "month", "amount": "50.00"}]},
        {"amount": {"kind": "payoff", "account": "borrow"}},
        {"ends": format_day(MONDAY)},
        {"starts": format_day(MONDAY + 1)},
    )
    assert [monthly([paying(**one)], "borrow", MONDAY) for one in hard] == [None] * 5
    no_schedule = paying()
    assert monthly([no_schedule.model_copy(update={"schedule": None})], "borrow", MONDAY) is None


def test_what_rules_pay_a_month_keeps_to_their_days_and_limits() -> None:
    begun, over = paying(starts=format_day(MONDAY)), paying(ends=format_day(MONDAY - 1))
    assert monthly([begun, over], "borrow", MONDAY) == 200_00
    assert monthly([over], "borrow", MONDAY) is None
    assert monthly([paying(max_transfer="30.00")], "borrow", MONDAY) == 60_00
    assert monthly([paying(max_transfer="300.00")], "borrow", MONDAY) == 200_00
    assert monthly([paying(), paying(min_transfer="100.01")], "borrow", MONDAY) == 200_00


def test_months_until_it_is_paid_off() -> None:
    assert payoff_months(0, 100_00, APR) == 0
    assert payoff_months(100_00, 100_00, APR) == 2
    assert payoff_months(10_000_00, 47_08, APR) is None
    assert payoff_months(10**12, 10**12 * 565 * 30 // 360 // 10_000 + 10, APR) is None
