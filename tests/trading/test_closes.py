"""Closes as facts use them: adjusted for splits, fresh, enough of them."""

from __future__ import annotations

import numpy as np

from engine.invest.market import ActionKind, CorporateAction
from engine.invest.nights.after import slices_after
from engine.invest.nights.closes import Closes
from engine.invest.nights.eve import Steps
from engine.invest.records import Slices
from market.feed import Feed
from tests.trading.estates import WEDNESDAY, dividend, split
from tests.trading.test_facing import FRIDAY, MOVING, TUESDAY, ending
from tests.trading.world import MONDAY, feed


def test_weights_beyond_int64_stay_as_they_are() -> None:
    one = np.array([1], np.int64)
    heavy = Slices(one, one, one, one, one, np.array([10**30], np.object_), one, one, ["VTI"])
    assert slices_after(heavy, Steps(MONDAY)).weight.tolist() == [10**30]


SPLITS = [split(3, 1), CorporateAction("far", ActionKind.SPLIT, "VTI", FRIDAY, top=5, bottom=1)]


def test_closes_are_adjusted_for_splits() -> None:
    """80, 100 before a 3 for 1, 60 after it: 26.67, 33.33, 60 in new shares."""
    market = feed(MOVING, [*SPLITS, dividend(5)])
    closes = Closes(market, TUESDAY)
    assert (closes.drawdown("VTI", 3), closes.to_average("VTI", 3)) == (0, 2 * 150_00)
    assert (closes.drawdown("VTI", 1), closes.to_average("VTI", 1)) == (0, 2 * 100_00)
    assert Closes(market, MONDAY).drawdown("VTI", 2) == 0
    assert closes.to_average("VTI", 2) == 2 * 128_57 + 1
    assert (closes.drawdown("VTI", 500), closes.to_average("VTI", 500)) == (None, None)
    assert (closes.drawdown("NONE", 1), closes.last("NONE")) == (None, 0)
    assert (closes.last("VTI"), closes.last("VTI")) == (60_000_000, 60_000_000)


def test_a_close_before_a_split_counts_as_after_it() -> None:
    market = ending(feed(MOVING, SPLITS), "VTI", MONDAY)
    assert Closes(market, TUESDAY).last("VTI") == 33_333_333
    assert Closes(market, WEDNESDAY).last("VTI") == 0


def test_a_day_far_from_any_session_has_no_price() -> None:
    class Shut(Feed):
        def __init__(self) -> None:
            self.__dict__.update(feed(MOVING).__dict__)

        def sessions(self, first: int, last: int) -> tuple[()]:
            return ()

    assert Closes(Shut(), WEDNESDAY).last("VTI") == 60_000_000
    assert Closes(Shut(), MONDAY + 5).last("VTI") == 0
