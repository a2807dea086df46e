"""A household with 5 VTI and 10 BND, and its nights, for tests of what happens before the rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from engine.dated.seed import seeded
from engine.desk import AccountEvent, NewAccount, NewCustomer
from engine.household import open_balance
from engine.invest.market import ActionKind, CorporateAction
from engine.invest.nights.eve import apply_actions
from engine.invest.nights.news import News, news
from engine.invest.pies.pie import Pie
from engine.invest.pies.terms import PieTerms
from engine.invest.records import LotRow
from engine.night import Means, NightResult, run_night
from ledger.accounts import Kind, Standing
from market.feed import Feed
from store.verify import verify
from tests.trading.world import HALVES, LIMIT, MONDAY, USD, World, feed, pie, prices, world

TUESDAY, WEDNESDAY, THURSDAY = MONDAY + 1, MONDAY + 2, MONDAY + 3
BONDS = pie('{name: all, slices: [{symbol: BND, weight: "100%"}]}')
FLAT = prices(VTI="100", BND="50", VXUS="60", NEW="100")


def split(top: int, bottom: int, day: int = TUESDAY) -> CorporateAction:
    return CorporateAction(f"VTI-{top}-{bottom}", ActionKind.SPLIT, "VTI", day, top=top, bottom=bottom)


def dividend(cents: int, ex_day: int = TUESDAY, pay_day: int = WEDNESDAY, symbol: str = "VTI") -> CorporateAction:
    """So many cents a share."""
    identity = f"{symbol}-{ex_day}-pays"
    return CorporateAction(identity, ActionKind.DIVIDEND, symbol, ex_day, pay_day, rate=cents * 10_000)


RENAMED = CorporateAction("VTI-NEW", ActionKind.RENAMED, "VTI", TUESDAY, successor="NEW")


@contextmanager
def desk(where: str, *actions: CorporateAction, document: Pie = HALVES, market: Feed | None = None) -> Iterator[World]:
    """1,000.00 in a pie of halves (5 VTI at 100, 10 BND at 50) since Monday morning; clean when it is left."""
    url = where if "://" in where else f"sqlite:///{where}/books.db"
    with world(url, market or feed(FLAT, actions), 1_000_00) as made:
        made.save(document, PieTerms(auto_invest=True))
        made.run()
        made.terms = PieTerms(auto_invest=False)
        made.save(document)
        yield made
        assert list(verify(made.url)) == []


def night(made: World, day: int) -> NightResult:
    """Run the night of a day."""
    return run_night(made.books, 0, day, lambda: made.now, Means(made.market))


def lots(made: World) -> list[LotRow]:
    with made.books.read(0) as work:
        return list(work.lots())


def units(made: World) -> dict[str, int]:
    """Units by symbol of every lot, in order of path."""
    return made.units()


def limit(made: World, handle: str, ceiling: int, standing: int = Standing.OPEN) -> None:
    """Change an account's limits."""
    with made.books.lock(0) as work:
        row = made.account(handle)
        work.change_account(row.account, AccountEvent(row.account, 0, row.floor, ceiling, row.rule_floor, standing))


def act(made: World, day: int) -> dict[int, str]:
    """The start of a window."""
    with made.books.lock(0) as work:
        return dict(apply_actions(work, news(made.market, day, seeded()), (day, "window", made.now)))


def stated(made: World, action: CorporateAction, price: int = 0) -> dict[int, str]:
    """The start of Tuesday's window with one action that no feed would tell, and the price after it."""
    with made.books.lock(0) as work:
        told = News(TUESDAY, (action,), {action.id: price}, made.market.settles, lambda _day: 1_00)
        return dict(apply_actions(work, told, (TUESDAY, "window", made.now)))


def balances(made: World) -> tuple[int, int, int]:
    return made.balance(), made.balance("invest.growth:earmarked"), made.balance("cash")


def income(made: World, path: str) -> int:
    with made.books.read(0) as work:
        ids = {one: number for number, one in work.system_paths().items()}
        return -int(work.accounts(np.array([ids[path]])).posted()[0])


def second(made: World, document: Pie = HALVES) -> int:
    """Another household with a pie, bought on Monday afternoon; its number."""
    with made.books.lock(0) as work:
        first, made.customer = made.customer, int(work.open_customers([NewCustomer("jones", "Jones")], MONDAY, 1)[0])
        work.open_accounts([NewAccount(made.customer, "invest.growth", "i", Kind.INVEST, USD, 0, LIMIT, 0)], MONDAY, 1)
        open_balance(work, made.customer, "invest.growth", 1_000_00, (MONDAY, 1))
    made.save(document, PieTerms())
    made.run(slot=2)
    other, made.customer = made.customer, first
    return other


def other_balance(made: World, other: int) -> int:
    with made.books.read(0) as work:
        rows = work.accounts_of(np.array([other]))
        return rows[0].posted
