"""JSON into plain values: whatever bytes arrive, a value or a problem comes out, never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ledger.faults import Problem
from rules.decode import MAX_PROBLEMS, Decoded, checked, decode_json, join_path, read_document
from rules.values import Document

PLAIN_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Notes(Document):
    """A document of another kind than rules."""

    lines: list[str]
    count: int = 0
    final: bool = False
    rate: str | int = ""


NOTES = TypeAdapter(Notes)


@pytest.mark.parametrize(
    "data, code, words",
    [
        (b"", "json", "line 1, column 1"),
        (b'{"a": 1,\n}', "json", "line 2, column 1"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "duplicate_key", 'The key "c" is given twice'),
        (b"[NaN]", "number", "NaN is not a number"),
        (b"[-Infinity]", "number", "-Infinity is not a number"),
        (b"[1e999]", "number", "too large"),
        (b"1" * 5000, "number", "thousands of digits"),
        (b"\xff\xfe", "encoding", "not UTF-8 at byte 0"),
        (b'["\\ud800"]', "text", "surrogate"),
        (b"[" * 25 + b"1" + b"]" * 25, "too_deep", "deeper than 24 levels"),
        (b"[" * 100_000, "too_deep", "deeper than 24 levels"),
        (b" " * (1024 * 1024 + 1), "too_large", "at most 1048576"),
    ],
)
def test_refused(data: bytes, code: str, words: str) -> None:
    decoded = decode_json(data)
    (problem,) = decoded.problems
    assert (decoded.value, problem.path, problem.code) == (None, "", code)
    assert words in problem.sentence


def test_twenty_levels_are_read() -> None:
    data = b"[" * 20 + b"1" + b"]" * 20
    assert decode_json(data) == Decoded(json.loads(data))


def test_a_byte_order_mark_is_skipped() -> None:
    assert decode_json(b"\xef\xbb\xbf[1]") == Decoded([1])


@given(PLAIN_VALUES)
def test_plain_values_come_back(value: Any) -> None:
    assert decode_json(json.dumps(value).encode()) == checked(value)


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    decoded = decode_json(data)
    assert decoded.problems or decoded == checked(decoded.value)


@given(PLAIN_VALUES)
def test_no_value_raises_when_validated(value: Any) -> None:
    decoded = decode_json(json.dumps(value).encode())
    if not decoded.problems:
        read = read_document(NOTES, decoded.value, "notes")
        assert (read.document is None) == bool(read.problems)
        assert all(problem.path.startswith("notes") for problem in read.problems)


def test_the_sentences_of_plain_types() -> None:
    read = read_document(NOTES, {"lines": {}, "count": "1", "final": "yes", "rate": []}, "notes")
    assert {(problem.path, problem.code) for problem in read.problems} == {
        ("notes.lines", "list_expected"),
        ("notes.count", "whole_number"),
        ("notes.final", "true_or_false"),
        ("notes.rate.str", "text_expected"),
        ("notes.rate.int", "whole_number"),
    }


def test_a_type_without_words_of_its_own_keeps_its_code() -> None:
    (problem,) = read_document(TypeAdapter(bytes), 1).problems
    assert (problem.path, problem.code) == ("", "bytes_type")
    assert problem.sentence.endswith(".")


def test_thousands_of_problems_are_cut_short() -> None:
    problems = read_document(NOTES, {"lines": [1] * 5000}).problems
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1] == Problem(
        "", "too_many_problems", "There are 4900 more problems; correct the ones listed and try again."
    )


def test_paths_leave_out_empty_parts() -> None:
    assert join_path("", "rules", 0, "", "id") == "rules.0.id"
