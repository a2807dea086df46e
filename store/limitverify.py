"""The limits that accounts are held to, against those that were last set for them: what `verify` finds (C07).

An account's last event has its own limits, which explanations rely on. Its balance has the same ones, unless they gave
way: then a row of `loosened` has its own ones, and its balance those that stand in for them. Nights set the limits of
lines that follow the collateral by events too.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from engine.lookup import placed
from ledger.accounts import Int64s
from ledger.invariants import Finding, Findings
from ledger.money import format_money
from store.books import Work
from store.tables import table
from store.transfers import sorted_by

_CODE: Final = "C07"
_LIMITS: Final = ("floor", "ceiling", "rule_floor")
_WORDS: Final = ("floor", "ceiling", "floor for rules")
_BOUNDS: Final = 2
"""How many of them bound the balance in the books."""

Rows = dict[str, npt.NDArray[Any]]


def limit_findings(work: Work) -> list[Finding]:
    """Accounts of a book whose limits in force are not those that were last set for them."""
    found = Findings(work.book)
    account, force = _columns(_in_force(work))
    known, last = _columns(_last_set(work))
    at, has = placed(known, account)
    for one in account[~has].tolist():
        found.add(_CODE, 0, f"the limits of account {one} were never set")
    account, force, own = account[has], force[:, has], last[:, at[has]]
    loose = work.loosened()
    place, gave_way = placed(account, loose.account)
    place, stands_in = place[gave_way], own.copy()
    said, wide = (
        np.stack(sides)[:, gave_way] for sides in ((loose.own_floor, loose.own_ceiling), (loose.floor, loose.ceiling))
    )
    _tell(found, (account[place], "keeps, while others stand in for it, a"), said, own[:_BOUNDS, place])
    stands_in[:_BOUNDS, place] = wide
    _tell(found, (account, "is held to a"), force, stands_in)
    return found.all()


def _tell(found: Findings, who: tuple[Int64s, str], there: Int64s, right: Int64s) -> None:
    """A finding for each limit (rows) of each account (columns) that is not the right one."""
    account, words = who
    for which, at in np.argwhere(there != right).tolist():
        cents = [format_money(int(side[which, at])) for side in (there, right)]
        sentence = f"account {account[at]} {words} {_WORDS[which]} of {cents[0]}; it should be {cents[1]}"
        found.add(_CODE, 0, sentence)


def _columns(rows: Rows) -> tuple[Int64s, Int64s]:
    """Accounts (n,), ascending, and their limits (3, n)."""
    rows = sorted_by(rows, "account_id")
    return rows["account_id"], np.stack([rows[name] for name in _LIMITS])


def _in_force(work: Work) -> Rows:
    """What stands in balances, and what rules keep."""
    balance, account = table("balance"), table("account")
    chosen = select(balance.c.account_id, balance.c.floor, balance.c.ceiling, account.c.rule_floor).join(
        account, (account.c.book_id == balance.c.book_id) & (account.c.account_id == balance.c.account_id)
    )
    return work.bulk.read(chosen.where(work.here(balance), work.here(account)))


def _last_set(work: Work) -> Rows:
    """What the last event of each account says."""
    event = table("account_event")
    newest = (
        select(event.c.account_id.label("one"), func.max(event.c.ordinal).label("newest"))
        .where(work.here(event))
        .group_by(event.c.account_id)
        .subquery()
    )
    chosen = select(event.c.account_id, *(event.c[name] for name in _LIMITS)).join(
        newest, (newest.c.one == event.c.account_id) & (newest.c.newest == event.c.ordinal)
    )
    return work.bulk.read(chosen.where(work.here(event)))
