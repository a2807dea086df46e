"""What trading asks of the configuration, as of the day concerned."""

import pytest

from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.dated.seed import seed, seeded
from engine.dated.trading import auto_invest_threshold, dividend_minimum, order_minimum, settling, window_starts
from ledger.days import format_day, parse_day
from tests.trading.world import MONDAY, feed, prices

MARKET = feed(prices(VTI="100"))
JULY = parse_day("2024-07-03")


@pytest.mark.parametrize(
    "sessions,settled", [("0", "2024-07-03"), ("1", "2024-07-05"), ("2", "2024-07-08"), ("3", "2024-07-09")]
)
def test_trades_settle_so_many_sessions_later_as_hold_on_their_day(sessions: str, settled: str) -> None:
    rows = [DatedRow("settlement_sessions", JULY, sessions, "a test"), DatedRow("settlement_sessions", 0, "5", "x")]
    assert format_day(settling(Dated(rows), MARKET)(JULY)) == settled


def test_the_seed_knows_when_trades_came_to_settle_in_one_session() -> None:
    settles = settling(seeded(), MARKET)
    days = ("2024-05-24", "2024-05-28")
    assert [format_day(settles(parse_day(day))) for day in days] == ["2024-05-29", "2024-05-29"]


def test_every_number_is_that_of_its_day() -> None:
    later = [
        DatedRow("order_minimum", MONDAY, "5.00", "a test"),
        DatedRow("auto_invest_threshold", MONDAY, "10.00", "a test"),
        DatedRow("dividend_reinvest_minimum", MONDAY, "2.00", "a test"),
        DatedRow("morning_window", MONDAY, "10:15", "a test"),
    ]
    dated = Dated([*seed(), *later])
    told = [
        (order_minimum(dated, day), auto_invest_threshold(dated, day), dividend_minimum(dated, day))
        for day in (MONDAY - 1, MONDAY)
    ]
    assert told == [(1_00, 25_00, 1_00), (5_00, 10_00, 2_00)]
    starts = window_starts(dated)
    assert [starts(MONDAY - 1), starts(MONDAY)] == [{1: 9 * 60 + 30, 2: 15 * 60}, {1: 10 * 60 + 15, 2: 15 * 60}]
