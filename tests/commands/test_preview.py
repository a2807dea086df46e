"""preview: cases in files, decided as the naive evaluator of tests/naive decides them."""

import json
from random import Random

import pytest
import yaml

from tests.commands.shell import Shell
from tests.naive.evaluator import evaluate_case
from tests.strategies.cases import random_case

CASE = {
    "on": "2026-11-20",
    "accounts": {"checking": {"kind": "checking", "posted": "900.00"}, "cash": {"kind": "cash"}},
    "rules": [
        {
            "id": "sweep",
            "mode": "auto",
            "amount": {"kind": "excess", "account": "checking", "above": "500.00"},
            "from": [{"account": "checking"}],
            "to": [{"account": "cash"}],
        }
    ],
}
MOVED = {
    "rule": "sweep",
    "outcome": "moved",
    "reason": "in_full",
    "wanted": "400.00",
    "amount": "400.00",
    "limited_by": [],
    "legs": [{"from": "checking", "to": "cash", "amount": "400.00"}],
}
ANSWER = {"decisions": [MOVED]}


@pytest.mark.parametrize(
    "name,text,count",
    [
        ("one.json", json.dumps(CASE), 1),
        ("pretty.json", json.dumps(CASE, indent=2), 1),
        ("list.json", json.dumps([CASE, CASE]), 2),
        ("pretty-list.json", json.dumps([CASE, CASE], indent=1), 2),
        ("lines.jsonl", f"{json.dumps(CASE)}\n\n{json.dumps(CASE)}\n", 2),
        ("one.yaml", yaml.safe_dump(CASE), 1),
        ("list.yaml", "\n".join(f"- {json.dumps(CASE)}" for _ in range(3)), 3),
    ],
)
def test_cases_in_every_form(shell: Shell, name: str, text: str, count: int) -> None:
    file = shell.file(name, text)
    assert shell.ok("preview", file, "--json").json_lines == [ANSWER] * count
    assert shell.ok("preview", file).out == "sweep: moved (in_full) 400.00 checking to cash\n" * count
    assert not (shell.folder / "sluice.db").exists()


@pytest.mark.parametrize(
    "bad,path,code",
    [
        (json.dumps(CASE | {"on": "tomorrow"}), "on", "date"),
        (json.dumps(CASE | {"more": 1}), "more", "unknown_key"),
        ("not json", "", "json"),
        ('{"on": "2026-11-20"', "", "json"),
        ('{"on": 1, "on": 2}', "", "duplicate_key"),
        ("[]", "", "mapping_expected"),
        ('"text"', "", "mapping_expected"),
    ],
)
@pytest.mark.parametrize("place", range(3))
def test_a_bad_line_does_not_lose_the_others(shell: Shell, bad: str, path: str, code: str, place: int) -> None:
    lines = [json.dumps(CASE)] * 2
    lines.insert(place, bad)
    file = shell.file("lines.jsonl", "\n".join(lines))
    said = shell.run("preview", file, "--json")
    assert said.code == 2
    answers = said.json_lines
    (problem,) = answers.pop(place)["problems"]
    assert (problem["path"], problem["code"]) == (path, code), problem
    assert answers == [ANSWER, ANSWER]
    said = shell.run("preview", file)
    assert said.code == 2
    assert said.out.splitlines()[place].startswith(f"refused {path}: ")


def test_two_hundred_random_cases_are_decided_as_the_naive_evaluator_does(shell: Shell) -> None:
    source = Random("preview")
    cases = [dict(random_case(source)) for _ in range(200)]
    file = shell.file("cases.jsonl", "\n".join(json.dumps(case) for case in cases))
    assert shell.ok("preview", file, "--json").json_lines == [evaluate_case(case) for case in cases]
