"""Entries that no floor may stop: the floor gives way, and money that comes in lifts it back (ledger.md 4.4).

The account's own floor stays what rules and requests keep (`rule_floor`), so that nothing ordinary goes below it. The
night lifts lowered floors (`lift`); every entry stays on record, and `flask verify` lists it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.desk import AccountEvent, AccountRecord
from engine.holds.purse import money_of
from engine.holds.work import ForcedRow
from engine.ports import BookWork
from ledger.accounts import Int64s, Kind
from ledger.batch import Code

FORCED_CODES: Final = (Code.FEE, Code.RETURNED)
"""Why an account may be taken below its floor; the database knows the same list."""


def give_way(work: BookWork, account: AccountRecord, amount: int, why: tuple[Code, int]) -> int:
    """Lower the account's floor as far as `amount` cents need that are about to leave; `why` is (code, business day).

    To be called right before the block whose first transfer takes them. Gives the cents that go below the account's
    own floor: zero where it can pay, and then nothing is written. Raises ValueError for a code that may not force.
    """
    code, day = why
    if code not in FORCED_CODES:
        raise ValueError(f"{code.name} may not take an account below its floor")
    balance = int(_balances(work, np.array([account.account], np.int64))[0])
    own, rule_floor = _own_floors(work, account)
    after = balance - amount
    forced = max(0, own - after) - max(0, own - balance)
    if forced <= 0:
        return 0
    floor = min(account.floor, after) if account.kind == Kind.BORROW else after
    _set_floor(work, replace(account, rule_floor=max(rule_floor, own)), floor)
    place = (account.customer, account.account, work.row.next_seq, day, int(code))
    work.keep_forced(ForcedRow(*place, forced, own, rule_floor, floor))
    return forced


def lift(work: BookWork) -> list[int]:
    """Lift lowered floors as far as balances allow, at most to the accounts' own; the accounts whose floor changed.

    The night calls it after what it books before its rules, so that these limits come before its first seq.
    """
    rows = work.lowered()
    if not rows:
        return []
    balances = _balances(work, np.array([row.account for row in rows], np.int64)).tolist()
    records = {one.account: one for one in work.accounts_of(np.unique([row.customer for row in rows]), inner=True)}
    changed: list[int] = []
    for row, balance in zip(rows, balances, strict=True):
        account = records[row.account]
        floor = min(row.own_floor, balance)
        if floor > account.floor:
            whole = floor == row.own_floor
            _set_floor(work, replace(account, rule_floor=row.own_rule_floor) if whole else account, floor)
            changed.append(row.account)
    return changed


def _own_floors(work: BookWork, account: AccountRecord) -> tuple[int, int]:
    """The floors that the account has while nothing is forced: those of its books, and what rules keep.

    Of a borrow line it is the limit; its floor in the books follows what is owed (ruling 13).
    """
    if account.kind == Kind.BORROW:
        return account.rule_floor, account.rule_floor
    return own_floors(work.forced(np.array([account.account], np.int64)), account.floor, account.rule_floor)


def own_floors(rows: Sequence[ForcedRow], floor: int, rule_floor: int) -> tuple[int, int]:
    """The same of an account that is no borrow line, with these limits; `rows` are its forced entries, oldest first."""
    lowered = [row for row in rows if floor < row.own_floor]
    return (lowered[-1].own_floor, lowered[-1].own_rule_floor) if lowered else (floor, rule_floor)


def _balances(work: BookWork, ids: Int64s) -> Int64s:
    """Cents of accounts (ascending), posted less pending out."""
    return money_of(work.accounts(ids))


def _set_floor(work: BookWork, account: AccountRecord, floor: int) -> None:
    event = AccountEvent(account.account, 0, floor, account.ceiling, account.rule_floor, account.standing)
    work.change_account(account.account, event)
