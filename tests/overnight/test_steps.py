"""A preview of a month's first night: what the pies' steps bring that very night earned nothing in the month before."""

from pathlib import Path

from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import PieTerms
from engine.tonight import plan_tonight
from ledger.days import parse_day
from tests.trading.estates import desk, dividend, night
from tests.trading.world import HALVES, MONDAY, World

FIRST = parse_day("2024-08-01")


def seen(made: World) -> int:
    """What the preview of the first of August finds in the cash account."""
    with made.books.read(0) as work:
        told = plan_tonight(work, made.customer, FIRST, None, made.market)
    return int(told.plan.snapshot.posted[told.handles.index("cash")])


def test_a_dividend_that_is_swept_on_the_first(tmp_path: Path) -> None:
    with desk(str(tmp_path), dividend(20_000, ex_day=MONDAY + 14, pay_day=FIRST)) as made:
        made.save(HALVES, PieTerms(auto_invest=False, dividends="sweep"))
        made.pay_in(10_000_00, "c", "cash")
        for day in (MONDAY, MONDAY + 14, FIRST - 1):
            night(made, day)
        before = seen(made)
        night(made, FIRST)
        assert before == made.balance("cash") > 10_000_00


def test_a_raise_that_is_paid_on_the_first(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        made.pay_in(10_000_00, "c", "cash")
        for day in (MONDAY, FIRST - 2):
            night(made, day)
        made.today = FIRST - 1
        made.order(IntentKind.RAISE, "", 300_00, destination=made.account("cash").account)
        made.run(FIRST - 1)
        night(made, FIRST - 1)
        before = seen(made)
        night(made, FIRST)
        assert before == made.balance("cash") > 10_300_00
