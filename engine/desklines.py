"""Imported lines and how far they reach, as they cross between the engine and the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from ledger.batch import UInt64s


@dataclass(frozen=True, slots=True)
class StatementLines:
    """Imported lines to be kept beside their transfers; columns of equal length."""

    account: Int64s
    key_hi: UInt64s
    key_lo: UInt64s
    day: Int64s
    amount: Int64s  # signed cents, + in
    has_balance: npt.NDArray[np.bool_]
    balance: Int64s
    text: Sequence[str]


@dataclass(frozen=True, slots=True)
class KnownLines:
    """Imported lines as they are known again: columns of equal length, in no order."""

    account: Int64s
    key_hi: UInt64s
    key_lo: UInt64s
    day: Int64s
    amount: Int64s


@dataclass(frozen=True, slots=True)
class Mirrors:
    """How far each mirrored account's imported lines reach.

    Their sum (opening and adjustments included) and the last day seen. Columns ascending by account.
    """

    account: Int64s
    balance: Int64s
    last_day: Int64s
