"""One transfer that a person or a program asks for, exactly once per idempotency key (rulings 38 and 51)."""

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from engine.household import account_named, post, single
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.batch import Code, TransferKind
from ledger.money import format_money
from ledger.statuses import CATALOGUE, Status, remembered


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Move `amount` cents between two accounts of one household, counting for business day `day`."""

    customer: int
    source: str
    destination: str
    amount: int
    key: str
    day: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a request: HTTP status, JSON body, and whether it is the stored answer of an earlier one."""

    status: int
    body: str
    replayed: bool = False


def transfer(work: BookWork, request: TransferRequest, instant: int) -> Answered:
    """Post the transfer, or refuse it; either answer is stored with its key and replayed for ever.

    The same key with another source, destination or amount answers 422. Raises SluiceError `account_unknown`.
    """
    wanted = [request.source, request.destination, request.amount]
    fingerprint = hashlib.sha256(json.dumps(wanted).encode()).digest()
    before = work.answer(request.customer, request.key)
    if before is not None:
        asked, status, body = before
        if asked != fingerprint:
            return Answered(422, _refusal("idempotency_key_reused", _REUSED, "Idempotency-Key"))
        return Answered(status, body, replayed=True)
    answered = _decide(work, request, instant)
    work.keep_answer(request.customer, request.key, fingerprint, (answered.status, answered.body))
    return answered


_REUSED = "This key was used for another transfer; repeat that request exactly, or make a new key for a new one."


def _decide(work: BookWork, request: TransferRequest, instant: int) -> Answered:
    source = account_named(work, request.customer, request.source)
    destination = account_named(work, request.customer, request.destination)
    free = source.posted - source.pending_out - max(source.floor, source.rule_floor)
    if request.amount > free:
        most = format_money(max(free, 0), grouped=True)
        sentence = f"{request.source} can give at most {most}; ask for no more. A new try needs a new key."
        return Answered(409, _refusal("exceeds_floor", sentence, "amount"))
    for account in (source, destination):
        if account.standing in {Standing.FROZEN, Standing.CLOSED}:
            sentence = f"{account.handle} is {Standing(account.standing).name.lower()}; choose an open account."
            return Answered(409, _refusal("account_closed", sentence, "from" if account is source else "to"))
    batch = single(
        work.row.book,
        source,
        (destination.account, source.account, request.amount),
        Code.ONE_OFF,
        (f"request:{request.key}", request.day),  # a client's key never meets one of our own
    )
    pending = Kind.BANK in {source.kind, destination.kind}
    if pending:
        batch = replace(batch, kind=np.array([TransferKind.PENDING], np.int64))
    status = post(work, batch, (request.day, "request", instant))
    if status not in {Status.CREATED, Status.EXISTS}:
        if remembered(np.array([status], np.int64))[0]:
            work.keep_refusals(batch.id_hi, batch.id_lo, np.array([status], np.int64), instant)
        entry = CATALOGUE[status]
        return Answered(entry.http, _refusal(status.name.lower(), entry.sentence, ""))
    body = {
        "id": f"{int(batch.id_hi[0]):016x}{int(batch.id_lo[0]):016x}",
        "from": request.source,
        "to": request.destination,
        "amount": format_money(request.amount),
        "state": "pending" if pending else "posted",
    }
    return Answered(201, json.dumps(body))


def _refusal(code: str, sentence: str, field: str) -> str:
    return json.dumps({"code": code, "detail": sentence, "field": field})
