"""D13.9: market and moved inside make what was asked; a block's fill adds up, at one price, above nobody's amount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.lots.worth import cents_of, units_for
from engine.invest.market import OrderState, Side, Window
from engine.invest.orderrecords import OrderRow, PartRow
from engine.invest.records import InvestAccounts, Slices, SliceState
from engine.invest.windows.asking import Sale
from engine.invest.windows.blocks import Part, blocks, shared
from engine.invest.windows.buying import Purchase
from engine.invest.windows.netting import netted
from engine.invest.windows.valued import Valued, valued
from ledger.seal import asset_number

WINDOW = Window(20_000, 1, 0, 1)
ASSETS = (asset_number("BTC"), asset_number("VTI"))


def accounts_of(count: int, slices: Sequence[tuple[int, int]]) -> Valued:
    """So many accounts with slices (account, asset) that are worth nothing."""
    column = np.arange(1, count + 1, dtype=np.int64)
    terms = [name for name in InvestAccounts.__dataclass_fields__ if name not in {"account", "customer", "broker"}]
    none = {name: np.zeros(count, np.int64) for name in terms}
    accounts = InvestAccounts(account=column, customer=column, broker=["paper"] * count, **none)
    rows = sorted(slices)
    own = np.array([account for account, _ in rows], np.int64)
    places = np.arange(len(rows), dtype=np.int64)
    zeros = np.zeros(len(rows), np.int64)
    assets = np.array([asset for _, asset in rows], np.int64)
    made = Slices(own, places + 1, own, assets, places, zeros + 1, zeros + SliceState.HELD, zeros, ["one"] * len(rows))
    return valued(accounts, made, (dict.fromkeys(ASSETS, 100 * 10**6), dict.fromkeys(ASSETS, 9)), {})


@given(st.data())
def test_market_and_moves_inside_make_what_was_asked(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3))
    slices = data.draw(st.lists(st.tuples(st.integers(1, count), st.sampled_from(ASSETS)), min_size=1, max_size=8))
    now = accounts_of(count, slices)
    places = st.integers(0, len(slices) - 1)
    cents = st.integers(1, 10_000)
    purposes = st.sampled_from(["sell", "remove", "rebalance", "raise"])
    sales = data.draw(st.lists(st.builds(Sale, places, purposes, st.integers(0, 2), cents, st.booleans()), max_size=8))
    buys = data.draw(st.lists(st.builds(Purchase, places, st.integers(0, 3), cents), max_size=8))
    market, inside = netted(now, sales, buys)
    sold, bought = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for one in inside:
        source, target = (key(now, place) for place in (one.source, one.target))
        assert source == target  # one account, one security
        assert one.purpose != "raise"
        assert one.amount > 0
        sold[source] += one.amount
        bought[target] += one.amount
    left = Counter[tuple[int, int]]()
    for sale in market:
        left[key(now, sale.at)] += sale.amount
    asked, wanted = (totals(now, [(one.at, one.amount) for one in rows]) for rows in (sales, buys))
    assert left + sold == asked
    assert all(bought[place] <= wanted[place] for place in bought)
    open_ = totals(now, [(one.at, one.amount) for one in market if one.purpose != "raise"])
    assert all(not open_[place] or bought[place] == wanted[place] for place in wanted)  # nothing is bought and sold


def key(now: Valued, place: int) -> tuple[int, int]:
    return int(now.slices.account[place]), int(now.slices.asset[place])


def totals(now: Valued, rows: Sequence[tuple[int, int]]) -> Counter[tuple[int, int]]:
    found = Counter[tuple[int, int]]()
    for place, amount in rows:
        found[key(now, place)] += amount
    return found


def ordered(side: Side, asked: Sequence[int]) -> tuple[OrderRow, list[PartRow]]:
    """A block of parts of several households, each asking for so many cents or units."""
    parts = [
        Part(
            "paper",
            10 + at // 2,
            1 + at % 2,
            1 + at // 2,
            ASSETS[0],
            "buy",
            0,
            *((amount, 0) if side is Side.SELL else (0, amount)),
        )
        for at, amount in enumerate(asked)
    ]
    (order,), rows = blocks(0, WINDOW, side, parts, 0)
    return order, rows


def filled(order: OrderRow, units: int, price: int, fee: int = 0) -> OrderRow:

    return replace(order, state=OrderState.FILLED, filled_units=units, price=price, fee=fee)


PRICES = st.one_of(st.integers(1, 10**9), st.integers(10**9, 3 * 10**12))


@given(st.lists(st.integers(1_00, 10**7), min_size=1, max_size=8), PRICES, st.integers(0, 10**6), st.integers(0, 500))
def test_a_buy_is_shared_to_the_last_unit_and_above_nobodys_amount(
    asked: list[int], price: int, share: int, fee: int
) -> None:
    order, rows = ordered(Side.BUY, asked)
    units = units_for(order.amount, price, 8) * share // 10**6
    fee = fee if units else 0
    parts = shared(filled(order, units, price, fee), rows, 8)
    assert sum(one.filled_units for one in parts) == units
    assert sum(one.filled for one in parts) == cents_of(units, price, 8)
    assert sum(one.fee for one in parts) == fee
    for one in parts:
        assert one.filled <= one.amount
        assert abs(one.filled_units * order.amount - units * one.amount) < order.amount  # by amount, to a unit
        assert abs(one.filled - cents_of(one.filled_units, price, 8)) <= len(parts) + price // 10**12


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=8), PRICES, st.integers(0, 10**6), st.integers(0, 500))
def test_a_sale_is_shared_to_the_last_unit(asked: list[int], price: int, share: int, fee: int) -> None:
    order, rows = ordered(Side.SELL, asked)
    units = order.units * share // 10**6
    fee = fee if units else 0
    parts = shared(filled(order, units, price, fee), rows, 9)
    assert sum(one.filled_units for one in parts) == units
    assert sum(one.filled for one in parts) == cents_of(units, price, 9)
    assert sum(one.fee for one in parts) == fee
    for one in parts:
        assert one.filled_units <= one.units
        assert abs(one.filled - cents_of(one.filled_units, price, 9)) <= 2  # one price for all


def test_a_dear_unit_costs_no_part_more_than_it_asked() -> None:
    """At 2,000,793.683382 a hundred-millionth is two cents: shared by units alone, the first part would owe 102."""
    order, rows = ordered(Side.BUY, [101, 103, 101])
    parts = shared(filled(order, 152, 2_000_793_683_382), rows, 8)
    assert [(one.filled_units, one.filled) for one in parts] == [(51, 101), (51, 103), (50, 100)]


def test_a_unit_that_is_dearer_than_every_part_is_for_people_to_look_at() -> None:
    order, rows = ordered(Side.BUY, [60, 41])
    with pytest.raises(ValueError, match="40 cents of a fill"):
        shared(filled(order, 1, 100_500_000 * 10**6), rows, 8)


def test_a_fill_beyond_the_order_is_a_broken_contract() -> None:
    order, rows = ordered(Side.BUY, [1_00])
    with pytest.raises(ValueError, match="was filled for 200 cents, it asked for 100"):
        shared(filled(order, 2 * 10**9, 10**6), rows, 9)
    order, rows = ordered(Side.SELL, [5])
    with pytest.raises(ValueError, match="sold 6 units, it asked for 5"):
        shared(filled(order, 6, 10**6), rows, 9)
