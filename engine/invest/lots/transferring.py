"""Holdings moved between accounts of one household: units and lots change their account, nothing is sold or taxed.

One journal moves the units from holding to holding; every lot taken is closed here and opened there with its trade
day, holding period and cost, the oldest first.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from engine.desk import AccountRecord
from engine.household import account_named
from engine.invest.journals import Entry, Inner, Journal, post, words_of
from engine.invest.lots.choose import SaleTerms, Taken, choose
from engine.invest.lots.lots import lot_of
from engine.invest.market import PRICE_SCALE, Market, OrderState
from engine.invest.orderrecords import OPEN_STATES
from engine.invest.pies.editing import INVESTING
from engine.invest.pies.paths import reaches
from engine.invest.records import LotMove, LotOrder, LotRow, MoveKind, SliceState
from engine.overnight.marginmoves import Leaving, lacking
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.money import format_money, format_units, quoted
from ledger.seal import asset_code

MOVE_WORD: Final = 5
"""First of the whole numbers that tell this module's journals apart."""

ANSWERED: Final = 200


@dataclass(frozen=True, slots=True)
class Transfer:
    """Move `units` of a slice, 0 for all of them, into a slice of the same security of another account (handles)."""

    customer: int
    source: str
    path: str
    destination: str
    target: str
    units: int
    key: str


@dataclass(frozen=True, slots=True)
class Transferred:
    """What was moved: units and their cost in cents, in so many lots."""

    symbol: str
    units: int
    cost: int
    lots: int


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a transfer: an account and a slice of it."""

    account: AccountRecord
    slice: int
    asset: int
    units: int


def transfer_holding(
    work: BookWork, asked: Transfer, when: tuple[int, int], market: Market | None = None
) -> Transferred:
    """Move a holding; `when` is (business day, instant). The same key gives what was moved the first time.

    Without a market no margin bounds it. Raises SluiceError with its field: `account_unknown`, `account_closed`,
    `no_pie_account`, `same_account`, `ira_transfer` between a taxable account and an IRA or IRAs of two persons,
    `broker_differs`, `slice_unknown`, `other_security`, `nothing_held`, `above_holding`, `orders_open`,
    `margin_short`, `idempotency_key_reused`.
    """
    body = {name: value for name, value in asdict(asked).items() if name not in {"customer", "key"}}
    print_ = hashlib.sha256(json.dumps(["holding", body], sort_keys=True).encode()).digest()
    before = work.answer(asked.customer, asked.key)
    if before is not None:
        if before[0] != print_:
            sentence = (
                "This key was used for something else; repeat that exactly, or make a new key for a new transfer."
            )
            raise SluiceError("idempotency_key_reused", sentence, "key")
        return Transferred(**json.loads(before[2]))
    source = _end(work, asked, ("source", asked.source, asked.path))
    target = _end(work, asked, ("destination", asked.destination, asked.target))
    _prove_pair(work, source, target)
    units = asked.units or source.units
    scale = work.asset_scales()[source.asset]
    if not 0 < units <= source.units:
        has = format_units(source.units, scale)
        code, wrong = (
            ("above_holding", "move no more") if source.units else ("nothing_held", "there is nothing to move")
        )
        raise SluiceError(code, f"{asked.source} holds {has} units in {asked.path}: {wrong}.", "units")
    if market:
        _prove_borne(work, market, (source, target), units, when[0])
    moved = _move(work, (source, target), units, (asked.key, when))
    work.keep_answer(asked.customer, asked.key, print_, (ANSWERED, json.dumps(asdict(moved))))
    return moved


def _end(work: BookWork, asked: Transfer, named: tuple[str, str, str]) -> _End:
    """One end. Raises where its account or its slice cannot take part."""
    field, handle, path = named
    try:
        account = account_named(work, asked.customer, handle)
    except SluiceError as fault:
        raise SluiceError(fault.code, fault.sentence, field) from None
    if account.kind not in INVESTING:
        sentence = f"{handle} holds money alone; holdings move between invest accounts, or between IRAs."
        raise SluiceError("no_pie_account", sentence, field)
    if account.standing != Standing.OPEN:
        sentence = f"{handle} is {Standing(account.standing).name.lower()}; choose an open account."
        raise SluiceError("account_closed", sentence, field)
    slices = work.slices(np.array([account.account], np.int64))
    alive = [at for at in range(len(slices)) if slices.units[at] > 0 or slices.state[at] == SliceState.HELD]
    for at in alive:
        if slices.path[at] == path and (field == "source" or slices.state[at] == SliceState.HELD):
            return _End(account, int(slices.slice[at]), int(slices.asset[at]), int(slices.units[at]))
    choices = ", ".join(slices.path[at] for at in alive) or "none yet"
    sentence = f"There is no slice {quoted(path)} in {handle}; the slices are {choices}."
    raise SluiceError("slice_unknown", sentence, "path" if field == "source" else "target")


def _prove_pair(work: BookWork, source: _End, target: _End) -> None:
    """Raise where the two ends do not go together, or orders for the slice are open."""
    if source.account.account == target.account.account:
        sentence = "Source and destination are the same account; move slices inside of it by editing its pie."
        raise SluiceError("same_account", sentence, "destination")
    if (source.account.kind == Kind.IRA) != (target.account.kind == Kind.IRA):
        sentence = "Holdings do not move between a taxable account and an IRA; sell, and contribute the money."
        raise SluiceError("ira_transfer", sentence, "destination")
    if source.account.kind == Kind.IRA:
        _prove_person(work, source.account, target.account)
    if source.asset != target.asset:
        sentence = f"The source holds {asset_code(source.asset)}, the target slice is {asset_code(target.asset)}."
        raise SluiceError("other_security", f"{sentence} Name a slice of the same security.", "target")
    accounts = work.invest_accounts(np.array([source.account.customer], np.int64))
    brokers = dict(zip(accounts.account.tolist(), accounts.broker, strict=True))
    if brokers[source.account.account] != brokers[target.account.account]:
        sentence = "The accounts are held at different brokers; such a transfer is the brokers' own to make."
        raise SluiceError("broker_differs", sentence, "destination")
    if _has_orders(work, source):
        sentence = "Orders for this slice are open; cancel them, or wait until their window is over."
        raise SluiceError("orders_open", sentence, "path")


def _prove_person(work: BookWork, source: AccountRecord, target: AccountRecord) -> None:
    """Raise where two IRAs do not name the same person, or only one of them names any."""
    iras = work.named_iras(np.array([source.customer], np.int64))
    persons = dict(zip(iras.account.tolist(), iras.person.tolist(), strict=True))
    if persons.get(source.account) != persons.get(target.account):
        sentence = "The two IRAs are not the same person's; holdings move between IRAs of one person alone."
        raise SluiceError("ira_transfer", sentence, "destination")


def _prove_borne(work: BookWork, market: Market, ends: tuple[_End, _End], units: int, day: int) -> None:
    """Raise where the holding stands behind a borrow line that would then have too little (ruling 14)."""
    source, target = ends
    account = source.account
    left = source.units - units
    moved = Leaving(account.customer, account.account, source.slice, left, target.account.account)
    missing = lacking(work, market, moved, day)
    if missing:
        short = format_money(missing, grouped=True)
        sentence = f"Without it {short} would be missing behind the borrow line; move less, or pay in first."
        raise SluiceError("margin_short", sentence, "units")


def _has_orders(work: BookWork, source: _End) -> bool:
    """Whether an order of the household's, or one at the broker, may still sell or buy the slice."""
    account = source.account.account
    slices = work.slices(np.array([account], np.int64))
    path = slices.path[slices.slice.tolist().index(source.slice)]
    waiting = [one for one in work.intents(OPEN_STATES, source.account.customer) if one.account == account]
    if any(reaches(one.path, path) for one in waiting):
        return True
    parts = work.parts([one.client_id for one in work.orders_in(tuple(OrderState))])
    return any((part.account, part.slice) == (account, source.slice) for part in parts)


def _move(work: BookWork, ends: tuple[_End, _End], units: int, named: tuple[str, tuple[int, int]]) -> Transferred:
    """Write the journal and the lot moves."""
    source, target = ends
    key, (day, instant) = named
    rows = {row.lot: row for row in work.lots(np.array([source.account.account], np.int64))}
    lots = [lot_of(row) for row in rows.values() if row.slice == source.slice]
    terms = SaleTerms(day, 10**PRICE_SCALE, work.asset_scales()[source.asset])
    taken = choose(lots, units, LotOrder.FIFO, terms)
    places = [Inner(end.account.account, Kind.HOLDING, source.asset) for end in (target, source)]
    entry = Entry(places[0], places[1], source.asset, units, Code.HOLDING)
    words = (MOVE_WORD, *words_of(key), source.account.account, source.slice)
    seq = post(work, [Journal(source.account.customer, words, (entry,))], (day, "request", instant))[0]
    new = work.new_lots(len(taken)).tolist()
    moves = [move for one, lot in zip(taken, new, strict=True) for move in _moves(ends, rows[one.lot], one, (lot, day))]
    work.keep_moves(moves, seq)
    return Transferred(asset_code(source.asset), units, sum(one.cost for one in taken), len(taken))


def _moves(ends: tuple[_End, _End], row: LotRow, one: Taken, new: tuple[int, int]) -> tuple[LotMove, LotMove]:
    """Out of the old lot, and the opening of the new one with its days and its cost."""
    (source, target), (lot, day) = ends, new
    customer, asset = source.account.customer, source.asset
    out = LotMove(
        one.lot,
        customer,
        source.account.account,
        source.slice,
        asset,
        MoveKind.ACCOUNT,
        -one.units,
        -one.cost,
        day,
        other=lot,
    )
    into = LotMove(
        lot,
        customer,
        target.account.account,
        target.slice,
        asset,
        MoveKind.ACCOUNT,
        one.units,
        one.cost,
        row.day,
        row.held_from,
        other=one.lot,
    )
    return out, into
