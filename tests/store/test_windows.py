"""What goes to the market and what is on its way: intents, windows, prices, blocks, settlements, earmarks, facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from engine.invest.market import OrderState, Side
from engine.invest.orderrecords import IntentKind, IntentState, KeptQuotes, Phase
from engine.invest.records import SeenFacts
from ledger.faults import SluiceError
from tests.store.households import DAY, NOW, home, numbers
from tests.store.investing import BND, BTC, VTI, Invested, intent, invested, order, order_part, window


@pytest.fixture
def made(database_url: str) -> Iterator[Invested]:
    with home(database_url) as house:
        yield invested(house)


def code_of(made: Invested, deed: Any) -> str:
    """The code with which the books refuse a deed; nothing of it is kept."""
    with pytest.raises(SluiceError) as raised, made.home.books.lock(1) as work:
        deed(work)
    return raised.value.code


def test_an_intent_is_kept_once(made: Invested) -> None:
    other = intent(made, "b", kind=IntentKind.RAISE, lots=(), destination=made.home.accounts[0][0], path="")
    with made.home.books.lock(1) as work:
        one, two = work.keep_intent(intent(made, "a")), work.keep_intent(other)
        assert (work.keep_intent(replace(other, key="a")), one < two) == (one, True)
        assert work.intents() == [replace(intent(made, "a"), intent=one), replace(other, intent=two)]
        done = replace(work.intents()[0], state=IntentState.DONE, day=DAY, slot=2, done=99_00, reason="sold “all”")
        work.set_intents([done])
        work.set_intents([])
    with made.home.books.read(1) as work:
        assert work.intents() == [done, replace(other, intent=two)]
        assert work.intents([IntentState.WAITING]) == [replace(other, intent=two)]
        assert work.intents([IntentState.DONE, IntentState.WAITING], made.customer) == work.intents()
        assert work.intents(customer=made.home.customers[1]) == []
        assert work.intents([]) == []


def test_intents_that_cannot_be(made: Invested) -> None:
    good = intent(made, "a")
    for wrong in (replace(good, amount=-1), replace(good, account=5), replace(good, slot_wanted=-1)):
        assert code_of(made, lambda work, wrong=wrong: work.keep_intent(wrong)) == "books_broken"
    assert code_of(made, lambda work: work.set_intents([replace(good, intent=77)])) == "books_broken"
    with made.home.books.lock(1) as work:
        kept = replace(good, intent=work.keep_intent(good))
    assert code_of(made, lambda work: work.set_intents([replace(kept, done=-1)])) == "books_broken"
    with made.home.books.read(1) as work, pytest.raises(SluiceError, match="reading"):
        work.keep_intent(replace(good, key="another"))


def test_windows_and_their_fences(made: Invested) -> None:
    first = window()
    with made.home.books.lock(1) as work:
        assert work.window(DAY, 1) is None
        for row in (window(2), first, window(1, DAY + 1), window(1, DAY - 1)):
            work.keep_window(row)
        taken = replace(
            first, fence=3, phase=Phase.SELLS_SENT, snapshot="s2", finished=NOW + 9, lease=NOW + 5, grants='[{"a":1}]'
        )
        work.keep_window(taken)
        assert work.window(DAY, 1) == taken
        again = replace(taken, phase=Phase.SELLS_FINAL)
        work.keep_window(again)
        assert [(row.day, row.slot) for row in work.windows(DAY)] == [(DAY, 1), (DAY, 2), (DAY + 1, 1)]
    assert code_of(made, lambda work: work.keep_window(replace(taken, fence=2))) == "window_taken"
    assert code_of(made, lambda work: work.keep_window(window(0))) == "books_broken"
    with made.home.books.read(1) as work:
        assert work.window(DAY, 1) == again
    with made.home.books.lock(0) as work:
        work.keep_window(window())
        assert work.windows(DAY) == [window()]


def test_prices_are_kept_once(made: Invested) -> None:
    prices = KeptQuotes("s1", NOW, "paper", {VTI: 250_123_456, BND: 1}, {BTC: "no price since 2 March"})
    with made.home.books.lock(1) as work:
        work.keep_quotes(prices)
        work.keep_quotes(replace(prices, source="another", price={VTI: 1}, missing={}))
        work.keep_quotes(KeptQuotes("s2", NOW, "paper", {}, {}))
        assert work.quotes("s1") == prices
        assert work.quotes("s2") == KeptQuotes("s2", NOW, "paper", {}, {})
    with made.home.books.read(1) as work, pytest.raises(SluiceError, match='"s3"') as raised:
        work.quotes("s3")
    assert (raised.value.code, raised.value.field) == ("snapshot_unknown", "snapshot")
    for price in (0, -1):
        wrong = replace(prices, snapshot="s4", price={VTI: price})
        assert code_of(made, lambda work, wrong=wrong: work.keep_quotes(wrong)) == "books_broken"


def test_blocks_with_their_parts(made: Invested) -> None:
    sell = order("b-sell", Side.SELL, slot=2)
    parts = [
        order_part(made, "b-sell", slice=2, units=10**9, amount=0, lots=((7, 1), (8, 2)), purpose="sell", intent=5),
        order_part(made, "b-sell", slice=2, units=10**9, amount=0, purpose="sell", intent=4),
        order_part(made, "a-buy"),
        order_part(made, "a-buy", purpose="buy"),
    ]
    with made.home.books.lock(1) as work:
        work.keep_window(window())
        work.keep_window(window(2))
        work.keep_orders([order("c-buy"), sell, order("a-buy")], parts)
        work.keep_orders([], [])
    with made.home.books.read(1) as work:
        assert work.orders(DAY, 1) == [order("a-buy"), order("c-buy")]
        assert work.orders(DAY, 2) == [sell]
        assert work.orders(DAY + 1, 1) == []
        assert work.orders_in([OrderState.NEW]) == [order("a-buy"), sell, order("c-buy")]
        assert work.parts(["b-sell", "a-buy", "none"]) == [parts[3], parts[2], parts[1], parts[0]]
        assert work.parts([]) == []
        assert work.parts_of(made.customer) == [
            (sell, parts[1]),
            (sell, parts[0]),
            (order("a-buy"), parts[3]),
            (order("a-buy"), parts[2]),
        ]
        assert work.parts_of(made.home.customers[1]) == []
    filled = replace(
        sell, state=OrderState.PARTIAL, filled_units=5, price=9, fee=1, booked=True, changed=NOW, reason="off"
    )
    sent = replace(order("a-buy"), state=OrderState.SENT, changed=NOW)
    got = replace(parts[0], filled_units=5, filled=10, fee=1)
    with made.home.books.lock(1) as work:
        work.set_orders([filled, sent])
        work.set_parts([got])
        work.set_orders([])
        work.set_parts([])
        assert work.orders(DAY, 2) == [filled]
        assert work.orders_in([OrderState.PARTIAL, OrderState.SENT]) == [sent]
        assert work.parts(["b-sell"]) == [parts[1], got]


def test_blocks_that_cannot_be(made: Invested) -> None:
    with made.home.books.lock(1) as work:
        work.keep_window(window())
        work.keep_orders([order("known")], [order_part(made, "known")])
    wrong: list[Any] = [
        lambda work: work.keep_orders([order("known")], []),
        lambda work: work.keep_orders([], [order_part(made, "known", slice=2)]),
        lambda work: work.keep_orders([order("x", units=1)], []),
        lambda work: work.keep_orders([order("x", Side.SELL, units=0)], []),
        lambda work: work.keep_orders([order("x", amount=-1)], []),
        lambda work: work.keep_orders([order("x", slot=9)], []),
        lambda work: work.keep_orders([order("x")], [order_part(made, "x")] * 2),
        lambda work: work.keep_orders([order("x")], [order_part(made, "x", fee=-1)]),
        lambda work: work.set_orders([order("x")]),
        lambda work: work.set_orders([order("known", fee=-1)]),
        lambda work: work.set_parts([order_part(made, "known", slice=2)]),
        lambda work: work.set_parts([order_part(made, "known", filled=-1)]),
    ]
    for deed in wrong:
        assert code_of(made, deed) == "books_broken"


def test_many_parts_are_asked_for_in_pieces(made: Invested, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.orders.ASKED_AT_ONCE", 2)
    names = [f"o{number}" for number in range(5)]
    with made.home.books.lock(1) as work:
        work.keep_window(window())
        work.keep_orders([order(name) for name in names], [order_part(made, name) for name in names])
        assert [part.client_id for part in work.parts(names[::-1])] == names


def test_money_on_its_way(made: Invested) -> None:
    one, two = made.accounts
    with made.home.books.lock(1) as work:
        work.set_settlements([(two, DAY, 7), (one, DAY + 1, 5), (one, DAY, 6)])
        work.set_settlements([(one, DAY, 4), (one, DAY + 1, 0), (two, DAY + 9, 0)])
        work.set_settlements([])
        assert work.settlements() == [(one, DAY, 4), (two, DAY, 7)]
        work.set_earmarks([(two, "core", 7), (one, "z", 5), (one, "Ä b", 6)])
        work.set_earmarks([(one, "z", 0), (one, "a/b", 3), (two, "core", 8)])
        assert work.earmarks() == [(one, "a/b", 3), (one, "Ä b", 6), (two, "core", 8)]
    for wrong in (lambda work: work.set_settlements([(one, DAY, -1)]), lambda work: work.set_earmarks([(5, "a", 1)])):
        assert code_of(made, wrong) == "books_broken"


def test_corporate_actions_happen_once(made: Invested) -> None:
    with made.home.books.lock(1) as work:
        work.keep_actions(["split-2", "dividend-1:ex"], DAY)
        work.keep_actions([], DAY)
        assert work.actions_done() == {"dividend-1:ex": DAY, "split-2": DAY}
    assert code_of(made, lambda work: work.keep_actions(["new", "split-2"], DAY + 1)) == "books_broken"
    with made.home.books.lock(0) as work:
        assert work.actions_done() == {}
        work.keep_actions(["split-2"], DAY + 1)


def test_facts_a_night_saw(made: Invested) -> None:
    other = made.home.customers[1]
    rows = sorted(
        [
            (made.customer, made.growth, 3, 0, 0, -5, 1),
            (0, 0, 1, VTI, 5, 100, 0),
            (0, 0, 1, BND, 5, 101, 1),
            (other, 9, 3, 0, 0, 7, 1),
        ]
    )
    seen = SeenFacts(*(numbers(*column) for column in zip(*rows, strict=True)))
    with made.home.books.lock(1) as work:
        work.keep_seen(DAY, seen)
        work.keep_seen(DAY + 1, seen.take(numbers(0)))
        read = work.seen(DAY, made.customer)
        listed = list(zip(*(getattr(read, field.name).tolist() for field in fields(SeenFacts)), strict=True))
        assert listed == [row for row in rows if row[0] != other]
        assert len(work.seen(DAY + 1, made.customer).value) == 1
        assert len(work.seen(DAY + 2, made.customer).value) == 0
    assert code_of(made, lambda work: work.keep_seen(DAY, seen.take(numbers(2)))) == "books_broken"
