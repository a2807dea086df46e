"""The block before the rules of a night is booked: one sealed block, and everything that is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.holds.forced import lift
from engine.holds.work import ForcedRow
from engine.overnight.block import Overnight
from engine.overnight.collateral import Sight
from engine.overnight.earning import run_of
from engine.overnight.marginorders import Unpaid, keep_orders, raise_for_charge
from engine.overnight.work import FeeRow
from engine.ports import BookWork
from engine.sealing import sealed_block
from ledger.batch import Code


def write_overnight(work: BookWork, sight: Sight, made: Overnight, stamp: tuple[int, str, int]) -> Overnight:
    """Write the block and what belongs to it, in the caller's transaction; it is given back with floors lifted."""
    work.set_limits(made.widened)
    if len(made.batch):
        work.write(sealed_block(work.row, made.state.accounts, made.batch, made.applied, stamp))
    for month in made.months:
        work.keep_interest(run_of(month, made.day), month.counted, month.posted)
    if made.charged is not None:
        work.set_lines(made.charged.lines)
        _raise(work, sight, made, stamp[2])
    if made.billed is not None:
        work.set_fee_cycles(made.billed.cycles)
        fees = _with_seq(made)
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
    """Record the fees that took an account below its floor."""
    widened = made.widened
    own = dict(zip(made.population.accounts.account.tolist(), made.own_floor.tolist(), strict=True))
    rule_floor = dict(zip(made.population.accounts.account.tolist(), made.population.rule_floor.tolist(), strict=True))
    floor = dict(zip(widened.account.tolist(), widened.floor.tolist(), strict=True))
    for one in fees:
        if one.forced and one.account in floor:
            place = (one.customer, one.account, one.seq, made.day, int(Code.FEE))
            floors = (own[one.account], rule_floor[one.account], floor[one.account])
            work.keep_forced(ForcedRow(*place, one.forced, *floors))


def _with_seq(made: Overnight) -> list[FeeRow]:
    """The rows of fees with the seq of the first transfer of each one's journal."""
    if made.billed is None:
        return []
    entries, first = made.entries, len(made.released)
    at = np.flatnonzero(entries.code == Code.FEE)
    keys = zip(entries.customer[at].tolist(), entries.about[at].tolist(), strict=True)
    seqs = dict(zip(keys, made.applied.journal[first + at].tolist(), strict=True))
    return [replace(one, seq=seqs.get((one.customer, one.day), 0)) for one in made.billed.rows]
