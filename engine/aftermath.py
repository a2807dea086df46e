"""What a night keeps of its moves besides the transfers: where margin stands, money under holds, contributions."""

from dataclasses import replace

import numpy as np

from engine.contributions.tonight import Moved, contributions_of
from engine.holds.tonight import after_moves, keep
from engine.invest.market import Market
from engine.lookup import placed_anyhow
from engine.overnight.block import Overnight, balances_after
from engine.overnight.collateral import Sight, ground
from engine.overnight.margin import judged, measured_lines, night_moment, pick
from engine.overnight.marginorders import keep_orders, sales_past_deadline
from engine.ports import Population
from ledger.batch import Applied, Transfers

Booked = tuple[Transfers, Applied]
"""The moves of the rules, and what the books made of them."""


def settle_rules(sight: Sight, market: Market | None, made: Overnight, booked: Booked, instant: int) -> None:
    """Keep it all, in the caller's transaction; the moves are written."""
    batch, applied = booked
    work, population = sight.work, balances_after(made.population, applied)
    _keep_margin(sight, market, made, population, instant)
    keep(work, after_moves(made.purse, batch, work.dated(), made.day), made.day)
    contributions = contributions_of(work, made.day, Moved(batch.debit, batch.amount, applied.seq))
    if len(contributions.customer):
        work.keep_contributions(contributions)


def _keep_margin(sight: Sight, market: Market | None, made: Overnight, population: Population, instant: int) -> None:
    """The states of secured lines after the night, and the sales of those past their deadline where configured."""
    if made.measured is None or (moment := night_moment(sight, market)) is None:
        return
    base = ground(population, population.accounts, population.dues)
    found = measured_lines(sight, base, made.measured.lines, made.measured)
    changed = judged(found, moment)
    if changed is not None:
        sight.work.set_lines(changed)
        at, _ = placed_anyhow(found.lines.account, changed.account)
        lines = pick(found.lines, np.arange(len(found.lines.account)))
        for name in ("state", "opened", "deadline"):
            getattr(lines, name)[at] = getattr(changed, name)
        found = replace(found, lines=lines)
    keep_orders(sight.work, sales_past_deadline(sight, found, instant))
