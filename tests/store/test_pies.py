"""Pies in the books: assets, versions, terms, slices, the accounts inside invest accounts, and the market's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import numpy as np
import pytest

from engine.desk import NewAccount
from engine.invest.market import CRYPTO_SCALE, UNIT_SCALE
from engine.invest.records import CONVERSION_PATH, NewSecurity, SliceState
from engine.ports import NEVER, BookWork
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT
from ledger.seal import asset_number
from store.people import INNER_SLOT
from store.pies import joined_weights, parted_weight
from tests.store.households import DAY, LIMIT, NOW, USD, home, lines, numbers, paid, put
from tests.store.investing import BND, BTC, TERMS, VTI, Invested, invested, slice_row, version


@pytest.fixture
def made(database_url: str) -> Iterator[Invested]:
    with home(database_url) as house:
        yield invested(house)


def code_of(made: Invested, deed: Any) -> str:
    """The code with which the books refuse a deed; nothing of it is kept."""
    with pytest.raises(SluiceError) as raised, made.home.books.lock(1) as work:
        deed(work)
    return raised.value.code


def test_securities_become_assets(made: Invested) -> None:
    with made.home.books.lock(1) as work:
        asked: BookWork = work
        asked.know_assets([NewSecurity("VTI", UNIT_SCALE), NewSecurity("NEW", UNIT_SCALE)])
        asked.know_assets([])
        scales = asked.asset_scales()
    assert (scales[VTI], scales[BTC], scales[USD], scales[asset_number("NEW")]) == (9, 8, 2, 9)
    with pytest.raises(SluiceError, match="VTI is known with 9") as raised, made.home.books.lock(1) as work:
        work.know_assets([NewSecurity("VTI", CRYPTO_SCALE)])
    assert (raised.value.code, raised.value.field) == ("asset_scale", "scale")
    assert code_of(made, lambda work: work.know_assets([NewSecurity("NEW", 9), NewSecurity("NEW", 8)])) == "asset_scale"
    assert code_of(made, lambda work: work.know_assets([NewSecurity("XXL", 12)])) == "books_broken"


def test_two_books_know_a_security_at_once(made: Invested) -> None:
    def other() -> None:
        with made.home.books.lock(0) as work:
            work.know_assets([NewSecurity("BOTH", 9)])

    with made.home.books.lock(1) as work:
        work.know_assets([NewSecurity("BOTH", 9)])
        thread = Thread(target=other)
        thread.start()
        thread.join(0.2)
    thread.join()
    with made.home.books.read(0) as work:
        assert work.asset_scales()[asset_number("BOTH")] == 9


def test_terms_come_back(made: Invested) -> None:
    with made.home.books.read(1) as work:
        read = work.invest_accounts()
        assert len(read) == 2
        assert read.account.tolist() == list(made.accounts)
        assert read.customer.tolist() == [made.customer] * 2
        assert {name: np.unique(getattr(read, name)).tolist() for name in TERMS} == {
            name: [value] for name, value in TERMS.items()
        }
        assert (read.version.tolist(), read.rebalanced.tolist()) == ([1, 1], [NEVER, NEVER])
        assert len(work.invest_accounts(numbers(made.home.customers[1]))) == 0
        assert len(work.invest_accounts(numbers(made.customer))) == 2


def test_versions_follow_each_other(made: Invested) -> None:
    second = replace(version(made.customer, made.growth, 2), seq=9, day=DAY + 1)
    terms = {**TERMS, "broker": "other", "auto": 0}
    with made.home.books.lock(1) as work:
        work.set_rebalanced(numbers(made.growth), DAY)
        work.keep_pie(second, terms, [slice_row(made.customer, made.growth, 1, weight=7, state=SliceState.LEFT)])
    with made.home.books.read(1) as work:
        assert work.pie_versions(made.growth) == [version(made.customer, made.growth), second]
        assert work.pies_now() == {made.growth: second, made.income: version(made.customer, made.income)}
        assert list(work.pies_now(numbers(made.income))) == [made.income]
        read = work.invest_accounts()
        assert (read.version.tolist(), read.auto.tolist(), list(read.broker)) == ([2, 1], [0, 1], ["other", "paper"])
        assert read.rebalanced.tolist() == [DAY, NEVER]
        assert work.slices(numbers(made.growth)).weight.tolist() == [7, 2000, 3000]
    with made.home.books.lock(1) as work:
        work.keep_pie(replace(second, version=3), {**terms, "rebalanced": DAY + 5}, [])
        assert work.invest_accounts().rebalanced.tolist() == [DAY + 5, NEVER]


def test_pies_that_cannot_be(made: Invested) -> None:
    second = version(made.customer, made.growth, 2)
    some = {name: value for name, value in TERMS.items() if name != "auto"}
    other = made.home.customers[1]
    cases = [
        (version(made.customer, made.growth), TERMS, []),
        (version(made.customer, made.growth, 3), TERMS, []),
        (second, some, []),
        (second, {**TERMS, "another": 1}, []),
        (second, {**TERMS, "minimum_cash": -1}, []),
        (second, {**TERMS, "slots": 4}, []),
        (version(other, made.growth, 2), TERMS, []),
        (version(made.customer, made.growth + 999), TERMS, []),
        (version(made.customer, made.home.accounts[0][0]), TERMS, []),
        (second, TERMS, [slice_row(made.customer, made.growth, 1, asset=BND)]),
        (second, TERMS, [slice_row(other, made.growth, 1)]),
        (second, TERMS, [slice_row(made.customer, made.growth, 1, weight=-1)]),
        (second, TERMS, [slice_row(made.customer, made.growth, 1, weight=2**63 * 10**18)]),
        (second, TERMS, [slice_row(made.customer, made.growth, 1, state=3)]),
    ]
    for given in cases:
        assert code_of(made, lambda work, given=given: work.keep_pie(*given)) == "books_broken", given
    assert code_of(made, lambda work: work.set_rebalanced(numbers(made.growth, 5), DAY)) == "books_broken"
    with made.home.books.read(1) as work, pytest.raises(SluiceError, match="reading"):
        work.keep_pie(second, TERMS, [])


def test_slices_come_back_in_order(made: Invested) -> None:
    rows = [
        slice_row(made.customer, made.growth, 3, place=1, path="bonds/BND"),
        slice_row(made.customer, made.growth, 1, place=2, state=SliceState.REMOVING),
        replace(slice_row(made.customer, made.growth, 2), slice=4, asset=BTC, path="coins/₿"),
    ]
    with made.home.books.lock(1) as work:
        work.set_slices(rows)
        work.set_slices([])
    with made.home.books.read(1) as work:
        read = work.slices()
        assert len(read) == 7
        assert read.account.tolist() == [made.growth] * 4 + [made.income] * 3
        assert read.slice.tolist() == [3, 1, 2, 4, 1, 2, 3]
        assert read.place.tolist() == [1, 2, 2, 2, 1, 2, 3]
        assert list(read.path) == ["bonds/BND", "core/VTI", "VTI", "coins/₿", "core/VTI", "VTI", "BND"]
        assert read.state.tolist() == [0, 2, 0, 0, 0, 0, 0]
        assert read.asset.tolist() == [BND, VTI, VTI, BTC, VTI, VTI, BND]
        assert (np.unique(read.units).tolist(), np.unique(read.customer).tolist()) == ([0], [made.customer])
        assert read.weight.dtype == np.int64
        assert len(work.slices(numbers(made.income))) == 3
        assert len(work.slices(numbers(5))) == 0


def test_weights_beyond_int64(made: Invested) -> None:
    heavy = [10**36 - 1, 2**63, 9 * 10**18, 0]
    rows = [slice_row(made.customer, made.growth, number, weight=heavy[number - 1]) for number in (1, 2, 3)]
    with made.home.books.lock(1) as work:
        work.set_slices(rows)
        assert work.slices(numbers(made.growth)).weight.tolist() == heavy[:3]
    small = [parted_weight(weight) for weight in (0, 9 * 10**18 - 1)]
    weights = joined_weights(*(numbers(*side) for side in zip(*small, strict=True)))
    assert (weights.dtype, weights.tolist()) == (np.dtype(np.int64), [0, 9 * 10**18 - 1])


def test_inner_accounts_open_once(made: Invested) -> None:
    wanted = [(made.growth, Kind.HOLDING, VTI), (made.growth, Kind.UNSETTLED, USD), (made.income, Kind.EARMARKED, USD)]
    with made.home.books.lock(1) as work:
        assert work.inner_accounts(numbers(*made.accounts)) == {}
        first = work.open_inner(wanted, DAY)
        again = work.open_inner([*wanted, (made.growth, Kind.HOLDING, BND), wanted[0]], DAY)
        assert {**again, **first} == again
        assert work.inner_accounts(numbers(*made.accounts)) == again
        assert set(work.inner_accounts(numbers(made.income)).values()) == {again[wanted[2]]}
        assert work.open_inner([], DAY) == {}
        rows = {row.account: row for row in work.accounts_of(numbers(made.customer), inner=True)}
    found = [rows[again[one]] for one in (*wanted, (made.growth, Kind.HOLDING, BND))]
    assert [(row.handle, row.name, row.slot - INNER_SLOT) for row in found] == [
        ("invest.growth:VTI", "Growth: VTI", 0),
        ("invest.growth:unsettled", "Growth: unsettled", 1),
        ("invest.income:earmarked", "Income: earmarked", 2),
        ("invest.growth:BND", "Growth: BND", 3),
    ]
    assert {(row.floor, row.ceiling, row.rule_floor, row.opened) for row in found} == {(0, MAX_AMOUNT, 0, DAY)}


@pytest.mark.parametrize("kind", [Kind.CASH, 99])
def test_inner_accounts_that_cannot_be(made: Invested, kind: int) -> None:
    checking = made.home.accounts[0][0]
    assert code_of(made, lambda work: work.open_inner([(made.growth, kind, USD)], DAY)) == "books_broken"
    assert code_of(made, lambda work: work.open_inner([(checking, Kind.HOLDING, VTI)], DAY)) == "books_broken"
    assert code_of(made, lambda work: work.open_inner([(5, Kind.HOLDING, VTI)], DAY)) == "books_broken"
    unknown = asset_number("NONE")
    assert code_of(made, lambda work: work.open_inner([(made.growth, Kind.HOLDING, unknown)], DAY)) == "books_broken"


def test_rules_do_not_see_inner_accounts(made: Invested) -> None:
    house = made.home
    paid(house)
    one = numbers(made.customer)
    with house.books.read(1) as work:
        before = work.population(), work.population(one), work.accounts_of(), work.accounts_of(one)
        count = len(work.every_account().account)
    with house.books.lock(1) as work:
        inner = work.open_inner([(made.growth, Kind.HOLDING, VTI), (made.growth, Kind.UNSETTLED, USD)], DAY)
    holding, unsettled = inner.values()
    put(house, lines([(made.customer, unsettled, house.salary, 5)], 9, code=Code.DIVIDEND))
    with house.books.lock(1) as work:
        after = work.population(), work.population(one), work.accounts_of(), work.accounts_of(one)
        assert str(after) == str(before)
        assert work.accounts(numbers(holding, unsettled)).posted().tolist() == [0, 5]
        assert len(work.every_account().account) == count + 2
        assert len(work.accounts_of(inner=True)) == len(after[2]) + 2
        opened = work.open_accounts(
            [NewAccount(made.customer, "extra", "Extra", Kind.CASH, USD, 0, LIMIT, 0)], DAY, NOW
        ).tolist()
        (extra,) = [row for row in work.accounts_of(one) if row.account in opened]
        assert extra.slot == 5
        assert next(iter(work.open_inner([(made.growth, Kind.HOLDING, BND)], DAY).values())) > opened[0]


def test_each_asset_has_its_conversion_account(made: Invested) -> None:
    with made.home.books.lock(1) as work:
        ids = [work.system_accounts(asset, [CONVERSION_PATH]).tolist() for asset in (VTI, USD, VTI)]
        assert ids[0] == ids[2] != ids[1]
        assert [work.system_paths()[one] for (one,) in ids] == [CONVERSION_PATH] * 3
        asset = work.accounts(numbers(*ids[0]))
        assert (asset.asset.tolist(), asset.customer.tolist()) == ([VTI], [0])
