"""What a block takes out of accounts' own limits: what stands in for these after it, and the record (ledger.md 4.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.holds.purse import full_of, money_of
from engine.holds.work import ForcedRow, Loosened
from engine.lookup import placed_anyhow
from ledger.accounts import Accounts, Int64s
from ledger.batch import Applied, TransferKind, Transfers


@dataclass(frozen=True, slots=True)
class Passed:
    """A block of a day as the books took it: its accounts before it, and those it leaves or takes outside (`wide`)."""

    day: int
    batch: Transfers
    applied: Applied
    before: Accounts
    wide: Loosened


def wide_enough(accounts: Accounts, left: Int64s, came: Int64s) -> Accounts:
    """The accounts with limits that let so many cents (n,) leave and come, whatever the order; the system's as are."""
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


def rows_of(passed: Passed, kept: Int64s) -> list[ForcedRow]:
    """The entries that took the `wide` accounts out of their own limits, in order; a row an account and journal.

    `kept` is what rules keep in each of these accounts.
    """
    wide = passed.wide
    if len(wide.account) == 0:
        return []
    steps = _steps(passed)
    below, above = steps.beyond()
    journal, code = passed.applied.journal[steps.line], passed.batch.code[steps.line]
    found: dict[tuple[int, int, bool], ForcedRow] = {}
    for one in np.flatnonzero((below > 0) | (above > 0)).tolist():
        at, up = int(steps.at[one]), bool(above[one] > 0)
        key = (int(journal[one]), int(wide.account[at]), up)
        before = found[key].amount if key in found else 0
        place = (int(passed.batch.customer[steps.line[one]]), key[1], key[0], passed.day, int(code[one]))
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


def _steps(passed: Passed) -> _Steps:
    batch, before, wide = passed.batch, passed.before, passed.wide
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
