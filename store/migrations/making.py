"""The words the revisions are written in: columns of one type, an index over some rows, room in PostgreSQL's pages."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, text
from sqlalchemy.types import TypeEngine


def columns(kind: TypeEngine[Any], *names: str, key: bool = False) -> list[Column[Any]]:
    """Columns of one type, none of them null."""
    return [Column(name, kind, primary_key=key, nullable=False, autoincrement=False) for name in names]


def index(name: str, table: str, *names: str, unique: bool = False, where: str = "") -> None:
    """An index, over the rows for which `where` holds if it is given."""
    only = text(where) if where else None
    op.create_index(name, table, names, unique=unique, sqlite_where=only, postgresql_where=only)


def roomy(table: str) -> None:
    """Leave half of each of PostgreSQL's pages free, so that updates of the table touch no index."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")
