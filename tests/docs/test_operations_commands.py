"""The commands of `docs/operations.md` run as they stand: those that set up, then others on copies."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from app import Settings, create_app
from tests.docs.pages import blocks, page

STAYS = {"flask scheduler", "flask serve --workers 2"}
OTHER_BIRTH = {"flask init --books 256"}


def commands(title: str) -> list[str]:
    """The commands of the page's section, without what stands behind #."""
    section = page("operations.md").split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [line.split(" #")[0].strip() for line in re.findall(r"^    (flask .*)$", section, re.MULTILINE)]


def run(command: str, folder: Path) -> Result:
    """Run one command on the database of a folder."""
    app = create_app(Settings(_env_file=None, database_url=f"sqlite:///{folder / 'sluice.db'}"))
    return app.test_cli_runner().invoke(args=shlex.split(command)[1:])


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose database the section Set up made."""
    folder = tmp_path_factory.mktemp("operations")
    lines = "2026-11-02,PAYROLL,2000.00,2000.00\n2026-11-03,COFFEE,-4.20,1995.80\n"
    (folder / "statement.csv").write_text(f"date,description,amount,balance\n{lines}", encoding="utf-8")
    (rule,) = (
        one.text for one in blocks("rules-by-example.md", "yaml") if one.text.startswith("id: keep_checking_full")
    )
    (folder / "rules.yaml").write_text(rule, encoding="utf-8")
    (matching,) = blocks("operations.md", "yaml")
    (folder / "matching.yaml").write_text(matching.text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in commands("Set up"):
            result = run(command, folder)
            assert result.exit_code == (4 if command in OTHER_BIRTH else 0), (command, result.output)
    return folder


STORIES = ("Transfers", "Matching rules", "Persons and contributions", "Fees and closing")
RUN = ("Nights", "Rates, fees and limits", "Verify", "Export")


@pytest.mark.parametrize("command", [one for title in RUN for one in commands(title) if one not in STAYS])
def test_a_command_ends_well(command: str, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    result = run(command, tmp_path)
    assert result.exit_code == 0, result.output
    for output in re.findall(r"-o (\S+)", command):
        assert (tmp_path / output).stat().st_size > 0


@pytest.mark.parametrize("title", STORIES)
def test_the_commands_of_a_section_end_well_in_their_order(
    title: str, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for command in commands(title):
        result = run(command.replace("TRANSFER", latest(tmp_path)), tmp_path)
        assert result.exit_code == 0, (command, result.output)
    assert run("flask verify", tmp_path).exit_code == 0


def latest(folder: Path) -> str:
    """The id of a transfer from the bank that is on its way, empty without one."""
    told = json.loads(run("flask transfer list ann --json", folder).output)
    return next((one["id"] for one in told["in_flight"] if one["from"] == "bank"), "")
