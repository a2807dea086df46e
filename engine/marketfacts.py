"""Facts that come from prices: what pies hold and how far they drifted, and where securities stand (rules.md 3).

The night computes them before rules are evaluated, and only those that some program reads (`engine.marketasks`).
Percents are half steps, so that they compare exactly as whole numbers: twice the floor in basis points, plus one
where that floor is not exact. A bound of t basis points is 2·t (ruling 23); half steps never reach people.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from engine.lookup import placed
from ledger.accounts import Int64s
from ledger.money import SCALE
from rules.compile import HALF_STEPS
from rules.facts import SYMBOL_FACTS

Flags = npt.NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

SESSIONS: Final = 2048  # more than the most sessions; packs (asset, kind, sessions) into one key
_KINDS: Final = len(SYMBOL_FACTS)


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """What the market makes of one book, as the night saw it.

    A row an invest account (ids ascending) with a pie or something held: the value of its holdings in cents, unsettled
    and earmarked money included but not its cash; the drift of its pie in half steps; the cash that `invest_drift`
    wants, or -1 (`engine.invest.core.least.NO_CASH_HELPS`). An account that is absent holds nothing and has no pie: its
    value is its cash, the others are unknown. A row a borrow line, whose `drift` is its LTV in half steps, as it was
    when the night began; the rest of it is unknown. A row a fact about a symbol, ascending (kind, asset, sessions):
    `kind` is the place in `rules.facts.SYMBOL_FACTS`, `value` is in half steps. What is not known has any number.
    """

    account: Int64s
    holdings: Int64s
    holdings_known: Flags
    drift: Int64s
    drift_known: Flags
    invest_drift: Int64s
    invest_known: Flags
    kind: Int64s
    asset: Int64s
    sessions: Int64s
    value: Int64s
    known: Flags


@dataclass(frozen=True, slots=True)
class Spread:
    """The same by account entry of a snapshot (ascending), and by packed key (ascending) over the known assets."""

    entry: Int64s
    holdings: Int64s
    holdings_known: Flags
    drift: Int64s
    drift_known: Flags
    invest_drift: Int64s
    invest_known: Flags
    asset: Int64s
    key: Int64s
    value: Int64s
    known: Flags

    def held(self, entry: Int64s) -> tuple[Int64s, Flags]:
        """What these accounts hold, and whether that is known; absent ones hold nothing."""
        at, found = placed(self.entry, entry)
        return np.where(found, _pick(self.holdings, at), 0), ~found | _pick(self.holdings_known, at)

    def percent(self, entry: Int64s) -> tuple[Int64s, Flags]:
        """The drift of these invest accounts or the LTV of these lines, in half steps, and whether it is known."""
        return self._of_pie(self.drift, self.drift_known, entry)

    def wanted(self, entry: Int64s) -> tuple[Int64s, Flags]:
        """The cash that brings these accounts into their bands, -1 where none does, and whether it is known."""
        return self._of_pie(self.invest_drift, self.invest_known, entry)

    def _of_pie(self, values: Int64s, known: Flags, entry: Int64s) -> tuple[Int64s, Flags]:
        at, found = placed(self.entry, entry)
        sure = found & _pick(known, at)
        return np.where(sure, _pick(values, at), 0), sure

    def of_symbol(self, kind: str, asset: Int64s, sessions: Int64s) -> tuple[Int64s, Flags]:
        """A fact about these securities in half steps, and whether it is known."""
        number, listed = placed(self.asset, asset)
        at, found = placed(self.key, _packed(number, SYMBOL_FACTS.index(kind), sessions))
        sure = listed & found & _pick(self.known, at)
        return np.where(sure, _pick(self.value, at), 0), sure


def no_market_facts() -> MarketFacts:
    """Nothing is known of the market, and no account holds anything."""
    none, never = np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return MarketFacts(none, none, never, none, never, none, never, none, none, none, none, never)


def with_lines(market: MarketFacts, account: Int64s, ltv: Int64s, known: Flags) -> MarketFacts:
    """The same with borrow lines: ids, LTV in half steps, and whether it is known."""
    every = np.concatenate([market.account, account])
    order = np.argsort(every)
    none, never = np.zeros(len(account), np.int64), np.zeros(len(account), np.bool_)
    return replace(
        market,
        account=every[order],
        holdings=np.concatenate([market.holdings, none])[order],
        holdings_known=np.concatenate([market.holdings_known, never])[order],
        drift=np.concatenate([market.drift, np.where(known, ltv, 0)])[order],
        drift_known=np.concatenate([market.drift_known, known])[order],
        invest_drift=np.concatenate([market.invest_drift, none])[order],
        invest_known=np.concatenate([market.invest_known, never])[order],
    )


def spread(market: MarketFacts, account: Int64s) -> Spread:
    """Spread what is known over account entries (`account` gives the id of each); other accounts are left out."""
    order = np.argsort(account) if len(market.account) else np.zeros(0, np.int64)
    at, ours = placed(account[order], market.account)
    entry = _pick(order, at)[ours]
    rank = np.argsort(entry)
    asset = np.unique(market.asset)
    key = _packed(np.searchsorted(asset, market.asset), market.kind, market.sessions)
    by_key = np.argsort(key)
    return Spread(
        entry=entry[rank],
        holdings=market.holdings[ours][rank],
        holdings_known=market.holdings_known[ours][rank],
        drift=market.drift[ours][rank],
        drift_known=market.drift_known[ours][rank],
        invest_drift=market.invest_drift[ours][rank],
        invest_known=market.invest_known[ours][rank],
        asset=asset,
        key=key[by_key],
        value=market.value[by_key],
        known=market.known[by_key],
    )


def half_steps(basis_points: int, *, exact: bool = True) -> int:
    """The half steps of a percent whose floor is so many basis points."""
    return HALF_STEPS * basis_points + (not exact)


def percent_words(steps: int) -> str:
    """Half steps as a percent to 0.01%, floored: `4.25%`."""
    whole, part = divmod(steps // HALF_STEPS, SCALE)
    return f"{whole}.{part:02d}%"


def _packed(number: Int64s, kind: Int64s | int, sessions: Int64s) -> Int64s:
    packed: Int64s = (number * _KINDS + kind) * SESSIONS + sessions
    return packed


def _pick(column: npt.NDArray[T], at: Int64s) -> npt.NDArray[T]:
    """The entries of a column; zeros where the column is empty."""
    return column[at] if len(column) else np.zeros(len(at), column.dtype)
