"""One-off transfers, once for each idempotency key, and the household's history for programs."""

from typing import Final

import numpy as np

from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.request import TransferRequest, transfer
from ledger.batch import Code, TransferKind
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.ids import to_hex
from ledger.money import format_units
from ledger.seal import asset_code
from web.api.answers import TransferRowAnswer, TransfersAnswer
from web.api.asked import Asked, Reply
from web.api.bodies import TransferBody
from web.api.houses import DEFAULT_LIMIT, MAX_LIMIT
from web.api.replayed import stored_reply
from web.asking import Household, changing, reading

MAX_SEQ: Final = 10**18 - 1
_LONGEST_KEY: Final = 255


def make_transfer(asked: Asked) -> Reply:
    """POST /customers/{reference}/transfers."""
    body, key = asked.body_as(TransferBody), idempotency_key(asked.headers.get("Idempotency-Key"))
    with changing(asked.services, asked.reference) as house:
        for field, handle in (("from", body.from_), ("to", body.to)):
            if handle not in house.names:
                choices = ", ".join(house.names) or "none yet"
                sentence = f"There is no account {handle}; the accounts are {choices}."
                raise SluiceError("unknown_account", sentence, field)
        prove(house.rights, asked.person, Action.MOVE, (body.from_, body.to))
        terms = (body.amount, key, house.day, body.tax_year, body.wire)
        request = TransferRequest(house.customer, body.from_, body.to, *terms)
        return stored_reply(transfer(house.work, request, asked.services.now(), asked.services.market))


def idempotency_key(text: str | None) -> str:
    """The key that a request was sent with. Raises SluiceError `key_missing`, `key_invalid`."""
    if text is None:
        raise SluiceError(
            "key_missing", "Send an Idempotency-Key of your own, new for each transfer.", "Idempotency-Key"
        )
    if not (1 <= len(text) <= _LONGEST_KEY and text.isascii() and text.isprintable()):
        sentence = f"An Idempotency-Key is 1 to {_LONGEST_KEY} printable ASCII characters."
        raise SluiceError("key_invalid", sentence, "Idempotency-Key")
    return text


def list_transfers(asked: Asked) -> Reply:
    """GET /customers/{reference}/transfers."""
    limit = asked.whole("limit", DEFAULT_LIMIT, MAX_LIMIT)
    before = asked.whole("before_seq", MAX_SEQ, MAX_SEQ)
    with reading(asked.services, asked.reference) as house:
        chosen = np.flatnonzero(house.past.seq < before)[::-1]
        names = _names(house)
        scales = house.work.asset_scales()
        rows = [_row(house, (names, scales), at) for at in chosen[:limit].tolist()]
    return Reply(TransfersAnswer(transfers=rows, next=rows[-1].seq if len(chosen) > limit else None))


def _names(house: Household) -> dict[int, str]:
    """Names of everything that transfers can touch: system accounts, the household's, and those inside them."""
    accounts = house.work.accounts_of(house.column, inner=True)
    return house.work.system_paths() | {one.account: one.handle for one in accounts}


def _row(house: Household, known: tuple[dict[int, str], dict[int, int]], at: int) -> TransferRowAnswer:
    lines, (names, scales) = house.past.transfers, known
    asset = int(lines.asset[at])
    return TransferRowAnswer(
        seq=int(house.past.seq[at]),
        id=to_hex(int(lines.id_hi[at]), int(lines.id_lo[at])),
        kind=TransferKind(lines.kind[at]).name.lower(),
        code=Code(lines.code[at]).name.lower(),
        from_=names[int(lines.credit[at])],
        to=names[int(lines.debit[at])],
        asset=asset_code(asset),
        amount=format_units(int(lines.amount[at]), scales[asset]),
        day=format_day(int(lines.day[at])),
    )
