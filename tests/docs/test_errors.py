"""`docs/errors.md` lists every code that Sluice can answer, each once, and its examples provoke their codes."""

import ast
import io
import json
import os
import re

import pytest
from flask.testing import FlaskClient

from bank.profile import load_profile, parse_profile
from bank.statement import read_statement
from engine.invest.pies.pie import load_json as load_pie
from engine.recurring.document import read_transfer
from rules.check import check
from rules.decode import decode_json
from rules.load import load_yaml
from rules.yamltext import decode_yaml
from tests.conftest import ROOT
from tests.docs import errors_catalogue as catalogue
from tests.rules.one_rule import ACCOUNTS, document

RULE_SECTIONS = ("Documents", "Values and parts of a rule", "Rule lists against accounts and themselves")
RECURRING = "Recurring transfers and matching rules"
GENERIC = (ROOT / "bank" / "profiles" / "generic.yaml").read_bytes()


def test_the_page_is_what_the_source_demands() -> None:
    page = catalogue.read_page()
    anew = catalogue.render(page)
    if os.environ.get("SLUICE_UPDATE_DOCS") == "1":
        catalogue.PAGE.write_text(anew, encoding="utf-8")
    else:
        known, wanted = set(catalogue.texts(page)), set(catalogue.texts(anew))
        assert (wanted - known, known - wanted) == (set(), set()), "run this test with SLUICE_UPDATE_DOCS=1, then write"
        assert page == anew


def test_each_code_stands_once_with_an_example_and_what_is_right() -> None:
    rows = catalogue.ROW.findall(catalogue.read_page())
    codes = [code for code, _, _ in rows]
    assert len(codes) == len(set(codes)) > 150
    assert [code for code, *texts in rows if "…" in texts or not all(texts)] == []


def test_no_place_makes_a_code_that_the_page_could_miss() -> None:
    assert catalogue.unclear() == []


def test_each_function_that_hands_on_a_code_is_there() -> None:
    nodes = ((path, node) for path, tree in catalogue.sources() for node in ast.walk(tree))
    there = {(path, node.name) for path, node in nodes if isinstance(node, ast.FunctionDef)}
    assert sorted(catalogue.HANDS_ON.keys() - there) == []


def test_a_new_code_is_found_and_a_gone_one_dropped() -> None:
    page = catalogue.read_page().replace("| `money` |", "| `monies` |")
    anew = catalogue.texts(catalogue.render(page))
    assert anew["money"] == catalogue.UNWRITTEN
    assert "monies" not in anew


def examples(*titles: str) -> list[object]:
    """(code, example) of the rows of these sections whose first cell begins with code."""
    parts = [part.split("\n", 1) for part in catalogue.read_page().split("\n## ")[1:]]
    rows = [row for title, text in parts if title in titles for row in catalogue.ROW.findall(text)]
    begun = [(code, re.match(r"`([^`]+)`", provoked)) for code, provoked, _ in rows]
    return [pytest.param(code, match[1], id=code) for code, match in begun if match]


@pytest.mark.parametrize("code,example", examples(*RULE_SECTIONS))
def test_an_example_of_a_rule_provokes_its_code(code: str, example: str) -> None:
    patch = decode_yaml(example).value
    assert isinstance(patch, dict), example
    loaded = load_yaml(json.dumps(document(**patch)))
    problems = [*loaded.problems, *check(loaded.rules, ACCOUNTS)]
    assert code in {problem.code for problem in problems}, problems


@pytest.mark.parametrize("code,example", examples("Statement profiles"))
def test_an_example_of_a_profile_provokes_its_code(code: str, example: str) -> None:
    patch, generic = decode_yaml(example).value, decode_yaml(GENERIC).value
    assert isinstance(patch, dict) and isinstance(generic, dict), example  # noqa: PT018 - one thought: both are mappings
    read = parse_profile(json.dumps(generic | patch).encode())
    assert code in {problem.code for problem in read.problems}, read.problems


@pytest.mark.parametrize("code,example", examples("Pies"))
def test_an_example_of_a_pie_provokes_its_code(code: str, example: str) -> None:
    patch = decode_yaml(example).value
    assert isinstance(patch, dict), example
    read = load_pie(json.dumps({"name": "plain", "slices": [{"symbol": "VTI", "weight": "100%"}]} | patch).encode())
    assert code in {problem.code for problem in read.problems}, read.problems


@pytest.mark.parametrize("code,example", examples(RECURRING))
def test_an_example_of_a_recurring_transfer_provokes_its_code(code: str, example: str) -> None:
    patch = decode_yaml(example).value
    assert isinstance(patch, dict), example
    plain = {"from": "checking", "to": "cash", "amount": "5.00", "schedule": {"monthly": [1]}}
    read = read_transfer(decode_json(json.dumps(plain | patch).encode()))
    assert code in {problem.code for problem in read.problems}, read.problems


@pytest.mark.parametrize("code,example", examples("Statement lines"))
def test_an_example_of_a_line_provokes_its_code(code: str, example: str) -> None:
    file = io.BytesIO(f"date,description,amount,balance\n{example}\n".encode())
    read = read_statement(file, load_profile("generic"))
    assert code in {problem.code for problem in read.problems}, read.problems


@pytest.mark.parametrize("code,example", examples("Transfers"))
def test_an_example_of_a_transfer_provokes_its_code(code: str, example: str, client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/customers/home/transfers",
        data=example,
        content_type="application/json",
        headers={"Idempotency-Key": code},
    )
    assert (answer.get_json()["code"], answer.status_code // 100) == (code, 4)


def test_enough_examples_are_run() -> None:
    sections = (*RULE_SECTIONS, "Statement profiles", "Statement lines", "Transfers", "Pies", RECURRING)
    assert len(examples(*sections)) > 60
