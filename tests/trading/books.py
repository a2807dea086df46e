"""Whether everything agrees after a window: lots, slices, holdings, the broker, money on its way, money in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from engine.invest.market import OrderState
from engine.invest.records import CONVERSION_PATH
from engine.invest.windows.fills import FEE_PATH, GAIN_PATH, LOSS_PATH
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.seal import asset_code
from store.verify import verify
from tests.trading.world import USD, World


def assert_in_order(made: World, paid: Mapping[int, int]) -> int:
    """Prove every invariant of investing.md D13.6; how many orders are open. `paid` are cents in, by account."""
    assert list(verify(made.url)) == []
    with made.books.read(0) as work:
        open_orders = work.orders_in(tuple(OrderState))
        assert [one for one in open_orders if one.reason.startswith("broken")] == []
        units = _holdings(work)
        _money(work, paid)
    if not open_orders:
        assert made.paper.positions() == {("paper", symbol): held for symbol, held in sorted(units.items()) if held}
    return len(open_orders)


def _holdings(work: BookWork) -> Counter[str]:
    """Lots, slices and holding accounts hold the same units; by symbol."""
    slices = work.slices()
    lots: Counter[tuple[int, int]] = Counter()
    cost = 0
    for lot in work.lots(closed=True):
        assert lot.units >= 0
        assert lot.cost >= 0
        assert lot.units or not lot.cost
        lots[lot.account, lot.slice] += lot.units
        cost += lot.cost
    columns = (slices.account, slices.slice, slices.asset, slices.units)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert {(account, number): held for account, number, _, held in rows if held} == {
        k: v for k, v in lots.items() if v
    }
    kept: Counter[tuple[int, int]] = Counter()
    symbols: Counter[str] = Counter()
    for account, _, asset, held in rows:
        kept[account, asset] += held
        symbols[asset_code(asset)] += held
    inner = work.inner_accounts(np.unique(slices.account))
    holding = {(parent, asset): one for (parent, kind, asset), one in inner.items() if kind == Kind.HOLDING}
    assert {key: _posted(work, one) for key, one in holding.items() if _posted(work, one)} == {
        key: held for key, held in kept.items() if held
    }
    assert _system(work, CONVERSION_PATH) == cost
    return symbols


def _money(work: BookWork, paid: Mapping[int, int]) -> None:
    """Cash, proceeds on their way and earmarks; and all that came in is somewhere."""
    accounts = work.invest_accounts().account
    inner = work.inner_accounts(accounts)
    settlements, earmarks = Counter[int](), Counter[int]()
    for account, _, cents in work.settlements():
        assert cents > 0
        settlements[account] += cents
    for account, _, cents in work.earmarks():
        assert cents > 0
        earmarks[account] += cents
    total = 0
    for account in accounts.tolist():
        cash = _posted(work, account)
        unsettled = _posted(work, inner.get((account, Kind.UNSETTLED, USD), 0))
        earmarked = _posted(work, inner.get((account, Kind.EARMARKED, USD), 0))
        assert cash >= 0
        assert unsettled == settlements[account]
        assert earmarked == earmarks[account]
        total += cash + unsettled + earmarked
    spent = sum(_system(work, path) for path in (CONVERSION_PATH, LOSS_PATH, FEE_PATH, GAIN_PATH))
    assert total + spent == sum(paid.values())


def _posted(work: BookWork, account: int) -> int:
    found = work.accounts(np.array([account], np.int64))
    return int(found.posted()[0]) if len(found.account) else 0


def _system(work: BookWork, path: str) -> int:
    """The signed balance of a system account in dollars; 0 where there is none."""
    named = [account for account, known in work.system_paths().items() if known == path]
    found = work.accounts(np.array(sorted(named), np.int64))
    return int((found.debits_posted - found.credits_posted)[found.asset == USD].sum())
