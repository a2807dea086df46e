"""One account: its balances, limits, and its register with the running posted balance, newest first.

The register of a borrow line is that of all that is owed on it: principal and interest due are one balance (ruling 12).
"""

from dataclasses import dataclass

import numpy as np
from flask import request

from engine.desk import AccountRecord
from engine.services import Services
from ledger.accounts import Kind
from ledger.batch import Code, TransferKind
from ledger.days import date_of
from web.asking import Household, reading
from web.charts.ladder import ladder
from web.moneyview import fees_of
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
    Code.WIRE: "asked for, by wire",
    Code.RETURNED: "taken back by the bank",
    Code.BUY: "bought",
    Code.SELL: "sold",
    Code.GAIN: "gain or loss of a sale",
    Code.FEE: "fee",
    Code.SETTLE: "proceeds settled",
    Code.DIVIDEND: "dividend",
    Code.SPLIT: "split",
    Code.CASH_IN_LIEU: "cash in lieu of a fraction",
    Code.RENAMED: "new symbol",
    Code.HOLDING: "holding moved",
    Code.EARMARK: "set aside for an order",
    Code.RETURN_OF_CAPITAL: "return of capital",
    Code.RAISED: "raised by sales",
    Code.INTEREST: "interest of",
    Code.CHARGE: "interest charged",
    Code.CLOSING: "account closed",
}
_KIND_WORDS = {
    TransferKind.SINGLE: "posted",
    TransferKind.PENDING: "pending",
    TransferKind.POST: "posted",
    TransferKind.VOID: "voided",
}
_PLACES = {
    "income:interest": "Interest earned",
    "income:dividends": "Dividends",
    "expense:borrow_interest": "Cost of the line",
    "expense:fees": "Fees",
    "expense:sec_fee": "SEC fee",
    "expense:taf_fee": "FINRA fee",
}
"""System accounts as people call them; the others by their paths."""


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer as the account sees it: `change` of what is posted, and `balance`, posted after it.

    A line between the principal and the interest due of one borrow line changes nothing.
    """

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
        lines = [line for line in _lines(house, one) if line.seq < before]
        return framed(
            "account.html",
            house,
            account=one,
            ladder=ladder(one),
            lines=lines[:_PAGE],
            older=lines[_PAGE - 1].seq if len(lines) > _PAGE else None,
        )


def _lines(house: Household, account: AccountRecord) -> list[Line]:
    """Every line of the account, newest first."""
    past, lines = house.past, house.past.transfers
    mine = [account.account, *([account.due_account] if account.due_account else [])]
    into, out = np.isin(lines.debit, mine), np.isin(lines.credit, mine)
    at = np.flatnonzero(into | out)
    posts = (lines.kind[at] == TransferKind.SINGLE) | (lines.kind[at] == TransferKind.POST)
    signed = np.where(into[at], lines.amount[at], 0) - np.where(out[at], lines.amount[at], 0)
    change = np.where(posts, signed, 0)
    balance = np.cumsum(change)
    names, why = _names(house), _why(house, at)
    return [
        Line(
            seq=int(past.seq[n]),
            day=int(lines.day[n]),
            other=names[int(lines.credit[n] if into[n] else lines.debit[n])],
            why=why[place],
            state=_KIND_WORDS[TransferKind(int(lines.kind[n]))],
            run=int(lines.run[n]),
            rank=int(lines.rank[n]),
            amount=int(signed[place]),
            change=int(change[place]),
            balance=int(balance[place]),
        )
        for place, n in reversed(list(enumerate(at.tolist())))
    ]


def _names(house: Household) -> dict[int, str]:
    """What the other side of a line is called."""
    places = {one: _PLACES.get(path, path) for one, path in house.work.system_paths().items()}
    inner = house.work.accounts_of(house.column, inner=True)
    return places | {one.account: "Interest due" if one.kind == Kind.BORROW_DUE else one.name for one in inner}


def _why(house: Household, at: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[str]:
    """Why the money of each line moved: the month of interest, and the reason of a fee."""
    lines, journal = house.past.transfers, house.past.journal
    reasons: dict[int, str] = {}
    if (lines.code[at] == Code.FEE).any():
        for one in fees_of(house).fees:
            reasons[one.row.seq] = f"{reasons[one.row.seq]} {one.reason}" if one.row.seq in reasons else one.reason
    words = []
    for n in at.tolist():
        code = Code(int(lines.code[n]))
        text = _CODE_WORDS[code]
        if code == Code.INTEREST:
            text = f"{text} {date_of(int(lines.day[n])):%B %Y}"
        words.append(reasons.get(int(journal[n]), text) if code == Code.FEE else text)
    return words
