"""Profiles are data: what a profile may say, and how a wrong one is refused."""

from pathlib import Path

import pytest

from bank.profile import Profile, load_profile, parse_profile, profile_names
from ledger.faults import SluiceError
from tests.bank.files import DIRECTED, PLAIN, SIDES, a_profile, wrong


def test_four_profiles_come_with_sluice_each_under_its_own_name() -> None:
    assert profile_names() == ("berka", "debit_credit", "european", "generic")
    assert [load_profile(name).name for name in profile_names()] == list(profile_names())


def test_a_profile_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nasset: EUR\ncolumns: {date: 1, amount: 2}\nheader: false\n", encoding="utf-8")
    profile = load_profile(path)
    assert (profile.name, profile.asset, profile.columns.date, profile.used_columns()) == ("mine", "EUR", 1, (1, 2))
    assert load_profile(str(path)) == profile


def test_words_and_names_are_trimmed_and_compared_without_capitals() -> None:
    profile = a_profile(DIRECTED, direction={"credit": [" IN "], "debit": ["Out", "AUS"]})
    assert profile.direction is not None
    assert (profile.direction.credit, profile.direction.debit) == (("in",), ("out", "aus"))


def columns(**changes: object) -> dict[str, object]:
    base = PLAIN["columns"]
    assert isinstance(base, dict)
    return {**base, **changes}


CARD = {"column": "text", "equals": ["card"]}


@pytest.mark.parametrize(
    "changes,expected",
    [
        ({"nmae": "x"}, {"nmae": "unknown_key"}),
        ({"name": "Mine"}, {"name": "format"}),
        ({"name": "x" * 31}, {"name": "format"}),
        ({"asset": "usd"}, {"asset": "format"}),
        ({"asset": 5}, {"asset": "text_expected"}),
        ({"description": "x" * 2001}, {"description": "text"}),
        ({"encoding": "klingon"}, {"encoding": "choice"}),
        ({"delimiter": "::"}, {"delimiter": "choice"}),
        ({"quote": "`"}, {"quote": "choice"}),
        ({"decimal_mark": ""}, {"decimal_mark": "choice"}),
        ({"thousands_mark": "_"}, {"thousands_mark": "choice"}),
        ({"thousands_mark": "."}, {"thousands_mark": "marks"}),
        ({"header": "yes"}, {"header": "true_or_false"}),
        ({"header": False}, {"columns": "columns"}),
        ({"skip_rows": -1}, {"skip_rows": "whole_number"}),
        ({"skip_rows": 1001}, {"skip_rows": "whole_number"}),
        ({"century_pivot": 100}, {"century_pivot": "whole_number"}),
        ({"century_pivot": 70}, {"century_pivot": "century_pivot"}),
        ({"date_format": "%y%m%d"}, {"century_pivot": "century_pivot"}),
        ({"date_format": "%Y-%m"}, {"date_format": "date_format"}),
        ({"date_format": "%Y-%y-%m-%d"}, {"date_format": "date_format"}),
        ({"date_format": "%Y-%m-%d %d"}, {"date_format": "date_format"}),
        ({"date_format": "%Y-%m-%d %Z"}, {"date_format": "date_format"}),
        ({"date_format": "%Y-%m-%d%"}, {"date_format": "date_format"}),
        ({"date_format": "%Y-%m-%d" + "." * 40}, {"date_format": "date_format"}),
        ({"direction": {"credit": ["in"], "debit": ["out"]}}, {"direction": "direction"}),
        ({"columns": columns(date=None)}, {"columns.date": "column"}),
        ({"columns": columns(date=0)}, {"columns.date": "column"}),
        ({"columns": columns(date=True)}, {"columns.date": "column"}),
        ({"columns": columns(date=" ")}, {"columns.date": "column"}),
        ({"columns": columns(date=["a"])}, {"columns.date": "column"}),
        ({"columns": columns(amount=None)}, {"columns.amount": "columns"}),
        ({"columns": {"date": "date"}}, {"columns.amount": "columns"}),
        ({"columns": {"date": "date", "debit": "debit"}}, {"columns.amount": "columns"}),
        ({"columns": columns(debit="debit")}, {"columns.amount": "columns"}),
        ({"columns": columns(direction="way")}, {"direction": "direction"}),
        ({"columns": columns(text=["a"] * 21)}, {"columns.text": "too_many"}),
        ({"columns": columns(colour="blue")}, {"columns.colour": "unknown_key"}),
        ({"columns": None}, {"columns": "mapping_expected"}),
        ({"card": [[{"column": "text"}]]}, {"card.0.0": "condition"}),
        ({"card": [[{**CARD, "contains": ["x"]}]]}, {"card.0.0": "condition"}),
        ({"card": [[{"column": "text", "contains": [""]}]]}, {"card.0.0.contains": "condition"}),
        ({"card": [[{"column": "text", "equals": []}]]}, {"card.0.0.equals": "too_few"}),
        ({"card": [[]]}, {"card.0": "too_few"}),
        ({"categories": {"income": [{"category": "A b", "when": [CARD]}]}}, {"categories.income.0.category": "format"}),
        ({"categories": {"outcome": []}}, {"categories.outcome": "unknown_key"}),
        ({"name": "A", "asset": "b"}, {"name": "format", "asset": "format"}),
    ],
)
def test_a_wrong_profile_is_refused_field_by_field(changes: dict[str, object], expected: dict[str, str]) -> None:
    assert wrong(PLAIN, **changes) == expected


def test_money_in_two_columns_or_with_a_direction_cannot_be_inverted() -> None:
    assert wrong(SIDES, invert=True) == {"invert": "invert"}
    assert wrong(DIRECTED, invert=True) == {"invert": "invert"}
    assert a_profile(PLAIN, invert=True).invert


def test_a_direction_needs_an_amount_and_words_that_differ() -> None:
    assert wrong(SIDES, columns={"date": 1, "debit": 2, "credit": 3, "direction": 4}) == {
        "columns.direction": "columns"
    }
    assert wrong(DIRECTED, direction={"credit": ["in"], "debit": ["IN"]}) == {"direction.debit": "direction"}


@pytest.mark.parametrize("text", [b"\xff\xfe", b"a: b: c", b"[1]", b"", b"name: a\nname: b\n", b"x" * 70_000])
def test_bytes_that_are_no_profile_are_refused(text: bytes) -> None:
    parsed = parse_profile(text)
    assert parsed.document is None
    assert len(parsed.problems) == 1


def test_loading_says_what_is_wrong_or_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(SluiceError, match="berka, debit_credit, european, generic") as missing:
        load_profile("berk")
    assert (missing.value.code, missing.value.field) == ("profile_unknown", "profile")
    with pytest.raises(SluiceError, match="profiles are"):
        load_profile("nul\x00byte")
    with pytest.raises(SluiceError, match="profiles are"):
        load_profile(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nasset: eur\ncolumns: {date: 1}\n", encoding="utf-8")
    with pytest.raises(SluiceError, match=r"asset: .*columns.amount: ") as invalid:
        load_profile(path)
    assert (invalid.value.code, invalid.value.field) == ("profile_invalid", "asset")


def test_a_profile_is_frozen_and_compares_by_value() -> None:
    assert a_profile() == a_profile()
    assert isinstance(hash(a_profile()), int)
    assert a_profile() != Profile.model_validate(a_profile().model_copy(update={"skip_rows": 1}))
