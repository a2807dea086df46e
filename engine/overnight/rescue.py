"""A household whose money cannot be worked out is left out before the rules; the others go on (ruling 56)."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.invest.market import Market
from engine.overnight.block import Overnight, Scope, overnight
from engine.overnight.collateral import Sight
from engine.overnight.places import Places, Pretended
from engine.ports import Population
from engine.quarantine import BEYOND
from engine.take import Flags, part
from ledger.accounts import Int64s
from ledger.faults import SluiceError

OF_ALL: Final = frozenset({"config_missing", "book_not_locked"})
"""Codes of faults that are nobody's in particular."""

_REASON_LENGTH: Final = 200


def overnight_of_book(
    sight: Sight, population: Population, places: Places, market: Market | None
) -> tuple[Overnight, dict[int, str]]:
    """The block of a whole book, and who is left out of it and of the night, with the reason, by customer id.

    A household that held more than any amount may be on some date earns no interest for that month and is set aside.
    Raises what every single household would raise.
    """
    faults: dict[int, str] = {}
    try:
        made = overnight(sight, population, places, market)
    except Exception as fault:
        if isinstance(fault, SluiceError) and fault.code in OF_ALL:
            raise
        faults = _poisoned(sight, population, market, np.arange(len(population.customer)))
        if len(faults) == len(population.customer):
            raise
        mine = part(population, ~np.isin(population.customer, np.array(list(faults), np.int64)))
        made = overnight(sight, mine, places, market, Scope(mine.customer))
    return made, faults | _beyond(made)


def _poisoned(sight: Sight, population: Population, market: Market | None, at: Int64s) -> dict[int, str]:
    """Which of the households (by place) cannot be worked out, each with what it raised."""
    keep: Flags = np.zeros(len(population.customer), np.bool_)
    keep[at] = True
    some = part(population, keep)
    try:
        overnight(sight, some, Pretended(sight.work), market, Scope(some.customer))
    except Exception as fault:  # noqa: BLE001  whatever one household's data provokes, the others go on
        if len(at) == 1:
            return {int(population.customer[at[0]]): f"{type(fault).__name__}: {fault}"[:_REASON_LENGTH]}
        left, right = np.array_split(at, 2)
        return _poisoned(sight, population, market, left) | _poisoned(sight, population, market, right)
    return {}


def _beyond(made: Overnight) -> dict[int, str]:
    accounts = made.population.accounts
    wild = np.unique(np.concatenate([np.zeros(0, np.int64), *(one.beyond for one in made.months)]))
    return dict.fromkeys(accounts.customer[np.isin(accounts.account, wild)].tolist(), BEYOND)
