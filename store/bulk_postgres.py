"""Columns in and out of PostgreSQL: binary COPY, packed and unpacked as structured arrays where widths are fixed.

A row of binary COPY is the number of fields (2 bytes), then each field with its length (4 bytes) before it; all
big-endian. Rows of 8-byte integers and 16-byte ids therefore have one width and are one numpy record each.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy import BindParameter, ColumnElement, Select, Table, TableClause, any_, literal
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NULLTYPE

from ledger.accounts import Int64s
from store.bulk import CHUNK, Bulk, Columns, Given, Ids, is_blob, is_text, length, part
from store.bulk_shapes import Statement, statement
from store.columns import Blob, Int64

HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL: Final = b"\xff\xff"
NUMBER: Final = ">i8"
ID: Final = "V16"


def record(kinds: Mapping[str, str]) -> np.dtype[np.void]:
    """The record of one row whose fields have these numpy types."""
    fields = [("", ">i2")]
    for name, kind in kinds.items():
        fields += [(f"{name} length", ">i4"), (name, kind)]
    return np.dtype([("fields", ">i2"), *fields[1:]])


def pack(kinds: Mapping[str, str], columns: Columns, rows: int) -> bytes:
    """Columns as the rows of a binary COPY, without head and tail."""
    packed = np.zeros(rows, record(kinds))
    packed["fields"] = len(kinds)
    for name, kind in kinds.items():
        packed[f"{name} length"] = np.dtype(kind).itemsize
        packed[name] = columns[name]
    return packed.tobytes()


def unpack(kinds: Mapping[str, str], data: bytes | bytearray) -> dict[str, npt.NDArray[Any]]:
    """The inverse of `pack`, for data with head and tail. Raises ValueError where a field has another width."""
    kind = record(kinds)
    rows, rest = divmod(len(data) - len(HEAD) - len(TAIL), kind.itemsize)
    packed = np.frombuffer(data, kind, count=rows, offset=len(HEAD))
    widths = [(packed[f"{name} length"] == kind[name].itemsize).all() for name in kinds]
    if rest or not all(widths):
        raise ValueError(f"a row of {', '.join(kinds)} is not {kind.itemsize} bytes wide: a field is null or too long")
    return {name: packed[name].astype(np.int64 if kinds[name] == NUMBER else ID) for name in kinds}


class PostgresBulk(Bulk):
    """The PostgreSQL side. The driver's own cursor is used for everything that has many rows."""

    @property
    def _driver(self) -> psycopg.Connection[Any]:
        return cast("psycopg.Connection[Any]", self.connection.connection.driver_connection)

    @property
    def _cursor(self) -> psycopg.Cursor[Any]:
        return self._driver.cursor(binary=True)

    def _insert(self, table: Table | TableClause, columns: Columns) -> None:
        types = {name: table.c[name].type for name in columns}
        rows = length(columns)
        command = f"COPY {self._target(table, columns)} FROM STDIN (FORMAT BINARY)"
        fixed = not any(is_text(kind) for kind in types.values()) and all(map(_is_fixed, columns.values()))
        with self._cursor as cursor, cursor.copy(command.encode()) as copy:
            if fixed:
                kinds = {name: ID if is_blob(kind) else NUMBER for name, kind in types.items()}
                copy.write(HEAD)
                for start in range(0, rows, CHUNK):
                    chunk = {name: part(given, start, start + CHUNK) for name, given in columns.items()}
                    copy.write(pack(kinds, chunk, min(CHUNK, rows - start)))
                copy.write(TAIL)
            else:
                names = ["text" if is_text(kind) else "bytea" if is_blob(kind) else "int8" for kind in types.values()]
                copy.set_types(names)
                for row in zip(*map(_listed, columns.values()), strict=False):
                    copy.write_row(row)

    def read(self, query: Select[Any]) -> dict[str, npt.NDArray[Any]]:
        """See `Bulk.read`."""
        asked = statement(query, self.connection.dialect)
        kinds = {name: ID if is_blob(kind) else NUMBER for name, kind in asked.columns.items()}
        command = f"COPY ({self._literal(asked)}) TO STDOUT (FORMAT BINARY)"
        with self._cursor as cursor, cursor.copy(command.encode()) as copy:
            data = bytearray()
            for row in copy:
                data += row
            return unpack(kinds, data)

    def among(self, wanted: ColumnElement[Any], values: Int64s | Ids) -> ColumnElement[bool]:
        """See `Bulk.among`."""
        if values.dtype == np.int64:
            return wanted == any_(sql_cast(_untyped("{" + ",".join(map(str, values.tolist())) + "}"), ARRAY(Int64)))
        listed = ",".join(f'"\\\\x{one.hex()}"' for one in cast("list[bytes]", values.tolist()))
        return wanted == any_(sql_cast(_untyped("{" + listed + "}"), ARRAY(Blob)))

    def joined(self, query: Select[Any]) -> bytes:
        """See `Bulk.joined`."""
        asked = statement(query, self.connection.dialect)
        blob, *ordered = map(self._quote, asked.columns)
        order, inner = ", ".join(ordered), self._literal(asked)
        command = f"SELECT coalesce(string_agg({blob}, ''::bytea ORDER BY {order}), '') FROM ({inner}) AS listed"
        with self._cursor as cursor:
            found: Sequence[Any] | None = cursor.execute(command.encode()).fetchone()
        return b"" if found is None else bytes(found[0])

    def texts(self, query: Select[Any]) -> list[str]:
        """See `Bulk.texts`."""
        columns = list(query.selected_columns)
        asked = statement(query.order_by(*columns[1:]), self.connection.dialect)
        with self._cursor as cursor:
            return [row[0] for row in cursor.execute(self._literal(asked).encode())]

    def _literal(self, asked: Statement) -> str:
        """The statement with its values in it: COPY takes no parameters."""
        return psycopg.ClientCursor(self._driver).mogrify(asked.text, asked.given)

    def _empty_stage(self, name: str, columns: Mapping[str, str], _keys: Sequence[str]) -> None:
        kinds = ", ".join(f"{self._quote(key)} {kind}" for key, kind in columns.items())
        command = f"CREATE TEMP TABLE IF NOT EXISTS {name} ({kinds}) ON COMMIT DELETE ROWS; DELETE FROM pg_temp.{name}"
        self.connection.exec_driver_sql(command)


def _untyped(value: str) -> BindParameter[Any]:
    """A value as a bare literal, which PostgreSQL reads as the type it is cast to while it plans."""
    return literal(value, NULLTYPE)


def _is_fixed(given: Given) -> bool:
    """Whether every value of the column has the same width."""
    return isinstance(given, np.ndarray | int)


def _listed(given: Given) -> Iterable[Any]:
    """One column as rows want it."""
    if isinstance(given, np.ndarray):
        return cast("list[Any]", given.tolist())
    return itertools.repeat(given) if isinstance(given, int | bytes) else given
