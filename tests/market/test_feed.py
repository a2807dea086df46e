"""The feed: which price an instant sees, what is stale or missing and why, and what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.market import ActionKind, CorporateAction, Market
from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from market.bars import MAX_PRICE, Bars, Series
from market.feed import Feed
from tests.market.exchange import CALENDAR, DOLLAR, WEEK, at, bars, feed, series

MARKET: Market = feed()  # mypy proves here that a feed is a market
SPLIT = CorporateAction("one", ActionKind.SPLIT, "VTI", parse_day("2024-07-02"), top=2)
DIVIDEND = CorporateAction("two", ActionKind.DIVIDEND, "VTI", parse_day("2024-07-01"), parse_day("2024-07-05"), rate=1)
RENAMED = CorporateAction("six", ActionKind.RENAMED, "OLD", parse_day("2024-07-03"), successor="VTI")


@pytest.mark.parametrize(
    "now,dollars",
    [
        ("2024-07-01 09:30", 100),
        ("2024-07-01 14:59", 100),
        ("2024-07-01 15:00", 105),  # the middle of opening and close
        ("2024-07-01 15:59", 105),
        ("2024-07-01 16:00", 110),
        ("2024-07-02 09:29", 110),
        ("2024-07-02 09:30", 111),
        ("2024-07-03 12:59", 118),
        ("2024-07-03 13:00", 121),  # the close of a half day
        ("2024-07-04 12:00", 121),
        ("2024-07-05 09:29", 121),
        ("2024-07-07 20:00", 120),
        ("2024-07-08 09:29", 120),
    ],
)
def test_the_price_that_an_instant_sees(now: str, dollars: int) -> None:
    quotes = MARKET.quotes(["VTI"], at(now))
    assert (quotes.price, quotes.missing) == ({"VTI": dollars * DOLLAR}, {})
    assert (quotes.instant, quotes.source) == (at(now), "a week")
    assert feed().price("VTI", at(now)) == dollars * DOLLAR


def test_the_middle_of_an_odd_sum_is_rounded_down() -> None:
    odd = series("ODD", {"2024-07-01": (1, 1, 1, 1)})
    nudged = Series(odd.listing, replace(odd.bars, close=odd.bars.close + 1, high=odd.bars.high + 1))
    assert Feed("odd", CALENDAR, [nudged]).price("ODD", at("2024-07-01 15:30")) == DOLLAR


@pytest.mark.parametrize(
    "symbol,now,reason",
    [
        ("OLD", "2024-07-03 09:30", "The last price of OLD is of 2024-07-02: too old on 2024-07-03."),
        ("VTI", "2024-07-08 09:30", "The last price of VTI is of 2024-07-05: too old on 2024-07-08."),
        ("VTI", "2024-07-01 09:29", "VTI has no price yet: its first is of 2024-07-01."),
        ("VTI", "1990-01-01 12:00", "VTI has no price yet: its first is of 2024-07-01."),
        ("VXUS", "2024-07-02 12:00", "VXUS is not listed by this feed (a week)."),
    ],
)
def test_a_missing_price_has_a_reason_and_is_never_zero(symbol: str, now: str, reason: str) -> None:
    quotes = MARKET.quotes([symbol], at(now))
    assert (quotes.price, quotes.missing) == ({}, {symbol: reason})
    assert feed().price(symbol, at(now)) is None


def test_a_listing_without_any_price_is_missing() -> None:
    empty = Feed("nothing", CALENDAR, [series("NEW", {})])
    assert empty.quotes(["NEW"], at("2024-07-02 12:00")).missing == {
        "NEW": "NEW has no price yet: its first is of no day at all."
    }


def test_where_older_prices_are_allowed_the_last_close_stands_in() -> None:
    patient = feed(stale_after=2)
    assert patient.price("OLD", at("2024-07-03 09:30")) == 118 * DOLLAR
    assert patient.price("OLD", at("2024-07-04 09:30")) == 118 * DOLLAR
    assert patient.price("OLD", at("2024-07-05 09:30")) is None


@given(st.lists(st.sampled_from(["VTI", "OLD", "VXUS"])), st.integers(at("2024-06-20 00:00"), at("2024-07-12 00:00")))
def test_each_symbol_asked_for_is_either_priced_above_zero_or_missing(symbols: list[str], instant: int) -> None:
    quotes = MARKET.quotes(symbols, instant)
    assert quotes.price.keys() | quotes.missing.keys() == set(symbols)
    assert quotes.price.keys() & quotes.missing.keys() == set()
    assert all(price > 0 for price in quotes.price.values())


def test_the_same_id_means_the_same_source_instant_and_prices() -> None:
    noon = at("2024-07-02 12:00")
    first = MARKET.quotes(["VTI", "OLD"], noon)
    assert MARKET.quotes(["OLD", "VTI", "OLD"], noon).snapshot == first.snapshot
    raised = {**WEEK, "2024-07-02": (112, 120, 110, 118)}
    gone = series("OLD", dict(list(WEEK.items())[:2]))
    others = [
        MARKET.quotes(["VTI"], noon),
        MARKET.quotes(["VTI", "OLD"], noon + 1),
        Feed("another", CALENDAR, [series("VTI", WEEK), gone]).quotes(["VTI", "OLD"], noon),
        Feed("a week", CALENDAR, [series("VTI", raised), gone]).quotes(["VTI", "OLD"], noon),
    ]
    assert len({first.snapshot, *(other.snapshot for other in others)}) == 5
    assert len(first.snapshot) == 32


def test_listings_are_those_known() -> None:
    assert list(MARKET.listings(["VXUS", "OLD"])) == ["OLD"]
    assert MARKET.listings(["OLD"])["OLD"].symbol == "OLD"
    assert feed().symbols == ("VTI", "OLD")


def test_closes_as_traded() -> None:
    closes = MARKET.closes("VTI", parse_day("2024-07-02"), parse_day("2024-07-04"))
    assert list(closes) == [(parse_day("2024-07-02"), 118 * DOLLAR), (parse_day("2024-07-03"), 121 * DOLLAR)]
    assert list(MARKET.closes("VXUS", 0, 99_999)) == []


def test_sessions_and_settlement_are_the_calendars() -> None:
    first, last = parse_day("2024-07-01"), parse_day("2024-07-07")
    assert MARKET.sessions(first, last) == CALENDAR.sessions(first, last)
    assert format_day(MARKET.settles(parse_day("2024-07-03"))) == "2024-07-05"


def test_actions_come_by_ex_day_or_pay_day_in_order() -> None:
    acted = feed([SPLIT, RENAMED, DIVIDEND])

    def between(first: str, last: str) -> list[str]:
        return [action.id for action in acted.actions(parse_day(first), parse_day(last))]

    assert between("2024-07-01", "2024-07-05") == ["two", "one", "six"]
    assert between("2024-07-02", "2024-07-02") == ["one"]
    assert between("2024-07-05", "2024-07-06") == ["two"]
    assert between("1969-12-31", "1970-01-02") == []  # a pay day that is not given is no day at all


@pytest.mark.parametrize(
    "action,part",
    [
        (replace(SPLIT, symbol="VXUS"), "symbol"),
        (replace(SPLIT, ex_day=parse_day("2024-07-04")), "ex_day"),
        (replace(SPLIT, ex_day=10**7), "ex_day"),
        (replace(SPLIT, top=1), "top"),
        (replace(SPLIT, bottom=0), "top"),
        (replace(SPLIT, top=-2), "top"),
        (replace(SPLIT, top=10**6 + 1), "top"),
        (replace(DIVIDEND, rate=0), "rate"),
        (replace(DIVIDEND, rate=MAX_PRICE + 1), "rate"),
        (replace(DIVIDEND, pay_day=parse_day("2024-06-30")), "pay_day"),
        (replace(RENAMED, successor="OLD"), "successor"),
        (replace(RENAMED, successor="VXUS"), "successor"),
    ],
)
def test_an_action_that_cannot_be_true_is_refused(action: CorporateAction, part: str) -> None:
    with pytest.raises(SluiceError) as refused:
        feed([action])
    assert (refused.value.code, refused.value.field) == ("feed_action", f"{action.id}.{part}")


def test_two_actions_of_one_id_are_refused() -> None:
    with pytest.raises(SluiceError, match="stands for two") as refused:
        feed([SPLIT, replace(DIVIDEND, id="one")])
    assert refused.value.code == "feed_action"


DAY = {"2024-07-01": (100, 112, 99, 110)}


@pytest.mark.parametrize(
    "prices,code,field",
    [
        pytest.param({"2024-07-04": (1, 1, 1, 1)}, "feed_session", "BAD.2024-07-04", id="a holiday"),
        pytest.param({"1989-12-29": (1, 1, 1, 1)}, "feed_session", "BAD.1989-12-29", id="before the calendar"),
        pytest.param({"2024-07-01": (0, 1, 1, 1)}, "feed_price", "BAD.2024-07-01.open", id="zero"),
        pytest.param({"2024-07-01": (1, 1, 1, -1)}, "feed_price", "BAD.2024-07-01.close", id="negative"),
        pytest.param({"2024-07-01": (1, 10**8, 1, 1)}, "feed_price", "BAD.2024-07-01.high", id="too high"),
        pytest.param({"2024-07-01": (5, 9, 6, 7)}, "feed_bars", "BAD.2024-07-01", id="opens below the lowest"),
        pytest.param({"2024-07-01": (5, 9, 5, 10)}, "feed_bars", "BAD.2024-07-01", id="closes above the highest"),
        pytest.param({"2024-07-02": (1, 1, 1, 1), **DAY}, "feed_bars", "BAD.2024-07-01", id="out of order"),
    ],
)
def test_bars_that_cannot_be_true_are_refused(prices: dict[str, tuple[int, ...]], code: str, field: str) -> None:
    with pytest.raises(SluiceError) as refused:
        Feed("bad", CALENDAR, [series("BAD", prices)])
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_day_given_twice_is_refused() -> None:
    one = bars(DAY)
    twice = Bars(*(np.repeat(column, 2) for column in (one.day, one.open, one.high, one.low, one.close)))
    with pytest.raises(SluiceError, match="twice or out of order"):
        Feed("bad", CALENDAR, [Series(series("BAD", DAY).listing, twice)])


def test_prices_that_are_no_whole_numbers_are_refused() -> None:
    one = series("BAD", DAY)
    wrong: tuple[Any, ...] = (np.array([float("nan")]), one.bars.close.astype(np.int32), np.array([1, 2], np.int64))
    for close in wrong:
        with pytest.raises(SluiceError, match="not whole numbers of one length") as refused:
            Feed("bad", CALENDAR, [Series(one.listing, replace(one.bars, close=close))])
        assert (refused.value.code, refused.value.field) == ("feed_bars", "BAD")


def test_listings_that_cannot_be_true_are_refused() -> None:
    one = series("BAD", DAY)
    for listing in (replace(one.listing, kind="bond"), replace(one.listing, kind="crypto")):
        with pytest.raises(SluiceError, match="a stock or etf has 9, a crypto 8") as refused:
            Feed("bad", CALENDAR, [Series(listing, one.bars)])
        assert (refused.value.code, refused.value.field) == ("feed_listing", "BAD")
    with pytest.raises(SluiceError, match="listed 2 times"):
        Feed("bad", CALENDAR, [one, one])


def test_a_price_has_to_be_allowed_one_session() -> None:
    with pytest.raises(SluiceError) as refused:
        feed(stale_after=0)
    assert (refused.value.code, refused.value.field) == ("feed_stale", "stale_after")
