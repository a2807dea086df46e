"""New databases with books, from a copy of one that was migrated once: every test has its own, none waits for alembic.

The copy is what the migrations make, for they made it; tests of the migrations themselves do not come here.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from store.migrate import create_books, migrate

TEMPLATE = "sluice_born"
_FOLDER = tempfile.TemporaryDirectory(prefix="sluice-born-")
atexit.register(_FOLDER.cleanup)


def born(url: str, books: int, now: int) -> None:
    """Give the empty database at a URL its tables and its books, as `create_books` does."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        file = Path(str(where.database))
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_migrated_file(), file)
    else:
        _clone(str(where.database), str(where.query["host"]), str(where.username))
    create_books(url, books, now)


@cache
def _migrated_file() -> Path:
    """One migrated file of this process."""
    file = Path(_FOLDER.name) / "born.db"
    migrate(f"sqlite:///{file}")
    return file


@cache
def _migrated_database(folder: str, owner: str) -> str:
    """One migrated database of a server."""
    with psycopg.connect(f"host={folder} user={owner} dbname=postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(TEMPLATE)))
    migrate(f"postgresql+psycopg://{owner}@/{TEMPLATE}?host={folder}")
    return TEMPLATE


def _clone(database: str, folder: str, owner: str) -> None:
    template = _migrated_database(folder, owner)
    with psycopg.connect(f"host={folder} user={owner} dbname=postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        admin.execute(made.format(sql.Identifier(database), sql.Identifier(template)))
