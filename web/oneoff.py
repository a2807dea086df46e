"""A one-off transfer asked for on a page: read from fields, tried out without a trace, or made once for its key.

Trying makes the transfer in the books and takes everything back, so a review refuses what making it would refuse.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.contributions.years import Choice
from engine.desk import AccountRecord
from engine.foreseen import fee_sentence, transfer_loss
from engine.holds.settling import kinds_of, settle_day
from engine.once import Answered
from engine.request import TransferRequest, transfer, without_key
from ledger.faults import SluiceError
from ledger.ids import to_hex
from ledger.money import parse_money
from web.asking import Household
from web.moneyview import fees_of, names_of

FIELDS: Final = ("from", "to", "amount", "tax_year", "rail")
YEARS: Final[Mapping[str, Choice | None]] = {"": None, "current": "current", "prior": "prior"}
REFUSED: Final = 400


@dataclass(frozen=True, slots=True)
class Review:
    """What a transfer would do: both accounts before and after it, and the day on which it arrives.

    `arrives` is None where it is there at once. `fees` are sentences of what it costs on top; `loss` says when it loses
    the waiver of the platform fee, empty where it does not. `made` tells that its key was used for it already.
    """

    amount: int
    before: tuple[AccountRecord, AccountRecord]
    after: tuple[AccountRecord, AccountRecord]
    arrives: int | None
    tax_year: int | None
    fees: tuple[str, ...]
    loss: str
    made: bool


def read_request(house: Household, fields: Mapping[str, str], key: str) -> TransferRequest:
    """The request of a form. Raises SluiceError with the field that is wrong."""
    for field in ("from", "to"):
        if fields[field] not in house.names:
            raise SluiceError("unknown_account", "Choose an account of this household.", field)
    if fields["from"] == fields["to"]:
        raise SluiceError("accounts_same", "Name two different accounts.", "to")
    try:
        cents = parse_money(fields["amount"].strip())
    except SluiceError as fault:
        raise SluiceError(fault.code, fault.sentence, "amount") from None
    if cents == 0:
        raise SluiceError("amount_not_positive", 'Write an amount above zero, such as "25.00".', "amount")
    if fields["tax_year"] not in YEARS:
        raise SluiceError("choice", "The tax year is the current or the prior one.", "tax_year")
    year, wire = YEARS[fields["tax_year"]], fields["rail"] == "wire"
    return TransferRequest(house.customer, fields["from"], fields["to"], cents, key, house.day, year, wire)


def reviewed(house: Household, request: TransferRequest) -> Review:
    """Make the transfer to see what it does; for a household of `asking.trying`. Raises what makes it refuse."""
    before = (house.account(request.source), house.account(request.destination))
    charged = fees_of(house)
    answered = made(house, request)
    fresh = Household(house.services, house.work, house.customer)
    body, charges = json.loads(answered.body), fees_of(fresh)
    known, names = [one.row for one in charged.fees], names_of(house)
    return Review(
        amount=request.amount,
        before=before,
        after=(fresh.account(request.source), fresh.account(request.destination)),
        arrives=_arrives(house, body["id"]),
        tax_year=body.get("tax_year"),
        fees=tuple(fee_sentence(one.row, names) for one in charges.fees if one.row not in known),
        loss=transfer_loss(charged.cycle, charges.cycle),
        made=answered.replayed,
    )


def made(house: Household, request: TransferRequest) -> Answered:
    """Make the transfer, once for its key. Raises SluiceError with what the books refuse it for."""
    answered = transfer(house.work, request, house.services.now(), house.services.market)
    if answered.status >= REFUSED:
        body = json.loads(answered.body)
        raise SluiceError(body["code"], without_key(body["detail"]), body["field"])
    return answered


def _arrives(house: Household, number: str) -> int | None:
    """The day whose night posts the transfer; None where it is posted."""
    holds = house.work.population(house.column).holds
    ids = [to_hex(*pair) for pair in zip(holds.id_hi.tolist(), holds.id_lo.tolist(), strict=True)]
    if number not in ids:
        return None
    accounts = np.array([one.account for one in house.accounts], np.int64)
    kinds = kinds_of(accounts, np.array([one.kind for one in house.accounts], np.int64))
    own = holds.take(np.array([ids.index(number)]))
    return int(settle_day(own, kinds, house.work.dated())[0])
