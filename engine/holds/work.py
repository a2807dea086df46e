"""What the engine asks of the store for layers under holds, returned deposits and floors that gave way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.holds.layers import Layers
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A deposit that the bank took back. `transfer` is the id of its pending transfer, 32 hexadecimal digits.

    `posted` is false where it was still on its way: then it is voided, and the three parts are zero. Else they sum to
    `amount`: cents that were under its own hold, other money, and what went below the account's floor. `seq` is that of
    the void or of the reversal.
    """

    transfer: str
    customer: int
    account: int
    origin: int
    amount: int
    reason: str
    day: int
    posted: bool
    seq: int
    from_layers: int = 0
    from_free: int = 0
    forced: int = 0


@dataclass(frozen=True, slots=True)
class ForcedRow:
    """An entry that no floor may stop (ledger.md 4.4): `amount` cents below `own_floor`, which was lowered to `floor`.

    `code` is the entry's (`ledger.batch.Code`: RETURNED or FEE), `seq` that of its first transfer.
    """

    customer: int
    account: int
    seq: int
    day: int
    code: int
    amount: int
    own_floor: int
    own_rule_floor: int
    floor: int


class HoldWork(Protocol):
    """Layers, returned deposits and forced entries of one book inside one transaction."""

    def layers(self, customers: Int64s | None = None) -> Layers:
        """The layers of these households (ascending ids) or of all; some may have expired."""

    def set_layers(self, accounts: Int64s, layers: Layers) -> None:
        """Replace the layers of these accounts (ascending) by the given ones, which are theirs, packed."""

    def returned(self, transfer: str) -> ReturnRow | None:
        """The record of a returned deposit by the id of its pending transfer; None where it was not returned."""

    def returns_of(self, customer: int) -> list[ReturnRow]:
        """The returned deposits of a household, newest first."""

    def keep_return(self, row: ReturnRow, recorded: int) -> None:
        """Keep a returned deposit."""

    def keep_forced(self, row: ForcedRow) -> None:
        """Keep a forced entry."""

    def forced(self, accounts: Int64s | None = None) -> Sequence[ForcedRow]:
        """Forced entries of these accounts or of all, ascending (account, time)."""

    def lowered(self) -> Sequence[ForcedRow]:
        """The last forced entry of each account whose floor is still lower than its own; borrow lines excepted."""
