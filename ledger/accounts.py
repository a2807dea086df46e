"""The chart of accounts: kinds, standings, normal sides, and the balance columns of one book.

Signed balance = debits - credits for every account (ruling 51); the normal side is presentation. A borrow line is
one account with a balance <= 0: floor = -limit, ceiling 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]

UNLIMITED = 4 * 10**18  # system accounts sum a whole book; int64 holds 9.2e18


class Kind(IntEnum):
    """What an account is; the number is what the database stores."""

    BANK = 1
    CHECKING = 2
    CASH = 3
    BORROW = 4
    INVEST = 5
    IRA = 6
    HOLDING = 7  # units of one security in an invest account
    UNSETTLED = 8  # proceeds of sales on their way into an invest account
    EARMARKED = 9  # money that goes back into the pie it came out of
    BORROW_DUE = 10  # interest due on a borrow line (ruling 12)
    INCOME = 20
    EXPENSE = 21
    EQUITY = 22
    CONVERSION = 23  # one an asset, so that each asset balances by itself


CUSTOMER_KINDS = (Kind.BANK, Kind.CHECKING, Kind.CASH, Kind.BORROW, Kind.INVEST, Kind.IRA)
"""Kinds of the accounts that people open and rules name."""

INNER_KINDS = (Kind.HOLDING, Kind.UNSETTLED, Kind.EARMARKED)
"""Kinds of the accounts inside an invest account; rules do not see them."""

HIDDEN_KINDS = (*INNER_KINDS, Kind.BORROW_DUE)
"""Kinds of accounts that people do not open and rules do not name."""

SYSTEM_KINDS = (Kind.INCOME, Kind.EXPENSE, Kind.EQUITY, Kind.CONVERSION)
CREDIT_NORMAL = (Kind.BORROW, Kind.BORROW_DUE, Kind.INCOME, Kind.EQUITY)


class Standing(IntEnum):
    """Whether an account may be used. Order is the order of the rules' blocking reasons (rules.md 6.2)."""

    OPEN = 0
    FROZEN = 1
    CLOSED = 2
    LINK_BROKEN = 3
    STALE = 4


@dataclass(frozen=True, slots=True)
class Accounts:
    """Balance columns of the accounts of one book, sorted by account id, one entry an account.

    All int64. The four sums are >= 0, in minor units of the account's asset. floor <= posted - credits_pending and
    posted + debits_pending <= ceiling, where posted = debits_posted - credits_posted; an account whose limits gave way
    to a forced entry is outside of these, and nothing ordinary takes it further out (ledger.md 4.4).
    """

    account: Int64s
    customer: Int64s  # 0 for a system account
    asset: Int64s
    standing: Int64s
    debits_posted: Int64s
    credits_posted: Int64s
    debits_pending: Int64s
    credits_pending: Int64s
    floor: Int64s
    ceiling: Int64s

    def posted(self) -> Int64s:
        """Signed posted balance an account."""
        return self.debits_posted - self.credits_posted

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Accounts:
        """The entries at `index` (positions or a mask), in that order."""
        return Accounts(*(getattr(self, field.name)[index] for field in fields(self)))

    def positions(self, ids: Int64s) -> Int64s:
        """Index of each account id, or -1 where the book has no such account."""
        at = np.searchsorted(self.account, ids)
        inside = np.minimum(at, max(len(self.account) - 1, 0))
        if len(self.account) == 0:
            return np.full(len(ids), -1, np.int64)
        return np.where(self.account[inside] == ids, inside, -1)


def no_accounts() -> Accounts:
    """No account."""
    return Accounts(*(np.zeros(0, np.int64) for _ in fields(Accounts)))
