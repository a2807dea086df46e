"""What a window is asked to do: sales and grants of money, from orders, removals, terms and cash. Pure.

The steps of an account run in this order, each on what the ones before leave: sales and raises, removals, a rebalance,
money that waits for its pie, buys, auto-invest with its bands. Only sales are planned here, with the money that buys
may spend; the buys themselves are solved when the sales are final (investing.md D9).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.fees.trading import SaleTerms
from engine.invest.core.bands import Bands, breached
from engine.invest.core.columns import Flags, Pies
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import rebalance, rebalance_within
from engine.invest.lots.splitting import split_by_units
from engine.invest.lots.worth import cents_of
from engine.invest.market import Window
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.pies.paths import home, inner_pies
from engine.invest.pies.pie import Pie
from engine.invest.records import SliceState
from engine.invest.windows.calendar import due_by_calendar
from engine.invest.windows.flows import bought, places_of, sold
from engine.invest.windows.grants import Grant
from engine.invest.windows.known import Known, Purse
from engine.invest.windows.lending import MARGIN_CALL, NO_BACKING, Backing, called, promised_away, raised
from engine.invest.windows.levies import foreseen
from engine.invest.windows.valued import Valued
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Sale:
    """Cents of one slice (its place in `Valued`) to be sold; `whole` sells all its units whatever they bring."""

    at: int
    purpose: str
    intent: int
    amount: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer: sales, grants, intents in their new states, cash reserved for raises, accounts to be rebalanced.

    `reserved` are (index of the account, intent, cents). `rebalanced` are indices of accounts. `backing` is what
    secured lines leave to buys once the raises are paid out.
    """

    sales: tuple[Sale, ...]
    grants: tuple[Grant, ...]
    intents: tuple[Intent, ...]
    reserved: tuple[tuple[int, int, int], ...]
    rebalanced: tuple[int, ...]
    backing: Backing = NO_BACKING


@dataclass(slots=True)
class _Asking:
    now: Valued
    purse: Purse
    window: Window
    minimum: int
    documents: dict[int, Pie]
    backing: Backing
    levies: SaleTerms
    value: Int64s = field(init=False)
    cash: Int64s = field(init=False)
    called: Flags = field(init=False)
    sales: list[Sale] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    reserved: list[tuple[int, int, int]] = field(default_factory=list)
    rebalanced: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.value, self.cash = self.now.value.copy(), self.purse.cash.copy()
        self.called = called(self.backing, self.now.accounts)

    def work(self, intent: Intent, reason: str = "") -> None:
        """The window takes the intent."""
        day, slot = self.window.day, self.window.slot
        self.intents.append(replace(intent, state=IntentState.WORKING, day=day, slot=slot, reason=reason))

    def sell(self, first: int, trade: Int64s, purpose: str, intent: int) -> tuple[int, ...]:
        """Plan these sales, cents of the slices from the place `first` on (k,); the numbers of those that are sold."""
        places = (first + np.flatnonzero(trade > 0)).tolist()
        for at in places:
            cents = int(trade[at - first])
            self.sales.append(Sale(at, purpose, intent, cents, cents >= self.value[at]))
        self.value[first : first + len(trade)] -= trade
        return tuple(int(self.now.slices.slice[at]) for at in places)

    def grant(self, account: int, purpose: str, target: tuple[int, str], **money: object) -> None:
        """Grant money of an account (index); `target` is (intent, path)."""
        intent, path = target
        accounts = self.now.accounts
        given = Grant(int(accounts.account[account]), int(accounts.customer[account]), purpose, intent, path, **money)  # type: ignore[arg-type]  # checked by the dataclass's own fields
        self.grants.append(given)


def ask(now: Valued, purse: Purse, intents: Sequence[Intent], window: Window, known: Known) -> Asked:
    """Plan the sales and grants of a window.

    While the call of an account's household is open, nothing of it is bought or rebalanced.
    """
    asking = _Asking(now, purse, window, known.minimum, known.documents, known.backing, known.levies)
    number = {account: at for at, account in enumerate(now.accounts.account.tolist())}
    waiting = [(number[one.account], one) for one in intents if one.account in number]
    for account, intent in waiting:
        if intent.kind == IntentKind.SELL:
            _sell(asking, account, intent)
        elif intent.kind == IntentKind.RAISE:
            _raise(asking, account, intent)
    _remove(asking)
    for account, intent in waiting:
        if intent.kind == IntentKind.REBALANCE:
            _rebalance(asking, account, intent)
        elif intent.kind == IntentKind.REMOVE:
            asking.work(intent)
    _calendar(asking)
    _earmarks(asking)
    _buy(asking, [(account, intent) for account, intent in waiting if intent.kind == IntentKind.BUY])
    _deposit(asking)
    return Asked(
        tuple(asking.sales),
        tuple(asking.grants),
        tuple(asking.intents),
        tuple(asking.reserved),
        tuple(asking.rebalanced),
        asking.backing,
    )


def _sell(asking: _Asking, account: int, intent: Intent) -> None:
    one, own = asking.now.alone(account), asking.now.own(account)
    inside = one.within(0, intent.path)
    worth = int(asking.value[own][inside].sum())
    asked = _named(one, inside, intent) if intent.lots else intent.amount - intent.done
    cents = worth if intent.amount == 0 else min(asked, worth)
    if 0 < worth - cents < asking.minimum:
        cents = worth
    trade = sold(one, asking.value[own], inside, cents, asking.minimum)
    asking.sell(own.start, trade, "sell", intent.intent)
    asking.work(intent, _blocked_reason(one, inside))


def _named(one: Valued, inside: Flags, intent: Intent) -> int:
    """What the lots that an order names are worth now: they, and not its amount, say how much is sold."""
    units, at = sum(count for _, count in intent.lots), int(np.argmax(inside))
    return cents_of(units, int(one.price[at]), int(one.scale[at]))


def _raise(asking: _Asking, account: int, intent: Intent) -> None:
    """Idle cash first, then sales of what is furthest above its weight, their levies included (investing.md D4)."""
    allowed, reason = raised(asking.backing, intent)
    asking.backing = promised_away(asking.backing, [replace(intent, amount=allowed)])
    lacking = max(allowed - intent.done, 0)
    cash = int(min(lacking, max(asking.cash[account], 0)))
    if cash:
        asking.reserved.append((account, intent.intent, cash))
        asking.cash[account] -= cash
    one, own = asking.now.alone(account), asking.now.own(account)
    value = asking.value[own]
    trade = sold(one, value, one.everything(), lacking - cash, asking.minimum)
    held = one.price.tolist(), one.scale.tolist(), one.slices.units.tolist()
    fees = foreseen(trade.tolist(), held, asking.levies)
    trade = sold(one, value, one.everything(), lacking - cash + fees, asking.minimum) if fees else trade
    asking.sell(own.start, trade, "raise", intent.intent)
    asking.work(replace(intent, done=intent.done + cash), reason or _blocked_reason(one, one.everything()))


def _remove(asking: _Asking) -> None:
    """Sell slices that are being removed; the money goes back to the innermost pie that is still there."""
    now = asking.now
    for at in np.flatnonzero((now.slices.state == SliceState.REMOVING) & (asking.value > 0)).tolist():
        account = int(now.index[at])
        slices = asking.sell(at, asking.value[at : at + 1].copy(), "remove", 0)
        path = home(now.slices.path[at], dict(inner_pies(asking.documents[account])))
        asking.grant(account, "remove", (0, path), cash=0, slices=slices)


def _rebalance(asking: _Asking, account: int, intent: Intent) -> None:
    if asking.called[account]:
        asking.work(intent, MARGIN_CALL)
        return
    one, own = asking.now.alone(account), asking.now.own(account)
    inside = one.within(0, intent.path)
    asking.work(intent, _blocked_reason(one, inside))
    if intent.path == "":
        _full(asking, np.array([account], np.int64), intent.intent)
        return
    pies = one.pies(asking.value[own], one.everything())
    trade = rebalance_within(pies, inside, Terms.alike(1, asking.minimum)).trade
    slices = asking.sell(own.start, np.maximum(-trade, 0), "rebalance", intent.intent)
    asking.grant(account, "rebalance", (intent.intent, intent.path), cash=0, slices=slices)


def _full(asking: _Asking, which: Int64s, intent: int) -> None:
    """All of these accounts to their weights; cash above the minimum cash takes part, and is brought up to it."""
    now = asking.now
    reserve, cash = now.accounts.minimum_cash[which], asking.cash[which]
    places = places_of(now, which)
    size = np.diff(now.start)[which]
    ends = np.cumsum(size)
    pies = Pies(np.append(0, ends), now.slices.weight[places], asking.value[places], now.blocked[places])
    sales = np.maximum(-rebalance(pies, cash, reserve, Terms.alike(len(which), asking.minimum)).trade, 0)
    for at, account in enumerate(which.tolist()):
        own = sales[ends[at] - size[at] : ends[at]]
        slices = asking.sell(now.own(account).start, own, "rebalance", intent)
        asking.grant(account, "rebalance", (intent, ""), cash=int(cash[at] - reserve[at]), slices=slices)
    asking.cash[which] = np.minimum(cash, reserve)
    asking.rebalanced += which.tolist()


def _calendar(asking: _Asking) -> None:
    due = due_by_calendar(asking.now.accounts, asking.window.day) & ~_cooling(asking) & ~asking.called
    due[asking.rebalanced] = False
    _full(asking, np.flatnonzero(due), 0)


def _cooling(asking: _Asking) -> Flags:
    accounts = asking.now.accounts
    found: Flags = asking.window.day - accounts.rebalanced < accounts.cooldown_days
    return found


def _earmarks(asking: _Asking) -> None:
    free = [one for one in asking.purse.earmarks if not asking.called[one[0]]]
    for account, path, cents in free:
        asking.grant(account, "earmark", (0, path), cash=0, earmarked=cents)


def _buy(asking: _Asking, wanted: Sequence[tuple[int, Intent]]) -> None:
    """Buys that people asked for; where cash is short, each gets its part of it (products.md 1.6)."""
    by_account: dict[int, list[Intent]] = {}
    for account, intent in wanted:
        if asking.called[account]:
            asking.work(intent, MARGIN_CALL)
        else:
            by_account.setdefault(account, []).append(intent)
    for account, own in by_account.items():
        amounts = [intent.amount - intent.done for intent in own]
        cash = max(int(asking.cash[account]), 0)
        parts = amounts if sum(amounts) <= cash else split_by_units(cash, amounts)
        for intent, part in zip(own, parts, strict=True):
            short = "" if part == intent.amount - intent.done else "cash_short"
            asking.grant(account, "buy", (intent.intent, intent.path), cash=part)
            asking.work(intent, short)
        asking.cash[account] -= sum(parts)


def _deposit(asking: _Asking) -> None:
    """Auto-invest, then bands on what it leaves; a breach rebalances the account instead (ruling 25, row 3)."""
    accounts = asking.now.accounts
    spare = asking.cash - accounts.minimum_cash
    auto = (accounts.auto != 0) & (spare >= accounts.threshold) & (spare > 0) & ~asking.called
    auto[asking.rebalanced] = False
    cash = np.where(auto, spare, 0)
    breaches = np.flatnonzero(_breaches(asking, cash))
    _full(asking, breaches, 0)
    auto[breaches] = False
    for account in np.flatnonzero(auto).tolist():
        asking.grant(account, "deposit", (0, ""), cash=int(cash[account]))


def _breaches(asking: _Asking, cash: Int64s) -> Flags:
    """Accounts (n,) that rebalance on bands and have a leaf outside after idle cash was invested."""
    now, accounts = asking.now, asking.now.accounts
    watched = (accounts.on_bands != 0) & ~_cooling(asking) & ~asking.called
    watched[asking.rebalanced] = False
    found = np.zeros(len(accounts), np.bool_)
    which = np.flatnonzero(watched)
    if len(which):
        everything = now.everything()
        buys = bought(now, asking.value, everything, np.where(watched, cash, 0), asking.minimum)
        pies = now.pies(asking.value + buys, everything).take(which)
        flags, _ = breached(pies, Bands(accounts.absolute_bp[which], accounts.relative_bp[which]))
        found[which] = pies.sums(flags.astype(np.int64)) > 0
    return found


def _blocked_reason(now: Valued, inside: Flags) -> str:
    """The reason code where a slice inside has no price."""
    return "no_price" if bool((now.blocked & inside & (now.slices.units > 0)).any()) else ""
