"""The block before the rules of a night is booked: one sealed block, and everything that is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.holds.forced import lift, own_floors
from engine.holds.work import ForcedRow
from engine.overnight.block import Overnight
from engine.overnight.collateral import Sight
from engine.overnight.marginorders import Unpaid, keep_orders, raise_for_charge
from engine.overnight.work import FeeRow, InterestRun
from engine.ports import BookWork
from engine.sealing import sealed_block
from ledger.accounts import Int64s
from ledger.batch import Code


def write_overnight(work: BookWork, sight: Sight, made: Overnight, stamp: tuple[int, str, int]) -> Overnight:
    """Write the block and what belongs to it, in the caller's transaction; it is given back with floors lifted."""
    work.set_limits(made.widened)
    if len(made.batch):
        work.write(sealed_block(work.row, made.state.accounts, made.batch, made.applied, stamp))
    for month in made.months:
        work.keep_interest(InterestRun(month.month, made.day), month.counted, month.posted)
    if made.charged is not None:
        work.set_lines(made.charged.lines)
        _raise(work, sight, made, stamp[2])
    if made.billed is not None:
        work.set_fee_cycles(made.billed.cycles)
        fees = _with_seq(made, made.billed.rows)
        work.keep_fees(fees)
        _keep_forced(work, made, fees)
    work.set_limits(made.limits)
    return _lifted(work, made)


def _lifted(work: BookWork, made: Overnight) -> Overnight:
    """Lift the floors that forced entries lowered, as far as balances allow."""
    changed = lift(work)
    if not changed:
        return made
    now = work.accounts(np.array(changed, np.int64))
    accounts = made.population.accounts
    order = np.argsort(accounts.account)
    floor = accounts.floor.copy()
    floor[order[np.searchsorted(accounts.account[order], now.account)]] = now.floor
    return replace(made, population=replace(made.population, accounts=replace(accounts, floor=floor)))


def _raise(work: BookWork, sight: Sight, made: Overnight, instant: int) -> None:
    """Ask for the sales that raise what a charge could not be paid with."""
    charged = made.charged
    if charged is None or made.measured is None:
        return
    rows = zip(
        charged.lines.customer.tolist(),
        charged.lines.account.tolist(),
        charged.lines.charged.tolist(),
        charged.to_raise.tolist(),
        strict=True,
    )
    unpaid = [Unpaid(*row) for row in rows if row[3] > 0]
    keep_orders(work, raise_for_charge(sight, made.measured, unpaid, instant))


def _keep_forced(work: BookWork, made: Overnight, fees: Sequence[FeeRow]) -> None:
    """Record the fees that took an account below its own floor; cents that the margin alone forbade are none of it."""
    forced = [one for one in fees if one.forced]
    if not forced:
        return
    ids = np.unique(np.array([one.account for one in forced], np.int64))
    earlier, limits = work.forced(ids), _limits(made, ids)
    rows = []
    for one in reversed(forced):
        before, now = limits[one.account]
        own, rule_floor = own_floors([row for row in earlier if row.account == one.account], *before)
        below = min(one.forced, own - now.balance)
        if below > 0:
            place = (one.customer, one.account, one.seq, made.day, int(Code.FEE))
            rows.append(ForcedRow(*place, below, own, rule_floor, now.floor))
            limits[one.account] = (before, replace(now, balance=now.balance + below))
    for row in reversed(rows):
        work.keep_forced(row)


@dataclass(frozen=True, slots=True)
class _After:
    """An account once the block is written, but for fees that are told already: its balance and its floor, cents."""

    balance: int
    floor: int


def _limits(made: Overnight, ids: Int64s) -> dict[int, tuple[tuple[int, int], _After]]:
    """Of these accounts: floor of the books and of rules before the block, and what they are after it."""
    accounts = made.population.accounts
    order = np.argsort(accounts.account)
    at = order[np.searchsorted(accounts.account[order], ids)]
    balance = accounts.posted() - accounts.credits_pending
    rows = zip(
        ids.tolist(),
        zip(made.own_floor[at].tolist(), made.population.rule_floor[at].tolist(), strict=True),
        map(_After, balance[at].tolist(), accounts.floor[at].tolist()),
        strict=True,
    )
    return {account: (before, after) for account, before, after in rows}


def _with_seq(made: Overnight, rows: Sequence[FeeRow]) -> list[FeeRow]:
    """The rows of fees with the seq of the first transfer of each one's journal."""
    entries, first = made.entries, len(made.released)
    at = np.flatnonzero(entries.code == Code.FEE)
    keys = zip(entries.customer[at].tolist(), entries.about[at].tolist(), strict=True)
    seqs = dict(zip(keys, made.applied.journal[first + at].tolist(), strict=True))
    return [replace(one, seq=seqs.get((one.customer, one.day), 0)) for one in rows]
