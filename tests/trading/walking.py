"""Random walks through trade windows: what people do drawn by hypothesis, done to real books, and looked at after."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.desk import NewAccount, NewCustomer
from engine.invest.market import BlockOrder, BrokerFill, Quotes, Side
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.paths import leaves
from engine.invest.pies.pie import Pie
from engine.invest.windows.brokers import MINUTE
from engine.window import reconcile
from ledger.accounts import Kind
from ledger.faults import SluiceError
from market.feed import Feed
from market.paper import PaperBroker
from store.books import Books
from tests.trading.books import assert_in_order
from tests.trading.steps import DAYS, MOVES, PIES, SYMBOLS, Act, Plan, Round
from tests.trading.world import DOLLAR, FIRST, LIMIT, MONDAY, USD, World, feed, world


class GoneError(Exception):
    """The runner is gone: nothing after this happens."""


class Gaps:
    """A feed without prices of some securities, now and then."""

    def __init__(self, whole: Feed) -> None:
        self.whole, self.missing = whole, frozenset[str]()

    def __getattr__(self, name: str) -> object:
        return getattr(self.whole, name)

    def quotes(self, symbols: Sequence[str], instant: int) -> Quotes:
        """Prices of the rest."""
        found = self.whole.quotes([one for one in symbols if one not in self.missing], instant)
        gone = dict.fromkeys(sorted(self.missing & set(symbols)), "no price today")
        return replace(found, snapshot=f"{found.snapshot}{len(gone)}", missing={**found.missing, **gone})

    def price(self, symbol: str, instant: int) -> int | None:
        """One price."""
        return None if symbol in self.missing else self.whole.price(symbol, instant)


class Fragile:
    """A broker that takes fees of sales alone, and takes its caller away at the nth word, before or after it acts."""

    def __init__(self, paper: PaperBroker) -> None:
        self.paper, self.crash, self.sides = paper, 0, dict[str, Side]()

    def _word(self, client_id: str, fill: BrokerFill | None) -> BrokerFill | None:
        self.crash -= 1
        if self.crash == 0:
            raise GoneError
        return fill if fill is None or self.sides.get(client_id) is not Side.BUY else replace(fill, fee=0)

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        self.sides[order.client_id] = order.side
        found = self._word(order.client_id, self.paper.submit(order, instant))
        assert found is not None
        return found

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self._word(client_id, self.paper.status(client_id, instant))

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self._word(client_id, self.paper.cancel(client_id, instant))


class Walk:
    """A walk under way: three accounts of two households."""

    def __init__(self, made: World, plan: Plan) -> None:
        self.world, self.plan = made, plan
        self.paid: dict[int, int] = {}
        self.number = 0
        self.gaps = Gaps(made.market)
        made.market = self.gaps  # type: ignore[assignment]  # a feed with gaps
        self.broker = Fragile(made.paper)
        made.broker = self.broker
        other = _household(made.books)
        self.owners = ((made.customer, "invest.growth"), (made.customer, "invest.income"), (other, "invest.growth"))
        for who in range(len(self.owners)):
            self.save(Act("save", who))

    @contextmanager
    def _as(self, who: int) -> Iterator[str]:
        before = self.world.customer
        self.world.customer, handle = self.owners[who]
        yield handle
        self.world.customer = before

    def save(self, act: Act) -> None:
        """A pie with what its account held in others: removed, moved to another path, or left."""
        with self._as(act.who) as handle:
            made = self.world
            account = made.account(handle)
            target: Pie = PIES[act.pie]
            after = {path: symbol for path, symbol, _ in leaves(target)}
            held = made.slices(handle).path
            moved = {old: new for old, new in MOVES if old in held and old not in after and new in after}
            moved = {old: new for old, new in moved.items() if list(moved.values()).count(new) == 1}
            gone = [path for path in held if path not in after and path not in moved] if act.removes else []
            with made.books.lock(0) as work:
                listed = made.market.listings(SYMBOLS)
                draft = Draft(target, act.terms, gone, moved)
                assert save_pie(work, account, draft, listed, (made.today, made.now)) == ()

    def act(self, act: Act) -> None:
        """Do it."""
        self.number += 1
        kinds = {"buy": IntentKind.BUY, "sell": IntentKind.SELL, "rebalance": IntentKind.REBALANCE}
        if act.what == "save":
            self.save(act)
            return
        with self._as(act.who) as handle:
            made = self.world
            account = made.account(handle).account
            if act.what == "pay":
                made.pay_in(act.cents, f"paid {self.number}", handle)
                self.paid[account] = self.paid.get(account, 0) + act.cents
            elif act.what == "raise":
                destination = made.account("checking").account
                made.order(IntentKind.RAISE, "", act.cents, account=account, destination=destination)
            else:
                cents = 0 if act.what == "rebalance" else act.cents
                made.order(kinds[act.what], act.path, cents, account=account)

    def window(self, at: int, round_: Round) -> None:
        """Run the window of this number, again where its runner is gone."""
        day, slot = DAYS[at // 2], 1 + at % 2
        made = self.world
        made.today = day
        self.gaps.missing = round_.missing
        self.broker.crash = round_.crash
        try:
            self._run(day, slot)
        except GoneError:
            made.now += round_.late * MINUTE
            self._run(day, slot)
        self.broker.crash = 0

    def _run(self, day: int, slot: int) -> None:
        """Run a window; one whose close went by while another was finished is skipped."""
        try:
            self.world.run(day, slot)
        except SluiceError as fault:
            assert fault.code == "window_over", fault  # noqa: PT017 - most walks never come here

    def go(self) -> bytes:
        """The whole walk; the head of the book at its end. After every window everything must agree."""
        for at, round_ in enumerate(self.plan.rounds):
            for act in round_.acts:
                self.act(act)
            self.window(at, round_)
            assert_in_order(self.world, self.paid)
        self.gaps.missing = frozenset()
        for _ in range(3):  # a broker is silent about an order once; after that everything is known
            self.world.now += 24 * 60 * MINUTE
            reconcile(self.world.books, 0, self.world.trading())
        assert assert_in_order(self.world, self.paid) == 0
        with self.world.books.read(0) as work:
            return work.row.head


def _household(books: Books) -> int:
    with books.lock(0) as work:
        customer = int(work.open_customers([NewCustomer("jones", "Jones")], MONDAY - 7, 1)[0])
        kinds = (("checking", Kind.CHECKING), ("invest.growth", Kind.INVEST))
        work.open_accounts(
            [NewAccount(customer, handle, handle, kind, USD, 0, LIMIT, 0) for handle, kind in kinds], MONDAY - 7, 1
        )
    return customer


@contextmanager
def walking(plan: Plan) -> Iterator[Walk]:
    """The books of a walk, in memory where the system has files there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        steps = {
            symbol: {FIRST: own[0] * DOLLAR // 100}
            | {day: cents * DOLLAR // 100 for day, cents in zip(DAYS, own, strict=True)}
            for symbol, own in plan.prices.items()
        }
        with world(f"sqlite:///{folder}/books.db", feed(steps), 0, plan.behaviour) as made:
            yield Walk(made, plan)
