"""One account: its balances, limits, and its register with the running posted balance, newest first."""

from dataclasses import dataclass

import numpy as np
from flask import request

from engine.services import Services
from ledger.batch import Code, TransferKind
from web.asking import Household, reading
from web.charts.ladder import ladder
from web.pages.frame import framed, whole

_PAGE = 50
_MAX_SEQ = 10**18 - 1

_CODE_WORDS = {
    Code.OPENING: "opening balance",
    Code.STATEMENT: "statement line",
    Code.CARD: "card purchase",
    Code.ADJUSTMENT: "adjustment to the bank's figure",
    Code.RULE: "by rule",
    Code.ONE_OFF: "asked for",
}
_KIND_WORDS = {
    TransferKind.SINGLE: "posted",
    TransferKind.PENDING: "pending",
    TransferKind.POST: "posted",
    TransferKind.VOID: "voided",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer as the account sees it: `change` of what is posted, and `balance`, posted after it."""

    seq: int
    day: int
    other: str
    why: str
    state: str
    run: int
    rank: int
    amount: int
    change: int
    balance: int


def account(services: Services, reference: str, handle: str) -> str:
    """GET /h/<reference>/accounts/<handle>."""
    before = whole(request.args.get("before_seq", str(_MAX_SEQ)), _MAX_SEQ)
    with reading(services, reference) as house:
        one = house.account(handle)
        lines = [line for line in _lines(house, one.account) if line.seq < before]
        return framed(
            "account.html",
            house,
            account=one,
            ladder=ladder(one),
            lines=lines[:_PAGE],
            older=lines[_PAGE - 1].seq if len(lines) > _PAGE else None,
        )


def _lines(house: Household, account_id: int) -> list[Line]:
    """Every line of the account, newest first."""
    past, lines = house.past, house.past.transfers
    at = np.flatnonzero((lines.debit == account_id) | (lines.credit == account_id))
    incoming = lines.debit[at] == account_id
    posts = (lines.kind[at] == TransferKind.SINGLE) | (lines.kind[at] == TransferKind.POST)
    signed = np.where(incoming, lines.amount[at], -lines.amount[at])
    change = np.where(posts, signed, 0)
    balance = np.cumsum(change)
    names = house.work.system_paths() | {one.account: one.name for one in house.accounts}
    return [
        Line(
            seq=int(past.seq[n]),
            day=int(lines.day[n]),
            other=names[int(lines.credit[n] if incoming[place] else lines.debit[n])],
            why=_CODE_WORDS[Code(int(lines.code[n]))],
            state=_KIND_WORDS[TransferKind(int(lines.kind[n]))],
            run=int(lines.run[n]),
            rank=int(lines.rank[n]),
            amount=int(signed[place]),
            change=int(change[place]),
            balance=int(balance[place]),
        )
        for place, n in reversed(list(enumerate(at.tolist())))
    ]
