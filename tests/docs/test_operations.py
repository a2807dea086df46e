"""`docs/operations.md`: settings, exit codes, SQL and the backup are as it says."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from app import INSTANCE, Settings
from commands import audit, desk
from store.books import Books
from store.migrate import create_books
from store.verify import verify
from tests.birth import born
from tests.docs.pages import blocks, page, tables
from tests.postgres_server import PostgresServer
from tests.web.site import HOME, make_site, open_household

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


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not on this machine")
def test_a_dump_restored_has_its_guards_and_its_seals(postgres_server: PostgresServer, tmp_path: Path) -> None:
    names = [postgres_server.fresh(), postgres_server.fresh()]
    first, second = (postgres_server.url(name) for name in names)
    born(first, 1, 0)
    with closing(Books(first)) as books:
        open_household(books, ("home", "Rivers"), HOME)
    assert "`pg_dump --format=custom`" in page(PAGE)
    source, copy = (url.replace("+psycopg", "") for url in (first, second))
    dump = str(tmp_path / "sluice.dump")
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", source], check=True)
    subprocess.run(["pg_restore", f"--dbname={copy}", dump], check=True)
    create_books(second, 1, 0)
    assert list(verify(second)) == []
    assert head_of(second) == head_of(first) != bytes(32)
    for name in names:
        postgres_server.drop(name)


def head_of(url: str) -> bytes:
    """The head of the one book of a database."""
    with closing(Books(url)) as books, books.read(0) as work:
        return work.row.head
