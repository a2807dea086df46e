"""What a night's block takes out of accounts' own limits: limits that let it pass, and the record (ledger.md 4.4).

Interest, fees and charges are facts. A charge never takes anything out of limits: its sources pay what is above their
floors, and the loan grows within the limit that is measured this night.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.holds.purse import full_of, money_of
from engine.holds.work import ForcedRow, Loosened
from engine.lookup import placed_anyhow
from engine.waterfall import summed
from ledger.accounts import Accounts, Int64s
from ledger.batch import Applied, Code, TransferKind, Transfers

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
    ours = accounts.customer > 0
    floor = np.minimum(accounts.floor, money_of(accounts) - left)
    ceiling = np.maximum(accounts.ceiling, full_of(accounts) + came)
    floor, ceiling = (
        np.where(ours & (moved > 0), loose, strict)
        for moved, loose, strict in ((left, floor, accounts.floor), (came, ceiling, accounts.ceiling))
    )
    return replace(accounts, floor=floor, ceiling=ceiling)


def outside(own: Accounts, applied: Applied) -> Loosened:
    """The accounts of households that the block leaves or takes outside of their own limits, and what stands in.

    `own` are they before it, as those of `applied` are after it. The limits hold both before and after.
    """
    after = applied.accounts
    floor = np.minimum(np.minimum(own.floor, money_of(own)), money_of(after))
    ceiling = np.maximum(np.maximum(own.ceiling, full_of(own)), full_of(after))
    at = np.flatnonzero(((floor < own.floor) | (ceiling > own.ceiling)) & (own.customer > 0))
    return Loosened(own.account[at], own.floor[at], own.ceiling[at], floor[at], ceiling[at])


def forced_rows(made: Overnight) -> list[ForcedRow]:
    """The entries of a block that took accounts out of their own limits, in order; a row an account and journal.

    The lines of secured loans are left out: their limit is measured anew this night.
    """
    wide = made.widened
    lines = made.measured.lines.account if made.measured is not None else np.zeros(0, np.int64)
    which = ~np.isin(wide.account, lines)
    wide = Loosened(*(getattr(wide, name)[which] for name in Loosened.__dataclass_fields__))
    if len(wide.account) == 0:
        return []
    steps = _steps(made, wide)
    below, above = steps.beyond()
    journal, code = made.applied.journal[steps.line], made.batch.code[steps.line]
    kept, ids = _rule_floors(made, wide), wide.account
    found: dict[tuple[int, int, bool], ForcedRow] = {}
    for one in np.flatnonzero((below > 0) | (above > 0)).tolist():
        at, up = int(steps.at[one]), bool(above[one] > 0)
        key = (int(journal[one]), int(ids[at]), up)
        before = found[key].amount if key in found else 0
        place = (int(made.batch.customer[steps.line[one]]), int(ids[at]), key[0], made.day, int(code[one]))
        own = int(wide.own_floor[at]), int(wide.own_ceiling[at])
        stands_in = (own[0], int(steps.full[one])) if up else (int(steps.free[one]), own[1])
        cents = before + int(above[one] if up else below[one])
        found[key] = ForcedRow(*place, cents, own[0], int(kept[at]), stands_in[0], own[1], stands_in[1])
    return [found[key] for key in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Steps:
    """What lines (k,) of a batch do to accounts (places), in order an account: cents after each, and its change.

    `free` is what a floor bounds, `full` what a ceiling bounds.
    """

    line: Int64s
    at: Int64s
    free: Int64s
    full: Int64s
    freed: Int64s
    filled: Int64s
    wide: Loosened

    def beyond(self) -> tuple[Int64s, Int64s]:
        """Cents by which each line went further below the own floor, and above the own ceiling."""
        floor, ceiling = self.wide.own_floor[self.at], self.wide.own_ceiling[self.at]
        below = np.maximum(floor - self.free, 0) - np.maximum(floor - self.free + self.freed, 0)
        above = np.maximum(self.full - ceiling, 0) - np.maximum(self.full - self.filled - ceiling, 0)
        return below, above


def _steps(made: Overnight, wide: Loosened) -> _Steps:
    batch, before = made.batch, made.state.accounts
    parts = []
    for side, sign in ((batch.debit, 1), (batch.credit, -1)):
        at, ours = placed_anyhow(wide.account, side)
        line = np.flatnonzero(ours)
        amount = sign * batch.amount[line]
        single = batch.kind[line] == TransferKind.SINGLE
        came = sign > 0
        freed = amount if came else np.where(single, amount, 0)
        filled = np.where(single, amount, 0) if came else amount
        parts.append((line, at[line], freed, filled))
    line, at, freed, filled = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((line, at))
    line, at, freed, filled = (column[order] for column in (line, at, freed, filled))
    start = before.take(before.positions(wide.account))
    return _Steps(line, at, _run(at, freed, money_of(start)), _run(at, filled, full_of(start)), freed, filled, wide)


def _run(at: Int64s, change: Int64s, start: Int64s) -> Int64s:
    """The running sums of changes of each place (ascending), from where it starts."""
    total = np.cumsum(change)
    first = np.searchsorted(at, at)
    whole: Int64s = start[at] + total - (total[first] - change[first])
    return whole


def _rule_floors(made: Overnight, wide: Loosened) -> Int64s:
    """What rules keep in these accounts: of interest due, which they never see, its floor."""
    place, ours = placed_anyhow(made.population.accounts.account, wide.account)
    kept = wide.own_floor.copy()
    kept[ours] = made.population.rule_floor[place[ours]]
    return kept
