"""The seals of a book, computed again from its transfers (C10 of ledger.md 4.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ledger.accounts import Int64s
from ledger.batch import Transfers
from ledger.invariants import Finding, Findings
from ledger.seal import GENESIS, RECORD, SealStream, records


@dataclass(frozen=True, slots=True)
class Block:
    """One stored seal and the seqs it covers, both ends included; last = first - 1 for a block of nothing."""

    first: int
    last: int
    seal: bytes


class SealCheck:
    """Transfers of one book in seq order, in chunks of any size, held against its stored seals.

    Each block is judged after the stored seal before it, so one changed transfer shows in one block.
    """

    def __init__(self, book: int, blocks: Sequence[Block]) -> None:
        self._findings = Findings(book)
        self._blocks = blocks
        self._at = 0  # the block being sealed
        self._stream = SealStream(GENESIS)

    def add(self, seq: Int64s, transfers: Transfers, journal: Int64s) -> None:
        """Take the next stored transfers; `journal` is their stored journal number."""
        raw, done = records(self._findings.book, seq, transfers, journal), 0
        while done < len(seq) and self._at < len(self._blocks):
            last = self._blocks[self._at].last
            upto = max(done, int(np.searchsorted(seq, last, side="right")))
            self._stream.add(raw[done * RECORD.itemsize : upto * RECORD.itemsize])
            done = upto
            if done < len(seq) or seq[-1] == last:
                self._close()
        self._findings.each("C10", seq[done:], "is covered by no seal")

    def findings(self) -> list[Finding]:
        """Every seal that does not hold, after the last transfer."""
        while self._at < len(self._blocks):
            self._close()
        return self._findings.all()

    def _close(self) -> None:
        block = self._blocks[self._at]
        after = self._blocks[self._at - 1].last if self._at else 0
        if block.first != after + 1:
            self._findings.add("C10", block.first, f"a seal begins here, the one before it ends at seq {after}")
        if self._stream.seal() != block.seal:
            self._findings.add("C10", block.first, f"the seal of seq {block.first} to {block.last} does not hold")
        self._at += 1
        self._stream = SealStream(block.seal)
