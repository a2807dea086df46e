"""A draw that is refused says why: a call, no holdings or prices, too little equity, a limit of last night."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.borrow.states import MarginState
from engine.dated.document import DatedRow
from engine.desk import NewAccount
from engine.request import TransferRequest, transfer
from ledger.accounts import Kind
from tests.borrow.lent import Lent, lent
from tests.borrow.test_books import IDLE, THURSDAY, TUESDAY, WEDNESDAY, called, falling
from tests.borrow.test_promised_nights import DRAW, looked, told
from tests.trading.world import HALVES, MONDAY, USD, feed, prices

FLAT = prices(VTI="100", BND="50")


def asked(house: Lent, amount: int, day: int = MONDAY, to: str = "checking", source: str = "borrow") -> tuple[str, str]:
    """The code and sentence of a one-off draw; the amount and nothing where it is made."""
    with house.world.books.lock(0) as work:
        request = TransferRequest(house.world.customer, source, to, amount, f"{amount} {day} {to}", day)
        body = json.loads(transfer(work, request, house.world.now, house.world.market).body)
    if "detail" not in body:
        return body["amount"], ""
    assert body["field"] == "amount"
    return body["code"], body["detail"]


def test_a_draw_while_a_call_is_open_says_what_is_missing(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        words = (
            "A margin call is open: 625.00 is missing behind borrow. Pay so much in, or sell; nothing is drawn until "
        )
        for to in ("checking", "invest.growth"):
            assert asked(house, 1, TUESDAY + 1, to) == ("margin_call", f"{words}then.")


def test_nothing_is_drawn_before_a_night_or_window_has_ended_the_call(tmp_path: Path) -> None:
    """At 80% of maintenance 1,000.00 are missing; 1,500.00 are paid in, so 500.00 could be drawn without a call."""
    with lent(tmp_path, FLAT, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(3_000_00)
        house.world.books.add_dated([DatedRow("maintenance_requirement", TUESDAY, "80%", "a test")], house.world.now)
        assert (house.night(TUESDAY), house.excess(TUESDAY)) == (MarginState.CALL, -1_000_00)
        house.world.pay_in(1_500_00)
        assert house.excess(WEDNESDAY) == 500_00
        words = (
            "A margin call is open behind borrow. Nothing is missing any more, so the next night or window ends it: "
        )
        for to in ("checking", "invest.growth"):
            assert asked(house, 400_00, WEDNESDAY, to) == ("margin_call", f"{words}draw after that.")
        seen = looked(house, WEDNESDAY)
        assert (seen.room, seen.drawable) == (1_000_00, 0)
        assert house.night(WEDNESDAY) == MarginState.CURED
        assert looked(house, WEDNESDAY).drawable == 500_00
        assert asked(house, 400_00, THURSDAY) == ("400.00", "")


def test_the_night_that_ends_a_call_draws_for_its_rules(tmp_path: Path) -> None:
    """The same as a rule: the preview, the night and its explanation say alike that the call ends first."""
    with lent(tmp_path, FLAT, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(3_000_00)
        house.world.books.add_dated([DatedRow("maintenance_requirement", TUESDAY, "80%", "a test")], house.world.now)
        assert told(house, TUESDAY, DRAW) == ["nothing sources_empty 2600.00 0.00"]
        house.world.pay_in(1_500_00)
        assert told(house, WEDNESDAY, DRAW) == ["moved limited 2600.00 500.00 sources"]
        assert house.state() == MarginState.CURED


def test_without_a_market_a_call_stops_draws_too(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        house.world.market = None  # type: ignore[assignment]  # a book without a market
        words = "A margin call is open behind borrow. Draw after the night or window that ends it."
        assert asked(house, 1, TUESDAY + 1) == ("margin_call", words)


def test_a_draw_while_money_is_missing_says_so_before_any_call(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(4_000_00)
        code, said = asked(house, 1, TUESDAY)
        assert (code, said[:30]) == ("margin_short", "625.00 is missing behind borro")


def test_holdings_bought_today_are_lent_on_after_the_night(tmp_path: Path) -> None:
    with lent(tmp_path, FLAT, 10_000_00) as house:
        words = (
            "borrow lends at most 0.00 now: the limit is the last night's. At today's prices the next night lets it "
            "lend 4,000.00; draw after it, or no more than 0.00."
        )
        assert asked(house, 4_000_00) == ("limit_tonight", words)
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        above = "borrow lends at most 4,000.00 on what stands behind it now; draw no more, or pay in first."
        assert asked(house, 4_000_01, TUESDAY) == ("margin_short", above)
        assert asked(house, 4_000_00, TUESDAY) == ("4000.00", "")


def test_less_equity_than_the_least_is_told_with_what_is_missing(tmp_path: Path) -> None:
    with lent(tmp_path, FLAT, 1_500_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        words = (
            "The equity behind borrow is 1,500.00, and a line lends from 2,000.00 on: 500.00 is missing. Pay so much "
            "in, or draw no more."
        )
        assert asked(house, 1, TUESDAY) == ("margin_equity", words)


def test_without_holdings_or_their_prices_nothing_is_lent(tmp_path: Path) -> None:
    with lent(tmp_path, FLAT, 0) as house:
        house.night(MONDAY)
        code, said = asked(house, 1, TUESDAY)
        assert (code, said[:31]) == ("line_unbacked", "Nothing stands behind borrow: i")
    with lent(tmp_path / "another", FLAT, 10_000_00) as house:
        house.world.market = feed({})
        code, said = asked(house, 1)
        assert (code, said[:45]) == ("line_unbacked", "No price is known of what stands behind borro")


@pytest.mark.parametrize("to, fees", [("checking", ""), ("bank", ", fees included,")])
def test_a_draw_that_would_start_a_call_says_how_much_would_not(tmp_path: Path, to: str, fees: str) -> None:
    """All of it may be lent on, so the requirement binds before the limit does."""
    with lent(tmp_path, FLAT, 10_000_00) as house:
        house.configure(borrow_limit="90%", initial_requirement="10%", maintenance_requirement="25%")
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        words = f"More than 7,500.00 out of borrow{fees} would start a margin call; move no more, or pay in first."
        assert asked(house, 7_500_01, TUESDAY, to) == ("margin_short", words)


def test_a_line_with_a_limit_of_its_own_says_what_is_left_of_it(tmp_path: Path) -> None:
    with lent(tmp_path, FLAT, 10_000_00) as house:
        with house.world.books.lock(0) as work:
            loan = NewAccount(house.world.customer, "loan", "loan", Kind.BORROW, USD, -500_00, 0, -500_00)
            work.open_accounts([loan], MONDAY, 1)
        assert asked(house, 400_00, source="loan") == ("400.00", "")
        words = (
            "loan lends at most 100.00 more: 400.00 of its limit of 500.00 is owed. Draw no more than that, or pay it "
        )
        assert asked(house, 100_01, source="loan") == ("above_limit", f"{words}down first.")


def test_without_a_market_the_limit_of_the_last_night_bounds_a_draw(tmp_path: Path) -> None:
    with lent(tmp_path, FLAT, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.world.market = None  # type: ignore[assignment]  # a book without a market
        assert asked(house, 4_000_01, TUESDAY)[0] == "above_limit"
        assert asked(house, 4_000_00, TUESDAY) == ("4000.00", "")
