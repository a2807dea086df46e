"""The tables on disk are the tables in the code, however often they are made and unmade."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from ledger.faults import SluiceError
from ledger.seal import asset_number
from store.books import Books
from store.database import Database, address, safe_wal
from store.migrate import create_books, is_newest, migrate, migrate_down
from store.tables import METADATA
from tests.store.households import NOW


def index_words(index: ReflectedIndex) -> tuple[object, ...]:
    """An index in words that compare."""
    where = sorted((key, str(value)) for key, value in index.get("dialect_options", {}).items())
    return index["name"], index["column_names"], index["unique"], where


def shape(database: Database) -> dict[str, object]:
    """Everything the database knows of its tables: columns, keys, checks, indexes, options."""
    with database.reading() as bulk:
        seen = inspect(bulk.connection)
        tables = sorted(set(seen.get_table_names()) - {"alembic_version"})
        found: dict[str, object] = {
            name: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(name)],
                seen.get_pk_constraint(name)["constrained_columns"],
                sorted((str(check["name"]), check["sqltext"]) for check in seen.get_check_constraints(name)),
                sorted(str(sorted(key.items(), key=str)) for key in seen.get_foreign_keys(name)),
                sorted(map(index_words, seen.get_indexes(name)), key=str),
                sorted(str(one["name"]) for one in seen.get_unique_constraints(name)),
            )
            for name in tables
        }
        query = "SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL AND relkind = 'r' ORDER BY 1"
        if database.is_sqlite:
            query = "SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' ORDER BY 1"
        found["options"] = [
            tuple(row) for row in bulk.rows(text(query)) if row[0] not in {"alembic_version", "sqlite_schema"}
        ]
        return found


def test_up_down_up(database_url: str) -> None:
    database = Database(database_url)
    migrate(database_url)
    first = shape(database)
    migrate_down(database_url)
    assert [name for name in shape(database) if name != "options"] == []
    migrate(database_url)
    migrate(database_url)
    assert shape(database) == first
    Books(database_url).close()
    database.close()


def test_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    migrate(database_url)
    migrated = shape(database)
    with database.reading() as bulk:
        context = MigrationContext.configure(bulk.connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    migrate_down(database_url)
    with database.writing() as bulk:
        METADATA.create_all(bulk.connection)
    made = shape(database)
    assert made == migrated
    database.close()


def test_every_key_begins_with_the_book() -> None:
    without = {table.name for table in METADATA.sorted_tables if next(iter(table.primary_key)).name != "book_id"}
    assert without == {"asset", "dated", "directory", "shape"}


def test_sqlite_tables_are_strict(sqlite_url: str) -> None:
    migrate(sqlite_url)
    database = Database(sqlite_url)
    options = shape(database)["options"]
    assert isinstance(options, list)
    assert len(options) == len(METADATA.tables)
    assert {strict for _, strict, _ in options} == {1}
    database.close()


def test_books_are_fixed_at_birth(database_url: str) -> None:
    create_books(database_url, 3, NOW)
    create_books(database_url, 3, NOW + 1)
    books = Books(database_url)
    assert books.book_ids() == [0, 1, 2]
    with books.read(2) as work:
        assert (work.row.next_seq, work.row.head, work.row.next_number) == (1, bytes(32), 1)
    books.close()
    for wrong, code in ((2, "books_fixed"), (0, "books_number"), (1 << 17, "books_number")):
        with pytest.raises(SluiceError) as raised:
            create_books(database_url, wrong, NOW)
        assert raised.value.code == code


def test_assets_are_known(database_url: str) -> None:
    migrate(database_url)
    database = Database(database_url)
    with database.reading() as bulk:
        found = {tuple(row) for row in bulk.rows(text("SELECT code, number, scale FROM asset"))}
    assert ("USD", asset_number("USD"), 2) in found
    assert len(found) == 5
    database.close()


def test_an_empty_database_is_not_ready(database_url: str) -> None:
    with pytest.raises(SluiceError) as raised:
        Books(database_url)
    assert raised.value.code == "database_not_migrated"


def test_folders_are_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / '100%' / 'deep' / 'sluice.db'}"
    create_books(url, 1, NOW)
    Books(url).close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SluiceError) as raised:
        address(url)
    assert raised.value.code == "database_url"


def test_postgres_goes_by_several_names() -> None:
    assert {address(f"{name}://u@/d").drivername for name in ("postgres", "postgresql", "postgresql+psycopg")} == {
        "postgresql+psycopg"
    }


@pytest.mark.parametrize(
    "version,safe",
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_wal_where_it_is_safe(version: tuple[int, ...], safe: bool) -> None:  # noqa: FBT001 - a table of cases
    assert safe_wal(version) is safe


def test_sqlite_switches_are_on(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"foreign_keys": 1, "recursive_triggers": 1, "synchronous": 2, "busy_timeout": 30_000}
    for safe, journal in ((False, "delete"), (True, "wal"), (False, "delete")):
        monkeypatch.setattr("store.database.safe_wal", lambda _, safe=safe: safe)
        database = Database(sqlite_url)
        with database.writing() as bulk:
            found = {name: bulk.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert bulk.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal
        assert found == wanted
        database.close()


def test_a_sqlite_without_a_switch_is_refused(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.database.SWITCHES", {"no_such_switch": 1})
    with pytest.raises(SluiceError, match="no_such_switch"), Database(sqlite_url).writing():
        pass


def test_what_is_newest_is_known_without_a_lock(database_url: str) -> None:
    """A reader that stays keeps nobody from seeing that there is nothing to migrate."""
    assert not is_newest(database_url)
    create_books(database_url, 1, NOW)
    books = Books(database_url)
    with books.read(0) as work:
        assert work.row.next_seq == 1
        assert is_newest(database_url)
    books.close()
