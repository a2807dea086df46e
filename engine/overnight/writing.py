"""The block before the rules of a night is booked: one sealed block, and everything that is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.holds.forced import lift
from engine.overnight.block import Overnight
from engine.overnight.collateral import Sight
from engine.overnight.forcing import forced_rows
from engine.overnight.marginorders import Unpaid, keep_orders, raise_for_charge
from engine.overnight.work import FeeRow, InterestRun
from engine.ports import BookWork
from engine.sealing import sealed_block
from ledger.batch import Code


def write_overnight(work: BookWork, sight: Sight, made: Overnight, stamp: tuple[int, str, int]) -> None:
    """Write the block and what belongs to it, in the caller's transaction; limits that gave way come back."""
    work.loosen(made.widened.account, made.widened.floor, made.widened.ceiling)
    if len(made.batch):
        work.write(sealed_block(work.row, made.state.accounts, made.batch, made.applied, stamp))
    for month in made.months:
        work.keep_interest(InterestRun(month.month, made.day), month.counted, month.posted)
    if made.charged is not None:
        work.set_lines(made.charged.lines)
        _raise(work, sight, made, stamp[2])
    if made.billed is not None:
        work.set_fee_cycles(made.billed.cycles)
        work.keep_fees(_with_seq(made, made.billed.rows))
    work.keep_forced(forced_rows(made))
    work.set_limits(made.limits)
    lift(work)


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


def _with_seq(made: Overnight, rows: Sequence[FeeRow]) -> list[FeeRow]:
    """The rows of fees with the seq of the first transfer of each one's journal."""
    entries, first = made.entries, len(made.released)
    at = np.flatnonzero(entries.code == Code.FEE)
    keys = zip(entries.customer[at].tolist(), entries.about[at].tolist(), strict=True)
    seqs = dict(zip(keys, made.applied.journal[first + at].tolist(), strict=True))
    return [replace(one, seq=seqs.get((one.customer, one.day), 0)) for one in rows]
