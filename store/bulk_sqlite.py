"""Columns in and out of SQLite: `executemany` over lists, and rows read straight into one structured array."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Select, Table, TableClause, column, func, literal, select, table

from ledger.accounts import Int64s
from store.bulk import CHUNK, Bulk, Columns, Given, Ids, is_blob, length, part
from store.bulk_shapes import statement
from store.columns import Blob


def _listed(given: Given) -> Iterable[Any]:
    """One column as the driver wants it."""
    if isinstance(given, np.ndarray):
        return cast("list[Any]", given.tolist())
    return itertools.repeat(given) if isinstance(given, int | bytes) else given


class SqliteBulk(Bulk):
    """The SQLite side. The driver's own connection is used for everything that has many rows."""

    _among = 0

    @property
    def _driver(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", self.connection.connection.driver_connection)

    def _insert(self, table: Table | TableClause, columns: Columns) -> None:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {self._target(table, columns)} VALUES ({marks})"
        for start in range(0, length(columns), CHUNK):
            chunk = [_listed(part(given, start, start + CHUNK)) for given in columns.values()]
            self._driver.executemany(statement, zip(*chunk, strict=False))

    def read(self, query: Select[Any]) -> dict[str, npt.NDArray[Any]]:
        """See `Bulk.read`."""
        asked = statement(query, self.connection.dialect)
        fields = [(name, "V16" if is_blob(kind) else "<i8") for name, kind in asked.columns.items()]
        rows = np.fromiter(self._driver.execute(asked.text, asked.given), np.dtype(fields))
        return {name: np.ascontiguousarray(rows[name]) for name in asked.columns}

    def among(self, wanted: ColumnElement[Any], values: Int64s | Ids) -> ColumnElement[bool]:
        """See `Bulk.among`."""
        if values.dtype == np.int64:
            numbers = func.json_each(literal(json.dumps(values.tolist())))
            return wanted.in_(select(column("value")).select_from(numbers))
        self._among += 1
        name = f"among_{self._among}"
        self._empty_stage(name, {"value": "BLOB"}, ["value"])
        listed = table(name, column("value", Blob))
        self.insert(listed, {"value": values})
        return wanted.in_(select(listed.c.value))

    def joined(self, query: Select[Any]) -> bytes:
        """See `Bulk.joined`."""
        columns = list(query.selected_columns)
        return b"".join(map(itemgetter(0), self._cursor(query.order_by(*columns[1:]))))

    def texts(self, query: Select[Any]) -> list[str]:
        """See `Bulk.texts`."""
        columns = list(query.selected_columns)
        return list(map(itemgetter(0), self._cursor(query.order_by(*columns[1:]))))

    def _cursor(self, query: Select[Any]) -> sqlite3.Cursor:
        asked = statement(query, self.connection.dialect)
        return self._driver.execute(asked.text, asked.given)

    def _empty_stage(self, name: str, columns: Mapping[str, str], _keys: Sequence[str]) -> None:
        kinds = ", ".join(f"{self._quote(key)} {kind}" for key, kind in columns.items())
        unique = ", ".join(map(self._quote, _keys))
        self._driver.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({kinds}, PRIMARY KEY ({unique})) WITHOUT ROWID")
        self._driver.execute(f"DELETE FROM temp.{name}")
