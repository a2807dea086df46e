"""One transfer that a person or a program asks for, exactly once per idempotency key (rulings 38 and 51)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.contributions.oneoff import Transferred, contribution
from engine.contributions.years import Choice, Refusal
from engine.desk import AccountRecord
from engine.fees.reasons import Fee
from engine.fees.single import account_again, fee_of, take_fee
from engine.holds.ach import ach_refusal
from engine.holds.oneoff import Sides, purse_now, spent, withheld
from engine.holds.purse import Purse
from engine.household import account_named, post, single
from engine.invest.market import Market
from engine.once import Answered, once, refused
from engine.overnight.marginmoves import margin_refusal
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.batch import Code, TransferKind, Transfers, join
from ledger.ids import keyed_id
from ledger.money import format_money
from ledger.statuses import CATALOGUE, Status, remembered

AGAIN: Final = "A new try needs a new key."
"""How a refusal ends that the same key would get again."""


def without_key(sentence: str) -> str:
    """A refusal for somebody who gave no key: the next try has a new one by itself."""
    return sentence.removesuffix(AGAIN).rstrip()


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Move `amount` cents between two accounts of one household, counting for business day `day`.

    `tax_year`: the year to which a contribution to a retirement account counts, `current` where nothing is said.
    `wire`: sent from or to a bank by wire, else by ACH. `closing`: handle of the one of them that is being closed, with
    which all of its money goes, whatever floor it kept.
    """

    customer: int
    source: str
    destination: str
    amount: int
    key: str
    day: int
    tax_year: Choice | None = None
    wire: bool = False
    closing: str = ""


def transfer(work: BookWork, request: TransferRequest, instant: int, market: Market | None = None) -> Answered:
    """Post the transfer, or refuse it; either answer is stored with its key and replayed for ever.

    The same key with another source, destination, amount, tax year or rail answers 422. Without a market no margin
    bounds it. Raises SluiceError `account_unknown`.
    """
    wanted: list[str | int] = [request.source, request.destination, request.amount]
    if request.tax_year is not None:
        wanted.append(request.tax_year)
    if request.wire:
        wanted.append("wire")
    return once(work, (request.customer, request.key), wanted, lambda: carry_out(work, request, instant, market))


def carry_out(work: BookWork, request: TransferRequest, instant: int, market: Market | None = None) -> Answered:
    """Post the transfer, or refuse it, without an answer that is stored; see `transfer`."""
    source = account_named(work, request.customer, request.source)
    if request.closing == request.source:
        source = replace(source, floor=min(source.floor, 0), rule_floor=0)
    destination = account_named(work, request.customer, request.destination)
    sides = Sides(source, destination, request.day)
    purse = purse_now(work, request.customer, request.day)
    for answered in _refusals(work, request, sides, purse):
        return answered
    leaves = request.amount + _fee(work, request, destination)
    short = margin_refusal(work, market, (source, destination), leaves, request.day)
    if short:
        return short
    counts = contribution(work, Transferred(source, destination, request.amount, request.day, request.tax_year))
    if isinstance(counts, Refusal):
        return Answered(409, refused(counts.code, counts.sentence, counts.field))
    batch, seq = _batch(work, request, source, destination), work.row.next_seq
    status = post(work, batch, (request.day, "request", instant))
    if status not in {Status.CREATED, Status.EXISTS}:
        if remembered(np.array([status], np.int64))[0]:
            work.keep_refusals(batch.id_hi, batch.id_lo, np.array([status], np.int64), instant)
        entry = CATALOGUE[status]
        return Answered(entry.http, refused(status.name.lower(), entry.sentence, ""))
    if counts and status == Status.CREATED:
        work.keep_contributions(counts.rows(seq))
    if purse and status == Status.CREATED:
        spent(work, purse, batch, request.day)
    if request.wire and destination.kind == Kind.BANK:
        take_fee(work, account_again(work, source), Fee.WIRE, request.key, (request.day, instant))
    body: dict[str, str | int] = {
        "id": f"{int(batch.id_hi[0]):016x}{int(batch.id_lo[0]):016x}",
        "from": request.source,
        "to": request.destination,
        "amount": format_money(request.amount),
        "state": "pending" if batch.kind[0] == TransferKind.PENDING else "posted",
    }
    return Answered(201, json.dumps(body | ({"tax_year": counts.year} if counts else {})))


def _refusals(work: BookWork, request: TransferRequest, sides: Sides, purse: Purse | None) -> Iterator[Answered]:
    """What speaks against the transfer as things stand, the first reason first."""
    source, destination = sides.source, sides.destination
    if request.wire and Kind.BANK not in {source.kind, destination.kind}:
        sentence = "A wire goes from or to a bank; between your own accounts leave it out."
        yield Answered(422, refused("wire_without_bank", sentence, "wire"))
    owed = -destination.posted - destination.pending_in
    if destination.kind == Kind.BORROW and request.amount > owed:
        most = format_money(max(owed, 0), grouped=True)
        sentence = f"{request.destination} owes {most}; pay no more than that. {AGAIN}"
        yield Answered(409, refused("above_owed", sentence, "amount"))
    fee = _fee(work, request, destination)
    free = source.free - fee
    if request.amount > free and source.kind != Kind.BORROW:  # why a line lends no more, `margin_refusal` says
        most = format_money(max(free, 0), grouped=True)
        after = f" after the wire's fee of {format_money(fee)}" if fee else ""
        sentence = f"{request.source} can give at most {most}{after}; ask for no more. {AGAIN}"
        yield Answered(409, refused("exceeds_floor", sentence, "amount"))
    for account, field in ((source, "from"), (destination, "to")):
        if account.standing in {Standing.FROZEN, Standing.CLOSED}:
            sentence = f"{account.handle} is {Standing(account.standing).name.lower()}; choose an open account."
            yield Answered(409, refused("account_closed", sentence, field))
    if not request.wire and (outside := ach_refusal(work, sides, request.amount)):
        yield outside
    if purse and (held := withheld(purse, sides, request.amount)):
        yield Answered(409, refused("funds_held", held, "amount"))


def _fee(work: BookWork, request: TransferRequest, destination: AccountRecord) -> int:
    """What the source pays on top: a wire to a bank has its fee, cents."""
    return fee_of(work, Fee.WIRE, request.day) if request.wire and destination.kind == Kind.BANK else 0


def _batch(work: BookWork, request: TransferRequest, source: AccountRecord, destination: AccountRecord) -> Transfers:
    """The transfer, pending where an outside bank is involved (ruling 51)."""
    batch = single(
        work.row.book,
        source,
        (destination.account, source.account, request.amount),
        Code.CLOSING if request.closing else Code.WIRE if request.wire else Code.ONE_OFF,
        (_key(request), request.day),
    )
    if Kind.BANK in {source.kind, destination.kind}:
        batch = replace(batch, kind=np.array([TransferKind.PENDING], np.int64))
    return _due_first(work.row.book, request, batch, destination)


def _key(request: TransferRequest) -> str:
    """What makes the transfer's id: a client's key never meets one of our own."""
    return closing_key(request.closing) if request.closing else f"request:{request.key}"


def closing_key(handle: str) -> str:
    """What makes the id of the transfer that closes the account of a handle: at most one a household and day."""
    return f"closing:{handle}"


def _due_first(book: int, request: TransferRequest, batch: Transfers, line: AccountRecord) -> Transfers:
    """A payment into a borrow line pays the interest due on it first, as a transfer of its own (ruling 12)."""
    part = min(request.amount, line.due)
    if part <= 0:
        return batch
    paid = replace(batch, debit=np.array([line.due_account]), amount=np.array([part]))
    if part == request.amount:
        return paid
    id_hi, id_lo = keyed_id(book, request.day, request.customer, f"{_key(request)}:principal")
    rest = np.array([request.amount - part])
    high, low = np.array([id_hi], np.uint64), np.array([id_lo], np.uint64)
    return join([paid, replace(batch, id_hi=high, id_lo=low, amount=rest)])
