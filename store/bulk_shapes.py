"""The SQL of queries by their shape: each is compiled once, and the values of every query go beside it.

The shape is SQLAlchemy's own cache key, which its statement cache works with: everything that a query is but the values
bound in it. These come with the key, and `construct_params` puts them in their places, as `Connection.execute` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Select
from sqlalchemy.sql.cache_key import CacheKey
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

SHAPES: Final = 500
"""Shapes that are kept, those used last: a night has fewer than a hundred."""

Types = Mapping[str, TypeEngine[Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A query as the driver takes it: its SQL, the values in their order or by name, each column's type by label."""

    text: str
    given: Sequence[Any] | Mapping[str, Any]
    columns: Types


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the SQL of a query depends on; `query` is one that has this shape."""

    dialect: Dialect
    key: tuple[Any, ...]
    query: Select[Any] = field(compare=False)
    values: CacheKey = field(compare=False)


def statement(query: Select[Any], dialect: Dialect) -> Statement:
    """The statement of a query for a dialect, its parameters as the dialect has them: positional or named."""
    key: CacheKey | None = query._generate_cache_key()  # noqa: SLF001 - the key without executing has no other name
    if key is None:
        return _filled(_compiled(query, dialect, None), None)
    return _filled(_known(_Shape(dialect, key.key, query, key)), key)


@lru_cache(maxsize=SHAPES)
def _known(shape: _Shape) -> tuple[SQLCompiler, Types]:
    return _compiled(shape.query, shape.dialect, shape.values)


def _compiled(query: Select[Any], dialect: Dialect, key: CacheKey | None) -> tuple[SQLCompiler, Types]:
    columns = query.selected_columns
    types = {name: one.type for name, one in zip(columns.keys(), columns, strict=True)}
    return query.compile(dialect=dialect, cache_key=key), types


def _filled(known: tuple[SQLCompiler, Types], key: CacheKey | None) -> Statement:
    """The compiled query with the values of `key`; lists of values become as long as they are."""
    compiled, types = known
    values = compiled.construct_params(extracted_parameters=None if key is None else key.bindparams)
    if compiled.post_compile_params or compiled.literal_execute_params:
        long = compiled.construct_expanded_state(values)
        given = long.positional_parameters if compiled.positional else long.parameters
        return Statement(long.statement, given, types)
    ordered = [values[name] for name in compiled.positiontup or ()]
    return Statement(compiled.string, ordered if compiled.positional else values, types)
