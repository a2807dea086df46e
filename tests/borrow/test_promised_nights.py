"""What a raise under way will pay away is not there for the rules of a night, nor to be drawn (ruling 14)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.invest.nights.steps import Steps
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.windows.lending import MARGIN_SHORT
from engine.keptguards import seen_guards
from engine.overnight.lineview import LineView, line_view
from engine.overnight.sight import night_sight
from tests.borrow.lent import Lent, lent
from tests.borrow.test_books import BEFORE, IDLE, THURSDAY, TUESDAY, WEDNESDAY
from tests.engine.asking import brief, fixed, rule
from tests.trading.test_facing import Ruled
from tests.trading.world import HALVES, MONDAY, prices

DRAW = rule(fixed("2600.00"), "borrow", "checking", id="draw")
BACK = rule(fixed("200.00"), "checking", "borrow", id="back")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Lent]:
    """10,000 of securities that demand 70%, 1,000 owed: 2,000 of excess. The price of VTI falls on Thursday."""
    falling = prices(VTI={BEFORE: "100", THURSDAY: "20"}, BND="50")
    with lent(tmp_path, falling, 10_000_00) as made:
        made.configure(maintenance_requirement="70%", borrow_apr="0%")
        made.world.save(HALVES, IDLE)
        made.night(MONDAY)
        made.draw(1_000_00)
        yield made


def raised(house: Lent, to: str = "checking", day: int = TUESDAY) -> int:
    """A raise of 1,000 whose sales settle a day later."""
    number = house.world.order(IntentKind.RAISE, "", 1_000_00, destination=house.world.account(to).account)
    house.world.run(day)
    assert house.world.intent(number).state == IntentState.SETTLING
    return number


def told(house: Lent, day: int, *rules: dict[str, object]) -> list[str]:
    """What a night does with rules, the same in preview, night and explanation."""
    ruled = Ruled(house.world)
    ruled.rule(*rules, day=day)
    return [brief(one) for one in ruled.night(day, house.world.market)]


def kept(house: Lent, day: int) -> list[tuple[int, int]]:
    """What the night kept of the margin that bounded it: the excess, and what of it was promised."""
    with house.world.books.read(0) as work:
        margin = seen_guards(work, day, house.world.customer).margin
    return list(zip(margin.excess.tolist(), margin.promised.tolist(), strict=True))


def looked(house: Lent, day: int) -> LineView:
    """The line as its page shows it."""
    with house.world.books.read(0) as work:
        return line_view(night_sight(work, house.world.market, Steps(day)), house.world.account("borrow"), 0)


def test_a_rule_draws_nothing_that_a_raise_under_way_needs(house: Lent) -> None:
    """Sold for the raise, 9,000 and 1,000 of money bear 1,700 when it has gone."""
    number = raised(house)
    assert house.excess(TUESDAY) == 2_700_00
    assert told(house, TUESDAY, DRAW) == ["moved limited 2600.00 1700.00 sources"]
    assert (kept(house, TUESDAY), house.excess(TUESDAY)) == ([(2_700_00, 1_000_00)], 1_000_00)
    house.night(WEDNESDAY)
    assert (house.world.intent(number).state, house.excess(WEDNESDAY)) == (IntentState.DONE, 0)


@pytest.mark.parametrize("to", ["checking", "bank"])
def test_what_the_night_itself_pays_is_taken_off_once(house: Lent, to: str) -> None:
    """In a preview the payment is not written, and the raise is stored as one that settles."""
    number = raised(house, to)
    house.night(TUESDAY)
    assert told(house, WEDNESDAY, DRAW) == ["moved limited 2600.00 1700.00 sources"]
    assert (kept(house, WEDNESDAY), house.world.intent(number).state) == ([(1_700_00, 0)], IntentState.DONE)
    assert house.excess(WEDNESDAY) == 0


def test_what_pays_the_line_itself_takes_no_excess_away(house: Lent) -> None:
    raised(house, "borrow")
    assert told(house, TUESDAY, DRAW) == ["moved in_full 2600.00 2600.00"]
    assert kept(house, TUESDAY) == [(2_700_00, 0)]


def test_a_raise_that_the_night_holds_back_stays_promised(house: Lent) -> None:
    """With VTI at 20 the margin bears 620 of its 1,000; 380 paid into the line are for the raise as well."""
    house.draw(1_000_00, key="more")
    number = raised(house, day=WEDNESDAY)
    house.night(WEDNESDAY)
    assert house.excess(THURSDAY) == 620_00
    assert looked(house, THURSDAY).drawable == 0
    three, draw = ({**BACK, "id": f"back{each}"} for each in range(3)), {**DRAW, "amount": fixed("760.00")}
    assert told(house, THURSDAY, *three, draw) == [
        *["moved in_full 200.00 200.00"] * 3,
        "moved limited 760.00 220.00 sources",
    ]
    assert (house.world.intent(number).state, house.world.intent(number).reason) == (IntentState.SETTLING, MARGIN_SHORT)
    assert (kept(house, THURSDAY), house.excess(THURSDAY)) == ([(620_00, 1_000_00)], 1_000_00)
    house.night(THURSDAY + 1)
    assert (house.world.intent(number).state, house.excess(THURSDAY + 1)) == (IntentState.DONE, 0)


def test_its_page_says_what_a_transfer_may_draw(house: Lent) -> None:
    before = looked(house, TUESDAY)
    assert before.margin is not None
    assert (before.room, before.margin.promised, before.drawable) == (3_000_00, 0, 2_000_00)
    raised(house)
    house.night(TUESDAY)
    seen = looked(house, TUESDAY)
    assert seen.margin is not None
    assert (seen.room, seen.margin.excess, seen.margin.promised) == (2_600_00, 2_700_00, 1_000_00)
    assert seen.drawable == 1_700_00
    assert house.refused(seen.drawable, TUESDAY) is None
    assert (house.refused(seen.drawable + 1, TUESDAY) or ("", ""))[0] == "margin_short"
