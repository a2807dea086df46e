"""A deposit that the bank took back is reversed exactly, and the household's rules are paused (ledger.md 4.4, 4.6).

One on its way is voided. One that arrived is paid back: out of what is still under its own hold, then of other money;
what is lacking takes the account below its floor, as a forced entry. Where that account is closed, another one pays
(`engine.holds.payer`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.businessday import prove_open
from engine.contributions.tonight import Moved, taken_back
from engine.desk import AccountRecord
from engine.holds.deposits import Deposit, Part, deposit_of
from engine.holds.forced import give_way, make_room
from engine.holds.layers import Funds, returned
from engine.holds.oneoff import purse_now
from engine.holds.payer import payer_of
from engine.holds.purse import Purse, squared
from engine.holds.tonight import keep
from engine.holds.work import ReturnRow
from engine.household import post_forced, single
from engine.ports import BookWork
from engine.rulebook import count_again
from engine.waterfall import pour
from ledger.accounts import Int64s
from ledger.batch import Code, TransferKind, Transfers, join
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import quoted

_REASON: Final = re.compile(r"R[0-9]{2}", re.ASCII)
_REASONS: Final = {
    "R01": "not enough money",
    "R02": "account closed",
    "R03": "no such account",
    "R04": "invalid account number",
    "R07": "permission withdrawn",
    "R08": "payment stopped",
    "R09": "money not collected yet",
    "R10": "not authorised",
    "R16": "account frozen",
    "R20": "account takes no transfers",
    "R29": "not authorised by the company",
}
"""The commonest reasons for which banks return an ACH entry."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What the bank says: the id of the transfer that it took back (32 hexadecimal digits), and its reason code."""

    customer: int
    transfer: str
    reason: str


def reason_words(code: str) -> str:
    """The reason as people read it: `R01, not enough money`; the code alone where it is a rare one."""
    words = _REASONS.get(code)
    return f"{code}, {words}" if words else code


def take_back(work: BookWork, told: TakenBack, when: tuple[int, int]) -> ReturnRow:
    """Reverse a deposit, or void it while it is on its way, and pause the rules; `when` is (business day, instant).

    What a rule had moved with it counts in no cap any more, whatever the day it moved (rules.md 6).
    A deposit that was returned before gives its record again, whatever the reason this time. The record's `account` is
    the one that paid: not the deposit's where that is closed. Raises SluiceError `return_reason`, `transfer_unknown`,
    `not_a_deposit`, `return_early` before the day of the deposit, `day_done` on a day whose night is done,
    `account_closed` where nothing is open that could pay, or the books' refusal where the bank's account is closed.
    """
    if not _REASON.fullmatch(told.reason):
        sentence = f"{quoted(told.reason)} is no reason of a return; write the bank's code, such as R01."
        raise SluiceError("return_reason", sentence, "reason")
    deposit = deposit_of(work, told.customer, told.transfer)
    before = work.returned(deposit.id)
    if before is not None:
        return before
    day, instant = when
    _prove_day(work, deposit, day)
    row = _row(work, deposit, told, day)
    row = (
        _paid_back(work, deposit, row, instant) if deposit.arrived is not None else _voided(work, deposit, row, instant)
    )
    (household,) = work.customers(np.array([told.customer], np.int64))
    if not household.paused:
        work.change_customer(told.customer, paused=True, ira_room=household.ira_room)
    work.keep_return(row, instant)
    count_again(work, told.customer)
    _give_room_back(work, deposit, row)
    return row


def _prove_day(work: BookWork, deposit: Deposit, day: int) -> None:
    """Refuse a day whose night is done, and one before the deposit was made."""
    prove_open(work, day)
    if day < deposit.made:
        made = format_day(deposit.made)
        sentence = f"The deposit is of {made}, so no bank took it back on {format_day(day)}; write {made} or later."
        raise SluiceError("return_early", sentence, "day")


def _give_room_back(work: BookWork, deposit: Deposit, row: ReturnRow) -> None:
    """A contribution to a retirement account that was taken back counts to its tax year no more."""
    of, *back = (np.array([value], np.int64) for value in (deposit.seq, row.account, row.amount, row.seq))
    account, amount, seq = back
    work.keep_contributions(taken_back(work, row.day, of, Moved(account, amount, seq)))


def _row(work: BookWork, deposit: Deposit, told: TakenBack, day: int) -> ReturnRow:
    return ReturnRow(
        transfer=deposit.id,
        customer=told.customer,
        account=deposit.account.account,
        origin=deposit.bank.account,
        amount=deposit.amount,
        reason=told.reason,
        day=day,
        posted=deposit.arrived is not None,
        seq=work.row.next_seq,
    )


def _voided(work: BookWork, deposit: Deposit, row: ReturnRow, instant: int) -> ReturnRow:
    """It never arrived: the hold is released."""
    batch = join([_line(work, deposit, (one, one.account, row.origin), row.day) for one in deposit.parts])
    batch = replace(
        batch,
        kind=np.full(len(batch), TransferKind.VOID, np.int64),
        pending_hi=np.array([int(one.id[:16], 16) for one in deposit.parts], np.uint64),
        pending_lo=np.array([int(one.id[16:], 16) for one in deposit.parts], np.uint64),
    )
    post_forced(work, batch, (row.day, "request", instant), "transfer")
    return row


def _paid_back(work: BookWork, deposit: Deposit, row: ReturnRow, instant: int) -> ReturnRow:
    """It arrived: the money goes back, and the layers that it left with it."""
    payer = payer_of(work, deposit)
    purse = purse_now(work, row.customer, row.day)
    sources = [_source(deposit, payer, one) for one in deposit.parts]
    own_first = sorted(zip(deposit.parts, sources, strict=True), key=lambda pair: pair[1] != payer.account)
    principal = sum(one.amount for one, source in own_first if source == payer.account)
    forced = give_way(work, payer, principal, (Code.RETURNED, row.day))
    make_room(work, deposit.bank, row.amount, (Code.RETURNED, row.day))
    lines = [_line(work, deposit, (one, row.origin, source), row.day) for one, source in own_first]
    post_forced(work, join(lines), (row.day, "request", instant), "transfer")
    held = 0
    if purse is not None:
        purse, held = _out_of_layers(purse, deposit, payer.account)
        keep(work, purse, row.day)
    covered = row.amount - forced
    own = min(held, covered)
    return replace(row, account=payer.account, from_layers=own, from_free=covered - own, forced=forced)


def _source(deposit: Deposit, payer: AccountRecord, part: Part) -> int:
    """The account out of which a part goes back: where it went, unless another account pays all of them."""
    return part.account if payer.account == deposit.account.account else payer.account


def _out_of_layers(purse: Purse, deposit: Deposit, account: int) -> tuple[Purse, int]:
    """The purse without the deposit, which an account pays back, and the cents that were still under its own hold."""
    layers = purse.layers
    mine = (layers.account == account) & (layers.arrived == deposit.arrived) & (layers.origin == deposit.bank.account)
    amount = np.array([deposit.amount], np.int64)
    own: Int64s = np.zeros(len(layers), np.int64)
    own[mine] = pour(amount, np.zeros(int(mine.sum()), np.int64), layers.amount[mine])
    place = np.searchsorted(purse.account, [account])
    back = returned(layers, Funds(purse.account[place], purse.balance[place]), (own, amount - own.sum()))
    balance = purse.balance.copy()
    balance[place] -= amount
    return squared(replace(purse, layers=back.layers, balance=balance)), int(back.taken.sum())


def _line(work: BookWork, deposit: Deposit, what: tuple[Part, int, int], day: int) -> Transfers:
    """The transfer that returns a part, debit and credit named; its id follows from the part's."""
    part, debit, credit = what
    key = (f"return:{part.id}", day)
    return single(work.row.book, deposit.account, (debit, credit, part.amount), Code.RETURNED, key)
