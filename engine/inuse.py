"""Why an account cannot be closed yet: what names it, what is on its way to it, and what it holds."""

from typing import Final

import numpy as np

from engine.desk import AccountRecord
from engine.invest.market import OPEN, ActionKind, Market, OrderState
from engine.invest.nights.news import LOOK_BACK, mark, pays_on
from engine.invest.orderrecords import OPEN_STATES
from engine.ports import BookWork
from engine.rulebook import from_text
from ledger.accounts import Kind
from ledger.days import format_day
from ledger.seal import asset_code
from rules.references import handles_of
from rules.wording_when import listed

INVESTED: Final = (Kind.INVEST, Kind.IRA)
_UNBOOKED: Final = (*OPEN, OrderState.FILLED, OrderState.PARTIAL)


def uses(work: BookWork, account: AccountRecord, market: Market | None, day: int) -> list[str]:
    """Why the account cannot be closed on a day, in words for people; empty where it can.

    Of dividends it knows what the market tells: those whose day without the right has passed, which are not paid yet,
    and for which the account held the security. Without a market it knows of none.
    """
    found = []
    versions = work.versions(account.customer)
    rules = from_text(versions[-1].documents) if versions else ()
    named = [rule.id for rule in rules if account.handle in {handle for _, handle in handles_of(rule)}]
    if named:
        found.append(f"rules name it ({', '.join(named)})")
    if account.pending_in or account.pending_out:
        found.append("a transfer is on its way")
    if account.kind in INVESTED:
        inner = work.accounts_of(np.array([account.customer], np.int64), inner=True)
        mine = [one for one in inner if one.handle.startswith(f"{account.handle}:") and one.posted]
        if mine:
            found.append(f"it holds {len(mine)} securities or unsettled amounts")
    if _ordered(work, account):
        found.append("orders for it are open")
    if account.kind in INVESTED and market is not None and (symbols := _unpaid(work, account, market, day)):
        found.append(f"dividends are still to be paid to it ({listed(symbols)})")
    return found


def _ordered(work: BookWork, account: AccountRecord) -> bool:
    """Whether an order of the household is to trade in the account or to pay into it, or a trade is not booked yet."""
    intents = work.intents(OPEN_STATES, account.customer)
    if any(account.account in (one.account, one.destination) for one in intents):
        return True
    orders = [one.client_id for one in work.orders_in(_UNBOOKED)] if account.kind in INVESTED else []
    return any(part.account == account.account for part in work.parts(orders))


def _unpaid(work: BookWork, account: AccountRecord, market: Market, day: int) -> list[str]:
    """Dividends that the account has a right to and a night has still to pay: symbol and day of payment."""
    slices = work.slices(work.invest_accounts(np.array([account.customer], np.int64)).account)
    held, done = {asset_code(one): one for one in np.unique(slices.asset).tolist()}, work.actions_done()
    known = market.actions(day - LOOK_BACK, day + LOOK_BACK)
    return [
        f"{one.symbol} on {format_day(pays_on(one))}"
        for one in known
        if one.kind == ActionKind.DIVIDEND
        and one.symbol in held
        and one.ex_day <= day
        and pays_on(one) >= day - LOOK_BACK
        and not {mark(one), mark(one, account.customer)} & done.keys()
        and any(slot[0] == account.account for slot in work.units_before(held[one.symbol], one.ex_day))
    ]
