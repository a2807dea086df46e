"""An account is closed: its interest is posted at once, its fee taken, the rest goes to another account (ruling 6)."""

import json
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.businessday import prove_open
from engine.contributions.rights import Ownership, may_pay_from
from engine.desk import AccountEvent, AccountRecord
from engine.fees.reasons import Fee
from engine.fees.single import account_again, take_fee
from engine.holds.forced import give_way, make_room
from engine.holds.layers import no_layers
from engine.household import account_named, post_forced, single
from engine.interest.accrue import Accrued, merge
from engine.interest.post import Posted
from engine.inuse import uses
from engine.invest.market import Market
from engine.overnight.balances import Now
from engine.overnight.earning import Month, months, since
from engine.overnight.paying import EARNED, OWED
from engine.ports import BookWork
from engine.request import TransferRequest, carry_out, without_key
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.money import format_money

_CREATED: Final = 201
_EARNING: Final = (Kind.CASH, Kind.BORROW)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did, cents: interest posted (owed, of a borrow line), the fee, and what went to the other account.

    Of a borrow line `moved` is what the other account paid.
    """

    interest: int
    fee: int
    moved: int


def close_account(
    work: BookWork, customer: int, handles: tuple[str, str], when: tuple[int, int], market: Market | None = None
) -> Closed:
    """Close the first account; the second takes what is left, or pays what is owed. `when` is (business day, instant).

    What moves is bounded as a one-off transfer is (`engine.request`): holds, contribution rooms, margin, ACH; money to
    a bank is on its way then, and arrives although the account is closed. Without a market no margin bounds it, and no
    dividend to come is known. Raises SluiceError `account_unknown`, `account_in_use` where rules name it, something is
    pending or to come or it holds securities, `account_closed`, `accounts_same`, `ira_source`, `custodial_source`,
    `exceeds_floor`, `day_done` on a day whose night is done, and the code of what speaks against the transfer.
    """
    account, other = (account_named(work, customer, handle) for handle in handles)
    _refuse(work, (account, other), market, when[0])
    prove_open(work, when[0])
    interest = _post_interest(work, account, when) if account.kind in _EARNING else 0
    fee = 0
    if account.kind == Kind.IRA and (row := take_fee(work, account, Fee.RETIREMENT_CLOSING, "closing", when)):
        fee = row.amount
    moved = _move_rest(work, (account_again(work, account), other), when, market)
    work.set_layers(np.array([account.account], np.int64), no_layers())  # of money that it has not any more
    account = account_again(work, account)
    event = AccountEvent(account.account, 0, account.floor, account.ceiling, account.rule_floor, Standing.CLOSED)
    work.change_account(account.account, event)
    return Closed(interest, fee, moved)


def _refuse(work: BookWork, sides: tuple[AccountRecord, AccountRecord], market: Market | None, day: int) -> None:
    account, other = sides
    if account.account == other.account:
        raise SluiceError("accounts_same", "What is left goes to another account; name one that stays open.", "to")
    for one, field in ((account, "account"), (other, "to")):
        if one.standing == Standing.CLOSED:
            raise SluiceError("account_closed", f"{one.handle} is closed; name an account that is open.", field)
    reasons = uses(work, account, market, day)
    if reasons:
        sentence = f"{account.handle} is in use: {'; '.join(reasons)}. End that first, then close it."
        raise SluiceError("account_in_use", sentence, "account")


def _post_interest(work: BookWork, account: AccountRecord, when: tuple[int, int]) -> int:
    """Post what the account earned or cost until the day before, and never counts again; cents."""
    day, instant = when
    begins = since(work)
    if begins is None or begins.month > day - 1:
        return 0
    borrow = account.kind == Kind.BORROW
    principal = account.posted + (_whole_due(work, account) if borrow else 0)
    now = Now(np.array([account.account]), np.array([principal]), np.array([borrow]))
    made = months(work, now, begins, day - 1)
    cents = max(sum(int(one.posted.cents.sum()) for one in made), -_there(work, account))
    last = made[-1].posted
    work.keep_last_interest(
        day, _counted(made), Posted(last.account, np.full(len(last.account), cents), last.remainder)
    )
    if cents:
        _book_interest(work, account, cents, (day, instant))
    return cents


def _there(work: BookWork, account: AccountRecord) -> int:
    """Cents that a correction can take back: what the account has, of a line the interest due; no more is carried."""
    return max(_whole_due(work, account) if account.kind == Kind.BORROW else account.posted, 0)


def _whole_due(work: BookWork, account: AccountRecord) -> int:
    """All interest due on a line, cents above zero."""
    if not account.due_account:
        return 0
    due = work.accounts(np.array([account.due_account]))
    return -int(due.posted()[0])


def _counted(made: tuple[Month, ...]) -> Accrued:
    """The cent-days of all months together: they are posted on one day."""
    whole = merge(*(one.counted for one in made))
    return merge(replace(whole, month=np.zeros_like(whole.month)))


def _book_interest(work: BookWork, account: AccountRecord, cents: int, when: tuple[int, int]) -> None:
    day, instant = when
    if account.kind == Kind.BORROW:
        due = account.due_account or int(work.open_due([(account.customer, account.account)], day)[0])
        system = int(work.system_accounts(account.asset, [OWED])[0])
        sides = (system, due) if cents > 0 else (due, system)
    else:
        system = int(work.system_accounts(account.asset, [EARNED])[0])
        force = make_room if cents > 0 else give_way
        force(work, account, abs(cents), (Code.INTEREST, day))
        sides = (account.account, system) if cents > 0 else (system, account.account)
    _book(work, account, (*sides, abs(cents)), Code.INTEREST, (f"closing interest:{account.handle}", day, instant))


def _move_rest(
    work: BookWork, sides: tuple[AccountRecord, AccountRecord], when: tuple[int, int], market: Market | None
) -> int:
    """Move what is left, or pay what is owed, interest first; cents."""
    account, other = sides
    if account.posted == 0:
        return 0
    source, destination = (account, other) if account.posted > 0 else (other, account)
    if account.posted < 0:
        _prove_payable(account, other)
    if destination.kind == Kind.BORROW:
        _prove_source(work, source)
    day, instant = when
    amount = abs(account.posted)
    handles = source.handle, destination.handle
    request = TransferRequest(account.customer, *handles, amount, "", day, closing=account.handle)
    answered = carry_out(work, request, instant, market)
    if answered.status != _CREATED:
        said = json.loads(answered.body)
        raise SluiceError(said["code"], without_key(said["detail"]), "to")
    return amount


def _prove_payable(account: AccountRecord, other: AccountRecord) -> None:
    """Refuse a payer that has too little, or whose money would arrive when the account is closed already."""
    owed = -account.posted
    owes = f"{account.handle} owes {format_money(owed, grouped=True)} and {other.handle}"
    if owed > other.free:
        most = format_money(max(other.free, 0), grouped=True)
        sentence = f"{owes} can give {most}. Pay it back first, or name an account that can."
        raise SluiceError("exceeds_floor", sentence, "to")
    if other.kind == Kind.BANK:
        sentence = f"{owes} is a bank, whose money takes days: transfer it first, and close when it has arrived."
        raise SluiceError("account_in_use", sentence, "to")


def _prove_source(work: BookWork, payer: AccountRecord) -> None:
    """Refuse an account out of which no borrow line is paid (ruling 17)."""
    if payer.kind == Kind.IRA:
        sentence = f"{payer.handle} is an IRA, and none pays a borrow line; name another account."
        raise SluiceError("ira_source", sentence, "to")
    owned = work.ownerships(np.array([payer.customer], np.int64))
    kinds = dict(zip(owned.account.tolist(), owned.kind.tolist(), strict=True))
    if payer.account in kinds and not may_pay_from(Ownership(kinds[payer.account])):
        sentence = f"{payer.handle} is a custodial account, and none pays a borrow line; name another account."
        raise SluiceError("custodial_source", sentence, "to")


def _book(
    work: BookWork, account: AccountRecord, sides: tuple[int, int, int], code: Code, key: tuple[str, int, int]
) -> None:
    text, day, instant = key
    batch = single(work.row.book, account, sides, code, (text, day))
    post_forced(work, batch, (day, "request", instant), "to")
