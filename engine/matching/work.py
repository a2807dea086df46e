"""What the engine asks of the store for matching rules, and the records that cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ledger.accounts import Int64s
from ledger.batch import UInt64s


@dataclass(frozen=True, slots=True)
class MatchVersion:
    """One version of a household's matching rules: the book's next seq and last night when it was saved."""

    version: int
    seq: int
    day: int
    recorded: int
    after_night: int
    document: str


@dataclass(frozen=True, slots=True)
class ImportedLines:
    """Imported lines, newest first: columns of equal length; amounts are signed cents."""

    account: Int64s
    key_hi: UInt64s
    key_lo: UInt64s
    day: Int64s
    amount: Int64s
    text: Sequence[str]

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.account)

    def take(self, index: Int64s) -> ImportedLines:
        """The lines at these places."""
        return ImportedLines(
            self.account[index],
            self.key_hi[index],
            self.key_lo[index],
            self.day[index],
            self.amount[index],
            [self.text[at] for at in index.tolist()],
        )


class MatchWork(Protocol):
    """What the engine asks of the store for matching rules."""

    def matching(self, customers: Int64s) -> dict[int, str]:
        """The document of the newest version of those of these households that have matching rules."""

    def match_versions(self, customer: int) -> list[MatchVersion]:
        """Every version of a household's matching rules, ascending."""

    def save_matching(self, customer: int, document: str, day: int, recorded: int) -> int:
        """Keep a new version; its number."""

    def imported(self, accounts: Int64s, since: int, at_most: int | None = None) -> ImportedLines:
        """Imported lines of these accounts from a day on, newest first; of one day by account and key."""


def no_lines() -> ImportedLines:
    """No line at all."""
    none, ids = np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return ImportedLines(none, ids, ids, none, none, [])
