"""YAML into plain values: words stay words, facts stay whole, every refusal names its line."""

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from rules import yamltext
from rules.decode import Decoded, decode_json
from rules.yamltext import decode_yaml
from tests.rules.test_decode import PLAIN_VALUES


@pytest.fixture(params=["fast", "plain"], autouse=True)
def _both_parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with libyaml's parser and with the one in Python, which stands in where libyaml is absent."""
    if request.param == "plain":
        monkeypatch.setattr(yamltext, "_LOADER", yaml.SafeLoader)


@pytest.mark.parametrize(
    "text, value",
    [
        ("true", True),
        ("false", False),
        ("off", "off"),
        ("yes", "yes"),
        ("True", "True"),
        ("'true'", "true"),
        ("7", 7),
        ("-7", -7),
        ("'7'", "7"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1.50", "1.50"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("9999999999999999999", "9999999999999999999"),
        ("2026-11-20", "2026-11-20"),
        ("12:30", "12:30"),
        ("null", None),
        ("~", None),
        ("", None),
        ("''", ""),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert decode_yaml(f"key: {text}") == Decoded({"key": value})
    assert decode_yaml(f"- {text}\n- 1") == Decoded([value, 1])


def test_keys_are_always_text() -> None:
    assert decode_yaml("1: a\ntrue: b\n<<: c\n'': d") == Decoded({"1": "a", "true": "b", "<<": "c", "": "d"})


def test_an_empty_document_is_nothing() -> None:
    assert decode_yaml("") == decode_yaml("# nothing\n") == Decoded(None)


def test_bytes_with_a_mark_are_read_like_text() -> None:
    assert decode_yaml("\ufeffa: ä".encode()) == Decoded({"a": "ä"})


@pytest.mark.parametrize(
    "text, value",
    [
        ('{fact: spent(checking, 30), above: "1"}', {"fact": "spent(checking, 30)", "above": "1"}),
        ("{fact: spent(checking,30)}", {"fact": "spent(checking, 30)"}),
        ("{above: 1, fact: spent(checking, 30)}", {"above": 1, "fact": "spent(checking, 30)"}),
        ("{a: spent(x, 1), b: spent(y, 2)}", {"a": "spent(x, 1)", "b": "spent(y, 2)"}),
        ("fact: spent(checking, 30)", {"fact": "spent(checking, 30)"}),
        ("{fact: 'spent(a', '30)': }", {"fact": "spent(a", "30)": None}),
        ("{fact: spent(a, 30): 5}", {"fact": "spent(a", "30)": 5}),
        ("{fact: spent(a, b: }", {"fact": "spent(a", "b": None}),
        ("{fact: balance(a), 30): }", {"fact": "balance(a)", "30)": None}),
    ],
)
def test_a_fact_keeps_its_comma_inside_braces(text: str, value: object) -> None:
    assert decode_yaml(text) == Decoded(value)


@pytest.mark.parametrize(
    "text, path, code, words",
    [
        ("a: 1\nb: 2\na: 3", "a", "duplicate_key", 'Line 3 cannot be read: the key "a" is given twice'),
        ("r:\n- x: {b: 1, b: 2}", "r.0.x.b", "duplicate_key", "Line 2"),
        ("- 1\n- [2, {c: 1, c: 2}]", "1.1.c", "duplicate_key", "Line 2"),
        ("a: &x 1\nb: *x", "a", "yaml", "Line 1 cannot be read: anchors and aliases"),
        ("- *x", "0", "yaml", "Line 1 cannot be read: anchors and aliases"),
        ("- &x [1]", "0", "yaml", "anchors"),
        ("a: !!int 1", "a", "yaml", "tags (!) are not read"),
        ("!!python/object/apply:os.system [ls]", "", "yaml", "tags (!) are not read"),
        ("- !x {a: 1}", "0", "yaml", "tags (!) are not read"),
        ("a: 1\n---\nb: 2", "", "yaml", "Line 2 cannot be read: a second document"),
        ("? [a]\n: 1", "", "yaml", "a key is a list or a mapping"),
        ("a:\n  b: [1", "", "yaml", "Line"),
        ("\ta: 1", "", "yaml", "Line 1 cannot be read: found character"),
        ("a: b: c", "", "yaml", "Line 1 cannot be read: mapping values are not allowed"),
        ("[" * 25 + "1" + "]" * 25, ".".join("0" * 24), "too_deep", "deeper than 24 levels"),
        ("a: \x00", "", "yaml", "a character that YAML does not allow"),
        ("a: \ud800", "", "text", "surrogate"),
        (b"a: \xff", "", "encoding", "not UTF-8 at byte 3"),
        ("a" * 1_048_577, "", "too_large", "at most 1048576"),
    ],
)
def test_refused(text: str | bytes, path: str, code: str, words: str) -> None:
    decoded = decode_yaml(text)
    (problem,) = decoded.problems
    assert (decoded.value, problem.path, problem.code) == (None, path, code)
    assert words in problem.sentence


def test_twenty_levels_are_read_and_a_hundred_thousand_refused() -> None:
    assert decode_yaml("[" * 20 + "1" + "]" * 20).problems == ()
    assert [problem.code for problem in decode_yaml("[" * 100_000).problems] == ["too_deep"]


@given(PLAIN_VALUES)
def test_json_reads_the_same_as_yaml(value: Any) -> None:
    text = json.dumps(value)
    assume(not re.search(r"\\ud[89ab]", text))  # YAML has no pairs of escapes for one character
    assert decode_yaml(text) in (decode_json(text.encode()), Decoded(_with_words(value)))


def _with_words(value: object) -> object:
    """Give the value as YAML has it: whole numbers beyond 18 digits are text."""
    match value:
        case bool() | None | str():
            return value
        case int():
            return value if abs(value) < 10**18 else str(value)
        case list():
            return [_with_words(one) for one in value]
        case dict():
            return {key: _with_words(one) for key, one in value.items()}
    raise AssertionError(value)


@given(st.binary() | st.text() | st.text(alphabet="{}[],:-?&*!|>'\"%@` \n\tab1()#"))
def test_no_text_raises(text: str | bytes) -> None:
    decoded = decode_yaml(text)
    assert decoded.value is None or not decoded.problems
