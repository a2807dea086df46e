"""What the engine asks of the store for dated configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.dated.document import DatedRow
from engine.dated.history import Dated


class DatedWork(Protocol):
    """The dated configuration inside one database transaction."""

    def dated(self) -> Dated:
        """Every row, as the transaction sees them; read once."""


class DatedBooks(Protocol):
    """The dated configuration of a database."""

    def dated(self) -> Dated:
        """Every row as it is now."""

    def add_dated(self, rows: Sequence[DatedRow], recorded: int) -> None:
        """Add rows, all or none; `recorded` is an instant. One that holds already as it is is not added again.

        No night runs meanwhile. Raises SluiceError `rate_accrued`, its field the row's path, where a rate is dated on
        or before the last accrued date of any book (ruling 6): of its nights, and of accounts closed since.
        """
