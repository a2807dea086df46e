"""Entries that no limit may stop: a floor or a ceiling gives way, and the night brings it back (ledger.md 4.4).

The account keeps its own limits, which are what rules, requests, previews and explanations decide on; wider ones stand
in for them in the books (`HoldWork.loosen`) as far as balances need, and `lift` brings them back as balances allow, at
most to the own ones. Every entry stays on record, and `flask verify` lists it.
"""

from typing import Final

import numpy as np

from engine.desk import AccountRecord
from engine.holds.passing import wide_enough
from engine.holds.purse import full_of, money_of
from engine.holds.work import ForcedRow
from engine.ports import BookWork
from engine.waterfall import summed
from ledger.accounts import Accounts, Kind
from ledger.batch import Code, Transfers

BRINGS: Final = (Code.SETTLE, Code.DIVIDEND, Code.CASH_IN_LIEU, Code.EARMARK, Code.RETURN_OF_CAPITAL)
"""What an invest account's own holdings and orders bring to its cash."""

FORCED_CODES: Final = (Code.FEE, Code.INTEREST, Code.RETURNED, *BRINGS)
"""Why an account may be taken out of its limits; the database knows the same list."""


def give_way(work: BookWork, account: AccountRecord, amount: int, why: tuple[Code, int]) -> int:
    """Let the account's floor give way as far as `amount` cents need that are about to leave; `why` is (code, day).

    To be called right before the block whose first transfer takes them, which is posted as forced
    (`engine.household.post`). Gives the cents that go below the account's own floor: zero where it can pay, and then
    nothing is written. Raises ValueError for a code that may not force.
    """
    code, day = _may(why)
    ids = np.array([account.account], np.int64)
    now = work.accounts_loosened(ids)
    before = int(money_of(now)[0])
    own, after = account.rule_floor if account.kind == Kind.BORROW else account.floor, before - amount
    forced = max(0, own - after) - max(0, own - before)
    if forced <= 0:
        return 0
    work.loosen(ids, np.minimum(now.floor, after), now.ceiling)
    place = (account.customer, account.account, work.row.next_seq, day, int(code))
    ceilings = (account.ceiling, account.ceiling)
    work.keep_forced([ForcedRow(*place, forced, own, account.rule_floor, after, *ceilings)])
    return forced


def make_room(work: BookWork, account: AccountRecord, amount: int, why: tuple[Code, int]) -> int:
    """The same for the ceiling and `amount` cents that are about to come: gives those that go above the own one."""
    code, day = _may(why)
    ids = np.array([account.account], np.int64)
    now = work.accounts_loosened(ids)
    own, before = account.ceiling, int(full_of(now)[0])
    after = before + amount
    forced = max(0, after - own) - max(0, before - own)
    if forced <= 0:
        return 0
    work.loosen(ids, now.floor, np.maximum(now.ceiling, after))
    place = (account.customer, account.account, work.row.next_seq, day, int(code))
    floors = (account.floor, account.rule_floor, account.floor)
    work.keep_forced([ForcedRow(*place, forced, *floors, own, after)])
    return forced


def let_come(accounts: Accounts, batch: Transfers) -> Accounts:
    """The accounts with ceilings that let pass what holdings bring, in whatever order it comes.

    Whatever else comes to the same accounts passes too: who made the batch has proved that there is room for it.
    """
    brings = np.isin(accounts.account, batch.debit[np.isin(batch.code, BRINGS)])
    came = summed(batch.amount, accounts.positions(batch.debit), len(accounts.account))
    return wide_enough(accounts, np.zeros_like(came), np.where(brings, came, 0))


def lift(work: BookWork) -> list[int]:
    """Bring limits that gave way back as far as balances allow, at most to the own; the accounts that it changed.

    The night calls it after what it books before its rules.
    """
    loose = work.loosened()
    if len(loose.account) == 0:
        return []
    now = work.accounts_loosened(loose.account)
    floor, ceiling = np.minimum(loose.own_floor, money_of(now)), np.maximum(loose.own_ceiling, full_of(now))
    changed = (floor != loose.floor) | (ceiling != loose.ceiling)
    work.loosen(loose.account[changed], floor[changed], ceiling[changed])
    found: list[int] = loose.account[changed].tolist()
    return found


def _may(why: tuple[Code, int]) -> tuple[Code, int]:
    if why[0] not in FORCED_CODES:
        raise ValueError(f"{why[0].name} may not take an account out of its limits")
    return why
