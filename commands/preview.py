"""The command `preview`: decide the cases of a file, one JSON line each (ruling 59)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from commands.desk import PARTIAL, Desk, as_json, refusing, screen
from engine.answer import CaseAnswer, decide_case
from rules.decode import Decoded, checked, decode_json
from rules.yamltext import decode_yaml

MOST = 64 * 1024 * 1024


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    del desk  # a case brings its own facts
    return [_preview()]


def _preview() -> click.Command:
    @click.command("preview")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--json", "json_", is_flag=True, help="one JSON line a case")
    @refusing
    def preview(file: Path, *, json_: bool) -> None:
        """Decide every case of FILE: one case, a list of cases, or a case a line, as JSON or YAML."""
        bad = 0
        for case in _cases(file):
            answer = decide_case(case)
            bad += "problems" in answer
            if json_:
                as_json(answer)
            else:
                _say(answer)
        sys.exit(PARTIAL if bad else 0)

    return preview


def _cases(file: Path) -> Iterator[Decoded]:
    """The cases of a file: JSON lines, or one document that is a case or a list of cases."""
    data = file.read_bytes()
    lines = [line.strip() for line in data.splitlines() if line.strip()]
    whole = decode_json(data, MOST) if data.lstrip()[:1] in {b"{", b"["} else decode_yaml(data, MOST)
    if whole.problems and len(lines) > 1 and any(line[:1] + line[-1:] == b"{}" for line in lines):
        yield from (decode_json(line) for line in lines)
        return
    if isinstance(whole.value, list):
        yield from (checked(case) for case in whole.value)
    else:
        yield whole


def _say(answer: CaseAnswer) -> None:
    for problem in answer.get("problems", []):
        screen.print(f"refused {problem['path']}: {problem['detail']}", markup=False, soft_wrap=True)
    for told in answer.get("decisions", []):
        moves = ", ".join(f"{leg['amount']} {leg['from']} to {leg['to']}" for leg in told["legs"])
        screen.print(f"{told['rule']}: {told['outcome']} ({told['reason']}) {moves}", markup=False, soft_wrap=True)
