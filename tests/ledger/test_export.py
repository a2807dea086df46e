"""Exports: random books read back to the cent; each customer's file by itself."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.accounts import Kind
from ledger.export import FORMATS, ExportAccount, ExportChunk, Format, Scope, export
from ledger.export_books import ExportedBooks
from ledger.export_names import paths
from ledger.ids import number
from tests.ledger.exporting import NEW_YEAR, History, demo, lived, reread, transfer
from tests.ledger.model import PENDING, POST, SINGLE, VOID

ALL = Scope()


def written(form: Format, history: History, scope: Scope = ALL) -> list[str]:
    return list(export(form, history.accounts, history.chunks(), scope))


@pytest.mark.parametrize("reference", ["=1+1", "+1", "-1", "@A1", " =1", "\uff1d1", "\t=1"])
def test_no_field_of_a_table_is_a_formula(reference: str) -> None:
    history = History()
    customer = history.household(1, 1, reference)
    own = history.own(customer)
    history.add(transfer(customer, own["checking"], own["borrow"], 5, NEW_YEAR))
    row = next(csv.DictReader(written("csv", history)))
    assert row["customer"] in {"'" + reference, "\\u{9}=1"}


def two_books(source: random.Random, count: int) -> History:
    history = History()
    for book, n, reference, asset in ((1, 1, "ann", "USD"), (1, 2, "Ann;x", "CZK"), (9, 1, "type:A, b", "USD")):
        history.household(book, n, reference, asset)
    return lived(history, source, count)


def expected(history: History, scope: Scope) -> dict[str, int]:
    """The balances a file should hold, by name, from the transfers themselves."""
    part = History(history.accounts)
    for book, rows in history.rows.items():
        part.rows[book] = [row for row in rows if scope.holds(row[2].customer, book)]
    named = ExportedBooks(history.accounts, scope).path
    return {named[account]: cents for account, cents in part.balances().items() if cents}


SCOPES = (ALL, Scope(book=1), Scope(book=9), *(Scope(customer=number(*one)) for one in ((1, 1), (1, 2), (9, 1))))


@pytest.mark.parametrize("form", FORMATS)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 40),
    sizes=st.lists(st.integers(1, 9), max_size=3),
    scope=st.sampled_from(SCOPES),
)
def test_random_books_read_back_to_the_cent(
    form: Format, seed: int, count: int, sizes: list[int], scope: Scope
) -> None:
    history = two_books(random.Random(seed), count)
    whole = list(export(form, history.audited(), history.chunks(), scope))
    assert all(line.find("\n") == len(line) - 1 for line in whole)
    assert list(export(form, history.audited(), history.chunks(*sizes), scope)) == whole
    assert reread(form, whole) == expected(history, scope)
    assert sum(reread(form, whole).values()) == 0


@given(seed=st.integers(0, 10**6))
def test_open_holds_and_no_others_are_remarks(seed: int) -> None:
    history = two_books(random.Random(seed), 40)
    for form in ("beancount", "hledger"):
        remarks = [line for line in written(form, history) if line.startswith("; pending since ")]
        assert len(remarks) == len(history.open_holds)
        assert {line.rsplit("seq ", 1)[1] for line in remarks} >= {
            f"{row[1].id % 2**64})\n" for row in history.open_holds
        }


def test_nobody_else_is_in_a_customer_s_file() -> None:
    history = two_books(random.Random(5), 200)
    ann = min(one.customer for one in history.accounts.values() if one.customer)
    for form in FORMATS:
        text = "".join(written(form, history, Scope(customer=ann)))
        assert "Assets:Ann:Checking" in text
        assert "Income:Salary:USD" in text  # her book has two currencies
        assert not [word for word in ("Ann---3b-x", "Ann;x", "Book1", "type:", "Salary:CZK") if word in text]


def test_system_accounts_of_a_part_are_not_held_against_the_whole() -> None:
    history = two_books(random.Random(6), 200)
    customer = next(one.customer for one in history.accounts.values() if one.customer)
    wrong = {
        account: one if one.customer else replace(one, posted=123_456_789) for account, one in history.audited().items()
    }
    part = Scope(customer=customer)
    assert "1234567.89" not in "".join(export("hledger", wrong, history.chunks(), part))
    assert "1234567.89" in "".join(export("hledger", wrong, history.chunks(), ALL))


@pytest.mark.parametrize("form", FORMATS)
def test_books_of_nothing(form: Format) -> None:
    history = History()
    assert len(written(form, history)) < 8
    history.household(1, 1, "ann")
    text = "".join(written(form, history))
    assert ("Assets:Ann:Checking" in text) is (form != "csv")
    assert "Income" not in text


def test_transfers_out_of_order_are_a_fault() -> None:
    chunks = demo().chunks(1)
    with pytest.raises(ValueError, match="ascending"):
        list(export("csv", demo().accounts, [chunks[1], chunks[0]], ALL))
    with pytest.raises(ValueError, match="ascending"):
        list(export("csv", demo().accounts, [chunks[0], chunks[0]], ALL))


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_not_described_is_a_fault(form: Format) -> None:
    history = demo()
    opening = next(account for account, one in history.accounts.items() if one.kind == Kind.EQUITY)
    described = {account: one for account, one in history.accounts.items() if account != opening}
    with pytest.raises(ValueError, match=f"account {opening} is not"):
        list(export(form, described, history.chunks(), ALL))
    stranger = {opening: history.accounts[opening], 1: ExportAccount(1, Kind.CASH, "USD", "cash", 77, "x")}
    with pytest.raises(ValueError, match="customer 1099511627777 is not"):
        list(export(form, stranger, history.chunks(), ALL))


@pytest.mark.parametrize("form", FORMATS)
def test_lines_come_while_chunks_are_read(form: Format) -> None:
    history = two_books(random.Random(7), 400)
    read = 0

    def chunks() -> Iterator[ExportChunk]:
        nonlocal read
        for chunk in history.chunks(10):
            read += 1
            yield chunk

    lines = export(form, history.accounts, chunks(), ALL)
    assert read == 0
    for _ in range(100):
        next(lines)
    assert read < 20
    assert sum(1 for _ in lines) > 300
    assert read >= 40


def test_a_single_transfer_counts_at_once_and_others_by_their_kind() -> None:
    history = demo()
    kinds = {row[2].kind for row in history.rows[1]}
    assert kinds == {SINGLE, PENDING, POST, VOID}
    assert sum(line.startswith("2024") and " * " in line for line in written("hledger", history)) == 5
    assert set(paths(history.accounts).values()) >= set(reread("csv", written("csv", history)))
