"""Single fields: dates, amounts and texts as banks write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.amounts import amount_reader
from bank.codes import Fault
from bank.dates import date_reader
from bank.text import TEXT_CHARS, clean_text, mask_cards, shown
from ledger.days import day_number
from ledger.money import MAX_AMOUNT

LUHN = "4111111111111111"


@pytest.mark.parametrize(
    "written,raw,expected",
    [
        ("%Y-%m-%d", "2026-11-20", date(2026, 11, 20)),
        ("%Y-%m-%d", " 2026-1-2 ", date(2026, 1, 2)),
        ("%Y-%m-%d", "2024-02-29", date(2024, 2, 29)),
        ("%y%m%d", "930101", date(1993, 1, 1)),
        ("%y%m%d", "690101", date(2069, 1, 1)),
        ("%y%m%d", "700101", date(1970, 1, 1)),
        ("%d.%m.%Y", "31.12.1999", date(1999, 12, 31)),
        ("%m/%d/%Y", "1/2/2026", date(2026, 1, 2)),
        ("%d %b %Y", "3 MAR 2026", date(2026, 3, 3)),
        ("%Y-%m-%dT%H:%M:%S", "2026-11-20T23:59:60", date(2026, 11, 20)),
        ("%d%m%Y%H%M", "201120260905", date(2026, 11, 20)),
    ],
)
def test_a_date_is_read(written: str, raw: str, expected: date) -> None:
    assert date_reader(written, 70)(raw) == day_number(expected)


@pytest.mark.parametrize(
    "written,raw,code",
    [
        ("%Y-%m-%d", "", "value_missing"),
        ("%Y-%m-%d", "20.11.2026", "date_format"),
        ("%Y-%m-%d", "2026-11-20 24:00", "date_format"),
        ("%Y-%m-%d", "２０２６-11-20", "date_format"),  # noqa: RUF001 - digits of another script are the case tried
        ("%Y-%m-%d", "2026-11-20" + " x" * 40, "date_format"),
        ("%Y-%m-%d %H:%M", "2026-11-20 24:00", "date_format"),
        ("%Y-%m-%d", "2023-02-29", "date_impossible"),
        ("%Y-%m-%d", "2023-13-01", "date_impossible"),
        ("%Y-%m-%d", "0001-01-01", "date_range"),
        ("%Y-%m-%d", "9999-12-31", "date_range"),
        ("%y%m%d", "93011", "date_format"),
        ("%y%m%d", "930001", "date_impossible"),
    ],
)
def test_a_wrong_date_is_refused_with_an_example(written: str, raw: str, code: str) -> None:
    fault = date_reader(written, 70)(raw)
    assert isinstance(fault, Fault)
    assert fault.code == code


def test_the_refusal_of_a_date_says_what_would_be_right() -> None:
    assert date_reader("%d.%m.%Y", None)("2026/1/1") == Fault(
        "date_format", '"2026/1/1" is not a date like 31.03.1994.'
    )


@pytest.mark.parametrize(
    "marks,raw,cents",
    [
        (".", "12", 1200),
        (".", "12.5", 1250),
        (".", "-12.50", -1250),
        (".", "+12.50", 1250),
        (".", "- 12.50", -1250),
        (".", "\u221212.50", -1250),
        (".", "12.50-", -1250),
        (".", "12.50+", 1250),
        (".", "(12.50)", -1250),
        (".", ".50", 50),
        (".", "0", 0),
        (".", "-0.00", 0),
        (".", "10000000000000.00", MAX_AMOUNT),
        (".", "-10000000000000", -MAX_AMOUNT),
        (".", "0" * 20 + "7", 700),
        (".,", "1,234,567.89", 123456789),
        (".,", "1234567.89", 123456789),
        (",.", "1.234,5", 123450),
        (",.", "1.234", 123400),
        (", ", "1\u00a0234,50", 123450),
        (", ", "1 234,50-", -123450),
        (".'", "1\u2019234.50", 123450),
    ],
)
def test_an_amount_is_read(marks: str, raw: str, cents: int) -> None:
    assert amount_reader(marks[0], marks[1:])(raw) == cents


@pytest.mark.parametrize(
    "marks,raw,code",
    [
        (".", "", "value_missing"),
        (".", "  ", "value_missing"),
        (".", "0.001", "amount_format"),
        (".", "1e3", "amount_format"),
        (".", "1_0", "amount_format"),
        (".", "NaN", "amount_format"),
        (".", "１２", "amount_format"),  # noqa: RUF001 - digits of another script are the case tried
        (".", "٣", "amount_format"),
        (".", "1,000", "amount_format"),
        (".", "1.", "amount_format"),
        (".", ".", "amount_format"),
        (".", "-", "amount_format"),
        (".", "()", "amount_format"),
        (".", "-12-", "amount_format"),
        (".", "(-12)", "amount_format"),
        (".", "(12", "amount_format"),
        (".", "12)", "amount_format"),
        (".", "$12.00", "amount_format"),
        (".", "1 2", "amount_format"),
        (".", "1\n2", "amount_format"),
        (".,", "12,34", "amount_format"),
        (".,", "1,234567", "amount_format"),
        (".,", "1,,234", "amount_format"),
        (",.", "1,000", "amount_format"),
        (".", "10000000000000.01", "amount_range"),
        (".", "9" * 39, "amount_range"),
        (".", "9" * 41, "amount_format"),
        (".", "9223372036854775808", "amount_range"),
    ],
)
def test_a_wrong_amount_is_refused(marks: str, raw: str, code: str) -> None:
    fault = amount_reader(marks[0], marks[1:])(raw)
    assert isinstance(fault, Fault)
    assert fault.code == code


@given(st.text(max_size=60), st.sampled_from([".", ",", ".,", ",.", ", ", ".'"]))
def test_no_text_is_too_odd_for_a_field(raw: str, marks: str) -> None:
    cents = amount_reader(marks[0], marks[1:])(raw)
    assert isinstance(cents, Fault) or abs(cents) <= MAX_AMOUNT
    assert isinstance(date_reader("%d %b %y", 50)(raw), int | Fault)


@pytest.mark.parametrize(
    "raw,cleaned",
    [
        ("  Corner   shop \t Nr. 5 ", "Corner shop Nr. 5"),
        ("two\r\nlines", "two lines"),
        ("rtl \u202etxt\u2069 zero\u200bwidth \x07bell", "rtl txt zerowidth bell"),
        ("half \ud800 pair", "half pair"),
        ("caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600"),
        ("x" * 500, "x" * TEXT_CHARS),
        (f"CARD {LUHN} SHOP", "CARD ****1111 SHOP"),
        ("CARD 4111-1111-1111-1111", "CARD ****1111"),
        ("4111\u200b1111\u00a01111 1111", "****1111"),
        ("on 12 4111 1111 1111 1111 34", "on 12 ****1111 34"),
        ("amex 3782 822463 10005", "amex ****0005"),
        ("x" * 190 + LUHN, "x" * 190 + "****1111"),
        (f"{LUHN} " * 9_000, ("****1111 " * 23)[:TEXT_CHARS].rstrip()),
        ("on 1994-03-31 14.05.50", "on 1994-03-31 14.05.50"),
        ("reference 4111111111111112", "reference 4111111111111112"),
        (f"longer {LUHN}00000", f"longer {LUHN}00000"),
    ],
)
def test_texts_are_cleaned_and_cards_masked(raw: str, cleaned: str) -> None:
    assert clean_text(raw) == cleaned


@given(st.text(max_size=300))
def test_clean_text_is_bounded_printable_and_done(raw: str) -> None:
    text = clean_text(raw)
    assert len(text) <= TEXT_CHARS
    assert text.isprintable()
    assert clean_text(text) == text


@given(st.integers(10**11, 10**18 - 1), st.sampled_from(["", " ", "-", "."]), st.sampled_from([4, 5, 6]))
def test_no_card_number_survives(front: int, mark: str, size: int) -> None:
    body = str(front)
    digit = next(d for d in "0123456789" if mask_cards(body + d) != body + d)
    card = body + digit
    grouped = mark.join(card[i : i + size] for i in range(0, len(card), size))
    assert clean_text(f"paid {card} today") == f"paid ****{card[-4:]} today"
    if len(card) % size not in {1, 2}:
        assert card not in "".join(c for c in clean_text(f"paid {grouped} today") if c.isdigit())


def test_a_value_in_a_message_is_short_masked_and_printable() -> None:
    assert shown("a\x00b\u202e") == '"a b"'
    assert shown(LUHN) == '"****1111"'
    assert len(shown("y" * 10**6)) == 42
