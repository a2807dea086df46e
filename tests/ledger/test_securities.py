"""Securities are assets like any other: a million units at nine decimals, and each asset balances by itself."""

from __future__ import annotations

import numpy as np

from ledger.batch import Code
from ledger.invariants import BookCheck
from ledger.money import MAX_AMOUNT, format_units
from ledger.seal import GENESIS, asset_number, records, seal
from ledger.statuses import CATALOGUE, Status
from tests.ledger.books import Books, as_accounts, as_transfers
from tests.ledger.drawing import BOOK, fresh_id
from tests.ledger.model import SINGLE, Account, Line

VTI, USD = asset_number("VTI"), asset_number("USD")
CASH, HOLDING, UNITS, DOLLARS = 1, 2, 8, 9


def books() -> Books:
    return Books(
        BOOK,
        as_accounts(
            {
                CASH: Account(1, USD, floor=0, ceiling=MAX_AMOUNT, debits_posted=500),
                HOLDING: Account(1, VTI, floor=0, ceiling=MAX_AMOUNT),
                UNITS: Account(asset=VTI),
                DOLLARS: Account(asset=USD),
            }
        ),
    )


def buy(units: int, cents: int = 100) -> list[Line]:
    first = Line(fresh_id(units), SINGLE, 0, 1, 1, HOLDING, UNITS, VTI, units, Code.BUY, 20_000)
    return [first, Line(fresh_id(units + 1), SINGLE, 0, 1, 1, DOLLARS, CASH, USD, cents, Code.BUY, 20_000)]


def test_a_journal_of_two_assets_is_one_and_seals() -> None:
    made = books()
    answer = made.ask(buy(3))
    assert set(answer.status.tolist()) == {Status.CREATED}
    assert set(answer.journal.tolist()) == {1}
    lines = as_transfers(buy(3))
    assert len(seal(GENESIS, records(BOOK, answer.seq, lines, answer.journal))) == 32
    check = BookCheck(BOOK, made.accounts)
    check.add(answer.seq, lines, answer.journal)
    found = {finding.sentence for finding in check.findings(3)}
    assert {sentence.split(":")[0] for sentence in found} == {"account 1", f"asset {USD}"}  # it began with 500


def test_the_units_and_their_money_stand_or_fall_together() -> None:
    made = books()
    before = made.accounts
    answer = made.ask(buy(3, cents=501))
    assert answer.status.tolist() == [Status.GROUP_FAILED, Status.EXCEEDS_FLOOR]
    assert np.array_equal(made.accounts.posted(), before.posted())


def test_a_million_units_are_the_most_of_a_transfer_and_of_a_holding() -> None:
    assert format_units(MAX_AMOUNT, 9, grouped=True) == "1,000,000.000000000"
    made = books()
    assert made.ask(buy(MAX_AMOUNT + 1)).status[0] == Status.AMOUNT_OVERFLOW
    assert "a million units of a security" in CATALOGUE[Status.AMOUNT_OVERFLOW].sentence
    assert set(made.ask(buy(MAX_AMOUNT)).status.tolist()) == {Status.CREATED}
    assert made.ask(buy(7)).status[0] == Status.EXCEEDS_CEILING
    assert made.accounts.posted().tolist() == [400, MAX_AMOUNT, -MAX_AMOUNT, 100]
