"""The seal is what ruling 48 says, computed here by hand."""

from __future__ import annotations

import hashlib
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.batch import no_transfers
from ledger.seal import GENESIS, RECORD, SealStream, asset_code, asset_number, records, seal
from tests.ledger.books import as_transfers, column
from tests.ledger.drawing import fresh_id
from tests.ledger.model import Line

USD = 0x555344
TWO = [
    Line(fresh_id(1), 2, 0, 99, 11, 12, 13, USD, 1_234, 5, 20_000),
    Line(fresh_id(2), 3, fresh_id(1), 99, 11, 12, 13, USD, 1_234, 5, -1),
]


def by_hand(line: Line, seq: int, journal: int) -> bytes:
    ids = line.id.to_bytes(16, "big"), line.pending.to_bytes(16, "big")
    rest = (journal, line.customer, line.debit, line.credit, line.asset, line.amount, line.code, line.day)
    return struct.pack(">qq16sq16s8q", 7, seq, ids[0], line.kind, ids[1], *rest)


def test_a_seal_computed_by_hand() -> None:
    raw = records(7, column([41, 42]), as_transfers(TWO), column([41, 41]))
    expected = by_hand(TWO[0], 41, 41) + by_hand(TWO[1], 42, 41)
    assert raw == expected
    assert RECORD.itemsize == 120
    first = hashlib.sha256(struct.pack(">q", 1) + bytes(32) + expected).digest()
    assert seal(GENESIS, raw) == first
    assert first.hex() == "b77ea668d02eb26eed7e79ef56bbd955d67957934b8ba83b29eb5e0b42846d21"
    assert seal(first, raw) == hashlib.sha256(struct.pack(">q", 1) + first + expected).digest()


@given(st.lists(st.integers(0, 240), max_size=5))
def test_the_size_of_the_chunks_leaves_no_trace(cuts: list[int]) -> None:
    raw = records(7, column([41, 42]), as_transfers(TWO), column([41, 41]))
    edges = [0, *sorted(cuts), len(raw)]
    stream = SealStream(GENESIS)
    for start, end in pairwise(edges):
        stream.add(raw[start:end])
    assert stream.seal() == seal(GENESIS, raw)


def test_a_block_of_nothing_still_moves_the_chain_on() -> None:
    raw = records(7, column([]), no_transfers(), column([]))
    assert raw == b""
    assert seal(GENESIS, raw) == hashlib.sha256(struct.pack(">q", 1) + bytes(32)).digest()


@pytest.mark.parametrize("code", ["USD", "CZK", "A", "BRKB2024", "BRK.B", "BTC/USD", "BF-B", "7203"])
def test_assets_are_numbers_and_back(code: str) -> None:
    assert asset_code(asset_number(code)) == code
    assert asset_number("USD") == USD


@pytest.mark.parametrize("code", ["", "TOOLONG99", "US D", "€", "usd", "-A", ".A", "A_B", "A\n"])
def test_other_asset_codes_are_refused(code: str) -> None:
    with pytest.raises(ValueError, match="1 to 8 capital letters, digits, dots, slashes or dashes"):
        asset_number(code)
