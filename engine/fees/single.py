"""One fee for something a household did: a wire, a paper statement, a closed account; a journal with its reason.

It is taken from the account that it is about, forced below the floor where that has too little (ledger.md 4.4).
"""

import numpy as np

from engine.businessday import prove_open
from engine.desk import AccountRecord
from engine.fees.reasons import Fee
from engine.holds.forced import give_way
from engine.household import post_forced, single
from engine.overnight.billing import FEES
from engine.overnight.work import FeeRow
from engine.ports import BookWork
from ledger.batch import Code

NAMES = {
    Fee.WIRE: "wire_out_fee",
    Fee.PAPER: "paper_statement_fee",
    Fee.RETIREMENT_CLOSING: "ira_closing_fee",
}
"""The name of each in the dated configuration."""


def fee_of(work: BookWork, kind: Fee, day: int) -> int:
    """Cents of a fee on a day. Raises SluiceError `config_missing`."""
    return work.dated().number_on(NAMES[kind], day)


def take_fee(work: BookWork, account: AccountRecord, kind: Fee, key: str, when: tuple[int, int]) -> FeeRow | None:
    """Take a fee from an account once for a key; `when` is (business day, instant).

    None where the fee is zero, or was taken for that key before. Raises SluiceError `day_done` on a day whose night is
    done.
    """
    day, instant = when
    prove_open(work, day)
    amount = fee_of(work, kind, day)
    if amount == 0:
        return None
    expense = int(work.system_accounts(account.asset, [FEES])[0])
    batch = single(work.row.book, account, (expense, account.account, amount), Code.FEE, (f"fee:{kind}:{key}", day))
    if len(work.stored(batch).seq):
        return None
    forced = give_way(work, account, amount, (Code.FEE, day))
    seq = work.row.next_seq
    post_forced(work, batch, (day, "request", instant), "fee")
    row = FeeRow(account.customer, day, int(kind), account.account, amount, forced, 0, seq)
    work.keep_fees([row])
    return row


def account_again(work: BookWork, account: AccountRecord) -> AccountRecord:
    """The account as it is after something was booked."""
    found = work.accounts_of(np.array([account.customer], np.int64))
    return next(one for one in found if one.account == account.account)
