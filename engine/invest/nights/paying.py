"""Dividends: shared by the units before the day without the right, and paid as each account's terms say (ruling 28).

Capital that is given back lowers the cost of lots; what goes beyond a lot's cost is a gain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from engine.invest.journals import Entry, Inner, System
from engine.invest.lots.splitting import dividend_of, split_by_units
from engine.invest.market import CorporateAction
from engine.invest.nights.estate import Estate, Slot, step_words
from engine.invest.pies.terms import terms_of
from engine.invest.records import CONVERSION_PATH, Dividends, LotMove, MoveKind, SliceState
from engine.invest.windows.fills import GAIN_PATH
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.seal import asset_number

PAID_WORD: Final = 25
CAPITAL_WORD: Final = 26
DIVIDENDS_PATH: Final = "income:dividends"


@dataclass(frozen=True, slots=True)
class _Due:
    """What one account gets: cents by slice, in display order."""

    account: int
    cents: Mapping[int, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.cents.values())


def pay(estate: Estate, action: CorporateAction, held: Mapping[Slot, int], least: int) -> None:
    """Pay a dividend; `held` are the units that moves kept so far have before the day without the right.

    What is less than `least` cents for an account stays cash (investing.md 1).
    """
    asset = asset_number(action.symbol)
    units = {slot: count for slot, count in held.items() if slot[0] in estate.accounts}
    for one, slot, day, more in estate.moved:
        if one == asset and day < action.ex_day:
            units[slot] = units.get(slot, 0) + more
    for due in _dues(estate, units, (action.rate, estate.scales[asset])):
        if action.return_of_capital:
            _give_back(estate, action, due)
        else:
            estate.add(step_words(PAID_WORD, action, due.account), _income(estate, action.symbol, due, least))


def _dues(estate: Estate, units: Mapping[Slot, int], paid: tuple[int, int]) -> Iterable[_Due]:
    rate, scale = paid
    for account in sorted({account for account, _ in units}):
        own = [(estate.rows[slot].place, slot) for slot in units if slot[0] == account]
        slots = [slot for _, slot in sorted(own)]
        cents = dividend_of([units[slot] for slot in slots], rate, scale)
        due = _Due(account, dict(zip([slice_ for _, slice_ in slots], cents, strict=True)))
        if due.total:
            yield due


def _income(estate: Estate, symbol: str, due: _Due, least: int) -> list[Entry]:
    account = due.account
    currency = estate.accounts[account].asset
    income = System(currency, DIVIDENDS_PATH)
    way = terms_of(estate.pies[account].terms).paid(symbol) if due.total >= least else Dividends.CASH
    back = _set_aside(estate, due) if way == Dividends.REINVEST else 0
    target = _sweeps_to(estate, due) if way == Dividends.SWEEP else account
    return [
        Entry(Inner(account, Kind.EARMARKED, currency), income, currency, back, Code.DIVIDEND),
        Entry(target, income, currency, due.total - back, Code.DIVIDEND),
    ]


def _set_aside(estate: Estate, due: _Due) -> int:
    """Set money aside for the slices that paid it; the part of slices that have left their pie stays cash."""
    back = 0
    for slice_, cents in due.cents.items():
        row = estate.rows[due.account, slice_]
        if row.state == SliceState.HELD:
            key = (due.account, row.path)
            estate.earmarks[key] = estate.earmarks.get(key, 0) + cents
            back += cents
    return back


def _sweeps_to(estate: Estate, due: _Due) -> int:
    """The household's first open high-yield account with room; the account itself where there is none, or for an IRA.

    First is the account that was opened first.
    """
    own = estate.accounts[due.account]
    if own.kind == Kind.IRA:
        return due.account
    cash = [one for one in estate.accounts.values() if one.kind == Kind.CASH and one.standing == Standing.OPEN]
    for one in sorted(cash, key=lambda one: one.slot):
        if estate.room(one.account, own.asset) >= due.total:
            return one.account
    return due.account


def _give_back(estate: Estate, action: CorporateAction, due: _Due) -> None:
    """Return of capital: the account's lots bought before share it by units, whatever the security is called now."""
    account, asset = due.account, asset_number(action.symbol)
    currency = estate.accounts[account].asset
    heirs = [asset]
    while (heir := estate.renamed.get(heirs[-1])) is not None and heir not in heirs:
        heirs.append(heir)
    lots = estate.open_lots(heirs, action.ex_day).get(account, [])
    shares = split_by_units(due.total, [one.units for one in lots]) if lots else []
    lowered = [min(cents, one.cost) for one, cents in zip(lots, shares, strict=True)]
    basis = sum(lowered)
    entries = [
        Entry(account, System(currency, CONVERSION_PATH), currency, basis, Code.RETURN_OF_CAPITAL),
        Entry(account, System(currency, GAIN_PATH), currency, due.total - basis, Code.GAIN),
    ]
    estate.add(step_words(CAPITAL_WORD, action, account), entries)
    day = action.pay_day or action.ex_day
    moves = [
        LotMove(one.lot, one.customer, account, one.slice, one.asset, MoveKind.BASIS, 0, -cents, day)
        for one, cents in zip(lots, lowered, strict=True)
        if cents
    ]
    estate.change(moves, day)
