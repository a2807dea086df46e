"""Columns survive the way into the database and back, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sqlalchemy import delete, select

from store import bulk as shared
from store.bulk import Bulk, Columns, high_low, ids16, length
from store.bulk_postgres import HEAD, NUMBER, TAIL, pack, unpack
from store.database import Database
from store.migrate import migrate
from store.tables import table
from store.transfers import sorted_by
from tests.store.households import numbers

ANY = st.integers(-(2**63), 2**63 - 1)
WORDS = st.integers(0, 2**64 - 1)
SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url)
    made = Database(database_url)
    yield made
    made.close()


def column(rows: int, values: st.SearchStrategy[int] = ANY) -> st.SearchStrategy[Any]:
    return npst.arrays(np.int64, rows, elements=values)


@SETTINGS
@given(st.data(), st.integers(0, 40))
def test_int64_columns_round_trip(database: Database, data: st.DataObject, rows: int) -> None:
    mirror = table("mirror")
    given_ = {name: data.draw(column(rows)) for name in ("balance", "last_day")}
    accounts = np.sort(np.array(data.draw(st.lists(ANY, min_size=rows, max_size=rows, unique=True)), np.int64))
    with database.writing() as bulk:
        bulk.run(delete(mirror))
        bulk.insert(mirror, {"book_id": 3, "account_id": accounts, **given_})
        read = sorted_by(bulk.read(select(mirror)), "account_id")
        assert read["account_id"].tolist() == accounts.tolist()
        assert {name: read[name].tolist() for name in given_} == {name: one.tolist() for name, one in given_.items()}
        assert all(one.dtype == np.int64 for one in read.values())
        some = accounts[::2]
        chosen = bulk.read(select(mirror.c.account_id).where(bulk.among(mirror.c.account_id, some)))
        assert sorted(chosen["account_id"].tolist()) == some.tolist()


@SETTINGS
@given(st.lists(st.tuples(WORDS, WORDS), unique=True, max_size=30))
def test_ids_round_trip(database: Database, pairs: list[tuple[int, int]]) -> None:
    hold = table("hold")
    high, low = (np.array([pair[side] for pair in pairs], np.uint64) for side in (0, 1))
    with database.writing() as bulk:
        bulk.run(delete(hold))
        bulk.insert(
            hold, {"book_id": 1, "transfer_id": ids16(high, low), "customer_id": 2, "seq": numbers(*range(len(pairs)))}
        )
        read = sorted_by(bulk.read(select(hold.c.transfer_id, hold.c.seq)), "seq")
        assert list(zip(*(side.tolist() for side in high_low(read["transfer_id"])), strict=True)) == pairs
        wanted = bulk.among(hold.c.transfer_id, ids16(high[::3], low[::3]))
        assert sorted(bulk.read(select(hold.c.seq).where(wanted))["seq"].tolist()) == list(range(0, len(pairs), 3))


@SETTINGS
@given(st.lists(st.tuples(st.text(st.characters(exclude_characters="\0", codec="utf-8")), st.binary()), max_size=20))
def test_texts_and_blobs_round_trip(database: Database, rows: list[tuple[str, bytes]]) -> None:
    answer = table("answer")
    with database.writing() as bulk:
        bulk.run(delete(answer))
        keys = [f"{n:03}" for n in range(len(rows))]
        given_: Columns = {"request": [blob for _, blob in rows], "body": [word for word, _ in rows]}
        bulk.insert(
            answer, {"book_id": 1, "customer_id": 2, "key": keys, "status": numbers(*range(len(rows))), **given_}
        )
        read = bulk.rows(select(answer.c.body, answer.c.request).order_by(answer.c.key))
        assert [(word, bytes(blob)) for word, blob in read] == rows
        assert bulk.joined(select(answer.c.request, answer.c.status)) == b"".join(blob for _, blob in rows)


def mirrored(bulk: Bulk) -> list[tuple[int, ...]]:
    return [tuple(row) for row in bulk.rows(select(table("mirror")).order_by(*table("mirror").primary_key))]


def test_updates_and_upserts(database: Database) -> None:
    mirror = table("mirror")
    with database.writing() as bulk:
        bulk.insert(
            mirror, {"book_id": 1, "account_id": numbers(5, 6, 7), "balance": numbers(50, 60, 70), "last_day": 1}
        )
        bulk.insert(mirror, {"book_id": 2, "account_id": numbers(5), "balance": numbers(55), "last_day": 1})
        keys: Columns = {"book_id": 1, "account_id": numbers(7, 5, 9)}
        assert (
            bulk.update(mirror, keys, {"balance": numbers(1, 2, 3), "last_day": numbers(7, 5, 9)}, add=["balance"]) == 2
        )
        assert bulk.update(mirror, {"book_id": 1, "account_id": numbers()}, {"balance": numbers()}) == 0
        assert mirrored(bulk) == [(1, 5, 52, 5), (1, 6, 60, 1), (1, 7, 71, 7), (2, 5, 55, 1)]
        for merge, last in (("add", (1, 9, 6, 6)), ("replace", (1, 9, 3, 3)), ("keep", (1, 9, 3, 3))):
            rows: Columns = {
                "book_id": 1,
                "account_id": numbers(9, 6),
                "balance": numbers(3, 0),
                "last_day": numbers(3, 0),
            }
            if merge == "add":
                bulk.upsert(mirror, rows, "add")
            bulk.upsert(mirror, rows, merge)  # type: ignore[arg-type]  # the words of the cases
            assert mirrored(bulk)[-2] == last
        bulk.upsert(
            mirror, {"book_id": 1, "account_id": numbers(9), "balance": numbers(8), "last_day": numbers(8)}, "keep"
        )
        assert mirrored(bulk)[-2] == (1, 9, 3, 3)


def test_rows_go_in_chunks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("store.bulk_sqlite", "store.bulk_postgres"):
        monkeypatch.setattr(f"{module}.CHUNK", 3)
    with database.writing() as bulk:
        ids = numbers(*range(10))
        bulk.insert(table("mirror"), {"book_id": 1, "account_id": ids, "balance": ids * 2, "last_day": ids * 3})
        assert mirrored(bulk) == [(1, n, 2 * n, 3 * n) for n in range(10)]


def test_columns_have_one_length() -> None:
    assert length({"a": 1, "b": numbers(1, 2), "c": ["x", "y"], "d": b"z"}) == 2
    with pytest.raises(ValueError, match=r"\[1, 2\]"):
        length({"a": numbers(1), "b": numbers(1, 2)})
    assert shared.CHUNK > 1


def test_a_row_of_another_width_is_noticed() -> None:
    kinds = {"a": NUMBER, "b": NUMBER}
    data = HEAD + pack(kinds, {"a": numbers(1, 2), "b": numbers(3, 4)}, 2) + TAIL
    assert {name: one.tolist() for name, one in unpack(kinds, data).items()} == {"a": [1, 2], "b": [3, 4]}
    assert len(unpack(kinds, HEAD + TAIL)["a"]) == 0
    null = data[:25].replace((8).to_bytes(4, "big"), (-1).to_bytes(4, "big", signed=True)) + data[25:]
    for wrong in (data[:-3] + TAIL, null):
        with pytest.raises(ValueError, match="null or too long"):
            unpack(kinds, wrong)
