"""An account is closed: its interest is posted at once, its fee taken, the rest goes to another account (ruling 6)."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.desk import AccountEvent, AccountRecord
from engine.fees.reasons import Fee
from engine.fees.single import account_again, take_fee
from engine.household import account_named, post, single
from engine.interest.accrue import Accrued, merge
from engine.interest.post import Posted
from engine.overnight.balances import Now
from engine.overnight.earning import Month, months, since
from engine.overnight.paying import EARNED, OWED
from engine.ports import BookWork
from engine.rulebook import from_text
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.money import format_money
from ledger.statuses import CATALOGUE, Status
from rules.references import handles_of

_INVESTED: Final = (Kind.INVEST, Kind.IRA)
_EARNING: Final = (Kind.CASH, Kind.BORROW)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did, cents: interest posted (owed, of a borrow line), the fee, and what went to the other account.

    Of a borrow line `moved` is what the other account paid.
    """

    interest: int
    fee: int
    moved: int


def close_account(work: BookWork, customer: int, handles: tuple[str, str], when: tuple[int, int]) -> Closed:
    """Close the first account; the second takes what is left, or pays what is owed. `when` is (business day, instant).

    Raises SluiceError `account_unknown`, `account_in_use` where rules name it, something is pending or it holds
    securities, `account_closed`, `accounts_same`, and what the books refuse.
    """
    account, other = (account_named(work, customer, handle) for handle in handles)
    _refuse(work, account, other)
    interest = _post_interest(work, account, when) if account.kind in _EARNING else 0
    fee = 0
    if account.kind == Kind.IRA and (row := take_fee(work, account, Fee.RETIREMENT_CLOSING, "closing", when)):
        fee = row.amount
    moved = _move_rest(work, account_again(work, account), other, when)
    account = account_again(work, account)
    event = AccountEvent(account.account, 0, account.floor, account.ceiling, account.rule_floor, Standing.CLOSED)
    work.change_account(account.account, event)
    return Closed(interest, fee, moved)


def _refuse(work: BookWork, account: AccountRecord, other: AccountRecord) -> None:
    if account.account == other.account:
        raise SluiceError("accounts_same", "What is left goes to another account; name one that stays open.", "to")
    for one, field in ((account, "account"), (other, "to")):
        if one.standing == Standing.CLOSED:
            raise SluiceError("account_closed", f"{one.handle} is closed; name an account that is open.", field)
    reasons = _uses(work, account)
    if reasons:
        sentence = f"{account.handle} is in use: {'; '.join(reasons)}. End that first, then close it."
        raise SluiceError("account_in_use", sentence, "account")


def _uses(work: BookWork, account: AccountRecord) -> list[str]:
    """Why the account cannot be closed yet."""
    found = []
    versions = work.versions(account.customer)
    rules = from_text(versions[-1].documents) if versions else ()
    named = [rule.id for rule in rules if account.handle in {handle for _, handle in handles_of(rule)}]
    if named:
        found.append(f"rules name it ({', '.join(named)})")
    if account.pending_in or account.pending_out:
        found.append("a transfer is on its way")
    if account.kind in _INVESTED:
        inner = work.accounts_of(np.array([account.customer], np.int64), inner=True)
        mine = [one for one in inner if one.handle.startswith(f"{account.handle}:") and one.posted]
        if mine:
            found.append(f"it holds {len(mine)} securities or unsettled amounts")
    return found


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
    cents = sum(int(one.posted.cents.sum()) for one in made)
    last = made[-1].posted
    work.keep_last_interest(
        day, _counted(made), Posted(last.account, np.full(len(last.account), cents), last.remainder)
    )
    if cents:
        _book_interest(work, account, cents, (day, instant))
    return cents


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
        sides = (account.account, system) if cents > 0 else (system, account.account)
    _book(work, account, (*sides, abs(cents)), Code.INTEREST, (f"closing interest:{account.handle}", day, instant))


def _move_rest(work: BookWork, account: AccountRecord, other: AccountRecord, when: tuple[int, int]) -> int:
    """Move what is left, or pay what is owed, interest first; cents."""
    day, instant = when
    if account.posted > 0:
        key = (f"closing:{account.handle}", day, instant)
        _book(work, account, (other.account, account.account, account.posted), Code.CLOSING, key)
        return account.posted
    owed, due = -account.posted, _whole_due(work, account)
    free = other.posted - other.pending_out - max(other.floor, other.rule_floor)
    if owed > free:
        most = format_money(max(free, 0), grouped=True)
        sentence = f"{account.handle} owes {format_money(owed, grouped=True)} and {other.handle} can give {most}."
        raise SluiceError("exceeds_floor", f"{sentence} Pay it back first, or name an account that can.", "to")
    for part, side, word in ((due, account.due_account, "due"), (owed - due, account.account, "rest")):
        if part:
            key = (f"closing {word}:{account.handle}", day, instant)
            _book(work, account, (side, other.account, part), Code.CLOSING, key)
    return owed


def _book(
    work: BookWork, account: AccountRecord, sides: tuple[int, int, int], code: Code, key: tuple[str, int, int]
) -> None:
    text, day, instant = key
    batch = single(work.row.book, account, sides, code, (text, day))
    status = post(work, batch, (day, "request", instant))
    if status != Status.CREATED:
        raise SluiceError(status.name.lower(), CATALOGUE[status].sentence, "to")
