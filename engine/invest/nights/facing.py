"""What the market makes of the accounts and securities that a night's rules read, and no others (rules.md 3).

Holdings are worth their units at the last close by the night's day, of its last session or the one before. A leaf
without such a close makes drift and `invest_drift` unknown, and the value too where it holds units.
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.invest.core.bands import Bands
from engine.invest.core.columns import Flags, Pies, Whole
from engine.invest.core.least import invest_drift
from engine.invest.lots.worth import worth
from engine.invest.market import Market
from engine.invest.nights.after import inner_after, slices_after
from engine.invest.nights.closes import Closes
from engine.invest.records import NO_BAND_BP, Slices, SliceState
from engine.invest.windows.valued import pick_slices
from engine.lookup import placed
from engine.marketasks import MarketAsks, asked
from engine.marketfacts import MarketFacts, no_market_facts, with_lines
from engine.overnight.collateral import Sight, ground
from engine.overnight.margin import Measured, measured_lines, pick
from engine.take import Reading
from ledger.accounts import Int64s, Kind
from ledger.rounding import WHOLE_BP
from ledger.seal import asset_code
from rules.compile import HALF_STEPS
from rules.facts import SYMBOL_FACTS

_MONEY = (Kind.UNSETTLED, Kind.EARMARKED)


@dataclass(frozen=True, slots=True)
class Facing:
    """Where facts come from: the night's sight, the market, and what the block before the rules measured of lines."""

    sight: Sight
    market: Market | None
    measured: Measured | None = None

    def facts(self, reading: Reading) -> MarketFacts:
        """The facts that the programs of a reading ask for."""
        asks = asked(reading)
        if not asks:
            return no_market_facts()
        account = np.unique(np.concatenate([asks.value, asks.drift, asks.invest_drift]))
        found = self._of_accounts(asks, account) if len(account) else no_market_facts()
        if len(asks.ltv):
            found = with_lines(found, *self._of_lines(asks.ltv, reading))
        value, known = self._of_symbols(asks)
        return replace(found, kind=asks.kind, asset=asks.asset, sessions=asks.sessions, value=value, known=known)

    def _of_accounts(self, asks: MarketAsks, account: Int64s) -> MarketFacts:
        seen = self._seen(account)
        holdings = seen.sums(seen.value) + self._money(account)
        priceless = seen.sums(seen.blocked & (seen.slices.units > 0)) > 0
        blocked = (seen.sums(seen.blocked) > 0) | (np.diff(seen.start) == 0)
        wanted = np.isin(account, asks.invest_drift) & ~blocked
        cash, banded = self._wanted(account, seen, wanted)
        return replace(
            no_market_facts(),
            account=account,
            holdings=np.where(priceless, 0, holdings),
            holdings_known=np.isin(account, asks.value) & ~priceless,
            drift=np.where(blocked, 0, _drift(seen)),
            drift_known=np.isin(account, asks.drift) & ~blocked,
            invest_drift=cash,
            invest_known=banded,
        )

    def _of_lines(self, account: Int64s, reading: Reading) -> tuple[Int64s, Int64s, Flags]:
        """Those of these accounts that are borrow lines, their LTV in half steps, and whether it is known.

        Known is what is owed on priced holdings; where nothing is owed it is zero.
        """
        population = reading.population
        base = ground(population, population.accounts, population.dues)
        owner = population.accounts.customer[np.isin(population.accounts.account, account)]
        lines = self.sight.work.lines(np.unique(owner))
        lines = pick(lines, np.isin(lines.account, account))
        found = measured_lines(self.sight, base, lines, self.measured)
        known = (found.measures.ltv_known & found.backed.priced)[found.owner]
        order = np.argsort(lines.account)
        return lines.account[order], found.measures.ltv[found.owner][order], known[order]

    def _seen(self, account: Int64s) -> "_Seen":
        """Slices of the accounts that are part of their pie or hold units, with what they are worth."""
        slices = slices_after(self.sight.work.slices(account), self.sight.steps)
        slices = pick_slices(slices, (slices.state == SliceState.HELD) | (slices.units > 0))
        scales = self.sight.work.asset_scales()
        prices = {asset: self.sight.price(asset) for asset in np.unique(slices.asset).tolist()}
        price = np.array([prices[asset] for asset in slices.asset.tolist()], np.int64)
        scale = np.array([scales.get(asset, 0) for asset in slices.asset.tolist()], np.int64)
        value, blocked = worth(slices.units, price, scale)
        start = np.searchsorted(slices.account, np.append(account, np.iinfo(np.int64).max)).astype(np.int64)
        return _Seen(slices, start, value, blocked)

    def _money(self, account: Int64s) -> Int64s:
        """Cents of each account that are on their way or set aside."""
        inner = self.sight.work.inner_accounts(account)
        parents = {one: parent for (parent, kind, _), one in inner.items() if kind in _MONEY}
        balances = self.sight.work.accounts(np.array(sorted(parents), np.int64))
        found = dict(inner_after(self.sight.steps, _MONEY))
        for one, cents in zip(balances.account.tolist(), balances.posted().tolist(), strict=True):
            found[parents[one]] = found.get(parents[one], 0) + cents
        return np.array([found.get(one, 0) for one in account.tolist()], np.int64)

    def _wanted(self, account: Int64s, seen: "_Seen", wanted: Flags) -> tuple[Int64s, Flags]:
        """The cash that `invest_drift` wants of the accounts that are asked, and whether they have bands."""
        terms = self.sight.work.invest_accounts(np.unique(seen.slices.customer))
        at, known = placed(terms.account, account)
        absolute, relative = np.full(len(account), NO_BAND_BP), np.full(len(account), NO_BAND_BP)
        absolute[known], relative[known] = terms.absolute_bp[at[known]], terms.relative_bp[at[known]]
        banded = wanted & ((absolute != NO_BAND_BP) | (relative != NO_BAND_BP))
        which = np.flatnonzero(banded)
        cash = np.zeros(len(account), np.int64)
        pies = Pies(seen.start, seen.slices.weight, seen.value, seen.blocked).take(which)
        cash[which] = invest_drift(pies, Bands(absolute[which], relative[which]))
        return cash, banded

    def _of_symbols(self, asks: MarketAsks) -> tuple[Int64s, Flags]:
        """Facts about securities, in half steps, and whether they are known."""
        if not len(asks.kind):
            return np.zeros(0, np.int64), np.zeros(0, np.bool_)
        closes = Closes(self.market, self.sight.day, self.sight.work.actions_done())
        read = {"drawdown": closes.drawdown, "price_to_average": closes.to_average}
        rows = zip(asks.kind.tolist(), asks.asset.tolist(), asks.sessions.tolist(), strict=True)
        found = [read[SYMBOL_FACTS[kind]](asset_code(asset), sessions) for kind, asset, sessions in rows]
        value = np.array([one or 0 for one in found], np.int64)
        return value, np.array([one is not None for one in found], np.bool_)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Slices of n accounts, `start` (n + 1), with their worth in cents and whether it is not known."""

    slices: Slices
    start: Int64s
    value: Int64s
    blocked: Flags

    def sums(self, number: Whole) -> Int64s:
        """One number a slice, added up for every account."""
        return Pies(self.start, self.slices.weight, self.value).sums(number)


def _drift(seen: _Seen) -> Int64s:
    """The largest |v / V - w / W| over the slices of every account, in half steps; 0 where nothing is held."""
    count = len(seen.start) - 1
    index = np.repeat(np.arange(count), np.diff(seen.start))
    weight, value = seen.slices.weight.astype(np.object_), seen.value.astype(np.object_)
    weights, total, apart = (np.zeros(count, np.int64).astype(np.object_) for _ in range(3))
    np.add.at(weights, index, weight)
    np.add.at(total, index, value)
    weights = np.maximum(weights, 1)
    np.maximum.at(apart, index, np.abs(value * weights[index] - weight * total[index]))
    bottom = np.maximum(weights * total, 1)
    apart = np.where(total > 0, apart * WHOLE_BP, 0)
    whole: Whole = apart // bottom
    steps: Int64s = (HALF_STEPS * whole + (whole * bottom != apart)).astype(np.int64)
    return steps
