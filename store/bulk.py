"""Columns in and out of a database: what the two engines do alike; each has its own fast way of moving rows.

A `Bulk` is bound to one connection inside one transaction. Columns are int64 arrays, arrays of 16-byte ids (`ids16`),
or sequences of text or bytes; a single int or bytes stands for a whole column. Nothing that is read may be null.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    Select,
    Table,
    TableClause,
    select,
    true,
    update,
)
from sqlalchemy import Text as SqlText
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import LargeBinary, TypeEngine

from ledger.accounts import Int64s
from ledger.batch import UInt64s

Ids = npt.NDArray[np.void]
Given = Int64s | Ids | Sequence[str] | Sequence[bytes] | int | bytes
Columns = Mapping[str, Given]
Merge = Literal["add", "replace", "keep"] | Callable[[Mapping[str, Any], Mapping[str, Any], str], dict[str, Any]]
"""What becomes of a row that is there already; a function of the old row, the new one and the dialect's name."""

CHUNK: Final = 100_000
"""Rows that are handed to the driver at once, so that memory stays bounded."""


def ids16(high: UInt64s, low: UInt64s) -> Ids:
    """Ids of transfers as an array of 16-byte values, the form in which they are stored."""
    pair = np.stack([high, low], axis=1).astype(">u8")
    return pair.view("V16").reshape(-1)


def high_low(ids: Ids) -> tuple[UInt64s, UInt64s]:
    """The inverse of `ids16`."""
    pair = np.ascontiguousarray(ids).view(">u8").reshape(-1, 2).astype(np.uint64)
    return np.ascontiguousarray(pair[:, 0]), np.ascontiguousarray(pair[:, 1])


def length(columns: Columns) -> int:
    """How many rows the columns have; every column that is not a single value has as many."""
    sizes = {len(given) for given in columns.values() if not isinstance(given, int | bytes)}
    if len(sizes) != 1:
        raise ValueError(f"columns of lengths {sorted(sizes)}: all must have the same")
    return sizes.pop()


def part(given: Given, start: int, stop: int) -> Given:
    """Rows start to stop of a column; a single value stays one."""
    return given if isinstance(given, int | bytes) else cast("Given", given[start:stop])


class Bulk(ABC):
    """Statements and columns on one connection, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work on a connection whose transaction has begun."""
        self.connection = connection
        self.filled: set[str] = set()
        self._quote = connection.dialect.identifier_preparer.quote

    def insert(self, table: Table | TableClause, columns: Columns) -> None:
        """Insert rows; `filled` names the tables that got any. A broken constraint raises the driver's error."""
        self.filled.add(table.name)
        self._insert(table, columns)

    @abstractmethod
    def _insert(self, table: Table | TableClause, columns: Columns) -> None:
        """Insert rows. A broken constraint raises the driver's IntegrityError."""

    @abstractmethod
    def read(self, query: Select[Any]) -> dict[str, npt.NDArray[Any]]:
        """The rows as columns by label: int64 arrays, and arrays of ids where the query selects a blob."""

    @abstractmethod
    def among(self, wanted: ColumnElement[Any], values: Int64s | Ids) -> ColumnElement[bool]:
        """The condition that a column is one of these values, however many they are."""

    @abstractmethod
    def joined(self, query: Select[Any]) -> bytes:
        """The blobs of a query (blob, then the order they are joined in) as one."""

    @abstractmethod
    def texts(self, query: Select[Any]) -> list[str]:
        """The texts of a query (text, then the order they are wanted in)."""

    @abstractmethod
    def _empty_stage(self, name: str, columns: Mapping[str, str], _keys: Sequence[str]) -> None:
        """Make the temporary table of that name, or empty it; `_keys` tell its rows apart."""

    def rows(self, query: Executable) -> Sequence[Row[Any]]:
        """The rows of a small query."""
        return self.connection.execute(query).all()

    def run(self, statement: Executable) -> int:
        """Execute a statement; how many rows it touched."""
        return self.connection.execute(statement).rowcount

    def stage(self, like: Table, columns: Columns, keys: Sequence[str]) -> TableClause:
        """Put columns into a temporary table whose columns have the types they have in `like`; `keys` are unique."""
        kinds = {key: like.c[key].type.compile(self.connection.dialect) for key in columns}
        name = f"stage_{like.name}_{zlib.crc32(','.join(columns).encode()):08x}"
        self._empty_stage(name, kinds, keys)
        staged = sql_table(name, *(sql_column(key, like.c[key].type) for key in columns))
        self.insert(staged, columns)
        return staged

    def update(self, table: Table, keys: Columns, values: Columns, *, add: Sequence[str] = ()) -> int:
        """Set the columns `values` of the rows that `keys` name, set-based; those in `add` are added to.

        The first key is a single value (the book), the second an int64 column, whose range bounds the statement so
        that PostgreSQL uses the index. Gives the number of rows touched; the caller compares.
        """
        arrays = {key: given for key, given in keys.items() if not isinstance(given, int | bytes)}
        if length(arrays) == 0:
            return 0
        staged = self.stage(table, {**arrays, **values}, list(arrays))
        setting = {key: table.c[key] + staged.c[key] if key in add else staged.c[key] for key in values}
        statement = update(table).values(setting)
        for key, given in keys.items():
            statement = statement.where(table.c[key] == (staged.c[key] if key in arrays else given))
        first, numbers = next(iter(arrays.items()))
        low, high = int(np.min(cast("Int64s", numbers))), int(np.max(cast("Int64s", numbers)))
        return self.run(statement.where(table.c[first].between(low, high)))

    def upsert(self, table: Table, columns: Columns, merge: Merge) -> None:
        """Insert rows; where the primary key is there already, add to, replace, keep or merge the other columns."""
        if length(columns) == 0:
            return
        keys = [key.name for key in table.primary_key]
        staged = self.stage(table, columns, keys)
        self.filled.add(table.name)
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        order = [staged.c[key] for key in keys]
        query = select(*(staged.c[key] for key in columns)).where(true()).order_by(*order)
        statement = dialect.insert(table).from_select(list(columns), query)
        rest = [key for key in columns if key not in keys]
        new = statement.excluded
        if callable(merge):
            setting = merge(dict(table.c.items()), dict(new.items()), self.connection.dialect.name)
        else:
            setting = {key: table.c[key] + new[key] if merge == "add" else new[key] for key in rest}
        if merge == "keep":
            self.run(statement.on_conflict_do_nothing(index_elements=keys))
        else:
            self.run(statement.on_conflict_do_update(index_elements=keys, set_=setting))

    def _target(self, table: Table | TableClause, columns: Columns) -> str:
        """The table and its columns, as they stand in INSERT and COPY."""
        return f"{self._quote(table.name)} ({', '.join(self._quote(key) for key in columns)})"


def is_blob(kind: TypeEngine[Any]) -> bool:
    """Whether a column of this type holds bytes."""
    return isinstance(kind, LargeBinary)


def is_text(kind: TypeEngine[Any]) -> bool:
    """Whether a column of this type holds text."""
    return isinstance(kind, SqlText)
