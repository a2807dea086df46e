"""Ids that carry their book: transfers (16 bytes), accounts and customers (int64) (ruling 49).

A transfer id is, from the high end: book 16 bits, effective day 32 bits (two's complement of the day number), hash
80 bits. Columns keep it as two unsigned words, hi and lo. Nothing here comes from a clock or a database sequence, so
a rerun makes the same ids on every engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from ledger.batch import UInt64s

UInt8s = npt.NDArray[np.uint8]

BOOKS = 1 << 16
NUMBERS = 1 << 40  # customers or accounts a book
HASH_BYTES = 10

_ODD_A = np.uint64(0x9E3779B97F4A7C15)
_ODD_B = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_DAY_MASK = np.uint64(0xFFFFFFFF)


def number(book: int, n: int) -> int:
    """The account or customer id of number `n` (1 to 2^40 - 1) in `book` (0 to 65,535)."""
    if not 0 <= book < BOOKS or not 0 < n < NUMBERS:
        message = f"book {book}, number {n}: a book is 0 to {BOOKS - 1}, a number 1 to {NUMBERS - 1}"
        raise ValueError(message)
    return book * NUMBERS + n


def book_of_number(ids: Int64s) -> Int64s:
    """The book of each account or customer id."""
    return ids >> 40


def _mix(word: UInt64s) -> UInt64s:
    """The finisher of splitmix64: every input bit reaches every output bit; unsigned wrap-around intended."""
    word = (word ^ (word >> np.uint64(30))) * _MIX_1
    word = (word ^ (word >> np.uint64(27))) * _MIX_2
    return word ^ (word >> np.uint64(31))


def _head(book: int, day: Int64s) -> UInt64s:
    """The upper 48 bits of `hi`."""
    return (np.uint64(book) << np.uint64(48)) | ((day.astype(np.uint64) & _DAY_MASK) << np.uint64(16))


def transfer_ids(book: int, day: Int64s, words: Sequence[Int64s]) -> tuple[UInt64s, UInt64s]:
    """Ids of transfers that Sluice makes itself, from word columns such as (customer, run, rank, leg).

    `day` and every column of `words` have length n; so have hi and lo. Order and number of the words matter. The
    hash mixes well but resists no attacker: the words are our own numbers. For text from outside see `keyed_id`.
    """
    lane_a = np.full(len(day), len(words) + 1, np.uint64) * _ODD_B
    lane_b = lane_a ^ _ODD_A
    for column in words:
        word = column.astype(np.uint64)
        lane_a = _mix((lane_a ^ word) + _ODD_A)
        lane_b = _mix((lane_b + word) * _ODD_B + _ODD_A)
    low = _mix(lane_a ^ (lane_b << np.uint64(1)))
    high = _mix(lane_b + lane_a * _ODD_A) >> np.uint64(48)
    return _head(book, day) | high, low


def keyed_id(book: int, day: int, customer: int, key: str) -> tuple[int, int]:
    """The id of a client's request: hash = first 10 bytes of SHA-256(customer as 8 bytes, key in UTF-8).

    The effective day is part of the id: a retry has to repeat it.
    """
    digest = hashlib.sha256(customer.to_bytes(8, "big", signed=True) + key.encode()).digest()
    columns = np.frombuffer(digest, np.uint8).reshape(1, -1)
    high, low = keyed_ids(book, np.array([day], np.int64), columns)
    return int(high[0]), int(low[0])


def keyed_ids(book: int, day: Int64s, digests: UInt8s) -> tuple[UInt64s, UInt64s]:
    """Ids from SHA-256 digests (n rows, at least 10 bytes each) made by the caller, e.g. of statement lines."""
    hashed = np.ascontiguousarray(digests[:, :HASH_BYTES])
    high = hashed[:, 0].astype(np.uint64) << np.uint64(8) | hashed[:, 1].astype(np.uint64)
    low = np.ascontiguousarray(hashed[:, 2:]).view(">u8").reshape(-1).astype(np.uint64)
    return _head(book, day) | high, low


def book_of(id_hi: UInt64s) -> Int64s:
    """The book each transfer id names."""
    return (id_hi >> np.uint64(48)).astype(np.int64)


def day_of(id_hi: UInt64s) -> Int64s:
    """The effective day number each transfer id carries."""
    return ((id_hi >> np.uint64(16)) & _DAY_MASK).astype(np.uint32).view(np.int32).astype(np.int64)


def to_bytes(id_hi: UInt64s, id_lo: UInt64s) -> UInt8s:
    """The ids as (n, 16) bytes, big-endian: their byte order is their numeric order."""
    words = np.stack([id_hi, id_lo], axis=1).astype(">u8")
    return words.view(np.uint8).reshape(len(id_hi), 16)


def from_bytes(raw: UInt8s) -> tuple[UInt64s, UInt64s]:
    """The inverse of `to_bytes`: (n, 16) bytes to hi and lo."""
    words = np.ascontiguousarray(raw).view(">u8").reshape(len(raw), 2).astype(np.uint64)
    return words[:, 0].copy(), words[:, 1].copy()


def to_hex(id_hi: int, id_lo: int) -> str:
    """One id as 32 hexadecimal digits."""
    return f"{int(id_hi):016x}{int(id_lo):016x}"
