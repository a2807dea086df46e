"""A whole statement: columns, signs, categories, keys, and bad lines that cost nothing but themselves."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from bank.statement import read_statement
from ledger.days import parse_day
from tests.bank.files import DIRECTED, PLAIN, SIDES, a_profile, codes, keys, read

HEADER = "date,amount,balance,text\n"


def test_a_plain_statement_becomes_columns() -> None:
    statement = read(HEADER + '2026-01-02,-12.50,87.50,"Corner, shop"\n2026-01-03,100,,Pay\n')
    assert len(statement) == 2
    assert (statement.profile, statement.asset, statement.repeated, statement.problems) == ("plain", "USD", 0, ())
    assert statement.line_no.tolist() == [2, 3]
    assert statement.account == ["", ""]
    assert statement.day.tolist() == [parse_day("2026-01-02"), parse_day("2026-01-03")]
    assert statement.amount.tolist() == [-1250, 10000]
    assert statement.has_balance.tolist() == [True, False]
    assert statement.balance.tolist() == [8750, 0]
    assert statement.category == ["uncategorised", "uncategorised"]
    assert statement.card.tolist() == [False, False]
    assert statement.text == ["Corner, shop", "Pay"]
    assert statement.key.shape == (2, 16)
    assert statement.key.dtype == np.dtype(np.uint8)
    assert {statement.day.dtype, statement.amount.dtype, statement.balance.dtype} == {np.dtype(np.int64)}


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n , ,,\n", "\ufeff" + HEADER])
def test_a_statement_may_have_no_lines(text: str) -> None:
    statement = read(text)
    assert (len(statement), statement.problems, statement.key.shape) == (0, (), (0, 16))


def test_a_direction_column_gives_the_sign() -> None:
    statement = read("id,account,date,way,amount\n1,A,2026-01-02, IN ,5\n2,B,2026-01-02,out,6\n", a_profile(DIRECTED))
    assert statement.amount.tolist() == [500, -600]
    assert statement.account == ["A", "B"]


def test_debit_and_credit_columns_give_the_sign() -> None:
    statement = read("date,debit,credit\n2026-01-02,5,\n2026-01-02,,6\n2026-01-02,0.00,7\n", a_profile(SIDES))
    assert statement.amount.tolist() == [-500, 600, 700]


def test_a_card_issuer_that_writes_spending_as_positive_is_inverted() -> None:
    profile = a_profile(PLAIN, invert=True)
    assert read(HEADER + "2026-01-02,5,10,x\n", profile).amount.tolist() == [-500]


def test_columns_by_number_need_no_header() -> None:
    profile = a_profile(PLAIN, header=False, columns={"date": 3, "amount": 1, "text": [2]})
    statement = read("5,a,2026-01-02\n6,b,2026-01-03\n7,c\n8,d,2026-01-03,\n", profile)
    assert statement.amount.tolist() == [500, 600, 800]
    assert codes(statement) == [("line 3", "line_width")]
    assert len(read("", profile)) == 0


def test_rows_above_the_header_are_skipped_and_counted() -> None:
    profile = a_profile(PLAIN, skip_rows=2)
    statement = read('Account "4711\nunclosed "\n' + HEADER + "2026-01-02,5,,x\n2026-01-02,0,,x\n", profile)
    assert statement.line_no.tolist() == [4]
    assert codes(statement) == [("line 5.amount", "amount_zero")]


def test_header_names_match_without_capitals_and_blanks() -> None:
    assert len(read(" DATE ,Amount,BALANCE, Text\n2026-01-02,5,,x\n")) == 1


CATEGORISED = a_profile(
    PLAIN,
    categories={
        "income": [{"category": "interest", "when": [{"column": "text", "contains": ["interest"]}]}],
        "expense": [
            {
                "category": "fuel",
                "when": [
                    {"column": "text", "contains": ["card"]},
                    {"column": "text", "contains": ["petrol", "diesel"]},
                ],
            },
            {"category": "shop", "when": [{"column": "text", "contains": ["card"]}]},
            {"category": "fee", "when": [{"column": "text", "equals": ["fee"]}]},
        ],
    },
    card=[[{"column": "text", "contains": ["card"]}], [{"column": "text", "equals": ["tap"]}]],
)


@pytest.mark.parametrize(
    "amount,text,category,card",
    [
        ("5", "INTEREST paid", "interest", False),
        ("-5", "interest charged", "uncategorised", False),
        ("-5", "CARD 1 Diesel", "fuel", True),
        ("-5", "card 2 books", "shop", True),
        ("5", "card 2 refund", "uncategorised", False),
        ("-5", " Fee ", "fee", False),
        ("-5", "fees", "uncategorised", False),
        ("-5", "tap", "uncategorised", True),
    ],
)
def test_the_first_category_that_holds_is_taken(amount: str, text: str, category: str, *, card: bool) -> None:
    statement = read(f"{HEADER}2026-01-02,{amount},,{text}\n", CATEGORISED)
    assert (statement.category, statement.card.tolist()) == ([category], [card])


BAD_LINES = [
    ("2026-01-02,0.00,,x", [("line 2.amount", "amount_zero")]),
    (
        "2026-13-02,abc,1.234,x",
        [("2.date", "date_impossible"), ("2.amount", "amount_format"), ("2.balance", "amount_format")],
    ),
    (",,,x", [("2.date", "value_missing"), ("2.amount", "value_missing")]),
    ("2026-01-02,5", [("2", "line_width")]),
    ("2026-01-02,5,,x,y", [("2", "line_width")]),
    ('2026-01-02,5,,"x', [("2", "line_quotes")]),
    ('2026-01-02,5,,"x"y', [("2", "line_quotes")]),
    ("2026-01-02,5,,x\x00", [("2", "line_nul")]),
    ("2026-01-02,5,," + "x" * 70_000, [("2", "line_too_long")]),
    ("2026-01-02,99999999999999.99,,x", [("2.amount", "amount_range")]),
    ("1492-10-12,5,,x", [("2.date", "date_range")]),
]


@pytest.mark.parametrize("bad,expected", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_costs_only_itself(bad: str, expected: list[tuple[str, str]]) -> None:
    statement = read(f'{HEADER}{bad}\n2026-01-03,7,,"good\none"\n2026-01-04,8,,good\n')
    assert codes(statement) == [(path if path[0] == "l" else f"line {path}", code) for path, code in expected]
    assert statement.amount.tolist() == [700, 800]
    assert statement.line_no.tolist() == [3, 5]
    assert all(problem.sentence.endswith(".") for problem in statement.problems)


@pytest.mark.parametrize(
    "line,expected",
    [
        ("1,A,2026-01-02,up,5", [("direction", "direction_unknown")]),
        ("1,A,2026-01-02,in,-5", [("amount", "amount_signed")]),
        ("1,A,2026-01-02,up,0", [("direction", "direction_unknown")]),
        (",A,2026-01-02,in,5", [("id", "value_missing")]),
        ("1,,x,in,5", [("account", "value_missing"), ("date", "date_format")]),
        (f"1,{'A' * 65},2026-01-02,in,5", [("account", "reference_format")]),
        ("1\u200b,A,2026-01-02,in,5", [("id", "reference_format")]),
    ],
)
def test_bad_fields_of_a_directed_line(line: str, expected: list[tuple[str, str]]) -> None:
    statement = read(f"id,account,date,way,amount\n{line}\n9,A,2026-01-02,in,5\n", a_profile(DIRECTED))
    assert codes(statement) == [(f"line 2.{field}", code) for field, code in expected]
    assert len(statement) == 1


@pytest.mark.parametrize(
    "sides,expected",
    [
        (",", [("amount", "amount_sides")]),
        ("5,6", [("amount", "amount_sides")]),
        ("0,0", [("amount", "amount_zero")]),
        ("-5,", [("debit", "amount_signed")]),
        ("x,", [("debit", "amount_format")]),
        (",x", [("credit", "amount_format")]),
    ],
)
def test_bad_sides(sides: str, expected: list[tuple[str, str]]) -> None:
    statement = read(f"date,debit,credit\n2026-01-02,{sides}\n2026-01-02,5,\n", a_profile(SIDES))
    assert codes(statement) == [(f"line 2.{field}", code) for field, code in expected]
    assert len(statement) == 1


def test_a_stray_quote_never_swallows_the_lines_below() -> None:
    lines = [f"2026-01-02,{n},,{chr(34) if n % 7 == 3 else ''}text {n}\n" for n in range(1, 101)]
    statement = read(HEADER + "".join(lines))
    assert len(statement) + len(statement.problems) == 100
    assert {code for _, code in codes(statement)} == {"line_quotes"}
    assert [path for path, _ in codes(statement)] == [f"line {n + 1}" for n in range(1, 101) if n % 7 == 3]


def test_lines_joined_by_quotes_count_only_at_the_width_of_the_others() -> None:
    statement = read(HEADER + '2026-01-02,5,"a\n2026-01-03,6,,b"\n')
    assert codes(statement) == [("line 2", "line_quotes")]
    assert (statement.line_no.tolist(), statement.text) == ([3], ['b"'])


def test_bytes_that_are_not_text_cost_their_line() -> None:
    data = HEADER.encode() + b"2026-01-02,5,,caf\xe9\n2026-01-03,6,,ok\n"
    statement = read(data)
    assert codes(statement) == [("line 2", "line_encoding")]
    assert statement.text == ["ok"]
    assert read(data, a_profile(PLAIN, encoding="cp1252")).text == ["café", "ok"]


def test_one_id_twice_counts_once_and_with_other_content_is_listed() -> None:
    first, other = "1,A,2026-01-02,in,5\n1,B,2026-01-02,in,5\n", "1,A,2026-01-02,in,5.0\n1,A,2026-01-02,in,6\n"
    text = "id,account,date,way,amount\n" + first + other
    statement = read(text, a_profile(DIRECTED))
    assert statement.account == ["A", "B"]
    assert statement.repeated == 1
    assert codes(statement) == [("line 5.id", "id_changed")]
    assert len(set(keys(statement))) == 2


def test_a_key_by_id_ignores_content_and_a_key_by_content_ignores_place() -> None:
    head = "id,account,date,way,amount\n"
    assert keys(read(head + "1,A,2026-01-02,in,5\n", a_profile(DIRECTED))) == keys(
        read(head + "0,A,2026-01-02,x,5\n1,A,2026-01-09,out,7\n", a_profile(DIRECTED))
    )
    first = read(HEADER + "2026-01-02,5,,a\n2026-01-02,5,,a\n2026-01-03,5,,a\n")
    assert len(set(keys(first))) == 3
    later = read(HEADER + "2026-01-03,5,,a\n2026-01-02,5,, a \n2026-01-04,1,,b\n2026-01-02,5.00,,a\n")
    assert set(keys(first)) < set(keys(later))


@pytest.mark.parametrize(
    "line", ["2026-01-03,5,9,a", "2026-01-02,6,9,a", "2026-01-02,5,,a", "2026-01-02,5,0,a", "2026-01-02,5,9,b"]
)
def test_every_part_of_the_content_is_in_its_key(line: str) -> None:
    assert keys(read(f"{HEADER}2026-01-02,5,9,a\n")) != keys(read(f"{HEADER}{line}\n"))


def test_a_path_is_read_plain_or_packed_whatever_its_name(tmp_path: Path) -> None:
    text = (HEADER + "2026-01-02,5,,a\n").encode()
    plain, packed = tmp_path / "a.gz", tmp_path / "b.csv"
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text))
    assert keys(read_statement(plain, a_profile())) == keys(read_statement(packed, a_profile())) == keys(read(text))
