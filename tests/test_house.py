"""The rules of the house hold everywhere, and each of them bites."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest
from coverage import Coverage

from tests import house
from tests.conftest import ROOT
from tests.coverage_gate import gate
from tests.house import PYTHON_CHECKS, Source

DICTIONARY = """
account/book/transfer/journal/pending/posted/voided/available/expected/rule/condition/amount/source/destination/cap/
snapshot/plan/decision/move/night/window/run/sweep/top-up/paydown/pie/slice/weight/drift/order/fill/lot/holding/
cost basis/APY/APR/LTV/credit limit/maintenance margin/buffer/seal/floor/ceiling/mirrored account/quarantine/
business date/effective date/recorded instant/outcome/reason/limited_by/tally/program/shape/starter
"""
WORDS = {word.strip() for word in DICTIONARY.split("/")}
LONG = "\n".join("    x = 1" for _ in range(house.FUNCTION_LINES))


def sources(*endings: str) -> list[Source]:
    """Return the files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    wanted = [Path(name) for name in sorted(set(listed)) if name and (not endings or name.endswith(endings))]
    read = [(path, (ROOT / path).read_bytes()) for path in wanted if (ROOT / path).is_file()]
    return [Source(PurePosixPath(path), data.decode()) for path, data in read if b"\0" not in data]


def none(findings: Iterable[str]) -> None:
    """Fail with every finding on a line of its own."""
    found = list(findings)
    assert not found, "\n".join(["", *found])


def source(path: str, text: str) -> Source:
    return Source(PurePosixPath(path), text)


@pytest.mark.parametrize("check", PYTHON_CHECKS, ids=lambda check: check.__name__)
def test_every_module_keeps_the_rules(check: house.Check) -> None:
    none(finding for module in sources(".py") for finding in check(module))


def test_no_file_holds_an_address() -> None:
    none(finding for file in sources() for finding in house.addresses(file))


def test_locks_hold_versions_and_hashes_only() -> None:
    locks = sources(".lock")
    assert [str(file.path) for file in locks] == [
        "requirements-bench.lock",
        "requirements-dev.lock",
        "requirements.lock",
    ]
    none(finding for file in locks for finding in house.lock(file))
    assert all(file.text.count("==") < file.text.count("--hash=sha256:") for file in locks)


def test_glossary_defines_the_dictionary() -> None:
    (file,) = sources("docs/glossary.md")
    none(house.glossary(file, WORDS))


OFFENCES = [
    (house.clocks, "engine/a.py", "now = datetime.now(UTC)"),
    (house.clocks, "web/a.py", "today = dt.date.today()"),
    (house.clocks, "store/a.py", "from time import monotonic"),
    (house.clocks, "store/a.py", "default = func.now()"),
    (house.clocks, "bank/a.py", "stamp = time.time_ns()"),
    (house.docstring, "engine/a.py", "x = 1"),
    (house.excuses, "web/a.py", "x = 1  # noqa"),
    (house.excuses, "web/a.py", "x = 1  # noqa: S608"),
    (house.excuses, "web/a.py", "x = 1  # type: ignore[arg-type]"),
    (house.excuses, "web/a.py", "x = 1  # pragma: no cover"),
    (house.floats, "engine/a.py", "rate = 0.5"),
    (house.floats, "rules/a.py", "def f(x: float) -> int: ..."),
    (house.floats, "ledger/a.py", "x = np.zeros(3, dtype=np.float64)"),
    (house.floats, "ledger/a.py", "x = np.zeros(3, dtype='<f8')"),
    (house.floats, "store/a.py", "half = cents / 2"),
    (house.floats, "store/a.py", "cents /= 2"),
    (house.function_length, "web/a.py", f"def f():\n{LONG}"),
    (house.function_length, "web/a.py", f"class A:\n  async def f():\n{LONG}"),
    (house.module_length, "web/a.py", "x = 1\n" * (house.MODULE_LINES + 1)),
    (house.module_length, "app.py", "x = 1\n" * (house.APP_LINES + 1)),
    (house.names, "web/utils.py", ""),
    (house.names, "web/common/a.py", ""),
    (house.names, "web/a.py", "class RuleManager: ..."),
    (house.names, "web/a.py", "def date_helper(): ..."),
    (house.parameters, "web/a.py", "def f(a, b, c, d, *, e, f): ..."),
    (house.parameters, "web/a.py", "def f(self, a, b, c, d, *e, **f): ..."),
    (house.place, "misc/a.py", "x = 1"),
    (house.place, "extra.py", "x = 1"),
    (house.prints, "web/a.py", "print(1)"),
    (house.addresses, "README.md", "see " + "/ro" + "ot/sluice"),
    (house.addresses, "README.md", "from py" + "pi.org"),
    (house.lock, "a.lock", "--index-url https://example.org/simple"),
    (house.lock, "a.lock", "    --find-links wheels"),
    (house.lock, "a.lock", "flask @ file:wheels"),
    (house.lock, "a.lock", "    # via -r ../requirements.in"),
]
INNOCENT = [
    (house.clocks, "commands/a.py", "now = datetime.now(UTC)"),
    (house.clocks, "web/a.py", "start = time.monotonic()"),
    (house.clocks, "engine/a.py", "at = datetime.time(2, 0)"),
    (house.excuses, "web/a.py", "x = 1  # noqa: S608 - names come from our own list"),
    (house.excuses, "web/a.py", "x = 1  # type: ignore[arg-type]  # the library ships no types"),
    (house.excuses, "web/a.py", "x = '# noqa'"),
    (house.floats, "web/a.py", "x = 0.5"),
    (house.floats, "engine/a.py", "x = cents // 2"),
    (house.floats, "store/a.py", "path = folder / 'sluice.db'"),
    (house.function_length, "web/a.py", f'def f():\n    """One.\n\n    Two.\n    """\n{LONG[:-10]}'),
    (house.names, "engine/a.py", "class Services: ..."),
    (house.parameters, "web/a.py", "def f(self, a, b, c, d, *, e): ..."),
    (house.prints, "commands/a.py", "print(1)"),
    (house.addresses, "web/a.html", "<a href='/workers/1'>"),
    (house.lock, "a.lock", "flask==3.1 \\\n    --hash=sha256:00\n    # via sluice (pyproject.toml)"),
]


@pytest.mark.parametrize("check,path,text", OFFENCES)
def test_each_rule_bites(check: house.Check, path: str, text: str) -> None:
    assert len(check(source(path, text))) == 1


@pytest.mark.parametrize("check,path,text", INNOCENT)
def test_each_rule_lets_the_innocent_pass(check: house.Check, path: str, text: str) -> None:
    assert check(source(path, text)) == []


@pytest.mark.parametrize(
    "text,finding",
    [
        ("- **book**: one.", "account is missing"),
        ("- **book**: one.\n- **account**: two.", "account stands after book"),
        ("- **account**: one.\n- **account**: two.\n- **book**: three.", "account stands twice"),
    ],
)
def test_the_glossary_check_bites(text: str, finding: str) -> None:
    (found,) = house.glossary(source("docs/glossary.md", text), {"account", "book"})
    assert finding in found


def test_the_coverage_gate_bites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(tmp_path, monkeypatch, "def f(x):\n    return 1 if x else 2\n\n\nf(True)\nf(False)\n") is None
    report = measured(tmp_path, monkeypatch, "def f(x):\n    if x:\n        x = 2\n    return x\n\n\nf(True)\n")
    assert report is not None
    assert "2->4" in report


def measured(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> str | None:
    """Return what the gate says of a repository whose one rule module is run once."""
    monkeypatch.chdir(folder)
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "one.py").write_text(text, encoding="utf-8")
    run = "import coverage, runpy; c = coverage.Coverage(branch=True, source=['.']); c.start(); "
    run += "runpy.run_path('rules/one.py'); c.stop(); c.save()"
    subprocess.run([sys.executable, "-c", run], check=True, cwd=folder)
    coverage = Coverage(config_file=False)
    coverage.set_option("report:show_missing", value=True)
    coverage.load()
    return gate(coverage)
