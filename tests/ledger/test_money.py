"""Money and percents as text: what is read, what is refused and why, and that nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, format_money, format_percent, format_units, parse_money, parse_percent, quoted

CENTS = st.integers(-MAX_AMOUNT, MAX_AMOUNT)


@pytest.mark.parametrize(
    "text, cents",
    [
        ("123", 12_300),
        ("123.4", 12_340),
        ("123.45", 12_345),
        ("0", 0),
        ("0.01", 1),
        ("007", 700),
        ("10000000000000", MAX_AMOUNT),
    ],
)
def test_plain_amounts_are_read(text: str, cents: int) -> None:
    assert parse_money(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1.",
        ".5",
        "1.234",
        "1,000",
        "$5",
        "5 USD",
        "1e3",
        "0x10",
        "+1",
        "--1",
        "\u0663",
        "\uff11",
        "1_0",
        "NaN",
        "1\n",
        "½",
    ],
)
def test_any_other_text_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SluiceError, match=r'such as "1500.00"') as caught:
        parse_money(text)
    assert (caught.value.code, caught.value.field) == ("money", "")


def test_a_minus_sign_is_read_only_where_asked_for() -> None:
    assert parse_money("-25.5", signed=True) == -2_550
    assert parse_money("-0", signed=True) == 0
    with pytest.raises(SluiceError, match=r'"-25.50" is negative; .* such as "25.50"'):
        parse_money("-25.50")
    with pytest.raises(SluiceError, match=r'or "-25"'):
        parse_money("- 25", signed=True)


@pytest.mark.parametrize("text", ["10000000000000.01", "99999999999999999999", "9" * 5000])
def test_amounts_beyond_the_limit_are_refused(text: str) -> None:
    with pytest.raises(SluiceError, match=r"too large; write an amount of at most 10,000,000,000,000\.00"):
        parse_money(text)


@given(CENTS)
def test_written_money_reads_the_same(cents: int) -> None:
    assert parse_money(format_money(cents), signed=True) == cents
    assert format_money(cents, grouped=True).replace(",", "") == format_money(cents)


def test_money_for_people_and_for_programs() -> None:
    assert format_money(123_450) == "1234.50"
    assert format_money(123_450, grouped=True) == "1,234.50"
    assert format_money(-5) == "-0.05"
    assert format_money(-123_456_789, grouped=True) == "-1,234,567.89"


def test_units_have_the_decimals_of_their_asset() -> None:
    assert format_units(1_500_000_000, 9) == "1.500000000"
    assert format_units(-1, 8) == "-0.00000001"
    assert format_units(1_234_567, 0) == "1234567"
    assert format_units(-1_234_567, 0, grouped=True) == "-1,234,567"
    assert format_units(1_234_567_000_000_001, 9, grouped=True) == "1,234,567.000000001"


@given(st.integers(0, 10**8 - 1))
def test_written_percents_read_the_same(basis_points: int) -> None:
    assert parse_percent(format_percent(basis_points)) == basis_points


@pytest.mark.parametrize("text, basis_points", [("12.5%", 1_250), ("100%", 10_000), ("33.33%", 3_333), ("0.01%", 1)])
def test_percents_are_read(text: str, basis_points: int) -> None:
    assert parse_percent(text) == basis_points


@pytest.mark.parametrize("text", ["12.5", "%", "-1%", "1.234%", "1 %", "1%%", "1000000%", "\u0663%"])
def test_any_other_percent_is_refused(text: str) -> None:
    with pytest.raises(SluiceError, match=r'such as "12.5%"'):
        parse_percent(text)


def test_percents_are_written_with_no_more_decimals_than_needed() -> None:
    assert [format_percent(one) for one in (0, 1, 1_250, 10_000, -50)] == ["0%", "0.01%", "12.5%", "100%", "-0.5%"]


def test_quoted_text_is_short_and_printable() -> None:
    assert quoted("a\nb\ud800") == '"a\\nb\\ud800"'
    assert quoted("x" * 50) == '"' + "x" * 40 + '…"'
