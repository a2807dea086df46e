"""Rows as documents: what is read, and each refusal with its field and what would be right."""

import json
from collections.abc import Mapping

import pytest

from engine.dated.document import MAX_ROWS, DatedRow, load_form, load_json, load_yaml, too_late
from ledger.days import parse_day

GOOD = {"name": "cash_apy", "from": "2027-01-01", "value": "3.10%", "source": "the FAQ, read in May"}


def document(*patches: Mapping[str, object]) -> bytes:
    """One good row for each patch of it; a key patched with None is left out."""
    rows = [{key: value for key, value in {**GOOD, **patch}.items() if value is not None} for patch in patches]
    return json.dumps({"rows": rows}).encode()


def test_rows_are_read_from_json_yaml_and_a_form() -> None:
    row = DatedRow("cash_apy", parse_day("2027-01-01"), "3.10%", "the FAQ, read in May")
    as_json = load_json(document({}))
    assert as_json.document
    assert as_json.document.dated() == (row,)
    text = 'rows:\n- {name: cash_apy, from: 2027-01-01, value: 3.1%, source: "the FAQ, read in May"}'
    as_yaml = load_yaml(text)
    assert as_yaml.document == as_json.document
    form = load_form({key: f" {value} " for key, value in GOOD.items()})
    assert form.document
    assert form.document.dated() == row


def test_a_row_of_the_books_reads_the_same() -> None:
    read = load_json(document({"name": "hold_days(ach,in,cash,any)", "value": "03"}))
    assert read.document
    again = json.loads(read.document.model_dump_json())
    assert (again["rows"][0]["name"], again["rows"][0]["value"]) == ("hold_days(ach, in, cash, any)", "3")
    assert load_json(json.dumps(again).encode()).document == read.document


@pytest.mark.parametrize(
    "patch,path,code,right",
    [
        ({"from": None}, "rows.0.from", "missing", "from is missing"),
        ({"from": "1 May"}, "rows.0.from", "date", "2026-11-20"),
        ({"value": 3.1}, "rows.0.value", "config_value", 'such as "3.10%'),
        ({"value": 3}, "rows.0.value", "config_value", "text in quotes"),
        ({"name": "ach_minimum", "value": 10}, "rows.0.value", "config_value", 'such as "25.00"'),
        ({"value": "3.1"}, "rows.0.value", "config_value", "3.10%"),
        ({"value": "-1%"}, "rows.0.value", "config_bounds", "from 0.00% to 100.00%"),
        ({"value": "101%"}, "rows.0.value", "config_bounds", "from 0.00% to 100.00%"),
        ({"value": "0.00: 1%, 5.00: 2%, 5.00: 3%"}, "rows.0.value", "tiers", "keep one"),
        ({"value": "0.00: 1%, 5.00: 2%, 1.00: 3%"}, "rows.0.value", "tiers", "upwards"),
        ({"value": "none"}, "rows.0.value", "config_value", "3.10%"),
        ({"name": "cash_apyy"}, "rows.0.name", "config_name", "cash_apy"),
        ({"name": "ach_minimum", "value": "10"}, "", "", ""),
        ({"name": "ach_minimum", "value": "10%"}, "rows.0.value", "money", "1500.00"),
        ({"source": "  "}, "rows.0.source", "config_source", "where the value comes from"),
        ({"until": "2028-01-01"}, "rows.0.until", "unknown_key", "is not a key that belongs here"),
    ],
)
def test_each_refusal_names_its_field(patch: dict[str, object], path: str, code: str, right: str) -> None:
    problems = load_json(document(patch)).problems
    assert [(one.path, one.code) for one in problems] == ([(path, code)] if path else [])
    assert all(right in one.sentence for one in problems)


def test_a_bad_name_does_not_hide_a_bad_value_and_the_reverse() -> None:
    read = load_json(document({"name": "nothing", "value": 3.1}))
    assert [one.path for one in read.problems] == ["rows.0.name", "rows.0.value"]
    assert [one.path for one in load_json(document({"name": "nothing"})).problems] == ["rows.0.name"]


def test_a_rate_in_yaml_without_a_percent_sign_is_no_rate() -> None:
    read = load_yaml("rows: [{name: cash_apy, from: 2027-01-01, value: 3.10, source: x}]")
    assert [(one.path, one.code) for one in read.problems] == [("rows.0.value", "config_value")]


def test_two_rows_of_one_name_and_date_are_refused() -> None:
    read = load_json(document({}, {"name": "borrow_apr"}, {"value": "4.00%"}))
    assert [(one.path, one.code) for one in read.problems] == [("rows.2", "duplicate_row")]
    assert read.problems[0].sentence == "Row 1 already gives cash_apy from 2027-01-01; keep one of the two."


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"rows": []}', b'{"rows": {}}'])
def test_what_is_no_list_of_rows_is_refused(data: bytes) -> None:
    assert load_json(data).problems
    assert load_json(document(*({"from": f"{2000 + place % 100}-01-01"} for place in range(MAX_ROWS + 1)))).problems


def test_a_form_with_a_bad_field_name_is_refused() -> None:
    assert [one.code for one in load_form(GOOD | {"a..b": "c"}).problems] == ["field_name"]


def test_no_rate_changes_where_interest_is_accrued() -> None:
    last = parse_day("2026-05-31")
    rows = [
        DatedRow("cash_apy", last, "3.00%", "x"),
        DatedRow("ach_minimum", last, "1.00", "x"),
        DatedRow("borrow_apr", last + 1, "3.00%", "x"),
        DatedRow("cash_apy_promotion", last - 1, "none", "x"),
    ]
    problems = too_late(rows, last)
    assert [(one.path, one.code) for one in problems] == [
        ("rows.0.from", "rate_accrued"),
        ("rows.3.from", "rate_accrued"),
    ]
    assert "until 2026-05-31" in problems[0].sentence
    assert "from 2026-06-01" in problems[0].sentence
