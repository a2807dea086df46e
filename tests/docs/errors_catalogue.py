"""Every code that Sluice can answer, collected from its source, and `docs/errors.md` as the page of them.

The page keeps its own words: head and rows are read from it; which rows there are, and where, comes from the source.
"""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

from bank.codes import FILE_CODES, LINE_CODES, PROFILE_CODES
from engine.contributions.years import Refused
from ledger.statuses import CATALOGUE
from tests.conftest import ROOT

PAGE: Final = ROOT / "docs" / "errors.md"
CODE: Final = re.compile(r"[a-z]+(_[a-z]+)*")
FINDING: Final = re.compile(r"C[0-9]{2}")
ROW: Final = re.compile(r"^\| `(\w+)` \| (.*) \| (.*) \|$", re.MULTILINE)
UNWRITTEN: Final = ("…", "…")

OTHERS: Final = """\
Every fault that is not listed here answers 422, but for these: what the gate refuses (`cross_site`, `host_refused`,
`loopback_only`) answers 403, a refused transfer the status that `ledger/statuses.py` gives it, `internal` 500, and
HTTP's own errors (`not_found` and the like) their own."""

Texts = dict[str, tuple[str, str]]
"""Of each code: what provokes it, and what is right."""

TAKES_CODE: Final = {
    **dict.fromkeys(("SluiceError", "ForbiddenError", "refusal", "refused", "Fault"), 0),
    **dict.fromkeys(("Problem", "Told"), 1),
}
"""Calls that take a code, and at which place."""

HANDS_ON: Final = {
    ("engine/importing_book.py", "_list"): 1,
    ("rules/yamltext.py", "_fault"): 0,
    ("rules/decode.py", "refused"): 0,
    ("rules/values.py", "refusal"): 0,
}
"""Functions that hand on the code they are given."""

SECTIONS: Final = (
    ("Documents", ("rules/decode.py", "rules/yamltext.py", "rules/formtext.py", "rules/load.py")),
    ("Values and parts of a rule", ("ledger/money", "ledger/days", "rules/values", "rules/facts", "rules/amounts",
                                    "rules/document")),
    ("Rule lists against accounts and themselves", ("rules/check",)),
    ("Cases and set-ups", ("engine/case.py", "engine/household.py", "commands/demo_setup.py")),
    ("Books and database", ("store/",)),
    ("Statement profiles", ("bank/profile", "PROFILE_CODES")),
    ("Statement files", ("FILE_CODES",)),
    ("Statement lines", ("LINE_CODES", "engine/importing")),
    ("Transfers", ("CATALOGUE", "Refused", "engine/request.py", "engine/once.py", "engine/holds/")),
    ("Pies", ("engine/invest/", "engine/window.py")),
    ("Market and brokers", ("market/",)),
    ("Rates, fees and limits", ("engine/dated/",)),
    ("Recurring transfers and matching rules", ("engine/recurring/", "engine/matching/")),
    ("Persons, their accounts and contributions", ("engine/contributions/", "engine/closing.py")),
    ("Nights and explanations", ("engine/", "rules/")),
    ("Commands and settings", ("commands/", "app.py")),
    ("Pages and API", ("web/",)),
    ("Findings of verify", ("verify",)),
)  # fmt: skip
"""The page's sections; the first with a source of a code has its row."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product, by its path from the root."""
    product = ("rules", "engine", "ledger", "store", "bank", "market", "commands", "web")
    paths = [ROOT / "app.py", *(path for folder in product for path in sorted((ROOT / folder).rglob("*.py")))]
    return ((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def given(path: str, call: ast.Call) -> ast.expr | None:
    """The expression that stands for the code in a call, or None."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = HANDS_ON.get((path, name), TAKES_CODE.get(name))
    if name == "__init__" and len(call.args) > 1:
        place = 0  # an error that names its own code: super().__init__(code, sentence)
    return call.args[place] if place is not None and len(call.args) > place else None


def written(code: ast.expr) -> list[str]:
    """The codes that an expression can be, as far as they are written there."""
    if isinstance(code, ast.IfExp):
        return [*written(code.body), *written(code.orelse)]
    if isinstance(code, ast.Constant) and isinstance(code.value, str) and CODE.fullmatch(code.value):
        return [code.value]
    return []


def hands_on(code: ast.expr) -> bool:
    """Tell whether an expression hands on the code of another error, or of a status of the ledger."""
    return ast.unparse(code) in {
        *("code", "fault.code", "problem.code", "one.code", "first.code", "counts.code", "problems[0].code"),
        *("answered.body['code']", "said['code']", "status.name.lower()", "detail['type']", "body['code']", "*fault"),
        "status.phrase.lower().replace(' ', '_').replace('-', '_')",
    }


def unclear() -> list[str]:
    """Places where a code is neither written nor handed on: the page could miss it."""
    return [
        f"{path}:{call.lineno}: {ast.unparse(code)}"
        for path, tree in sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and (code := given(path, call)) is not None
        if not written(code) and not hands_on(code)
    ]


def found() -> Iterator[tuple[str, str]]:
    """Every (code, where it comes from); a code may come from several places."""
    for name, table in (("PROFILE_CODES", PROFILE_CODES), ("FILE_CODES", FILE_CODES), ("LINE_CODES", LINE_CODES)):
        yield from ((code, name) for code in table)
    yield from ((status.code, "CATALOGUE") for status in CATALOGUE)
    yield from ((one.value, "Refused") for one in Refused)
    for path, tree in sources():
        for node in ast.walk(tree):
            yield from ((code, path) for code in _in_node(path, node))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and FINDING.fullmatch(node.value):
                yield node.value, "verify"


def _in_node(path: str, node: ast.AST) -> list[str]:
    match node:
        case ast.Call() if (code := given(path, node)) is not None:
            return written(code)
        case ast.Tuple(elts=[ast.Constant() as code, _]) if path == "rules/decode.py":  # pydantic's own, in our words
            return written(code)
        case ast.Attribute(value=ast.Name(id="HTTPStatus"), attr=name) if path == "web/faults.py" and name.isupper():
            return [HTTPStatus[name].phrase.lower().replace(" ", "_")]
        case _:
            return []


def sections() -> dict[str, list[str]]:
    """The codes of each section in the order of the alphabet; each code once."""
    places: dict[str, set[str]] = {}
    for code, source in found():
        places.setdefault(code, set()).add(source)
    told: dict[str, list[str]] = {title: [] for title, _ in SECTIONS}
    for code in sorted(places):
        homes = (title for title, starts in SECTIONS if any(one.startswith(starts) for one in places[code]))
        told[next(homes)].append(code)
    return {title: codes for title, codes in told.items() if codes}


def statuses() -> str:
    """The HTTP statuses of faults, as `web/faults.py` has them."""
    tree = ast.parse((ROOT / "web" / "faults.py").read_text(encoding="utf-8"))
    table = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "STATUS"
    )
    assert table is not None
    by_status: dict[int, list[str]] = {}
    for code, status in ast.literal_eval(table).items():
        by_status.setdefault(status, []).append(code)
    rows = [
        f"- {status}: {', '.join(f'`{code}`' for code in sorted(by_status[status]))}" for status in sorted(by_status)
    ]
    return "\n".join(rows)


def texts(page: str) -> Texts:
    """What a page says of each code."""
    return {code: (provoked, right) for code, provoked, right in ROW.findall(page)}


def render(page: str) -> str:
    """The page anew: its head and its words, with the rows that the source demands."""
    head = page.split("\n## ", 1)[0].rstrip()
    known = texts(page)
    parts = [head, f"## HTTP statuses of faults\n\n{OTHERS}\n\n{statuses()}"]
    for title, codes in sections().items():
        rows = ["| Code | Provoked by | What is right |", "|---|---|---|"]
        rows += [
            f"| `{code}` | {provoked} | {right} |" for code in codes for provoked, right in [known.get(code, UNWRITTEN)]
        ]
        parts.append(f"## {title}\n\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def read_page(path: Path = PAGE) -> str:
    """The page as it is, empty where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else "# Errors\n"
