"""What people ask of a book: households, accounts, rule lists, statement lines, answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.desk import AccountEvent, NewAccount, NewCustomer
from engine.desklines import Mirrors, StatementLines
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.faults import SluiceError
from tests.store.households import (
    DAY,
    LIMIT,
    NOW,
    USD,
    Home,
    lines,
    numbers,
    paid,
    put,
    saved,
)


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
        assert work.mirrored_sum(checking, DAY - 1) == 1_000_00
        assert sorted(work.lines_since(checking, DAY)) == [(DAY, -5, 7), (DAY, 9, None)]
        assert work.lines_since(checking, DAY + 1) == work.lines_since(cash, DAY) == []


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
