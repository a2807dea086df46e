"""The made-up market: the same for the same seed, true to its own splits and dividends, and labelled as made up."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.invest.market import ActionKind, CorporateAction, Market
from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from market.categories import CATEGORIES
from market.feed import Feed
from market.sessions import Column
from market.synthetic import PAY_AFTER, Made, synthetic_feed
from market.walk import JOIN_BELOW, SPLIT_ABOVE
from tests.market.exchange import CALENDAR, FIRST, LAST, at

START, END = parse_day("2022-01-03"), parse_day("2024-12-31")
DEMO = [
    *(Made(symbol, symbol, "etf", category) for symbol, category in zip("ABCDEFGHIJKL", CATEGORIES, strict=False)),
    Made("COIN", "A coin", "crypto", "crypto"),
    Made("SPLIT", "Splits when told", "etf", "bond", split_from=parse_day("2023-07-04")),
]
SEEDS = st.integers(0, 2**63)


def made(seed: int = 1, first: int = START, last: int = END) -> Feed:
    return synthetic_feed(seed, CALENDAR, DEMO, first, last)


def changes(feed: Feed, symbol: str) -> dict[int, CorporateAction]:
    """Return the actions of a symbol by ex day; a day has one at most."""
    actions = [action for action in feed.actions(FIRST, LAST) if action.symbol == symbol]
    by_day = {action.ex_day: action for action in actions}
    assert len(by_day) == len(actions)
    return by_day


def test_the_demo_feed_is_a_market_that_says_it_is_made_up() -> None:
    market: Market = made()
    assert all(one.synthetic and one.active for one in market.listings([one.symbol for one in DEMO]).values())
    assert market.quotes(["A"], at("2022-01-04 12:00")).source == "synthetic, seed 1 from 2022-01-03"
    assert {one.symbol: one.scale for one in market.listings(["A", "COIN"]).values()} == {"A": 9, "COIN": 8}


@given(SEEDS)
def test_every_session_has_a_price_above_zero_for_every_symbol(seed: int) -> None:
    feed = made(seed, START, START + 100)
    days = CALENDAR.days(START, START + 100).tolist()
    for one in DEMO:
        closes = feed.closes(one.symbol, FIRST, LAST)
        assert [day for day, _ in closes] == days
        assert all(close > 0 for _, close in closes)


def everything(feed: Feed, last: int) -> list[object]:
    """Return all bars' closes, opens by quotes, and actions up to a day."""
    opens = [feed.quotes(feed.symbols, session.opens).price for session in feed.sessions(START, last)[:60]]
    actions = [action for action in feed.actions(FIRST, LAST) if action.ex_day <= last]
    return [[feed.closes(symbol, FIRST, last) for symbol in feed.symbols], opens, actions]


def test_a_later_last_day_and_other_symbols_change_no_price() -> None:
    early = parse_day("2023-02-28")
    whole = everything(made(), early)
    assert everything(made(last=early), early) == whole
    alone = synthetic_feed(1, CALENDAR, [DEMO[3]], START, END)
    assert alone.closes(DEMO[3].symbol, FIRST, LAST) == made().closes(DEMO[3].symbol, FIRST, LAST)


def test_another_seed_is_another_market() -> None:
    assert made(1).closes("A", START, END) != made(2).closes("A", START, END)
    assert made(1).closes("A", START, END) == made(1).closes("A", START, END)


def test_a_split_asked_for_comes_on_the_first_session_from_that_day_on() -> None:
    for day, session in (
        ("2023-07-04", "2023-07-05"),
        ("2022-01-03", None),
        ("2021-05-01", None),
        ("2024-03-09", "2024-03-11"),
    ):
        one = Made("ONE", "one", "etf", "bond", split_from=parse_day(day))
        feed = synthetic_feed(1, CALENDAR, [one], START, END)
        splits = [action for action in feed.actions(FIRST, LAST) if action.kind is ActionKind.SPLIT]
        assert [(format_day(split.ex_day), split.top, split.bottom) for split in splits] == [(session, 2, 1)] * (
            session is not None
        )


def test_a_split_asked_for_on_an_ex_day_takes_the_dividends_place() -> None:
    plain = synthetic_feed(1, CALENDAR, [Made("ONE", "one", "etf", "bond")], START, END)
    paid = plain.actions(FIRST, LAST)[5]
    one = Made("ONE", "one", "etf", "bond", split_from=paid.ex_day)
    acted = changes(synthetic_feed(1, CALENDAR, [one], START, END), "ONE")
    assert paid.kind is ActionKind.DIVIDEND
    assert acted[paid.ex_day].kind is ActionKind.SPLIT
    assert len(acted) == 12


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_each_year_of_the_demo_has_splits_and_quarterly_dividends(year: int) -> None:
    actions = made().actions(parse_day(f"{year}-01-01"), parse_day(f"{year}-12-20"))
    assert any(action.kind is ActionKind.SPLIT for action in actions), "another seed, or a split asked for"
    paid = [action for action in actions if action.kind is ActionKind.DIVIDEND]
    for one in DEMO:
        expected = 4 if CATEGORIES[one.category].yield_bp else 0
        assert len([action for action in paid if action.symbol == one.symbol]) == expected, one
    assert all(action.pay_day == action.ex_day + PAY_AFTER for action in paid)


@settings(max_examples=20)
@given(SEEDS)
def test_a_price_moves_by_its_ratio_and_dividend_and_no_jump_else(seed: int) -> None:
    feed = made(seed, last=START + 400)
    for one in DEMO:
        category, acted = CATEGORIES[one.category], changes(feed, one.symbol)
        most = (category.swing + abs(category.market)) * 4 + category.drift
        closes = feed.closes(one.symbol, FIRST, LAST)
        for (_, before), (day, after) in pairwise(closes):
            action = acted.get(day)
            base = before
            if action is not None and action.kind is ActionKind.SPLIT:
                base = before * action.bottom // action.top
            elif action is not None:
                base = before - action.rate
            assert abs(after - base) * 10**6 <= base * most, (one, day)


@settings(max_examples=20)
@given(SEEDS)
def test_no_close_stays_above_the_limit_or_below_the_least(seed: int) -> None:
    feed = made(seed, last=START + 400)
    for one in DEMO:
        acted = changes(feed, one.symbol)
        closes = feed.closes(one.symbol, FIRST, LAST)
        for (_, before), (day, _) in pairwise(closes):
            outside = before > SPLIT_ABOVE or before < JOIN_BELOW
            assert not outside or day in acted, (one, day)


def test_a_coin_that_falls_far_is_joined() -> None:
    coins = [Made(f"C{number}", "A coin", "crypto", "crypto") for number in range(60)]
    feed = synthetic_feed(3, CALENDAR, coins, parse_day("2010-01-01"), END)
    joined = [action for action in feed.actions(FIRST, LAST) if (action.top, action.bottom) == (1, 10)]
    assert joined
    before, after = feed.closes(joined[0].symbol, joined[0].ex_day - 4, joined[0].ex_day)[-2:]
    assert before[1] < JOIN_BELOW < after[1]


def _steps(feed: Feed, symbol: str) -> Column:
    """Return the steps of a symbol that had no action that day, in millionths."""
    closes, acted = feed.closes(symbol, FIRST, LAST), changes(feed, symbol)
    pairs = pairwise(closes)
    return np.array([(after - before) * 10**6 // before for (_, before), (day, after) in pairs if day not in acted])


def test_categories_drift_and_swing_as_their_table_says() -> None:
    feed = made(first=parse_day("1995-01-03"))
    for one in DEMO:
        category, steps = CATEGORIES[one.category], _steps(feed, one.symbol)
        deviation = (category.swing**2 + category.market**2) ** 0.5
        assert abs(steps.std() / deviation - 1) < 0.05, one
        assert abs(steps.mean() - category.drift) < 4 * deviation / len(steps) ** 0.5, one


def test_broad_funds_move_together_and_cash_hardly_at_all() -> None:
    twins = [Made("X", "x", "etf", "stocks"), Made("Y", "y", "etf", "stocks"), Made("Z", "z", "etf", "cash")]
    feed = synthetic_feed(5, CALENDAR, twins, START, END)
    table = {one.symbol: dict(feed.closes(one.symbol, START, START + 30)) for one in twins}
    rise = {symbol: np.diff(list(prices.values())) for symbol, prices in table.items()}
    assert np.corrcoef(rise["X"], rise["Y"])[0, 1] > 0.8
    assert abs(rise["Z"]).max() * 1_000 < table["Z"][START]


def test_a_hundred_symbols_of_three_years_have_all_their_sessions() -> None:
    many = [Made(f"S{number}", "many", "etf", tuple(CATEGORIES)[number % 12]) for number in range(100)]
    feed = synthetic_feed(1, CALENDAR, many, START, END)
    assert {len(feed.closes(one.symbol, START, END)) for one in many} == {753}


def test_no_symbols_or_no_sessions_make_an_empty_market() -> None:
    assert synthetic_feed(1, CALENDAR, [], START, END).symbols == ()
    weekend = parse_day("2024-07-06")
    empty = synthetic_feed(1, CALENDAR, DEMO, weekend, weekend + 1)
    assert empty.quotes(["A"], at("2024-07-08 12:00")).price == {}


def test_what_cannot_be_made_up_is_refused() -> None:
    def code(*wanted: Made) -> tuple[str, str]:
        with pytest.raises(SluiceError) as refused:
            synthetic_feed(1, CALENDAR, wanted, START, END)
        return refused.value.code, refused.value.field

    assert code(Made("A", "a", "etf", "tulips")) == ("synthetic_category", "A.category")
    assert code(Made("A", "a", "tulip", "bond")) == ("feed_listing", "A")
    assert code(DEMO[0], DEMO[0]) == ("feed_listing", "A")
