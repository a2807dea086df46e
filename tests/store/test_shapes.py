"""Queries of one shape share their SQL and never their values; what changes the SQL is another shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Select, delete, func, literal, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from store import bulk_shapes
from store.bulk import Bulk, ids16
from store.bulk_shapes import statement
from store.database import Database
from store.migrate import migrate
from store.tables import table
from tests.store.households import numbers

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.integers(-3, 12)
ROWS = 10


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url)
    made = Database(database_url)
    with made.writing() as bulk:
        bulk.run(delete(table("mirror")))
        days = np.arange(ROWS)
        bulk.insert(table("mirror"), {"book_id": 1, "account_id": days, "balance": days * days, "last_day": days})
    yield made
    made.close()


def accounts(bulk: Bulk, where: ColumnElement[bool]) -> list[int]:
    read = bulk.read(select(table("mirror").c.account_id).where(where))
    found: list[int] = sorted(read["account_id"].tolist())
    return found


def shapes() -> int:
    return bulk_shapes._known.cache_info().misses


@SETTINGS
@given(st.lists(st.tuples(DAYS, DAYS, st.lists(DAYS, max_size=4), st.lists(DAYS, max_size=4)), max_size=6))
def test_every_query_has_its_own_values(database: Database, asked: list[tuple[int, int, list[int], list[int]]]) -> None:
    mirror = table("mirror").c
    with database.writing() as bulk:
        for low, most, days, several in asked:
            here = [one for one in range(ROWS) if low <= one]
            assert accounts(bulk, mirror.last_day >= low) == here
            inside = mirror.last_day.in_(days)
            assert accounts(bulk, inside & (mirror.last_day >= low)) == [one for one in here if one in days]
            among = bulk.among(mirror.account_id, numbers(*sorted(set(several))))
            assert accounts(bulk, among & (mirror.last_day >= low)) == [one for one in here if one in several]
            least = func.coalesce(func.nullif(mirror.last_day, most), literal(low))
            assert accounts(bulk, least == low) == [one for one in range(ROWS) if low in {one} - {most} or one == most]


def test_texts_and_blobs_have_their_own_values(database: Database) -> None:
    asset = table("asset")
    with database.writing() as bulk:
        bulk.run(delete(asset))
        bulk.insert(asset, {"number": numbers(1, 2, 3), "code": ["A", "B", "C"], "scale": 2})
        by_number = select(asset.c.code, asset.c.number)
        assert [bulk.texts(by_number.where(asset.c.number > low)) for low in (0, 1, 2, 3)] == [
            ["A", "B", "C"],
            ["B", "C"],
            ["C"],
            [],
        ]


def test_ids_have_tables_of_their_own(database: Database) -> None:
    hold = table("hold").c
    high, low = np.zeros(4, np.uint64), np.arange(4, dtype=np.uint64)
    ids = ids16(high, low)
    for _ in range(2):
        with database.writing() as bulk:
            bulk.run(delete(table("hold")))
            bulk.insert(table("hold"), {"book_id": 1, "transfer_id": ids, "customer_id": 2, "seq": numbers(0, 1, 2, 3)})
            first, second = bulk.among(hold.transfer_id, ids[:2]), bulk.among(hold.transfer_id, ids[1:])
            found = [bulk.read(select(hold.seq).where(one)) for one in (first, second, first & second, second)]
            assert [sorted(one["seq"].tolist()) for one in found] == [[0, 1], [1, 2, 3], [1], [1, 2, 3]]


def query(low: int, most: int) -> Select[Any]:
    mirror = table("mirror").c
    return select(mirror.balance, func.min(mirror.last_day, low).label("day")).where(mirror.last_day <= most)


@pytest.mark.parametrize(
    "other, new",
    [
        (lambda: query(5, 6), 0),
        (lambda: query(5, 6).limit(3), 1),
        (lambda: query(5, 6).order_by(table("mirror").c.balance), 1),
        (lambda: query(5, 6).where(table("mirror").c.last_day == 1), 1),
        (lambda: query(5, 6).add_columns(table("mirror").c.last_day), 1),
    ],
)
def test_one_shape_is_compiled_once(other: Callable[[], Select[Any]], new: int) -> None:
    dialect = sqlite.dialect()
    first, before = statement(query(1, 2), dialect), shapes()
    second = statement(other(), dialect)
    assert (list(first.given), list(second.given)[:2], shapes() - before) == ([1, 2], [5, 6], new)
    assert (first.text == second.text, first.columns.keys() == {"balance", "day"}) == (new == 0, True)


def test_lists_are_as_long_as_they_are() -> None:
    dialect = sqlite.dialect()
    mirror = table("mirror").c
    for days in ((7,), (8, 9, 10), ()):
        made = statement(select(mirror.balance).where(mirror.last_day.in_(days), mirror.book_id == 4), dialect)
        assert (list(made.given), made.text.count("?")) == ([*days, 4], len(days) + 1)


class Doubled(FunctionElement[int]):
    """An element that SQLAlchemy may not keep: its SQL depends on more than its shape."""

    inherit_cache = False
    name = "doubled"

    def __init__(self, by: int) -> None:
        self.by = by
        super().__init__()


@compiles(Doubled)
def _doubled(element: Doubled, _compiler: object, **_: object) -> str:
    return f"{element.by} * 2"


def test_what_has_no_shape_is_compiled_anew() -> None:
    dialect = sqlite.dialect()
    made = [statement(select(Doubled(by).label("twice")).where(literal(by) == 1), dialect) for by in (1, 2)]
    assert [(one.text.split()[1], list(one.given)) for one in made] == [("1", [1, 1]), ("2", [2, 1])]
    assert list(made[0].columns) == ["twice"]


def test_kept_shapes_are_bounded() -> None:
    assert bulk_shapes._known.cache_info().maxsize == bulk_shapes.SHAPES
