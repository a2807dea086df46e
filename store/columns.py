"""The only source of column types, so that the same table is sound on PostgreSQL and in a STRICT SQLite table.

Everything counted is a 64-bit integer: money in minor units, days as day numbers, instants in microseconds, ids,
codes, and yes or no as 1 or 0 (ruling 54). Ids of transfers are blobs of 16 bytes. No column may be null.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, text
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.sqlite import INTEGER
from sqlalchemy.types import TypeEngine
from sqlmodel import Field

Int64: Final[TypeEngine[int]] = BigInteger().with_variant(INTEGER(), "sqlite")
Day: Final = Int64  # days since 1970-01-01
Instant: Final = Int64  # microseconds since the epoch, UTC
Text: Final[TypeEngine[str]] = SqlText()
Blob: Final[TypeEngine[bytes]] = LargeBinary()

PACKED: Final[dict[str, Any]] = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""Options of a table of short rows: SQLite keeps them in the order of the primary key itself."""

LONG: Final[dict[str, Any]] = {"sqlite_strict": True}
"""Options of a table whose rows hold long texts or blobs."""


def column(kind: TypeEngine[Any], *, key: bool = False) -> Column[Any]:
    """Make a column of one of the types above; `key` puts it into the primary key. Never null, never a sequence."""
    return Column(kind, primary_key=key, nullable=False, autoincrement=False)


def int64(*, key: bool = False) -> int:
    """Make a field that holds a 64-bit integer."""
    field: int = Field(sa_column=column(Int64, key=key))
    return field


def later(name: str, check_name: str, check: str) -> Column[Any]:
    """Make a whole-number column that a table got after its birth, 0 in the rows there were; the check is its own.

    SQLite adds no constraint to a table that exists, but takes one with a column that is added to it.
    """
    own = CheckConstraint(check, name=check_name)
    return Column(name, Int64, own, nullable=False, autoincrement=False, server_default=text("0"))


def day_number(*, key: bool = False) -> int:
    """Make a field that holds a day number."""
    field: int = Field(sa_column=column(Day, key=key))
    return field


def instant() -> int:
    """Make a field that holds an instant."""
    field: int = Field(sa_column=column(Instant))
    return field


def string(*, key: bool = False) -> str:
    """Make a field that holds text."""
    field: str = Field(sa_column=column(Text, key=key))
    return field


def binary(*, key: bool = False) -> bytes:
    """Make a field that holds bytes."""
    field: bytes = Field(sa_column=column(Blob, key=key))
    return field
