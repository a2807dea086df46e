"""What stands behind secured borrow lines: holdings and cash of the invest accounts that count (rulings 12, 13).

Holdings are worth their units at the prices that are given: last closes at a night, the window's own prices in a
window. A holding without a price counts as nothing, and the household is told apart (`priced`): nothing is lent on it,
and no call is opened or carried on by what nobody knows. Orders to buy that are at a broker may fill at any time: what
they would add to the requirement is taken off the cash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.borrow.columns import Holdings, Loans, Position, Requirements, gather
from engine.contributions.rights import RIGHTS, Ownership
from engine.dated.history import Dated
from engine.invest.lots.worth import worth
from engine.invest.market import OPEN, Side
from engine.invest.nights.after import inner_after, slices_after
from engine.invest.nights.steps import Steps
from engine.lookup import placed
from engine.ports import BookWork, Population
from engine.proportion import Whole
from engine.waterfall import summed
from ledger.accounts import Accounts, Int64s, Kind
from ledger.rounding import WHOLE_BP
from ledger.seal import asset_code

Flags = npt.NDArray[np.bool_]

_MONEY: Final = (Kind.UNSETTLED, Kind.EARMARKED)
_KINDS: Final = max(RIGHTS) + 1
_COUNTS: Final = np.array([bool(RIGHTS.get(kind) and RIGHTS[kind].collateral) for kind in range(_KINDS)])  # type: ignore[call-overload,index]  # an enum of whole numbers
_AGREES: Final = np.array([bool(RIGHTS.get(kind) and RIGHTS[kind].agreement) for kind in range(_KINDS)])  # type: ignore[call-overload,index]  # the same


@dataclass(frozen=True, slots=True)
class Sight:
    """How collateral is seen: the book, the price of a security in millionths (0 where none is known), the day.

    `steps` are those of a night that are not written yet (a preview's); a written night gives Steps(day).
    """

    work: BookWork
    price: Callable[[int], int]
    day: int
    steps: Steps


@dataclass(frozen=True, slots=True)
class Ground:
    """Accounts (k,) ascending as they are when margin is measured: kind, asset, balance and limits, in signed cents.

    `balance` is posted less pending out. Interest due on borrow lines stands among them as accounts of its own.
    """

    account: Int64s
    customer: Int64s
    kind: Int64s
    asset: Int64s
    balance: Int64s
    floor: Int64s
    rule_floor: Int64s

    def at(self, account: Int64s) -> tuple[Int64s, Flags]:
        """The place of each account (any where it is not here), and whether it is here."""
        return placed(self.account, account)

    def balances(self, account: Int64s) -> Int64s:
        """The balance of each account; 0 for one that is not here, such as 0 itself."""
        at, here = self.at(account)
        return np.where(here, self.balance[at], 0) if len(self.account) else np.zeros(len(account), np.int64)


def ground(population: Population, accounts: Accounts, dues: Accounts) -> Ground:
    """The accounts of a population with balances as they will be; both in the population's own order."""
    both = [accounts, dues]
    account = np.concatenate([one.account for one in both])
    order = np.argsort(account)
    due = np.full(len(dues.account), Kind.BORROW_DUE, np.int64)
    return Ground(
        account[order],
        np.concatenate([one.customer for one in both])[order],
        np.concatenate([population.kind, due])[order],
        np.concatenate([one.asset for one in both])[order],
        np.concatenate([one.posted() - one.credits_pending for one in both])[order],
        np.concatenate([one.floor for one in both])[order],
        np.concatenate([population.rule_floor, dues.floor])[order],
    )


@dataclass(frozen=True, slots=True)
class Collateral:
    """What stands behind n households (ascending) besides cash, and the assets that these borrow.

    `account` are the accounts that count (ascending), `owner` the place of each one's household. `slice_account` and
    `slice_number` say where each row of `holdings` (m,) is; `missing` which have no price. `apart` (n,) are cents on
    their way or set aside, less what buys at brokers would demand. `priced` (n,): every holding has a price.

    None of it changes between the steps of a night and its end: what is read once holds for all of the night.
    """

    household: Int64s
    asset: Int64s
    account: Int64s
    owner: Int64s
    holdings: Holdings
    slice_account: Int64s
    slice_number: Int64s
    missing: Flags
    apart: Int64s
    priced: Flags

    def cash(self, base: Ground) -> Int64s:
        """The cash (n,) that counts, with these balances: settled, on its way and set aside together."""
        return self.apart + summed(base.balances(self.account), self.owner, len(self.household))

    def of(self, lending: tuple[Int64s, Int64s]) -> Collateral | None:
        """The same of some households alone; None unless all of them are here and borrow these assets."""
        households, asset = lending
        at, here = placed(self.household, households)
        if not here.all() or (self.asset[at] != asset).any():
            return None
        owner, mine = placed(households, self.household[self.owner])
        _, held = placed(households, self.holdings.customer)
        rows = Holdings(*(getattr(self.holdings, name)[held] for name in ("customer", "asset", "value")))
        places = (self.slice_account[held], self.slice_number[held], self.missing[held])
        return Collateral(
            households, asset, self.account[mine], owner[mine], rows, *places, self.apart[at], self.priced[at]
        )


def collateral(
    sight: Sight, base: Ground, lending: tuple[Int64s, Int64s], known: Collateral | None = None
) -> Collateral:
    """Look at what stands behind households: `lending` are these (ascending) and the asset that each borrows.

    What `known` tells of them is not read again: it is given by a caller that wrote nothing since but balances.
    """
    found = None if known is None else known.of(lending)
    return _read(sight, base, lending) if found is None else found


def _read(sight: Sight, base: Ground, lending: tuple[Int64s, Int64s]) -> Collateral:
    households, borrowed = lending
    counts = _counting(sight.work, base, lending)
    account, owner = base.account[counts], np.searchsorted(households, base.customer[counts])
    slices = slices_after(sight.work.slices(account), sight.steps)
    held = slices.units > 0
    asset, customer = slices.asset[held], slices.customer[held]
    value, missing = values(sight, asset, slices.units[held])
    beside = _money(sight, account, base.asset[counts]) - _at_brokers(sight, account)
    apart = summed(beside, owner, len(households))
    priced = np.ones(len(households), np.bool_)
    priced[np.searchsorted(households, customer[missing])] = False
    rows, places = Holdings(customer, asset, value), (slices.account[held], slices.slice[held])
    return Collateral(households, borrowed, account, owner, rows, *places, missing, apart, priced)


def _counting(work: BookWork, base: Ground, lending: tuple[Int64s, Int64s]) -> Flags:
    """Which accounts may be collateral: invest accounts of these households, those in the asset that is borrowed."""
    households, asset = lending
    at, theirs = placed(households, base.customer)
    counts: Flags = theirs & (base.kind == Kind.INVEST)
    counts[counts] = base.asset[counts] == asset[at[counts]]
    said = work.stated_ownerships(households)
    place, stated = placed(said.account, base.account[counts])
    kind = np.full(len(place), int(Ownership.INDIVIDUAL), np.int64)
    agreed = np.zeros(len(place), np.bool_)
    kind[stated], agreed[stated] = said.kind[place[stated]], said.agreed[place[stated]] != 0
    kind[(kind < 0) | (kind >= _KINDS)] = 0
    counts[counts] = _COUNTS[kind] & (agreed | ~_AGREES[kind])
    return counts


def values(sight: Sight, asset: Int64s, units: Int64s) -> tuple[Int64s, Flags]:
    """What units (m,) of securities (m,) are worth in cents, 0 where no price is known, and which those are."""
    scales = sight.work.asset_scales()
    each, row = np.unique(asset, return_inverse=True)
    price = np.array([sight.price(one) for one in each.tolist()], np.int64)
    scale = np.array([scales.get(one, 0) for one in each.tolist()], np.int64)
    return worth(units, price[row], scale[row])


def _money(sight: Sight, account: Int64s, asset: Int64s) -> Int64s:
    """Cents of each account, in its own asset, that are on their way or set aside."""
    inner, own = sight.work.inner_accounts(account), dict(zip(account.tolist(), asset.tolist(), strict=True))
    parents = {one: parent for (parent, kind, of), one in inner.items() if kind in _MONEY and of == own[parent]}
    balances = sight.work.accounts(np.array(sorted(parents), np.int64))
    found = dict(inner_after(sight.steps, _MONEY))
    for one, cents in zip(balances.account.tolist(), balances.posted().tolist(), strict=True):
        found[parents[one]] = found.get(parents[one], 0) + cents
    return np.array([found.get(one, 0) for one in account.tolist()], np.int64)


def _at_brokers(sight: Sight, account: Int64s) -> Int64s:
    """Cents by which buys that are at a broker would raise the requirement of each account, rounded up."""
    orders = {one.client_id: one for one in sight.work.orders_in(OPEN) if one.side == Side.BUY}
    found = np.zeros(len(account), np.int64)
    if not orders:
        return found
    number, dated = {one: at for at, one in enumerate(account.tolist())}, sight.work.dated()
    for part in sight.work.parts(list(orders)):
        if part.account in number:
            demands = maintenance(dated, orders[part.client_id].asset, sight.day)
            found[number[part.account]] += -(-part.amount * demands // WHOLE_BP)
    return found


def maintenance(dated: Dated, asset: int, day: int) -> int:
    """The maintenance requirement of a security on a day, in basis points."""
    return dated.number_on(f"maintenance_requirement({asset_code(asset)})", day)


def requirements(dated: Dated, asset: Int64s, day: int) -> Requirements:
    """What these securities demand on a day, and any other."""
    each = np.unique(asset)
    names = [asset_code(one) for one in each.tolist()]
    return Requirements(
        each,
        np.array([dated.number_on(f"initial_requirement({name})", day) for name in names], np.int64),
        np.array([dated.number_on(f"maintenance_requirement({name})", day) for name in names], np.int64),
        dated.number_on("initial_requirement", day),
        dated.number_on("maintenance_requirement", day),
    )


def positioned(sight: Sight, backed: Collateral, cash: Whole, owed: Whole) -> Position:
    """The households with their cash and what they owe (n,), zero or more, as `engine.borrow` measures them."""
    demands = requirements(sight.work.dated(), backed.holdings.asset, sight.day)
    return gather(backed.holdings, demands, Loans(backed.household, cash, owed))
