"""Cash that comes back into an account which filled up meanwhile: it is taken, and every entry is on record."""

from __future__ import annotations

from pathlib import Path

from engine.invest.market import Side
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from ledger.batch import Code
from store.verify import overrides, verify
from tests.trading.brokers import Halted, Told
from tests.trading.estates import desk as estate
from tests.trading.estates import dividend, limit, night
from tests.trading.test_faults import TWICE, neighbour
from tests.trading.walking import Gaps
from tests.trading.world import HALVES, MONDAY, World, feed, pie, prices, world

TUESDAY = MONDAY + 1
BY_HAND = PieTerms(auto_invest=False)
WITHOUT_BND = pie(
    '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
    '[{symbol: VTI, weight: "100%"}]}}]}'
)


def forced(made: World) -> list[tuple[int, int, int, int]]:
    """Forced entries of the account: code, cents, its own ceiling, and what stood in for it."""
    with made.books.read(0) as work:
        return [(one.code, one.amount, one.own_ceiling, one.ceiling) for one in work.forced()]


def test_what_orders_did_not_spend_comes_back_above_the_ceiling(database_url: str) -> None:
    """The account was filled up to its own ceiling while its cash was at the broker; nobody's window waits for it."""
    with world(database_url, feed(prices(VTI="100", BND="50")), 1_000_00) as desk:
        desk.save(HALVES)
        limit(desk, "invest.growth", 1_000_00)
        other = neighbour(desk)
        other.save(HALVES, PieTerms())
        paid = list[str]()

        def fill(_call: str, side: Side) -> None:
            if side is Side.BUY and not paid:
                paid.append("once")
                desk.pay_in(1_000_00, "more")

        broker = Told(Halted(desk.paper))
        broker.before = fill
        desk.broker = broker
        assert desk.run().status == "done"
        assert (desk.balance(), desk.balance("invest.growth:earmarked")) == (2_000_00, 0)
        assert (other.balance(), other.balance("invest.growth:earmarked")) == (500_00, 0)
        assert forced(desk) == [(Code.EARMARK, 1_000_00, 1_000_00, 2_000_00)]
        assert desk.account().ceiling == 1_000_00
        assert (list(verify(desk.url)), len(list(overrides(desk.url)))) == ([], 1)
        desk.pay_out(1_500_00)
        night(desk, MONDAY)
        with desk.books.read(0) as work:
            assert len(work.loosened().account) == 0


def test_money_that_waited_for_its_pie_buys_inside_a_full_account(tmp_path: Path) -> None:
    """What buys inside the account becomes cash of the sale beside it; the ceiling leaves no cent of room."""
    market = feed(prices(VTI="100", BND="50"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        gaps = Gaps(market)
        desk.market = gaps  # type: ignore[assignment]  # a feed with gaps
        desk.save(TWICE, BY_HAND)
        desk.order(IntentKind.BUY, "", 1_000_00)
        desk.run()
        desk.save(WITHOUT_BND, removed=["core/BND"])
        gaps.missing = frozenset({"VTI"})
        desk.run(slot=2)
        gaps.missing = frozenset()
        assert (desk.balance(), desk.balance("invest.growth:earmarked")) == (0, 250_00)
        limit(desk, "invest.growth", 0)
        sale = desk.order(IntentKind.SELL, "VTI", 100_00)
        desk.run(TUESDAY)
        assert desk.intent(sale).state == IntentState.DONE
        assert (desk.balance(), desk.balance("invest.growth:earmarked")) == (100_00, 0)
        assert forced(desk) == [(Code.EARMARK, 100_00, 0, 100_00)]
        assert (list(verify(desk.url)), len(list(overrides(desk.url)))) == ([], 1)


def test_what_holdings_bring_passes_the_ceiling_night_after_night(database_url: str) -> None:
    """25.00 of proceeds settle and a dividend of 2.50 comes, in an account that may have 1.00: its rules run on."""
    with estate(database_url, dividend(50)) as made:
        limit(made, "invest.growth", 1_00)
        made.order(IntentKind.SELL, "BND", 25_00)
        made.run(slot=2)
        for day in range(MONDAY, MONDAY + 4):
            assert night(made, day).quarantined == {}
        assert forced(made) == [(Code.SETTLE, 24_00, 1_00, 25_00), (Code.DIVIDEND, 2_50, 1_00, 27_50)]
        assert (list(verify(made.url)), made.balance()) == ([], 27_50)
        made.pay_out(27_00)
        assert night(made, MONDAY + 4).quarantined == {}
        with made.books.read(0) as work:
            assert len(work.loosened().account) == 0
