"""Who pays a deposit back that the bank took: the account it came into, or where that is closed, who got its money."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.contributions.rights import Ownership, may_pay_from
from engine.desk import AccountRecord
from engine.holds.deposits import Deposit
from engine.ports import BookWork
from engine.request import closing_key
from ledger.accounts import Kind, Standing
from ledger.batch import Code, Transfers
from ledger.faults import SluiceError
from ledger.ids import keyed_id

_INSTEAD: Final = (Kind.CASH, Kind.CHECKING, Kind.INVEST)
"""Which accounts pay where no money can be followed, the first kind first."""


def payer_of(work: BookWork, deposit: Deposit) -> AccountRecord:
    """The account out of which a deposit that arrived is paid back; it is not closed.

    Of a closed account it is the one that got what was left when it was closed, or that paid what it owed; of that one
    again where it is closed too. Where nothing was left, or a bank got it, whose money Sluice only watches, it is an
    open account of the same currency: cash, else checking, else invest that fees may be taken from. Raises SluiceError
    `account_closed` where there is none.
    """
    account = deposit.account
    if account.standing != Standing.CLOSED:
        return account
    records = work.accounts_of(np.array([account.customer], np.int64))
    lines = work.past(account.customer).transfers
    closings = lines.take(lines.code == Code.CLOSING)
    found: AccountRecord | None = account
    while found is not None and found.standing == Standing.CLOSED:  # each was open when the one before was closed
        found = _other_of(work.row.book, found, closings, records)
    if found is None or found.kind == Kind.BANK:
        found = _instead(work, account, records)
    if found is None:
        sentence = f"{account.handle} is closed, and no cash, checking or invest account is open out of which its "
        raise SluiceError("account_closed", f"{sentence}deposit could be taken back; open one.", "transfer")
    return found


def _other_of(
    book: int, account: AccountRecord, closings: Transfers, records: Sequence[AccountRecord]
) -> AccountRecord | None:
    """The other side of the transfer that closed an account; None where nothing was left to move."""
    owners = {one.due_account: one for one in records} | {one.account: one for one in records}
    names = zip(closings.id_hi.tolist(), closings.id_lo.tolist(), closings.day.tolist(), strict=True)
    for at, (high, low, day) in enumerate(names):
        if (high, low) == keyed_id(book, day, account.customer, closing_key(account.handle)):
            sides = (owners[int(closings.debit[at])], owners[int(closings.credit[at])])
            return next(one for one in sides if one.account != account.account)
    return None


def _instead(work: BookWork, account: AccountRecord, records: Sequence[AccountRecord]) -> AccountRecord | None:
    """The first open account that may pay for another one."""
    owned = work.ownerships(np.array([account.customer], np.int64))
    pairs = zip(owned.account.tolist(), owned.kind.tolist(), strict=True)
    kept = {one for one, kind in pairs if not may_pay_from(Ownership(kind))}
    fitting = [
        one
        for one in records
        if one.kind in _INSTEAD
        and one.standing == Standing.OPEN
        and one.asset == account.asset
        and one.account not in kept
    ]
    return min(fitting, key=lambda one: (_INSTEAD.index(Kind(one.kind)), one.slot), default=None)
