"""`docs/operations.md`: settings, exit codes, SQL and the backup are as it says."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app import INSTANCE, Settings
from commands import audit, desk
from store.verify import verify
from tests.docs.pages import blocks, page, tables
from tests.web.site import make_site

PAGE = "operations.md"


def test_the_table_of_settings_is_the_settings() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in tables(PAGE) if row[0].startswith("`SLUICE_")}
    assert list(told) == [f"SLUICE_{name.upper()}" for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        default = str(field.default).replace(str(INSTANCE), "instance").removesuffix(":00")
        assert told[f"SLUICE_{name.upper()}"] == ("none" if default == "None" else default)


def test_the_table_of_exit_codes_is_the_commands() -> None:
    told = [int(row[0]) for row in tables(PAGE) if row[0].isdecimal()]
    assert told == [desk.DONE, audit.FOUND, desk.PARTIAL, desk.BUSY, desk.REFUSED]


def test_the_queries_run(tmp_path: Path) -> None:
    make_site(tmp_path)
    queries = [" ".join(one.split()) for one in re.findall(r"SELECT [^;`]*", page(PAGE))]
    assert len(queries) == 2
    with closing(sqlite3.connect(tmp_path / "sluice.db")) as database:
        for query in queries:
            database.execute(query).fetchall()


def test_the_backup_is_a_whole_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_site(tmp_path)
    (backup,) = blocks(PAGE, "python")
    monkeypatch.chdir(tmp_path)
    exec(compile(backup.text, PAGE, "exec"), {})
    assert list(verify(f"sqlite:///{tmp_path / 'backup.db'}")) == []
    assert heads(tmp_path / "backup.db") == heads(tmp_path / "sluice.db")


def heads(path: Path) -> list[tuple[int, bytes]]:
    """The head of each book of a database."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT book_id, head FROM book").fetchall()
