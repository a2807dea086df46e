"""What a book takes in, it gives back: transfers, balances, holds, flows; and it has one writer."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from engine.ports import NEVER, BookBusyError
from ledger.accounts import Accounts, Kind
from ledger.batch import Code, TransferKind, Transfers
from ledger.faults import SluiceError
from tests.store.households import (
    DAY,
    NOW,
    USD,
    Home,
    block,
    lines,
    night,
    numbers,
    paid,
    put,
    resolving,
    saved,
)


def same(one: Transfers, other: Transfers) -> bool:
    """Whether both are the same lines, apart from the batch's own journal numbers."""
    names = [field.name for field in fields(Transfers) if field.name != "journal"]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_balances_and_transfers_come_back(house: Home) -> None:
    paid(house)
    one, (checking, cash, _) = house.customers[0], house.accounts[0]
    moved = lines([(one, cash, checking, 300_00), (one, cash, checking, 1)], 3)
    put(house, moved)
    with house.books.read(1) as work:
        read = work.population()
        assert read.customer.tolist() == house.customers
        assert read.accounts.account.tolist() == [account for three in house.accounts for account in three]
        assert read.accounts.posted()[:3].tolist() == [699_99, 800_01, 0]
        assert read.kind[:3].tolist() == [Kind.CHECKING, Kind.CASH, Kind.BANK]
        stored = work.stored(moved)
        assert same(stored.rows, moved)
        assert stored.seq.tolist() == [7, 8]
        assert work.row.next_seq == 9
        few = work.population(numbers(house.customers[2]))
        assert few.accounts.account.tolist() == house.accounts[2]
        assert work.accounts(numbers(5, cash, checking)).account.tolist() == [checking, cash]
        assert work.transfers() == 8


def test_nothing_is_written_for_an_empty_block(house: Home) -> None:
    paid(house)
    nothing = lines([(1, 2, 3, 4)], 3).take(numbers())
    put(house, nothing)
    with house.books.read(1) as work:
        assert work.row.next_seq == 7


def test_holds_open_and_close(house: Home) -> None:
    paid(house)
    one, (checking, _, bank) = house.customers[0], house.accounts[0]
    held = lines([(one, bank, checking, n) for n in (100, 200, 300)], 3, kind=TransferKind.PENDING)
    put(house, held)
    with house.books.read(1) as work:
        assert same(work.population().holds, held)
        assert len(work.population(numbers(house.customers[1])).holds) == 0
        assert work.stored(held).resolution.tolist() == [0, 0, 0]
    put(
        house,
        resolving(held.take(numbers(0)), TransferKind.POST, 4),
        resolving(held.take(numbers(2)), TransferKind.VOID, 5),
    )
    with house.books.read(1) as work:
        assert same(work.population().holds, held.take(numbers(1)))
        stored = work.stored(resolving(held, TransferKind.POST, 9))
        assert stored.resolution.tolist() == [TransferKind.POST, 0, TransferKind.VOID]
        balance = work.accounts(numbers(bank))
        assert [balance.debits_posted[0], balance.debits_pending[0]] == [100, 200]
    with pytest.raises(SluiceError, match="constraint"):
        put(house, resolving(held.take(numbers(0)), TransferKind.VOID, 6))


def test_a_hold_may_be_resolved_in_its_own_block(house: Home) -> None:
    paid(house)
    one, (checking, _, bank) = house.customers[0], house.accounts[0]
    held = lines([(one, bank, checking, 100)], 3, kind=TransferKind.PENDING)
    both = [held, resolving(held, TransferKind.POST, 4)]
    put(house, Transfers(*(np.concatenate([getattr(part, f.name) for part in both]) for f in fields(Transfers))))
    with house.books.read(1) as work:
        assert len(work.population().holds) == 0
        assert work.accounts(numbers(bank)).debits_posted.tolist() == [100]


def test_resolving_what_was_never_pending_is_an_alarm(house: Home) -> None:
    paid(house)
    one, (checking, _, bank) = house.customers[0], house.accounts[0]
    held = lines([(one, bank, checking, 100)], 3, kind=TransferKind.PENDING)
    with house.books.lock(1) as work:
        given = block(work, resolving(held, TransferKind.POST, 4))
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.write(given)
    assert raised.value.code == "books_broken"


def test_flows_count_what_arrives_and_what_is_spent(house: Home) -> None:
    paid(house)
    one, (checking, cash, bank) = house.customers[0], house.accounts[0]
    card = lines([(one, house.food, cash, 10_01), (one, house.food, cash, 20_00)], 3, code=Code.CARD)
    put(house, card, lines([(one, checking, cash, 5)], 4), lines([(one, house.food, checking, 7)], 5))
    with house.books.lock(1) as work:
        work.finish_night(night(DAY))
    put(house, lines([(one, cash, house.salary, 1)], 6))
    put(house, lines([(one, cash, house.salary, 2), (one, bank, house.salary, 4)], 7))
    with house.books.read(1) as work:
        flows = work.flows(DAY, NEVER)
        rows = list(zip(*(getattr(flows, field.name).tolist() for field in fields(flows)), strict=True))
        assert [row for row in rows if row[0] in house.accounts[0]] == [
            (checking, DAY, NEVER, 0, 7, 0),
            (cash, DAY, NEVER, 500_00, 30_01, 99),
            (cash, DAY, DAY, 3, 0, 0),
            (bank, DAY, DAY, 4, 0, 0),
        ]
        assert work.flows(DAY + 1, DAY).arrived.tolist() == [3, 4]
        assert len(work.flows(DAY + 1, DAY + 1).account) == 0


def test_a_book_has_one_writer(house: Home, database_url: str) -> None:
    with house.books.lock(1):
        with pytest.raises(BookBusyError), house.books.lock(1, wait=False):
            pass
        if database_url.startswith("postgresql"):
            with house.books.lock(0, wait=False) as other:
                assert other.row.book == 0
        with house.books.read(1) as work:
            assert work.row.next_seq == 1
    with house.books.lock(1, wait=False) as work:
        assert work.row.book == 1


def test_a_view_for_reading_refuses_to_write(house: Home) -> None:
    with house.books.read(1) as work:
        for write in (
            lambda: work.write(block(work, lines([(1, house.accounts[0][0], house.accounts[0][1], 1)], 1))),
            lambda: work.finish_night(night(DAY)),
            lambda: work.save_lists([saved(house.customers[0])], DAY, NOW),
            lambda: work.open_customers([], DAY, NOW),
            lambda: work.open_accounts([], DAY, NOW),
            lambda: work.system_accounts(USD, ["income:new"]),
            lambda: work.change_customer(1, paused=True, ira_room=0),
            lambda: work.keep_answer(1, "key", b"", (200, "")),
        ):
            with pytest.raises(SluiceError, match="opened for reading"):
                write()


def test_a_block_that_does_not_agree_is_an_alarm(house: Home) -> None:
    paid(house)
    one, (checking, cash, _) = house.customers[0], house.accounts[0]
    moved = lines([(one, cash, checking, 300_00)], 3)
    with house.books.read(1) as work:
        good = block(work, moved)
        known = good.before
    crooked = replace(known, debits_posted=known.debits_posted + 1)
    for bad in (
        replace(good, first_seq=good.first_seq + 1),
        replace(good, previous=bytes(32)),
        replace(good, after=crooked),
        replace(good, before=first(known, 1), after=first(good.after, 1)),
        replace(good, before=first(known, 1)),
        replace(good, before=first(known, 0), after=first(good.after, 0)),
        replace(good, transfers=replace(moved, asset=moved.asset + 1)),
        replace(good, transfers=replace(moved, debit=moved.debit + 1_000)),
        replace(good, transfers=replace(moved, amount=moved.amount * 0)),
    ):
        with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
            work.write(bad)
        assert raised.value.code == "books_broken"
    over = lines([(one, cash, checking, 1_050_01)], 4)
    with pytest.raises(SluiceError, match="constraint"):
        put(house, over)
    put(house, lines([(one, cash, checking, 1_050_00)], 5))


def first(accounts: Accounts, rows: int) -> Accounts:
    """The first accounts alone."""
    return Accounts(*(getattr(accounts, field.name)[:rows] for field in fields(accounts)))
