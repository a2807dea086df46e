"""The market facts of a night as they are kept, a row each, and read again for its explanation (ruling 50)."""

from dataclasses import replace
from typing import Final

import numpy as np

from engine.invest.records import SeenFacts
from engine.marketasks import INVEST_DRIFT
from engine.marketfacts import MarketFacts, no_market_facts
from engine.ports import BookWork, Population
from ledger.accounts import Int64s
from rules.facts import INVEST_FACTS, SYMBOL_FACTS

KINDS: Final = (*INVEST_FACTS, INVEST_DRIFT, *SYMBOL_FACTS)
"""Kinds of kept facts; the place of each is its number."""

_VALUE, _DRIFT, _LACKING = range(3)
_SYMBOLS: Final = len(KINDS) - len(SYMBOL_FACTS)


def kept_facts(facts: MarketFacts, population: Population) -> SeenFacts:
    """The rows to be kept: three an account that something was asked of, one a fact about a security."""
    accounts = population.accounts
    order = np.argsort(accounts.account)
    owner = accounts.customer[order][np.searchsorted(accounts.account[order], facts.account)]
    count, more = len(facts.account), len(facts.kind)
    none = np.zeros(more, np.int64)
    return SeenFacts(
        customer=np.concatenate([np.tile(owner, _SYMBOLS), none]),
        account=np.concatenate([np.tile(facts.account, _SYMBOLS), none]),
        kind=np.concatenate([np.repeat(np.arange(_SYMBOLS), count), facts.kind + _SYMBOLS]),
        asset=np.concatenate([np.zeros(_SYMBOLS * count, np.int64), facts.asset]),
        sessions=np.concatenate([np.zeros(_SYMBOLS * count, np.int64), facts.sessions]),
        value=np.concatenate([facts.holdings, facts.drift, facts.invest_drift, facts.value]),
        known=np.concatenate(
            [facts.holdings_known, facts.drift_known, facts.invest_known, facts.known], dtype=np.int64
        ),
    )


def seen_market(work: BookWork, day: int, customer: int) -> MarketFacts:
    """What the night of a day saw of the market for one household, for `PastNight.with_market`."""
    seen = work.seen(day, customer)
    of_account = seen.kind < _SYMBOLS
    rows = seen.take(of_account)
    account = np.unique(rows.account)
    symbols = seen.take(~of_account)
    order = np.lexsort((symbols.sessions, symbols.asset, symbols.kind))
    symbols = symbols.take(order)

    def of(kind: int) -> tuple[Int64s, Int64s]:
        mine = rows.take(rows.kind == kind)
        mine = mine.take(np.argsort(mine.account))
        return mine.value, mine.known

    (holdings, sure), (drift, drifts), (lacking, lacks) = of(_VALUE), of(_DRIFT), of(_LACKING)
    return replace(
        no_market_facts(),
        account=account,
        holdings=holdings,
        holdings_known=sure != 0,
        drift=drift,
        drift_known=drifts != 0,
        invest_drift=lacking,
        invest_known=lacks != 0,
        kind=symbols.kind - _SYMBOLS,
        asset=symbols.asset,
        sessions=symbols.sessions,
        value=symbols.value,
        known=symbols.known != 0,
    )
