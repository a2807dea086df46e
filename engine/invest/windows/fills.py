"""Fills into the books: what a final order did, as journals of cash, units, gain and fee, and as moves of lots (D9).

One journal a slice's part holds everything of it. Proceeds go to the account's unsettled money until the settlement
session (ruling 27); a buy is paid from what was set aside for its order, and the rest goes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.fees.reasons import Fee
from engine.invest.journals import Entry, Inner, Journal, System, words_of
from engine.invest.lots.choose import Taken, first_units, settle_sale
from engine.invest.lots.lots import long_term, lot_of, part_cost
from engine.invest.orderrecords import OrderRow, PartRow
from engine.invest.records import CONVERSION_PATH, LotMove, LotRow, MoveKind
from engine.invest.windows.levies import LEVY_PATHS, Levied
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError

GAIN_PATH = "income:realised_gain"
LOSS_PATH = "expense:realised_loss"
FEE_PATH = "expense:trade_fees"


@dataclass(frozen=True, slots=True)
class Booked:
    """One part in the books: its journal and its lot moves; `net` cents came in (a sale) or went out (a buy).

    `levies` are cents of its fee that regulators take.
    """

    part: PartRow
    journal: Journal
    moves: tuple[LotMove, ...]
    net: int
    levies: Mapping[Fee, int] = field(default_factory=dict)


def _words(part: PartRow) -> tuple[int, ...]:
    return (*words_of(f"{part.client_id}|{part.purpose}"), part.account, part.slice, part.intent)


def booked_sale(order: OrderRow, sold: Levied, lots: Mapping[int, LotRow], currency: int) -> Booked | None:
    """A part's sale, the lots first that were chosen when it was ordered; None where nothing was filled.

    Raises SluiceError `above_holding` where the chosen lots do not hold the units any more.
    """
    part = sold.part
    if not part.filled_units:
        return None
    taken = []
    for number, units in first_units(part.lots, part.filled_units):
        if number not in lots:
            sentence = f"Lot {number} is gone or closed; the order that sold it cannot be booked."
            raise SluiceError("above_holding", sentence, "units")
        lot = lot_of(lots[number])
        taken.append(Taken(number, units, part_cost(lot, units), 0, 0, long_term(lot.held_from, order.day)))
    levies = {Fee.SEC: sold.sec, Fee.TAF: sold.taf}
    settled = settle_sale(taken, part.filled, part.fee)
    gain = sum(one.gain for one in settled)
    account, asset = part.account, order.asset
    conversion = System(currency, CONVERSION_PATH)
    unsettled = Inner(account, Kind.UNSETTLED, currency)
    entries = [
        Entry(System(asset, CONVERSION_PATH), Inner(account, Kind.HOLDING, asset), asset, part.filled_units, Code.SELL),
        Entry(unsettled, conversion, currency, part.filled, Code.SELL),
        *gain_entries(gain, currency),
        Entry(System(currency, FEE_PATH), unsettled, currency, part.fee - sold.sec - sold.taf, Code.FEE),
        *(Entry(System(currency, LEVY_PATHS[fee]), unsettled, currency, one, Code.FEE) for fee, one in levies.items()),
    ]
    moves = tuple(_sold(order, part, one) for one in settled)
    return Booked(part, _journal(part, entries), moves, part.filled - part.fee, levies)


def _sold(order: OrderRow, part: PartRow, taken: Taken) -> LotMove:
    return LotMove(
        lot=taken.lot,
        customer=part.customer,
        account=part.account,
        slice=part.slice,
        asset=order.asset,
        kind=MoveKind.SELL,
        units=-taken.units,
        cost=-taken.cost,
        day=order.day,
        proceeds=taken.proceeds,
        gain=taken.gain,
        long=taken.long,
    )


def gain_entries(gain: int, currency: int) -> list[Entry]:
    """The realised gain or loss against the conversion account, so that it keeps the cost of open lots."""
    conversion = System(currency, CONVERSION_PATH)
    if gain > 0:
        return [Entry(conversion, System(currency, GAIN_PATH), currency, gain, Code.GAIN)]
    return [Entry(System(currency, LOSS_PATH), conversion, currency, -gain, Code.GAIN)]


def booked_buy(order: OrderRow, part: PartRow, currency: int, lot: int) -> Booked | None:
    """A part's buy as a new lot with this number; None where nothing was filled."""
    if not part.filled_units:
        return None
    account, asset = part.account, order.asset
    money = Inner(account, Kind.EARMARKED, currency)
    entries = [
        Entry(Inner(account, Kind.HOLDING, asset), System(asset, CONVERSION_PATH), asset, part.filled_units, Code.BUY),
        Entry(System(currency, CONVERSION_PATH), money, currency, part.filled, Code.BUY),
        Entry(System(currency, FEE_PATH), money, currency, part.fee, Code.FEE),
    ]
    move = LotMove(
        lot=lot,
        customer=part.customer,
        account=account,
        slice=part.slice,
        asset=asset,
        kind=MoveKind.BUY,
        units=part.filled_units,
        cost=part.filled,
        day=order.day,
        held_from=order.day,
    )
    return Booked(part, _journal(part, entries), (move,), part.filled + part.fee)


def _journal(part: PartRow, entries: Sequence[Entry]) -> Journal:
    return Journal(part.customer, _words(part), tuple(one for one in entries if one.amount))
