"""Account names: legal in both programs, one for each account, and the original text can be read back."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.accounts import Kind
from ledger.export_names import (
    ExportAccount,
    beancount_commodity,
    encode,
    hledger_commodity,
    paths,
    printable,
)

LEGAL = re.compile(r"[A-Z0-9][A-Za-z0-9-]*", re.ASCII)
TOKEN = re.compile(r"---([0-9a-f]+)-|----(?=[A-Za-z0-9])|--(?=[A-Za-z0-9])|-(?=[A-Za-z0-9])|-$|[A-Za-z0-9]", re.ASCII)


def decode(part: str) -> str:
    tokens = list(TOKEN.finditer(part))
    assert "".join(token[0] for token in tokens) == part
    joints = {"----": ":", "--": ".", "-": "_"}
    texts = [chr(int(token[1], 16)) if token[1] else joints.get(token[0], token[0]) for token in tokens]
    if tokens[-1][0] != "-":
        return texts[0].lower() + "".join(texts[1:])
    return "".join(texts[1:-1] if texts[0] == "0" else texts[:-1])


@pytest.mark.parametrize(
    "text,part",
    [
        ("checking", "Checking"),
        ("high_yield", "High-yield"),
        ("invest.cash", "Invest--cash"),
        ("invest.growth:VTI", "Invest--growth----VTI"),
        ("a:", "A---3a-"),
        ("a--b", "A---2d----2d-b"),
        ("576", "576"),
        ("Smith", "Smith-"),
        ("o'neil", "O---27-neil"),
        ("_a", "0---5f-a-"),
        ("a_", "A---5f-"),
        ("a__b", "A---5f----5f-b"),
        ("a-b", "A---2d-b"),
        ("é", "0---e9--"),
        ("", "0-"),
        ("0", "0"),
    ],
)
def test_parts_people_can_read(text: str, part: str) -> None:
    assert encode(text) == part
    assert decode(part) == text


@given(st.text() | st.text("aA0_.:-é2e5f"))
@example("--2e-")
@example("\ud800:\n")
def test_every_text_is_a_legal_part_and_can_be_read_back(text: str) -> None:
    assert LEGAL.fullmatch(encode(text))
    assert decode(encode(text)) == text


def chart(books: int, assets: tuple[str, ...]) -> dict[int, ExportAccount]:
    found = []
    for book in range(books):
        for asset in assets:
            found += [ExportAccount(book, Kind.INCOME, asset, path) for path in ("income:pay", "income:pay.usd")]
            found += [ExportAccount(book, Kind.EXPENSE, asset, "expense:pay")]
            for customer, reference in ((1, "ann"), (2, "Ann"), (3, "ann:Pay"), (4, f"book{book}")):
                one = customer + 10 * book + 100 * len(asset)
                found += [ExportAccount(book, Kind.BORROW, asset, "line", one, reference + asset)]
                found += [ExportAccount(book, Kind.BANK, asset, "line", one, reference + asset)]
    return dict(enumerate(found))


@pytest.mark.parametrize("books", [1, 2])
@pytest.mark.parametrize("assets", [("USD",), ("USD", "CZKX")])
def test_no_name_is_another_one_s_or_its_parent(books: int, assets: tuple[str, ...]) -> None:
    named = paths(chart(books, assets))
    assert not [pair for pair in combinations(named.values(), 2) if f"{pair[0]}:".startswith(f"{pair[1]}:")]
    assert len({path.casefold() for path in named.values()}) == len(named)


def test_books_and_assets_are_named_only_where_there_are_several() -> None:
    accounts = {
        1: ExportAccount(7, Kind.CHECKING, "USD", "main", 5, "ann"),
        2: ExportAccount(7, Kind.BORROW, "USD", "line", 5, "ann"),
        3: ExportAccount(7, Kind.EXPENSE, "USD", "expense:rent"),
    }
    assert [*paths(accounts).values()] == ["Assets:Ann:Main", "Liabilities:Ann:Line", "Expenses:Rent"]
    accounts[4] = ExportAccount(8, Kind.EQUITY, "CZK", "equity:opening")
    assert [*paths(accounts).values()] == [
        *("Assets:Book7:Ann:Main", "Liabilities:Book7:Ann:Line"),
        *("Expenses:Book7:Rent:USD", "Equity:Book8:Opening:CZK"),
    ]


def test_conversions_end_in_their_asset_and_securities_are_no_currencies() -> None:
    accounts = {
        1: ExportAccount(7, Kind.INVEST, "USD", "invest.growth", 5, "ann"),
        2: ExportAccount(7, Kind.HOLDING, "BRK.B", "invest.growth:BRK.B", 5, "ann", None, 9, 1),
        3: ExportAccount(7, Kind.EXPENSE, "USD", "expense:fees"),
        4: ExportAccount(7, Kind.CONVERSION, "USD", "conversion:trades"),
        5: ExportAccount(7, Kind.CONVERSION, "BRK.B", "conversion:trades"),
    }
    assert [*paths(accounts).values()] == [
        *("Assets:Ann:Invest--growth", "Assets:Ann:Invest--growth----BRK--B", "Expenses:Fees"),
        *("Equity:Conversion:Trades:USD", "Equity:Conversion:Trades:BRK--B"),
    ]


@pytest.mark.parametrize(
    "code,beancount,hledger",
    [
        ("USD", "USD", "USD"),
        ("BRK.B", "BRK.B", '"BRK.B"'),
        ("BF-B", "BF-B", '"BF-B"'),
        ("BTC/USD", "BTC_USD", '"BTC/USD"'),
        ("V", "V''0", "V"),
        ("A.", "A.''0", '"A."'),
        ("7203", "X'7203", '"7203"'),
        ("7", "X'7", '"7"'),
        ("7/", "X'7_''0", '"7/"'),
    ],
)
def test_codes_of_assets(code: str, beancount: str, hledger: str) -> None:
    assert beancount_commodity(code) == beancount
    assert hledger_commodity(code) == hledger


@given(st.from_regex(r"[A-Z0-9][A-Z0-9./-]{0,7}", fullmatch=True))
def test_every_code_is_a_legal_commodity_and_can_be_read_back(code: str) -> None:
    name = beancount_commodity(code)
    assert re.fullmatch(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]", name)
    name = name if name.endswith("''0") and name.startswith("X''") else name.removeprefix("X'")
    assert name.removesuffix("''0").replace("_", "/") == code


def test_what_does_not_print_is_spelled_out() -> None:
    assert printable("Ann \n\ud800é") == "Ann \\u{a}\\u{d800}é"
