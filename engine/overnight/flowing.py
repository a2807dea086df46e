"""What a block before the rules adds to the flows that facts read, for a preview that must not write it."""

from __future__ import annotations

import numpy as np

from engine.overnight.block import Overnight
from engine.ports import BookWork, Flows
from ledger.batch import Code, TransferKind


def flows_with(flows: Flows, work: BookWork, made: Overnight) -> Flows:
    """The flows with interest that arrives and fees that are paid."""
    lines, mine = made.batch, made.population.accounts.account
    posted = (lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.POST)
    arrives = posted & (lines.code == Code.INTEREST) & np.isin(lines.debit, mine)
    leaves = posted & np.isin(lines.code, (Code.INTEREST, Code.FEE)) & np.isin(lines.credit, mine)
    some = arrives | leaves
    if not some.any():
        return flows
    amount, none = lines.amount[some], np.zeros(int(some.sum()), np.int64)
    more = Flows(
        account=np.where(arrives, lines.debit, lines.credit)[some],
        effective=lines.day[some],
        recorded_after=none + work.row.last_night,
        arrived=np.where(arrives[some], amount, 0),
        spent=np.where(leaves[some] & (lines.code[some] == Code.FEE), amount, 0),
        round_up=none,
    )
    names = Flows.__dataclass_fields__
    return Flows(*(np.concatenate([getattr(flows, name), getattr(more, name)]) for name in names))
