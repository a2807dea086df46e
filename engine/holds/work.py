"""What the engine asks of the store for layers under holds, returned deposits and limits that gave way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.holds.layers import Layers
from ledger.accounts import Accounts, Int64s
from ledger.money import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A deposit that the bank took back. `transfer` is the id of its pending transfer, 32 hexadecimal digits.

    `posted` is false where it was still on its way: then it is voided, and the three parts are zero. Else they sum to
    `amount`: cents that were under its own hold, other money, and what went below the account's floor. `account` is the
    one that paid them: not the deposit's where that was closed since. `seq` is that of the void
    or of the reversal. `given_back` is false where counters of rules kept what a rule had moved with it: that was so
    before they gave it back, and stays so.
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
    given_back: bool = True


@dataclass(frozen=True, slots=True)
class ForcedRow:
    """An entry that no limit may stop (ledger.md 4.4): `amount` cents below `own_floor`, for which `floor` stood in.

    Or above `own_ceiling`, for which `ceiling` stood in; the account keeps its own limits. `code` is the entry's
    (`engine.holds.forced.FORCED_CODES`), `seq` that of its first transfer.
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
    own_ceiling: int = MAX_AMOUNT
    ceiling: int = MAX_AMOUNT

    @property
    def above(self) -> bool:
        """Whether it passed the ceiling, else the floor."""
        return self.ceiling > self.own_ceiling


@dataclass(frozen=True, slots=True)
class Loosened:
    """Accounts (n,), ascending, whose limits gave way: their own, and `floor` and `ceiling` that stand in for them."""

    account: Int64s
    own_floor: Int64s
    own_ceiling: Int64s
    floor: Int64s
    ceiling: Int64s


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

    def keep_forced(self, rows: Sequence[ForcedRow]) -> None:
        """Keep forced entries, in the order in which they were booked."""

    def forced(self, accounts: Int64s | None = None) -> Sequence[ForcedRow]:
        """Forced entries of these accounts or of all, ascending (account, time)."""

    def loosened(self, accounts: Int64s | None = None) -> Loosened:
        """The accounts whose limits gave way and are not back; of these alone, where some are given."""

    def loosen(self, account: Int64s, floor: Int64s, ceiling: Int64s) -> None:
        """Let these limits stand in for the own ones of accounts (ascending), which keep theirs.

        They are as wide as the own ones or wider; where they are the own ones, nothing stands in any more. Raises
        SluiceError `books_broken` where a balance is outside of them.
        """

    def accounts_loosened(self, ids: Int64s) -> Accounts:
        """As `BookWork.accounts`, with the limits that stand in for those that gave way."""
