"""Proceeds that have settled become cash, and raises whose sales have settled are paid out (rulings 26 and 27)."""

from dataclasses import replace
from typing import Final

import numpy as np

from engine.holds.layers import Funds, available, carried, merged, spend
from engine.holds.purse import goal_of
from engine.holds.table import KIND_WORDS
from engine.invest.journals import Entry, Inner
from engine.invest.nights.estate import Estate
from engine.invest.orderrecords import Intent, IntentState
from engine.invest.windows.lending import MARGIN_SHORT
from engine.invest.windows.reserving import promised, raise_path
from ledger.accounts import Kind
from ledger.batch import Code

SETTLE_WORD: Final = 21
RAISE_WORD: Final = 22

RAISED_LESS: Final = "raised_less"
"""Why a raise is done in part alone: there was less, or the account it goes to takes less."""

FUNDS_HELD: Final = "funds_held"
"""Why a raise waits: money in its account may not go where it pays to yet (ruling 18)."""


def settle(estate: Estate) -> None:
    """The proceeds that are due, which are all that an estate is given, go to the cash of their accounts.

    What raises sold for that are not paid out yet is set aside for them: no rule and no window may have it meanwhile.
    """
    for (account, day), cents in sorted(estate.settlements.items()):
        currency = estate.accounts[account].asset
        source, pot = (Inner(account, kind, currency) for kind in (Kind.UNSETTLED, Kind.EARMARKED))
        kept = _keep(estate, account, cents)
        entries = [
            Entry(account, source, currency, cents - kept, Code.SETTLE),
            Entry(pot, source, currency, kept, Code.SETTLE),
        ]
        estate.add((SETTLE_WORD, account, day), entries)
        estate.settlements[account, day] = 0


def _keep(estate: Estate, account: int, cents: int) -> int:
    """Set aside what the account's raises lack of what they sold for, the oldest first; the cents of it."""
    left = cents
    for intent, lacking in promised([one for one in estate.waiting if one.account == account], estate.earmarks).items():
        part, key = min(left, lacking), (account, raise_path(intent))
        estate.earmarks[key] = estate.earmarks.get(key, 0) + part
        left -= part
    return cents - left


def pay_raises(estate: Estate) -> None:
    """Pay out what raises wait for: what was set aside for each, and settled cash for what that lacks.

    What was set aside for one that was cancelled is cash again.
    """
    for intent in estate.raises:
        estate.judged.append(_paid(estate, intent))


def _borne(estate: Estate, intent: Intent, paid: int) -> bool:
    """Whether the margin bears that so much goes where the raise pays to; what it bears is less from then on."""
    away = intent.account in estate.behind and intent.destination not in estate.behind
    if estate.bearable is None or not away:
        return True
    if paid > estate.bearable:
        return False
    estate.bearable -= paid
    return True


def _funds(estate: Estate, account: int, kept: int) -> Funds:
    """What an account has once what was set aside is cash."""
    balance = estate.posted(account) - estate.accounts[account].pending_out + kept
    return Funds(np.array([account], np.int64), np.array([balance], np.int64))


def _loose(estate: Estate, intent: Intent, cents: tuple[int, int]) -> bool:
    """Whether so much may go where the raise pays to; `cents` are what is paid, and what was set aside for it."""
    paid, kept = cents
    if estate.layers is None or not paid:
        return True
    goal = goal_of(estate.accounts[intent.destination].kind, intent.destination, estate.day)
    return paid <= int(available(estate.layers, _funds(estate, intent.account, kept), goal)[0])


def _spend(estate: Estate, intent: Intent, cents: tuple[int, int]) -> None:
    """Take what is paid out of the layers: its restrictions travel with it to another account that can hold them."""
    paid, kept = cents
    if estate.layers is None or not paid:
        return
    kind = estate.accounts[intent.destination].kind
    goal = goal_of(kind, intent.destination, estate.day)
    went = spend(estate.layers, _funds(estate, intent.account, kept), np.array([paid], np.int64), goal)
    there = np.full(len(went.taken), intent.destination if kind in KIND_WORDS else 0, np.int64)
    estate.layers = merged(went.layers, carried(estate.layers, went.taken, there))


def _payment(estate: Estate, intent: Intent, paid: int) -> list[Entry]:
    """The entries of a payment; one to a borrow line pays the interest due first, then principal (ruling 12)."""
    account, line = intent.account, intent.destination
    currency = estate.accounts[account].asset
    due = min(paid, estate.dues.get(line, 0))
    entries = []
    if due:
        (interest,) = [one for one, of in estate.line_of.items() if of == line]
        estate.dues[line] -= due
        entries.append(Entry(interest, account, currency, due, Code.RAISED))
    held = paid > 0 and estate.accounts[line].kind == Kind.BANK
    return [*entries, Entry(line, account, currency, paid - due, Code.RAISED, pending=held)]


def _paid(estate: Estate, intent: Intent) -> Intent:
    """One raise. All of it becomes cash first, so that a payment to a bank is held between accounts of people.

    One that takes away more than the margin bears, or money that is under a hold, waits with its money set aside, and
    is tried again the next night.
    """
    account, path = intent.account, raise_path(intent.intent)
    currency, kept = estate.accounts[account].asset, estate.earmarks.get((account, path), 0)
    wanted = 0 if intent.state == IntentState.CANCELLED else intent.amount
    paid = min(wanted, estate.available(account, kept), estate.room(intent.destination, currency))
    if not _loose(estate, intent, (paid, kept)):
        return replace(intent, reason=FUNDS_HELD)
    if not _borne(estate, intent, paid):
        return replace(intent, reason=MARGIN_SHORT)
    freed = Entry(account, Inner(account, Kind.EARMARKED, currency), currency, kept, Code.EARMARK)
    _spend(estate, intent, (paid, kept))
    estate.add((RAISE_WORD, intent.intent), [freed, *_payment(estate, intent, paid)])
    estate.earmarks[account, path] = 0
    if intent.state == IntentState.CANCELLED:
        return replace(intent, done=0)
    whole = paid == intent.amount
    state, reason = (IntentState.DONE, "") if whole else (IntentState.PARTLY, RAISED_LESS)
    return replace(intent, state=state, done=paid, reason=reason)
