"""What a book takes in, it gives back: transfers, balances, holds, flows, lists, nights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np
import pytest

from engine.desk import AccountEvent, Mirrors, NewAccount, NewCustomer, StatementLines
from engine.ports import NEVER, BookBusyError, DecisionRows, NightRows
from ledger.accounts import Accounts, Kind, Standing
from ledger.batch import Code, TransferKind, Transfers
from ledger.faults import SluiceError
from store.books import Work
from store.verify import verify
from tests.store.households import (
    DAY,
    LIMIT,
    NOW,
    USD,
    Home,
    block,
    home,
    lines,
    night,
    numbers,
    paid,
    put,
    resolving,
    saved,
)


@pytest.fixture
def house(database_url: str) -> Iterator[Home]:
    with home(database_url) as made:
        yield made
        assert list(verify(database_url)) == []


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


def test_a_list_replaces_the_one_before(house: Home) -> None:
    one, two, three = house.customers
    with house.books.lock(1) as work:
        work.save_lists([saved(two, 4, 5, tallies=[(DAY, 0), (DAY - 1, 3)]), saved(one, -(2**63), 2**63 - 1)], DAY, NOW)
    paid(house)
    with house.books.lock(1) as work:
        work.save_lists([saved(two, 9, tallies=[(DAY, 8)])], DAY + 1, NOW)
        work.save_lists([], DAY + 1, NOW)
        assert work.shapes() == {7: "sweep"}
        assert [(v.version, v.seq, v.day, v.documents) for v in work.versions(two)] == [
            (1, 1, DAY, f'["{two}"]'),
            (2, 7, DAY + 1, f'["{two}"]'),
        ]
    with house.books.read(1) as work:
        read = work.population()
        assert read.programs.tolist() == [-(2**63), 2**63 - 1, 9]
        assert read.program_words.tolist() == [2, 1, 0]
        assert read.list_version.tolist() == [1, 2, 0]
        assert read.tally_customer.tolist() == [two]
        assert (read.tally_since.tolist(), read.tally_used.tolist()) == ([DAY], [8])
        assert work.population(numbers(three)).program_words.tolist() == [0]
        assert work.population(numbers(two)).programs.tolist() == [9]


@pytest.mark.parametrize("code", ["list_twice", "customer_unknown", "books_broken"])
def test_lists_that_cannot_be_saved(house: Home, code: str) -> None:
    one = house.customers[0]
    other_shape = replace(saved(one, 1), shapes={7: "another text"})
    given = {
        "list_twice": [saved(one, 1), saved(one, 2)],
        "customer_unknown": [saved(one, 1), saved(one + 99, 1)],
        "books_broken": [other_shape],
    }[code]
    with house.books.lock(1) as work:
        work.save_lists([saved(house.customers[1], 3)], DAY, NOW)
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.save_lists(given, DAY, NOW)
    assert raised.value.code == code
    with house.books.read(1) as work:
        assert work.versions(one) == []


def test_a_night_is_kept_once(house: Home) -> None:
    one, two, three = house.customers
    with house.books.lock(1) as work:
        work.save_lists([saved(one, 1, tallies=[(DAY, 0), (DAY, 0)])], DAY, NOW)
        work.change_customer(one, paused=False, ira_room=500)
    paid(house)
    decided = DecisionRows(
        *(
            numbers(*column)
            for column in zip((one, 1, 1, 4, 30, 9, 9, 0, 7), (two, 1, 1, 2, 10, 9, 0, 0, 0), strict=True)
        )
    )
    rows = replace(
        night(DAY),
        decisions=decided,
        tally_customer=numbers(one),
        tally_slot=numbers(1),
        tally_since=numbers(DAY),
        tally_used=numbers(9),
        ira_customer=numbers(one),
        ira_room=numbers(400),
    )
    with house.books.lock(1) as work:
        work.write(block(work, lines([(one, house.accounts[0][1], house.accounts[0][0], 9)], 3)))
        work.finish_night(rows)
    assert house.books.done(1, DAY)
    assert not house.books.done(1, DAY + 1)
    assert not house.books.done(0, DAY)
    with house.books.read(1) as work:
        read = work.population()
        assert read.last_night.tolist() == [DAY] * 3
        assert read.tally_used.tolist() == [0, 9]
        assert read.ira_room.tolist() == [400, -1, -1]
        assert work.row.last_night == DAY
        past = work.past(one)
        (kept,) = past.nights
        assert (kept.first_seq, kept.last_seq, kept.moved, kept.blocked, kept.proposed) == (7, 7, 1, 1, 0)
        assert [(d.customer, d.outcome, d.journal) for d in past.decisions] == [(one, 4, 7)]
        assert past.seq.tolist() == [1, 4, 7]
        assert [event.ira_room for event in past.customer_events] == [-1, 500]
        assert len(past.account_events) == 3
        assert [version.version for version in past.versions] == [1]
        assert past.quarantined == frozenset()
        assert len(work.past(three).transfers) == 2
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.finish_night(rows)
    assert raised.value.code == "night_already_done"


NIGHT = night(DAY)
ONE = numbers(1)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(NIGHT, tally_customer=ONE, tally_slot=ONE, tally_since=ONE, tally_used=ONE),
        replace(NIGHT, ira_customer=ONE, ira_room=ONE),
        replace(NIGHT, quarantined=[(1, "nobody")]),
    ],
    ids=["tally", "ira", "quarantine"],
)
def test_a_night_about_strangers_is_an_alarm(house: Home, wrong: NightRows) -> None:
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.finish_night(wrong)
    assert raised.value.code == "books_broken"
    assert not house.books.done(1, DAY)


def test_three_nights_in_quarantine_pause_a_household(house: Home) -> None:
    one, two, _ = house.customers
    plan = [[one], [one, two], [], [one], [one], [one], [one]]
    paused = []
    for at, out in enumerate(plan):
        with house.books.lock(1) as work:
            work.finish_night(night(DAY + at, [(customer, f"reason {at}") for customer in out]))
            paused += [customer.paused for customer in work.customers(numbers(one))]
    assert paused == [False, False, False, False, False, True, True]
    with house.books.read(1) as work:
        assert work.population().last_night.tolist() == [DAY + 2, DAY + 6, DAY + 6]
        past = work.past(one)
        assert past.quarantined == {DAY, DAY + 1, DAY + 3, DAY + 4, DAY + 5, DAY + 6}
        last = past.customer_events[-1]
        assert (last.paused, last.after_night) == (True, DAY + 5)
        assert [night.quarantined for night in past.nights] == [1, 2, 0, 1, 1, 1, 1]


def test_an_exception_leaves_nothing(house: Home) -> None:
    paid(house)
    before = snapshot(house)
    with pytest.raises(ZeroDivisionError), house.books.lock(1) as work:
        everything(house, work)
    assert snapshot(house) == before
    assert house.books.find("late") is None


def everything(house: Home, work: Work) -> None:
    """Write something of every kind, then fail."""
    work.open_customers([NewCustomer("late", "Late")], DAY, NOW)
    work.write(block(work, lines([(house.customers[0], house.accounts[0][1], house.accounts[0][0], 9)], 3)))
    work.save_lists([saved(house.customers[0], 1)], DAY, NOW)
    work.finish_night(night(DAY))
    raise ZeroDivisionError


def snapshot(house: Home) -> tuple[object, ...]:
    """What a person could see of book 1."""
    with house.books.read(1) as work:
        return work.row, work.customers(), work.accounts_of(), work.transfers(), work.versions(house.customers[0])


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


def test_the_directory(house: Home) -> None:
    assert house.books.book_ids() == [0, 1]
    assert house.books.emptiest() == {0: 0, 1: 3}
    assert house.books.find("home-1") == (1, house.customers[1])
    assert house.books.find("nobody") is None
    assert house.books.find_many(["home-0", "nobody"]) == {"home-0": (1, house.customers[0])}
    with pytest.raises(SluiceError) as raised, house.books.lock(0) as work:
        work.open_customers([NewCustomer("fresh", "x"), NewCustomer("home-2", "x")], DAY, NOW)
    assert (raised.value.code, raised.value.field) == ("reference_taken", "reference")
    with pytest.raises(SluiceError, match="taken"), house.books.lock(0) as work:
        work.open_customers([NewCustomer("fresh", "x"), NewCustomer("fresh", "y")], DAY, NOW)
    with pytest.raises(SluiceError, match="no book 7"), house.books.read(7):
        pass


def test_accounts_open_in_order(house: Home) -> None:
    one, two, _ = house.customers
    new = [
        NewAccount(who, handle, "x", Kind.CASH, USD, 0, LIMIT, 0)
        for who, handle in ((two, "a"), (one, "a"), (two, "b"))
    ]
    with house.books.lock(1) as work:
        ids = work.open_accounts(new, DAY, NOW).tolist()
        found = {row.account: (row.customer, row.slot, row.handle) for row in work.accounts_of(numbers(one, two))}
        assert [found[account] for account in ids] == [(two, 3, "a"), (one, 3, "a"), (two, 4, "b")]
        assert work.system_accounts(USD, ["income:salary", "income:new", "income:new"]).tolist()[0] == house.salary
        assert sorted(work.system_paths().values()) == ["equity:opening", "expense:food", "income:new", "income:salary"]


@pytest.mark.parametrize(
    "code,new",
    [
        ("handle_taken", NewAccount(0, "cash", "x", Kind.CASH, USD, 0, LIMIT, 0)),
        ("limits_exclude_zero", NewAccount(0, "new", "x", Kind.CASH, USD, 1, LIMIT, 0)),
        ("books_broken", NewAccount(0, "new", "x", Kind.CASH, 12345, 0, LIMIT, 0)),
    ],
)
def test_accounts_that_cannot_be_opened(house: Home, code: str, new: NewAccount) -> None:
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.open_accounts([replace(new, customer=house.customers[0])], DAY, NOW)
    assert raised.value.code == code


def test_a_path_of_no_kind_is_refused(house: Home) -> None:
    with pytest.raises(SluiceError, match="assets:gold") as raised, house.books.lock(1) as work:
        work.system_accounts(USD, ["income:ok", "assets:gold"])
    assert raised.value.code == "path_unknown"


def test_limits_change_as_events(house: Home) -> None:
    paid(house)
    checking = house.accounts[0][0]
    change = AccountEvent(checking, 0, 900_00, 2_000_00, 5, Standing.FROZEN)
    with house.books.lock(1) as work:
        work.change_account(checking, change)
        (row,) = [row for row in work.accounts_of() if row.account == checking]
        assert (row.floor, row.ceiling, row.rule_floor, row.standing, row.posted) == (900_00, 2_000_00, 5, 1, 1_000_00)
        events = [event for event in work.past(house.customers[0]).account_events if event.account == checking]
        assert [(event.seq, event.floor) for event in events] == [(1, -50_00), (7, 900_00)]
    for code, account, event in (
        ("limit_crossed", checking, replace(change, floor=1_000_01)),
        ("limit_crossed", checking, replace(change, ceiling=999_99)),
        ("account_unknown", 5, change),
    ):
        with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
            work.change_account(account, event)
        assert raised.value.code == code
    with pytest.raises(SluiceError, match="no customer 5"), house.books.lock(1) as work:
        work.change_customer(5, paused=True, ira_room=-1)


def test_statement_lines_and_mirrors(house: Home) -> None:
    paid(house)
    one, (checking, cash, _) = house.customers[0], house.accounts[0]
    none = np.zeros(2, np.uint64)
    kept = StatementLines(
        numbers(checking, checking),
        none,
        none + np.array([1, 2], np.uint64),
        numbers(DAY, DAY),
        numbers(-5, 9),
        np.array([True, False]),
        numbers(7, 0),
        ["first ✓", ""],
    )
    with house.books.lock(1) as work:
        work.keep_lines(kept)
        work.keep_mirrors(Mirrors(numbers(checking), numbers(4), numbers(DAY)))
        work.keep_mirrors(Mirrors(numbers(checking, cash), numbers(5, 6), numbers(DAY, DAY + 1)))
        work.keep_mirrors(Mirrors(numbers(), numbers(), numbers()))
    with house.books.read(1) as work:
        known = work.known_lines(numbers(checking, cash))
        assert sorted(zip(known.account.tolist(), known.key_lo.tolist(), known.amount.tolist(), strict=True)) == [
            (checking, 1, -5),
            (checking, 2, 9),
        ]
        mirrors = work.mirrors(numbers(cash, checking))
        assert (mirrors.account.tolist(), mirrors.balance.tolist()) == ([checking, cash], [5, 6])
        assert len(work.mirrors(numbers(house.accounts[1][0])).account) == 0
    with pytest.raises(SluiceError) as raised, house.books.lock(1) as work:
        work.keep_lines(kept)
    assert raised.value.code == "line_twice"
    put(house, lines([(one, house.food, checking, 30_00)], 3, code=Code.CARD), lines([(one, cash, checking, 40_00)], 4))
    with house.books.read(1) as work:
        assert work.mirrored_sum(checking, DAY) == 970_00
        assert work.mirrored_sum(checking, DAY - 1) == 0


def test_refusals_and_answers_are_remembered(house: Home) -> None:
    asked = lines([(house.customers[0], house.accounts[0][0], house.accounts[0][1], 5)], 3)
    with house.books.lock(1) as work:
        work.keep_refusals(asked.id_hi, asked.id_lo, numbers(80), NOW)
        work.keep_answer(house.customers[0], "key", b"hash", (409, "{}"))
    with house.books.read(1) as work:
        stored = work.stored(asked)
        assert (stored.refused_hi.tolist(), stored.refused_lo.tolist()) == (asked.id_hi.tolist(), asked.id_lo.tolist())
        assert stored.refused_status.tolist() == [80]
        assert work.answer(house.customers[0], "key") == (b"hash", 409, "{}")
        assert work.answer(house.customers[0], "other") is None
    with pytest.raises(SluiceError, match="refused twice"), house.books.lock(1) as work:
        work.keep_refusals(asked.id_hi, asked.id_lo, numbers(80), NOW)
    with pytest.raises(SluiceError, match="answered already"), house.books.lock(1) as work:
        work.keep_answer(house.customers[0], "key", b"hash", (200, "{}"))


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
