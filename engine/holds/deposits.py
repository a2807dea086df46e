"""The deposits of one household: transfers from a bank account of it into another account, arrived or on their way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.desk import AccountRecord, Past
from engine.holds.naming import DIGITS, place_of
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.batch import TransferKind, Transfers
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.ids import to_hex
from ledger.money import format_money, quoted
from rules.wording_when import listed

_NAMED: Final = 3  # deposits that a refusal names


@dataclass(frozen=True, slots=True)
class Part:
    """A pending transfer of a deposit: its id, the account it goes to, and cents."""

    id: str
    account: int
    amount: int


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit: id and seq of its first pending transfer, where it went, from which bank, cents, the day of making.

    `arrived` is the business day on which it was posted, None while it is on its way. A payment into a borrow line is
    one deposit of two `parts` where it paid interest due too; there is one part else.
    """

    id: str
    seq: int
    account: AccountRecord
    bank: AccountRecord
    amount: int
    made: int
    arrived: int | None
    parts: tuple[Part, ...]


def deposit_of(work: BookWork, customer: int, transfer: str) -> Deposit:
    """The deposit of an id, or of its start or end: any of its pending transfers, or a transfer that posted one.

    Raises SluiceError `transfer_unknown`, `transfer_ambiguous` or `not_a_deposit`.
    """
    past = work.past(customer)
    records = work.accounts_of(np.array([customer], np.int64))
    accounts = {one.due_account: one for one in records} | {one.account: one for one in records}
    at = place_of(past.transfers, transfer)
    if at is None:
        which = _latest(past, accounts)
        sentence = f"The household has no transfer {quoted(transfer)}; ids have {DIGITS} hexadecimal digits, of which "
        sentence = f"{sentence}the first or the last few do. {which}"
        raise SluiceError("transfer_unknown", sentence, "transfer")
    if past.transfers.kind[at] == TransferKind.POST:
        posted = to_hex(int(past.transfers.pending_hi[at]), int(past.transfers.pending_lo[at]))
        at = place_of(past.transfers, posted) or 0
    found = _deposit(past, accounts, at)
    if found is None:
        sentence = f"That transfer brought no money from a bank, so no bank can take it back. {_latest(past, accounts)}"
        raise SluiceError("not_a_deposit", sentence, "transfer")
    return found


def _deposit(past: Past, accounts: Mapping[int, AccountRecord], at: int) -> Deposit | None:
    """The deposit to which the transfer at a place belongs, with all of its journal; None where it is none.

    `accounts` names an account of interest due as its borrow line.
    """
    lines = past.transfers
    to, bank = accounts.get(int(lines.debit[at])), accounts.get(int(lines.credit[at]))
    if lines.kind[at] != TransferKind.PENDING or to is None or bank is None:
        return None
    if bank.kind != Kind.BANK or to.kind == Kind.BANK:
        return None
    mine = (
        (lines.journal == lines.journal[at]) & (lines.kind == TransferKind.PENDING) & (lines.credit == lines.credit[at])
    )
    places = [one for one in np.flatnonzero(mine).tolist() if accounts.get(int(lines.debit[one])) is to]
    parts = tuple(_part(lines, one) for one in places)
    amount, made = sum(one.amount for one in parts), int(lines.day[at])
    return Deposit(parts[0].id, int(past.seq[places[0]]), to, bank, amount, made, _arrived(lines, at), parts)


def _part(lines: Transfers, at: int) -> Part:
    return Part(to_hex(int(lines.id_hi[at]), int(lines.id_lo[at])), int(lines.debit[at]), int(lines.amount[at]))


def _arrived(lines: Transfers, at: int) -> int | None:
    """The day on which the pending transfer at a place was posted; those of one deposit are posted by one night."""
    ends = np.flatnonzero((lines.pending_hi == lines.id_hi[at]) & (lines.pending_lo == lines.id_lo[at]))
    posted = [int(lines.day[end]) for end in ends if lines.kind[end] == TransferKind.POST]
    return posted[0] if posted else None


def _latest(past: Past, accounts: Mapping[int, AccountRecord]) -> str:
    """The sentence that names the latest deposits."""
    found: dict[str, str] = {}
    for at in np.flatnonzero(past.transfers.kind == TransferKind.PENDING)[::-1].tolist():
        one = _deposit(past, accounts, at)
        if one is not None and len(found) < _NAMED:
            amount = format_money(one.amount, grouped=True)
            found[one.id] = f"{one.id} ({amount} into {one.account.handle}, {format_day(one.made)})"
    return f"The latest deposits are {listed(list(found.values()))}." if found else "There is no deposit yet."
