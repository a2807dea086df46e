"""What a customer agrees to about an open account: margin of a trust, and that cash accounts pay a line's interest.

Both count from the next night on. Who agrees may draw on the account; who lets cash accounts pay may also move the
money of each of them (products.md 1.13, investing.md 1, ruling 17).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.contributions.access import prove, rights_of
from engine.contributions.rights import RIGHTS, Action, Ownership
from engine.desk import AccountRecord
from engine.household import account_named
from engine.invest.market import Market
from engine.invest.nights.steps import Steps
from engine.overnight.marginwindow import measured_at, promised
from engine.overnight.sight import night_sight
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.faults import SluiceError
from ledger.money import format_money


@dataclass(frozen=True, slots=True)
class Consent:
    """That something holds for an account from now on, or not any more; `person` is who says so, by number."""

    customer: int
    handle: str
    given: bool
    person: int | None = None


def agree_margin(work: BookWork, consent: Consent, market: Market | None, day: int) -> None:
    """Keep whether the margin agreement of an account is signed: without it the account is no collateral.

    It is not taken back while money is owed that the rest of the collateral does not bear at the last closes of `day`;
    what has no price counts as nothing. Raises SluiceError `not_allowed`, `account_unknown`, `account_closed`,
    `agreement_kind` for an account that needs no agreement, `margin_short`; what is written is then rolled back.
    """
    account = _account(work, consent)
    owned = {one.account: one for one in work.owners(np.array([account.customer], np.int64))}.get(account.account)
    if owned is None or not RIGHTS[Ownership(owned.kind)].agreement:
        sentence = f"{account.handle} needs no margin agreement; name an account that a trust owns."
        raise SluiceError("agreement_kind", sentence, "account")
    work.agree(account.account, agreed=consent.given)
    if owned.agreed and not consent.given:
        _prove_borne(work, account, market, day)


def charge_cash(work: BookWork, consent: Consent) -> None:
    """Keep whether the interest of a borrow line may be charged to the household's cash accounts too.

    Raises SluiceError `not_allowed`, `account_unknown`, `account_closed`, `limit` for an account that is no line.
    """
    line = _account(work, consent)
    if line.kind != Kind.BORROW:
        sentence = f"{line.handle} is no borrow line, and nothing is charged for it; name a borrow line."
        raise SluiceError("limit", sentence, "account")
    if consent.given:
        accounts = work.accounts_of(np.array([line.customer], np.int64))
        payers = [one.handle for one in accounts if _pays(one, line)]
        prove(rights_of(work, line.customer, accounts), consent.person, Action.MOVE, payers)
    secured, _ = line_terms(work, line)
    work.set_line_terms(line.account, secured=secured, cash_pays=consent.given)


def line_terms(work: BookWork, line: AccountRecord) -> tuple[bool, bool]:
    """Whether the limit of a borrow line follows the collateral, and whether cash accounts pay its interest too."""
    lines = work.lines(np.array([line.customer], np.int64))
    at = lines.account == line.account
    return bool(lines.secured[at].any()), bool(lines.cash_pays[at].any())


def _account(work: BookWork, consent: Consent) -> AccountRecord:
    """The account, once it is proven that the person may draw on it, and that it is open."""
    rights = rights_of(work, consent.customer)
    prove(rights, consent.person, Action.SEE)
    account = account_named(work, consent.customer, consent.handle)
    prove(rights, consent.person, Action.BORROW, [account.handle])
    if account.standing == Standing.CLOSED:
        raise SluiceError("account_closed", f"{account.handle} is closed; name an account that is open.", "account")
    return account


def _pays(account: AccountRecord, line: AccountRecord) -> bool:
    return account.kind == Kind.CASH and account.asset == line.asset and account.standing != Standing.CLOSED


def _prove_borne(work: BookWork, account: AccountRecord, market: Market | None, day: int) -> None:
    """Refuse what would leave too little behind a line on which something is owed; raises count as paid."""
    sight = night_sight(work, market, Steps(day))
    found = measured_at(sight, np.array([account.customer], np.int64))
    if found is None or not found.owed.any():
        return
    raises = int(promised(sight, found)[0])
    missing = raises - int(found.measures.excess[0])
    if missing > 0:
        handles = {one.account: one.handle for one in work.accounts_of(found.household)}
        line, short = handles[int(found.lines.account[0])], format_money(missing, grouped=True)
        later = " once what is being raised is paid" if raises else ""
        sentence = f"Without {account.handle} {short} would be missing behind {line}{later}: pay so much in, or sell"
        raise SluiceError("margin_short", f"{sentence} and pay it down, and take the agreement back then.", "agreed")
