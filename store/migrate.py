"""The database's birth and growth: migrations, guards after each of them, assets, and the books themselves."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from engine.ports import NEVER
from ledger.faults import SluiceError
from ledger.seal import GENESIS, asset_number
from store.database import Database, address
from store.guards import assert_guards, drop_guards, make_guards, missing_guards
from store.tables import table

MIGRATIONS: Final = Path(__file__).parent / "migrations"
SCALES: Final = {"USD": 2, "EUR": 2, "GBP": 2, "CHF": 2, "CZK": 2}
"""Assets that every database knows, with the number of their decimals (ledger.md 4.3)."""

MOST_BOOKS: Final = 1 << 16


def migrate(url: str) -> None:
    """Bring a database to the newest tables, from nothing if it is empty, and make its guards anew."""
    where = address(url)
    if where.get_backend_name() == "sqlite" and where.database is not None:
        Path(where.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(Database(url)) as database, database.writing() as bulk:
        drop_guards(bulk.connection)
        command.upgrade(_config(bulk.connection), "head")
        make_guards(bulk.connection)
        known = {
            "number": [asset_number(code) for code in SCALES],
            "code": list(SCALES),
            "scale": list(SCALES.values()),
        }
        rows = [dict(zip(known, row, strict=True)) for row in zip(*known.values(), strict=True)]
        there = {row[0] for row in bulk.rows(select(table("asset").c.number))}
        new = [row for row in rows if row["number"] not in there]
        if new:
            bulk.connection.execute(table("asset").insert(), new)


def is_newest(url: str) -> bool:
    """Whether the database is there and has the tables of this version; its guards are not looked at."""
    where = address(url)
    if where.get_backend_name() == "sqlite" and not Path(str(where.database)).is_file():
        return False
    with closing(Database(url)) as database, database.reading() as bulk:
        return _revision(bulk.connection) == _newest()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _is_ready(url: str) -> bool:
    """Whether there is nothing for `migrate` to do."""
    if not is_newest(url):
        return False
    with closing(Database(url)) as database, database.reading() as bulk:
        return not missing_guards(bulk.connection)


def migrate_down(url: str) -> None:
    """Take every table away again. Only tests do that: the record is gone afterwards."""
    with closing(Database(url)) as database, database.writing() as bulk:
        drop_guards(bulk.connection)
        command.downgrade(_config(bulk.connection), "base")


def assert_ready(connection: Connection, *, guards: bool = True) -> None:
    """Refuse a database whose tables are not this version's (`database_not_migrated`) or that lacks a guard."""
    if _revision(connection) != _newest():
        sentence = "The database does not have the tables of this version of Sluice; run `flask init`."
        raise SluiceError("database_not_migrated", sentence)
    if guards:
        assert_guards(connection)


def create_books(url: str, n: int, now: int) -> None:
    """Give an empty database its n books, numbered from 0; it is created and migrated first. `now` is an instant.

    The number is fixed at birth (ledger.md 4.1): a database that has n books is left as it is, any other number
    raises SluiceError `books_fixed`.
    """
    if not 1 <= n <= MOST_BOOKS:
        raise SluiceError("books_number", f"{n} books: a database has 1 to {MOST_BOOKS} books.", "books")
    if not _is_ready(url):
        migrate(url)
    with closing(Database(url)) as database, database.writing() as bulk:
        book = table("book")
        there = bulk.rows(select(func.count()).select_from(book))[0][0]
        if there not in {0, n}:
            sentence = f"The database has {there} books, which is fixed at its birth; it cannot have {n}."
            raise SluiceError("books_fixed", sentence, "books")
        if not there:
            first = {"next_seq": 1, "head": GENESIS, "next_number": 1, "last_night": NEVER, "opened": now}
            bulk.connection.execute(book.insert(), [{"book_id": number, **first} for number in range(n)])


def _config(connection: Connection) -> Config:
    """Alembic's configuration for a connection of ours."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
