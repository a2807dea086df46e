"""What a night's block takes out of accounts' own limits: limits that let it pass, and the record (ledger.md 4.4).

Interest, fees and charges are facts. A charge never takes anything out of limits: its sources pay what is above their
floors, and the loan grows within the limit that is measured this night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.holds.passing import Passed, rows_of, wide_enough
from engine.holds.work import ForcedRow, Loosened
from engine.lookup import placed_anyhow
from engine.waterfall import summed
from ledger.accounts import Accounts, Int64s
from ledger.batch import Code, Transfers

if TYPE_CHECKING:
    from engine.overnight.block import Overnight

FACTS: Final = (Code.INTEREST, Code.CHARGE, Code.FEE)


def let_pass(accounts: Accounts, batch: Transfers) -> Accounts:
    """The accounts with limits that let the block's own facts pass, whatever their order."""
    own = np.isin(batch.code, np.array(FACTS)) & (batch.pending_hi == 0)
    came, left = (
        summed(batch.amount[own], accounts.positions(side[own]), len(accounts.account))
        for side in (batch.debit, batch.credit)
    )
    return wide_enough(accounts, left, came)


def forced_rows(made: Overnight) -> list[ForcedRow]:
    """The entries of a block that took accounts out of their own limits, in order; a row an account and journal.

    The lines of secured loans are left out: their limit is measured anew this night.
    """
    wide = made.widened
    lines = made.measured.lines.account if made.measured is not None else np.zeros(0, np.int64)
    which = ~np.isin(wide.account, lines)
    wide = Loosened(*(getattr(wide, name)[which] for name in Loosened.__dataclass_fields__))
    passed = Passed(made.day, made.batch, made.applied, made.state.accounts, wide)
    return rows_of(passed, _rule_floors(made, wide))


def _rule_floors(made: Overnight, wide: Loosened) -> Int64s:
    """What rules keep in these accounts: of interest due, which they never see, its floor."""
    place, ours = placed_anyhow(made.population.accounts.account, wide.account)
    kept = wide.own_floor.copy()
    kept[ours] = made.population.rule_floor[place[ours]]
    return kept
