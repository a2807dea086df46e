"""What pages name exists: files, functions, commands with their options, settings, targets; decisions are in order."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app import Settings, create_app
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").iterdir())
OTHER_SETTINGS = {"SLUICE_UPDATE_DOCS", "SLUICE_TEST_WORKERS"}
MADE_LATER = {"instance/secrets.env", "instance/sluice.db"}
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@each_page
def test_paths_exist(page: Path) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", page.read_text(encoding="utf-8"))
    ours = [path for path in named if path.split("/")[0] in FOLDERS - {"instance"}]
    assert [path for path in ours if not (ROOT / path).exists() and path not in MADE_LATER] == []


@each_page
def test_a_name_with_its_file_is_defined_there(page: Path) -> None:
    for name, path in re.findall(r"`(\w+)`\s+(?:of\s+|\()`([\w/]+\.py)`", page.read_text(encoding="utf-8")):
        defined = re.search(rf"^\s*(?:def|class) {name}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
        assert defined, f"{path} defines no {name}"


def commands_of(text: str) -> Iterator[list[str]]:
    """Every `flask ...` of a page as words, whether in code or in a line of its own."""
    lines = re.findall(r"^    (flask .*)$|^(?:curl.*)?`(flask [^`]*)`|`(flask [^`]*)`", text, re.MULTILINE)
    return (next(filter(None, groups)).split(" #")[0].split() for groups in lines)


@each_page
def test_commands_and_their_options_exist(page: Path) -> None:
    for words in commands_of(page.read_text(encoding="utf-8")):
        command: click.Command = create_app(Settings(_env_file=None)).cli
        rest = words[1:]
        while rest and isinstance(command, click.Group):
            assert rest[0] in command.commands, words
            command, rest = command.commands[rest[0]], rest[1:]
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
        assert [word for word in rest if re.match(r"--?[a-z]", word) and word not in known] == [], words


@each_page
def test_settings_and_targets_exist(page: Path) -> None:
    text, makefile = page.read_text(encoding="utf-8"), (ROOT / "Makefile").read_text(encoding="utf-8")
    settings = {f"SLUICE_{name.upper()}" for name in Settings.model_fields} | OTHER_SETTINGS
    assert set(re.findall(r"\bSLUICE_[A-Z_]+\b", text)) <= settings
    targets = re.findall(r"(?:`|^    |[A-Z_]+=\S+ )make ([a-z-]+)", text, re.MULTILINE)
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_checks_of_this_file_see_what_the_pages_say() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(list(commands_of(text))) > 40
    assert len(re.findall(r"`(\w+)`\s+(?:of\s+|\()`([\w/]+\.py)`", text)) > 30


def test_decisions_are_numbered_without_gaps_and_have_their_parts() -> None:
    for number, path in enumerate(DECISIONS, start=1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_readme_shows_every_folder_and_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"docs"}
    assert sorted(code - {"__pycache__"} - set(re.findall(r"`(\w+)/`", text))) == []
    pages = [page.relative_to(ROOT).as_posix() for page in PAGES if page.parent.name == "docs"]
    assert [page for page in pages if page not in text] == []
