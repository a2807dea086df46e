"""A split of shares: every lot gets new units at the same cost, and what is lost is paid in money (ruling 28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.invest.journals import Entry, Inner, System
from engine.invest.lots.lots import long_term, lot_of, split_lots
from engine.invest.lots.splitting import cash_in_lieu, split_by_units
from engine.invest.market import CorporateAction
from engine.invest.nights.estate import Estate, step_words
from engine.invest.records import CONVERSION_PATH, LotMove, LotRow, MoveKind
from engine.invest.windows.fills import gain_entries
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.seal import asset_number

SPLIT_WORD: Final = 23
IN_LIEU_PATH: Final = "income:cash_in_lieu"


@dataclass(frozen=True, slots=True)
class _Turned:
    """The lots of one account with their units after the split, and the cents paid for what was lost."""

    account: int
    lots: Sequence[LotRow]
    units: Sequence[int]
    cents: int


def split(estate: Estate, action: CorporateAction, price: int) -> None:
    """Split the lots bought before the first day without it; `price` is the close before, as after the split."""
    asset = asset_number(action.symbol)
    for account, lots in estate.open_lots([asset], action.ex_day).items():
        after, lost = split_lots([lot_of(one) for one in lots], action.top, action.bottom)
        cents = cash_in_lieu(lost, action.bottom, price, estate.scales[asset])
        turned = _Turned(account, lots, [one.units for one in after], cents)
        estate.add(step_words(SPLIT_WORD, action, account), _entries(estate, turned))
        estate.change(_moves(turned, action.ex_day), action.ex_day)


def _entries(estate: Estate, turned: _Turned) -> list[Entry]:
    """New units come out of conversion or go into it; lots left with nothing are realised against the money."""
    account, asset = turned.account, turned.lots[0].asset
    currency = estate.accounts[account].asset
    more = sum(turned.units) - sum(one.units for one in turned.lots)
    holding, conversion = Inner(account, Kind.HOLDING, asset), System(asset, CONVERSION_PATH)
    debit, credit = (holding, conversion) if more > 0 else (conversion, holding)
    gone = _gone(turned)
    source = System(currency, CONVERSION_PATH if gone else IN_LIEU_PATH)
    entries = [
        Entry(debit, credit, asset, abs(more), Code.SPLIT),
        Entry(account, source, currency, turned.cents, Code.CASH_IN_LIEU),
    ]
    if gone:
        entries += gain_entries(turned.cents - sum(one.cost for one in gone), currency)
    return entries


def _gone(turned: _Turned) -> list[LotRow]:
    return [one for one, units in zip(turned.lots, turned.units, strict=True) if not units]


def _moves(turned: _Turned, day: int) -> list[LotMove]:
    gone = _gone(turned)
    proceeds = split_by_units(turned.cents, [one.units for one in gone]) if gone else []
    brought = dict(zip([one.lot for one in gone], proceeds, strict=True))
    found = []
    for one, units in zip(turned.lots, turned.units, strict=True):
        kept = (one.lot, one.customer, one.account, one.slice, one.asset)
        if units and units != one.units:
            found.append(LotMove(*kept, MoveKind.SPLIT, units - one.units, 0, day))
        elif not units:
            got, sold = brought[one.lot], (-one.units, -one.cost, day)
            gain, old = got - one.cost, long_term(one.held_from, day)
            found.append(LotMove(*kept, MoveKind.SELL, *sold, proceeds=got, gain=gain, long=old))
    return found
