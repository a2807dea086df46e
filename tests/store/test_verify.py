"""A clean database has no finding; whatever is changed behind the guards has one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from ledger.batch import Code, TransferKind
from ledger.faults import SluiceError
from store.guards import drop_guards, make_guards
from store.verify import verify
from tests.store.households import DAY, Home, home, lines, night, numbers, paid, put, resolving


@pytest.fixture
def house(database_url: str) -> Iterator[Home]:
    with home(database_url) as made:
        paid(made)
        one, (checking, cash, bank) = made.customers[0], made.accounts[0]
        held = lines([(one, bank, checking, n) for n in (100, 200)], 3, kind=TransferKind.PENDING)
        put(made, held, resolving(held.take(numbers(0)), TransferKind.POST, 4))
        put(made, lines([(one, made.food, cash, 10_01)], 5, code=Code.CARD), lines([(one, cash, checking, 9)], 6))
        with made.books.lock(1) as work:
            work.finish_night(night(DAY))
        yield made


def codes(house: Home) -> set[str]:
    """Codes of what `verify` finds."""
    return {finding.code for finding in verify(house.url)}


def tamper(house: Home, statement: str) -> None:
    """Change something as nobody may, guards put back afterwards."""
    with house.books.database.writing() as bulk:
        drop_guards(bulk.connection)
        bulk.connection.execute(text(statement.format(cash=house.accounts[0][1], bank=house.accounts[0][2])))
        make_guards(bulk.connection)


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_a_clean_database_has_no_finding(house: Home, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr("store.verify.ROWS", rows)
    assert list(verify(house.url)) == []


@pytest.mark.parametrize(
    "statement,expected",
    [
        ("UPDATE transfer SET amount = amount + 1 WHERE seq = 2", {"C01", "C10"}),
        ("UPDATE transfer SET day = day + 1 WHERE seq = 4", {"C09", "C10"}),
        ("UPDATE transfer SET code = 5 WHERE seq = 10", {"C09", "C10"}),
        ("UPDATE transfer SET journal = 1 WHERE seq = 3", {"C05", "C10"}),
        ("UPDATE transfer SET customer_id = customer_id + 1 WHERE seq = 10", {"C10"}),
        ("UPDATE transfer SET debit = 77 WHERE seq = 10", {"C01", "C06", "C09", "C10"}),
        ("UPDATE transfer SET asset = 77 WHERE seq = 10", {"C03", "C10"}),
        ("DELETE FROM transfer WHERE seq = 2", {"C01", "C05", "C06", "C10"}),
        ("DELETE FROM transfer WHERE seq = 11", {"C01", "C05", "C06", "C09", "C10"}),
        ("UPDATE balance SET debits_posted = debits_posted + 1 WHERE account_id = {cash}", {"C01", "C03"}),
        ("UPDATE balance SET debits_pending = 0 WHERE account_id = {bank}", {"C02", "C03"}),
        ("UPDATE balance SET version = version + 1 WHERE account_id = {cash}", {"C06"}),
        ("UPDATE balance SET last_seq = last_seq + 1 WHERE account_id = {cash}", {"C06"}),
        ("DELETE FROM balance WHERE account_id = {cash}", {"C01"}),
        ("DELETE FROM hold", {"C08"}),
        ("UPDATE hold SET seq = 1", {"C08"}),
        ("UPDATE flow_day SET arrived = arrived + 1 WHERE account_id = {cash}", {"C09"}),
        ("UPDATE flow_day SET spent = 0 WHERE account_id = {cash}", {"C09"}),
        ("DELETE FROM flow_day WHERE account_id = {cash}", {"C09"}),
        ("UPDATE seal SET hash = previous WHERE first_seq = 4", {"C10"}),
        ("UPDATE seal SET previous = hash WHERE first_seq = 4", {"C10"}),
        ("UPDATE seal SET version = 2 WHERE first_seq = 4", {"C10"}),
        ("DELETE FROM seal WHERE first_seq = 11", {"C10"}),
        ("UPDATE book SET next_seq = next_seq + 1 WHERE book_id = 1", {"C05"}),
        ("UPDATE book SET head = (SELECT min(hash) FROM seal WHERE first_seq = 1) WHERE book_id = 1", {"C10"}),
        ("INSERT INTO rejection SELECT book_id, transfer_id, 80, 0 FROM transfer WHERE seq = 5", {"C15"}),
    ],
)
def test_tampering_is_found(house: Home, statement: str, expected: set[str]) -> None:
    if "hash) FROM" in statement and not house.books.database.is_sqlite:
        statement = statement.replace("min(hash)", "hash")
    tamper(house, statement)
    assert codes(house) == expected


def test_a_missing_guard_is_found(house: Home) -> None:
    with house.books.database.writing() as bulk:
        drop_guards(bulk.connection)
    found = [finding for finding in verify(house.url) if finding.code == "C16"]
    assert any("guard_transfer_update" in finding.sentence for finding in found)
    assert codes(house) == {"C16"}


def test_nothing_to_verify(database_url: str) -> None:
    with pytest.raises(SluiceError) as raised:
        list(verify(database_url))
    assert raised.value.code == "database_not_migrated"
