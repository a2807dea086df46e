"""The seal of a block of transfers: a hash chain over fixed-width records (ruling 48).

seal = SHA-256(version, previous seal, records in seq order). A record is 120 bytes: each number 8 bytes big-endian,
each id 16. It holds no instants and no salts, so equal books have equal seals on every engine and after every rerun.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import numpy as np

from ledger.accounts import Int64s
from ledger.batch import Transfers

SEAL_VERSION = 1
GENESIS = bytes(32)  # what precedes the first block of a book
ASSET_LENGTH = 8  # characters of an asset code, at most
_ASSET: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]*", re.ASCII)

RECORD = np.dtype(
    [
        ("book", ">i8"),
        ("seq", ">i8"),
        ("id_hi", ">u8"),
        ("id_lo", ">u8"),
        ("kind", ">i8"),
        ("pending_hi", ">u8"),
        ("pending_lo", ">u8"),
        ("journal", ">i8"),
        ("customer", ">i8"),
        ("debit", ">i8"),
        ("credit", ">i8"),
        ("asset", ">i8"),
        ("amount", ">i8"),
        ("code", ">i8"),
        ("day", ">i8"),
    ]
)
_GIVEN = ("book", "seq", "journal")  # not taken from the transfers: a batch's own journal numbers are not the books'


def records(book: int, seq: Int64s, transfers: Transfers, journal: Int64s) -> bytes:
    """The records of created transfers in seq order; `journal` is the stored journal number, as in `Applied`."""
    rows = np.zeros(len(transfers), RECORD)
    rows["book"], rows["seq"], rows["journal"] = book, seq, journal
    for name in RECORD.names or ():
        if name not in _GIVEN:
            rows[name] = getattr(transfers, name)
    return rows.tobytes()


class SealStream:
    """A seal made of records that arrive in chunks; the size of the chunks leaves no trace in it."""

    def __init__(self, previous: bytes) -> None:
        """Start a block after the seal `previous` (32 bytes)."""
        self._hash = hashlib.sha256(SEAL_VERSION.to_bytes(8, "big") + previous)

    def add(self, chunk: bytes) -> None:
        """Take the next records, as `records` makes them."""
        self._hash.update(chunk)

    def seal(self) -> bytes:
        """The seal of everything taken so far (32 bytes)."""
        return self._hash.digest()


def seal(previous: bytes, block: bytes) -> bytes:
    """The seal of one whole block of records after the seal `previous`."""
    stream = SealStream(previous)
    stream.add(block)
    return stream.seal()


def asset_number(code: str) -> int:
    """The number of an asset: the 1 to 8 characters of its code, `USD`, `BRK.B`, `BTC/USD`, as a big-endian integer.

    Raises ValueError for anything else; the first byte is below 128, so the number fits int64.
    """
    if len(code) > ASSET_LENGTH or not _ASSET.fullmatch(code):
        message = (
            f"asset code {code!r}: 1 to {ASSET_LENGTH} capital letters, digits, dots, slashes or dashes are needed"
        )
        raise ValueError(message)
    return int.from_bytes(code.encode("ascii"), "big")


def asset_code(asset: int) -> str:
    """The inverse of `asset_number`."""
    return asset.to_bytes(ASSET_LENGTH, "big").lstrip(b"\0").decode("ascii")
