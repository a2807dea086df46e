"""How a night sees prices: last closes of its day, asked of the market once each."""

from __future__ import annotations

from engine.invest.market import Market
from engine.invest.nights.closes import Closes
from engine.invest.nights.steps import Steps
from engine.overnight.collateral import Sight
from engine.ports import BookWork
from ledger.seal import asset_code


def night_sight(work: BookWork, market: Market | None, steps: Steps) -> Sight:
    """The sight of the night of `steps.day`; `steps` are those that are not written yet."""
    known: list[Closes] = []

    def price(asset: int) -> int:
        if not known:
            known.append(Closes(market, steps.day, work.actions_done()))
        return known[0].last(asset_code(asset))

    return Sight(work, price, steps.day, steps)
