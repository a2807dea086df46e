"""A database by its URL: connections with every safety switch on, and transactions that begin the right way.

SQLite (reliability.md 0.1, 0.2; ledger.md 4.9): foreign keys and recursive triggers on, FULL sync, a rollback journal
below the versions that fixed the WAL race, BEGIN IMMEDIATE for whatever writes. PostgreSQL: READ COMMITTED for
writers, who take the book's row lock first; one REPEATABLE READ snapshot for readers.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from engine.ports import BookBusyError
from ledger.faults import SluiceError
from store.bulk import Bulk
from store.bulk_postgres import PostgresBulk
from store.bulk_sqlite import SqliteBulk

WAIT_SECONDS: Final = 30
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
SWITCHES: Final = {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0, "temp_store": 2}
POSTGRES_SETTINGS: Final = "; ".join(
    f"SET LOCAL {name} = '{value}'"
    for name, value in {
        "lock_timeout": f"{WAIT_SECONDS}s",
        "work_mem": "64MB",
        "client_min_messages": "warning",  # no notice of a stage that is there already
    }.items()
)
_WRITES: Final = "sluice_writes"


def safe_wal(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL race fixed: 3.51.3, and the branches 3.50 from .7 and 3.44 from .6."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def address(url: str) -> URL:
    """The URL with the driver Sluice uses. Raises SluiceError `database_url` for another database."""
    sentence = "The database is not one that Sluice knows; write sqlite:///path/to/file or postgresql://user@host/name."
    refusal = SluiceError("database_url", sentence, "SLUICE_DATABASE_URL")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise refusal from error
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"} and parsed.database not in {None, "", ":memory:"}:
        return parsed
    raise refusal


class Database:
    """Connections to one database. `unsafe` allows a PostgreSQL server that may lose commits (benchmarks only)."""

    def __init__(self, url: str, *, unsafe: bool = False) -> None:
        """Connect lazily; nothing is opened yet."""
        where = address(url)
        self.is_sqlite = where.get_backend_name() == "sqlite"
        self._unsafe = unsafe
        self._proved = False
        if self.is_sqlite:
            self.engine: Engine = create_engine(where, connect_args={"timeout": WAIT_SECONDS})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(where, isolation_level="READ COMMITTED")

    @contextlib.contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[Bulk]:
        """A transaction that writes; it commits when the block ends well. SQLite's one writer waits, or raises."""
        engine = self.engine.execution_options(**{_WRITES: True})
        with _connected(engine) as connection, busy_told(), _begun(connection, wait=wait):
            if not self.is_sqlite:
                self._prove_durable(connection)
                connection.exec_driver_sql(POSTGRES_SETTINGS)
            yield SqliteBulk(connection) if self.is_sqlite else PostgresBulk(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Bulk]:
        """A transaction that sees one state of the database and writes nothing."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _connected(self.engine).execution_options(**options) as connection, connection.begin():
            yield SqliteBulk(connection) if self.is_sqlite else PostgresBulk(connection)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()

    def _prove_durable(self, connection: Connection) -> None:
        """Refuse a server that may lose what it said was committed (reliability.md 1)."""
        if self._unsafe or self._proved:
            return
        found = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in DURABLE}
        off = [name for name, value in found.items() if value == "off"]
        if off:
            sentence = f"The PostgreSQL server may lose commits: {', '.join(off)} must be on and is off."
            raise SluiceError("database_not_durable", sentence, off[0])
        self._proved = True


def _connected(engine: Engine) -> Connection:
    """A connection. Raises SluiceError `database_unreachable` where there is nothing to connect to."""
    try:
        return engine.connect()
    except OperationalError as error:
        said = str(error.orig).strip().splitlines()[0]
        sentence = f"The database cannot be opened: {said}. See that it is there, that it runs, and that we may use it."
        raise SluiceError("database_unreachable", sentence, "SLUICE_DATABASE_URL") from error


@contextlib.contextmanager
def busy_told() -> Iterator[None]:
    """Turn "somebody else holds the lock" of either engine into BookBusyError."""
    try:
        yield
    except OperationalError as error:
        state = getattr(error.orig, "sqlstate", None)
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if state == "55P03" or code == sqlite3.SQLITE_BUSY:
            raise BookBusyError from error
        raise


def _prepare_sqlite(driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set the switches of a new connection, and see that they are set."""
    driver.isolation_level = None
    journal = "wal" if safe_wal(sqlite3.sqlite_version_info) else "delete"
    if driver.execute("PRAGMA journal_mode").fetchone()[0] != journal:
        driver.execute(f"PRAGMA journal_mode = {journal}")
    for name, value in SWITCHES.items():
        driver.execute(f"PRAGMA {name} = {value}")
        if driver.execute(f"PRAGMA {name}").fetchone() != (value,):
            raise SluiceError("database_not_safe", f"This SQLite does not take PRAGMA {name} = {value}.", name)
    driver.execute("PRAGMA cache_size = -131072")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where a transaction will write: never upgrade a read lock."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def _begun(connection: Connection, *, wait: bool) -> Iterator[None]:
    """A transaction on the connection; without patience for SQLite's other writer if `wait` is false."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000 if wait else 0}")
    with connection.begin():
        if isinstance(driver, sqlite3.Connection):
            driver.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")  # the commit waits for readers
        yield
