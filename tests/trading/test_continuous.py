"""A continuous window of a (day, slot) happens once, and no account stands in two open plans."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commands.windows import run_books
from engine.invest.market import Window
from engine.invest.orderrecords import Phase
from engine.invest.windows.brokers import MINUTE
from engine.window import WindowResult, run_window
from market.windows import AFTERNOON, continuous
from store.verify import verify
from tests.market.exchange import CALENDAR
from tests.trading.brokers import Gone, GoneError
from tests.trading.world import HALVES, MONDAY, SHARE, World, feed, prices, world


@pytest.fixture
def desk(database_url: str) -> Iterator[World]:
    """VTI at 100, BND at 50; 1,000.00 invested in the morning of Monday, 400.00 came in after it."""
    with world(database_url, feed(prices(VTI="100", BND="50")), 1_000_00) as made:
        made.save(HALVES)
        made.run()
        made.pay_in(400_00, "more")
        yield made
        assert list(verify(made.url)) == []


def standing(desk: World) -> Window:
    """The continuous window that stands open at the clock, one a minute."""
    found = continuous(CALENDAR, desk.now, MINUTE)
    assert found is not None
    return found


def at_once(desk: World) -> WindowResult:
    return run_window(desk.books, 0, standing(desk), desk.trading())


def held(desk: World) -> dict[str, int]:
    """Units at the broker, which are those in the books."""
    found = {symbol: units for (_, symbol), units in desk.paper.positions().items()}
    assert found == desk.units()
    return found


def test_a_slot_is_done_once_and_the_next_takes_what_came(desk: World) -> None:
    desk.now += MINUTE
    first = at_once(desk)
    assert (first.status, first.slot, first.orders) == ("done", 4, 2)
    assert held(desk) == {"VTI": 7 * SHARE, "BND": 14 * SHARE}
    desk.pay_in(200_00, "again")
    desk.now += MINUTE - 1
    assert at_once(desk).status == "already_done"
    assert held(desk) == {"VTI": 7 * SHARE, "BND": 14 * SHARE}
    desk.now += 1
    assert (at_once(desk).slot, held(desk)) == (5, {"VTI": 8 * SHARE, "BND": 16 * SHARE})


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commit", [1, 2, 3, 4, 5, 6])
def test_a_runner_that_is_gone_leaves_one_window(desk: World, commit: int, after: bool) -> None:  # noqa: FBT001 - a parameter of the test
    desk.now += MINUTE
    window = standing(desk)
    gone = Gone(desk.url)
    gone.left, gone.after = commit, after
    with pytest.raises(GoneError):
        run_window(gone, 0, window, desk.trading())
    gone.close()
    desk.now += 11 * MINUTE
    assert run_window(desk.books, 0, window, desk.trading()).status in {"done", "already_done"}
    assert held(desk) == {"VTI": 7 * SHARE, "BND": 14 * SHARE}


def test_what_is_left_of_a_continuous_window_is_finished_before_the_afternoon(desk: World) -> None:
    desk.now = desk.window(slot=AFTERNOON).opens - MINUTE
    left = standing(desk)
    gone = Gone(desk.url)
    gone.left, gone.after = 1, True
    with pytest.raises(GoneError):
        run_window(gone, 0, left, desk.trading())
    gone.close()
    desk.now += MINUTE
    afternoon = desk.window(slot=AFTERNOON)
    busy = run_books(desk.books, [0], afternoon, desk.trading())
    assert (busy.busy, busy.results) == ([0], [])
    desk.now += 10 * MINUTE
    (done,) = run_books(desk.books, [0], afternoon, desk.trading()).results
    assert (done.slot, done.status, done.orders) == (AFTERNOON, "done", 0)
    with desk.books.read(0) as work:
        assert [(row.slot, row.phase) for row in work.windows(MONDAY)] == [
            (slot, Phase.FINAL) for slot in (1, AFTERNOON, left.slot)
        ]
    assert held(desk) == {"VTI": 7 * SHARE, "BND": 14 * SHARE}
