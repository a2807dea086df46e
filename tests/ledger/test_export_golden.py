"""A small book exported, to the letter, in each of the three formats."""

from __future__ import annotations

import csv

import pytest

from ledger.export import Format, Scope, export
from tests.ledger.exporting import demo


def written(form: Format) -> list[str]:
    history = demo()
    return list(export(form, history.accounts, history.chunks(), Scope()))


BEANCOUNT = """\
option "title" "Sluice"

2024-01-31 open Assets:O---22-Neil---2c----20-A---2e--:Checking USD
  customer: "O\\"Neil, A."
  handle: "checking"

2024-01-31 open Equity:Opening USD
  handle: "equity:opening"

2024-01-31 * "opening"
  book: 1
  journal: 1
  Assets:O---22-Neil---2c----20-A---2e--:Checking  1000.00 USD
    seq: 1
  Equity:Opening  -1000.00 USD

2024-01-31 open Assets:O---22-Neil---2c----20-A---2e--:High-yield USD
  customer: "O\\"Neil, A."
  handle: "high_yield"

2024-01-31 open Liabilities:O---22-Neil---2c----20-A---2e--:Borrow USD
  customer: "O\\"Neil, A."
  handle: "borrow"

2024-01-31 * "rule 3"
  book: 1
  journal: 2
  Assets:O---22-Neil---2c----20-A---2e--:High-yield  300.05 USD
    seq: 2
  Assets:O---22-Neil---2c----20-A---2e--:Checking  -300.05 USD
  Liabilities:O---22-Neil---2c----20-A---2e--:Borrow  0.01 USD
    seq: 3
  Assets:O---22-Neil---2c----20-A---2e--:Checking  -0.01 USD

2024-02-01 balance Assets:O---22-Neil---2c----20-A---2e--:Checking  699.94 ~ 0 USD
2024-02-01 balance Equity:Opening  -1000.00 ~ 0 USD
2024-02-01 balance Assets:O---22-Neil---2c----20-A---2e--:High-yield  300.05 ~ 0 USD
2024-02-01 balance Liabilities:O---22-Neil---2c----20-A---2e--:Borrow  0.01 ~ 0 USD

2024-02-02 open Assets:O---22-Neil---2c----20-A---2e--:Everyday--bank USD
  customer: "O\\"Neil, A."
  handle: "everyday.bank"

2024-02-02 * "rule 4"
  book: 1
  journal: 7
  Assets:O---22-Neil---2c----20-A---2e--:Everyday--bank  25.00 USD
    seq: 7
  Assets:O---22-Neil---2c----20-A---2e--:Checking  -25.00 USD

2024-02-02 open Expenses:Rent USD
  handle: "expense:rent"

2024-02-02 * "code 99"
  book: 1
  journal: 9
  Expenses:Rent  0.10 USD
    seq: 9
  Assets:O---22-Neil---2c----20-A---2e--:Checking  -0.10 USD

2024-02-02 open Assets:O---22-Neil---2c----20-A---2e--:Invest-a USD
  customer: "O\\"Neil, A."
  handle: "invest_a"

; the balances that the books hold
2024-02-03 balance Assets:O---22-Neil---2c----20-A---2e--:Checking  674.84 ~ 0 USD
2024-02-03 balance Equity:Opening  -1000.00 ~ 0 USD
2024-02-03 balance Assets:O---22-Neil---2c----20-A---2e--:High-yield  300.05 ~ 0 USD
2024-02-03 balance Liabilities:O---22-Neil---2c----20-A---2e--:Borrow  0.01 ~ 0 USD
2024-02-03 balance Assets:O---22-Neil---2c----20-A---2e--:Everyday--bank  25.00 ~ 0 USD
2024-02-03 balance Expenses:Rent  0.10 ~ 0 USD
2024-02-03 balance Assets:O---22-Neil---2c----20-A---2e--:Invest-a  0.00 ~ 0 USD
; pending since 2024-02-01: 0.90 USD from NAME:Checking to NAME:Everyday--bank (rule 5, book 1, seq 6)
""".replace("NAME", "Assets:O---22-Neil---2c----20-A---2e--")

HLEDGER = """\
decimal-mark .
commodity 1000.00 USD

account NAME:Checking  ; customer:O"Neil\\u{2c} A., handle:checking

account Equity:Opening  ; handle:equity:opening

2024-01-31 * opening  ; book:1, journal:1
    NAME:Checking  1000.00 USD  ; seq:1
    Equity:Opening  -1000.00 USD = -1000.00 USD

account NAME:High-yield  ; customer:O"Neil\\u{2c} A., handle:high_yield

account LIABILITY:Borrow  ; customer:O"Neil\\u{2c} A., handle:borrow

2024-01-31 * rule 3  ; book:1, journal:2
    NAME:High-yield  300.05 USD = 300.05 USD  ; seq:2
    NAME:Checking  -300.05 USD
    LIABILITY:Borrow  0.01 USD = 0.01 USD  ; seq:3
    NAME:Checking  -0.01 USD = 699.94 USD

account NAME:Everyday--bank  ; customer:O"Neil\\u{2c} A., handle:everyday.bank

2024-02-02 * rule 4  ; book:1, journal:7
    NAME:Everyday--bank  25.00 USD = 25.00 USD  ; seq:7
    NAME:Checking  -25.00 USD

account Expenses:Rent  ; handle:expense:rent

2024-02-02 * code 99  ; book:1, journal:9
    Expenses:Rent  0.10 USD = 0.10 USD  ; seq:9
    NAME:Checking  -0.10 USD = 674.84 USD

account NAME:Invest-a  ; customer:O"Neil\\u{2c} A., handle:invest_a

2024-02-03 * the balances that the books hold
    NAME:Checking  0.00 USD = 674.84 USD
    Equity:Opening  0.00 USD = -1000.00 USD
    NAME:High-yield  0.00 USD = 300.05 USD
    LIABILITY:Borrow  0.00 USD = 0.01 USD
    NAME:Everyday--bank  0.00 USD = 25.00 USD
    Expenses:Rent  0.00 USD = 0.10 USD
    NAME:Invest-a  0.00 USD = 0.00 USD

; pending since 2024-02-01: 0.90 USD from NAME:Checking to NAME:Everyday--bank (rule 5, book 1, seq 6)
""".replace("NAME", "Assets:O---22-Neil---2c----20-A---2e--").replace(
    "LIABILITY", "Liabilities:O---22-Neil---2c----20-A---2e--"
)


@pytest.mark.parametrize("form,expected", [("beancount", BEANCOUNT), ("hledger", HLEDGER)])
def test_a_small_book_to_the_letter(form: Format, expected: str) -> None:
    assert "".join(written(form)[2:]) == expected


def test_a_table_has_every_transfer_quoted() -> None:
    lines = written("csv")
    assert lines[0] == (
        '"date","book","seq","journal","kind","code","debit","credit","amount","asset","customer","transfer",'
        '"resolves"\n'
    )
    assert lines[3] == (
        '"2024-01-31","1","3","2","single","rule 3","Liabilities:O---22-Neil---2c----20-A---2e--:Borrow",'
        '"Assets:O---22-Neil---2c----20-A---2e--:Checking","0.01","USD","O""Neil, A.",'
        '"00010000000000000000000000000003",""\n'
    )
    rows = list(csv.DictReader(lines))
    assert [row["kind"] for row in rows] == [*["single"] * 3, *["pending"] * 3, "post", "void", "single"]
    assert [row["resolves"][-1:] for row in rows] == ["", "", "", "", "", "", "4", "5", ""]
