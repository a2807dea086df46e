"""Ids carry their book and day, are the same everywhere, and do not collide."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.batch import UInt64s
from ledger.ids import (
    book_of,
    book_of_number,
    day_of,
    from_bytes,
    keyed_id,
    keyed_ids,
    number,
    to_bytes,
    to_hex,
    transfer_ids,
)
from tests.ledger.books import column

DAYS = st.integers(-(2**31), 2**31 - 1)


def distinct(high: UInt64s, low: UInt64s) -> int:
    return len(set(zip(high.tolist(), low.tolist(), strict=True)))


@given(st.integers(0, 65_535), st.lists(st.tuples(DAYS, st.integers(-(2**63), 2**63 - 1)), max_size=20))
def test_an_id_gives_back_its_book_and_day_and_its_bytes_give_back_the_id(
    book: int, rows: list[tuple[int, int]]
) -> None:
    day = column([d for d, _ in rows])
    high, low = transfer_ids(book, day, [column([w for _, w in rows])])
    assert book_of(high).tolist() == [book] * len(rows)
    assert day_of(high).tolist() == day.tolist()
    raw = to_bytes(high, low)
    assert raw.shape == (len(rows), 16)
    again = from_bytes(raw)
    assert (again[0].tolist(), again[1].tolist()) == (high.tolist(), low.tolist())
    assert [bytes(r).hex() for r in raw] == [to_hex(h, w) for h, w in zip(high.tolist(), low.tolist(), strict=True)]


def test_neighbouring_words_make_different_ids() -> None:
    customer, rank, leg = (
        part.reshape(-1) for part in np.meshgrid(*(np.arange(n) for n in (500, 40, 10)), indexing="ij")
    )
    day = np.full(len(customer), 20_000, np.int64)
    words = [number(3, 1) + customer, rank, leg]
    high, low = transfer_ids(3, day, words)
    assert len(np.unique(low)) == len(low) == 200_000
    assert len(np.unique(high)) > 60_000  # the upper 16 bits of the hash are used too
    other_order = transfer_ids(3, day, [words[0], leg, rank])
    assert int((other_order[1] == low).sum()) == 5_000  # only where rank = leg: 500 customers × 10


def test_order_and_number_of_words_matter() -> None:
    day, one, two, none = column([1]), column([1]), column([2]), column([0])
    shapes = [[], [none], [none, none], [one, two], [two, one], [one], [one, none]]
    lows = {int(transfer_ids(1, day, words)[1][0]) for words in shapes}
    assert len(lows) == len(shapes)


def test_made_ids_stay_what_they_are() -> None:
    high, low = transfer_ids(1, column([20_000]), [column([number(1, 5)]), column([20_000]), column([3]), column([0])])
    assert to_hex(int(high[0]), int(low[0])) == "000100004e2043d3127586aad0360e74"


@given(st.integers(1, 2**40), st.text())
def test_a_key_makes_the_id_that_its_sha256_says(customer: int, key: str) -> None:
    expected = hashlib.sha256(customer.to_bytes(8, "big") + key.encode()).digest()[:10]
    high, low = keyed_id(2, -1, customer, key)
    assert to_hex(high, low) == "0002" + "ffffffff" + expected.hex()


def test_digests_of_16_and_of_32_bytes_make_the_same_ids() -> None:
    digests = np.frombuffer(b"".join(hashlib.sha256(bytes([n])).digest() for n in range(50)), np.uint8).reshape(50, 32)
    day = np.arange(50) - 25
    long, short = keyed_ids(9, day, digests), keyed_ids(9, day, digests[:, :16])
    assert (long[0] == short[0]).all()
    assert (long[1] == short[1]).all()
    assert day_of(long[0]).tolist() == day.tolist()
    assert distinct(*long) == 50


def test_numbers_carry_their_book() -> None:
    assert number(0, 1) == 1
    assert number(256, 7) == 256 * 2**40 + 7
    ids = column([number(book, n) for book in (0, 1, 65_535) for n in (1, 2**40 - 1)])
    assert book_of_number(ids).tolist() == [0, 0, 1, 1, 65_535, 65_535]


@pytest.mark.parametrize("book,n", [(-1, 1), (65_536, 1), (0, 0), (0, 2**40)])
def test_numbers_outside_their_book_are_refused(book: int, n: int) -> None:
    with pytest.raises(ValueError, match="a book is 0 to 65535, a number 1 to 1099511627775"):
        number(book, n)
