"""The planning phases of a window inside its transactions: sells with grants, buys with what came (ruling 26)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.invest.journals import Entry, Inner, Journal, Stamp, post
from engine.invest.market import Side, Window
from engine.invest.orderrecords import OPEN_STATES, Intent, IntentState, PartRow, Phase, WindowRow
from engine.invest.records import LotMove, MoveKind
from engine.invest.windows.blocks import Part, blocks
from engine.invest.windows.buying import Purchase, purchases
from engine.invest.windows.grants import Grant, as_text, from_text
from engine.invest.windows.lending import MARGIN_SHORT, bearable, cut
from engine.invest.windows.planning import Moved, Planned, View, plan
from engine.invest.windows.reserving import Draw, promised, raise_path
from engine.invest.windows.viewing import Basis, view
from engine.ports import BookWork
from ledger.accounts import Int64s, Kind
from ledger.batch import Code

RESERVE_WORD = 1
DRAW_WORD = 2
KEEP_WORD = 3
RELEASE_WORD = 5
"""First of the whole numbers that tell this module's journals apart."""

SLICE = MoveKind.SLICE
Key = tuple[int, int, str, int]
"""What tells the parts of one order apart: account, slice, purpose, intent."""


def plan_sells(work: BookWork, basis: Basis, instant: int, lease: int) -> WindowRow:
    """Phase 1: plan, move inside, set raises' cash aside, store sell orders, grants and intents. One commit."""
    window = basis.window
    seen = view(work, basis)
    planned = plan(seen, window)
    stamp = (window.day, "window", instant)
    _reserve(work, seen, planned, (window, stamp))
    _move_lots(work, seen, planned.moves, window.day)
    work.set_intents(_taken(planned))
    if planned.asked.rebalanced:
        work.set_rebalanced(np.unique(seen.now.accounts.account[list(planned.asked.rebalanced)]), window.day)
    work.keep_quotes(basis.quotes)
    row = WindowRow(
        day=window.day,
        slot=window.slot,
        phase=Phase.PLANNED,
        snapshot=basis.quotes.snapshot,
        opens=window.opens,
        ends=window.ends,
        started=instant,
        finished=0,
        fence=1,
        lease=lease,
        grants=as_text(planned.grants),
    )
    work.keep_window(row)
    work.keep_orders(*blocks(work.row.book, window, Side.SELL, [one.part for one in planned.sells], instant))
    return row


def _taken(planned: Planned) -> list[Intent]:
    """The intents of the window, with what moves inside brought or spent, and why nothing was planned."""
    found = []
    for one in planned.asked.intents:
        got = planned.credited.get(one.intent, 0) + planned.spent.get(one.intent, 0)
        fault = planned.refused.get(one.intent)
        found.append(replace(one, done=one.done + got, reason=one.reason if fault is None else fault.code))
    return found


def _reserve(work: BookWork, seen: View, planned: Planned, when: tuple[Window, Stamp]) -> None:
    """Set the idle cash of raises aside; earmarks that bought inside become cash."""
    window, stamp = when
    kept = earmarks_of(work)
    currency_of = currencies(work, seen.now.accounts.account)
    rows, journals = [], []
    for index, intent, cents in planned.asked.reserved:
        account = int(seen.now.accounts.account[index])
        customer = int(seen.now.accounts.customer[index])
        currency = currency_of[account]
        words = (RESERVE_WORD, window.slot, account, intent)
        entry = Entry(Inner(account, Kind.EARMARKED, currency), account, currency, cents, Code.EARMARK)
        journals.append(Journal(customer, words, (entry,)))
        path = raise_path(intent)
        rows.append((account, path, kept.get((account, path), 0) + cents))
    customers = dict(zip(seen.now.accounts.account.tolist(), seen.now.accounts.customer.tolist(), strict=True))
    for at, ((account, path), cents) in enumerate(planned.released.items()):
        currency = currency_of[account]
        entry = Entry(account, Inner(account, Kind.EARMARKED, currency), currency, cents, Code.EARMARK)
        journals.append(Journal(customers[account], (RELEASE_WORD, window.slot, account, at), (entry,)))
        rows.append((account, path, kept[account, path] - cents))
    post(work, journals, stamp)
    work.set_earmarks(rows)


def earmarks_of(work: BookWork) -> dict[tuple[int, str], int]:
    """Cents of every earmark by (account, path)."""
    return {(account, path): cents for account, path, cents in work.earmarks()}


def currencies(work: BookWork, accounts: Int64s) -> dict[int, int]:
    """The asset that the cash of each of these accounts (ascending) is in."""
    found = work.accounts(accounts)
    return dict(zip(found.account.tolist(), found.asset.tolist(), strict=True))


def _move_lots(work: BookWork, seen: View, moves: Sequence[Moved], day: int) -> None:
    """Give the taken lots, or parts of them, to the other slices; nothing is realised."""
    slices = seen.now.slices
    accounts = np.unique(slices.account[[one.source for one in moves]])
    rows = {one.lot: one for one in work.lots(accounts)} if moves else {}
    new = iter(work.new_lots(sum(len(one.taken) for one in moves)).tolist())
    kept: list[LotMove] = []
    for moved in moves:
        common = (int(slices.customer[moved.source]), int(slices.account[moved.source]))
        source, target = int(slices.slice[moved.source]), int(slices.slice[moved.target])
        for one in moved.taken:
            row, number = rows[one.lot], next(new)
            out = LotMove(one.lot, *common, source, row.asset, SLICE, -one.units, -one.cost, day, other=number)
            into = LotMove(number, *common, target, row.asset, SLICE, one.units, one.cost, row.day, row.held_from)
            kept += [out, replace(into, other=one.lot)]
    work.keep_moves(kept, work.row.next_seq)


def plan_buys(work: BookWork, basis: Basis, row: WindowRow, instant: int) -> WindowRow:
    """Phase 4: solve the buys with the money that came, set it aside, store buy orders. One commit."""
    window = basis.window
    seen = view(work, basis)
    present = set(seen.now.accounts.account.tolist())
    grants = [one for one in from_text(row.grants) if one.account in present]
    brought = _brought(work, window)
    came = [sum(brought[one.account, one.purpose, one.intent, each] for each in one.slices) for one in grants]
    money = [(one, one.cash + one.earmarked + more) for one, more in zip(grants, came, strict=True)]
    wanted = purchases(seen.now, money, basis.minimum)
    bought = bearable(seen.backing, seen.now, wanted, basis.minimum)
    _say_short(work, {grants[at].intent for at in cut(wanted, bought) if grants[at].purpose == "buy"})
    drawing = _Drawing(work, window, seen.now.accounts.account)
    parts: dict[Key, Part] = {}
    for purchase in bought:
        part = _buy_part(seen, grants[purchase.grant], purchase)
        drawn = drawing.draw(grants[purchase.grant], part)
        if drawn:
            before = parts.get(_key(part))
            parts[_key(part)] = replace(part, amount=drawn + (before.amount if before else 0))
    drawing.keep(_unspent(grants, came, bought), basis.minimum)
    orders, rows = blocks(work.row.book, window, Side.BUY, parts.values(), instant)
    drawing.write(rows, (window.day, "window", instant))
    work.keep_orders(orders, rows)
    return replace(row, phase=Phase.BUYS_PLANNED)


def _say_short(work: BookWork, numbers: set[int]) -> None:
    """The orders to buy of which the margin bears a part alone say so."""
    if numbers:
        working = [one for one in work.intents([IntentState.WORKING]) if one.intent in numbers]
        work.set_intents([replace(one, reason=MARGIN_SHORT) for one in working])


def _brought(work: BookWork, window: Window) -> defaultdict[tuple[int, str, int, int], int]:
    """Cents after fees that the sales of this window brought, by (account, purpose, intent, slice)."""
    found: defaultdict[tuple[int, str, int, int], int] = defaultdict(int)
    sales = [one for one in work.orders(window.day, window.slot) if one.side == Side.SELL and one.booked]
    for part in work.parts([one.client_id for one in sales]):
        found[part.account, part.purpose, part.intent, part.slice] += part.filled - part.fee
    return found


def _buy_part(seen: View, grant: Grant, purchase: Purchase) -> Part:
    slices = seen.now.slices
    return Part(
        broker=seen.now.accounts.broker[int(seen.now.index[purchase.at])],
        account=grant.account,
        slice=int(slices.slice[purchase.at]),
        customer=grant.customer,
        asset=int(slices.asset[purchase.at]),
        purpose=grant.purpose,
        intent=grant.intent,
        units=0,
        amount=purchase.amount,
    )


def _key(part: Part | PartRow) -> Key:
    return part.account, part.slice, part.purpose, part.intent


def _unspent(grants: Sequence[Grant], came: Sequence[int], bought: Sequence[Purchase]) -> list[tuple[Grant, int]]:
    """What removals brought and their pies did not take: (grant, cents) above zero."""
    spent: defaultdict[int, int] = defaultdict(int)
    for one in bought:
        spent[one.grant] += one.amount
    left = [(one, one.cash + more - spent[at]) for at, (one, more) in enumerate(zip(grants, came, strict=True))]
    return [(one, cents) for one, cents in left if one.purpose == "remove" and cents > 0]


class _Drawing:
    """Money for buys: taken from cash, from unsettled proceeds, from what waits for its pie; set aside an order."""

    def __init__(self, work: BookWork, window: Window, accounts: Int64s) -> None:
        self._work, self._window = work, window
        self._settlements: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for account, day, cents in work.settlements():
            self._settlements[account][day] = cents
        self._earmarks = earmarks_of(work)
        open_now = work.intents(OPEN_STATES)
        owed = promised(open_now, self._earmarks)
        self._raised: defaultdict[int, int] = defaultdict(int)
        for one in open_now:
            self._raised[one.account] += owed.get(one.intent, 0)
        found = work.accounts(accounts)
        spare = np.maximum(found.posted() - found.credits_pending, 0)
        self._cash = dict(zip(found.account.tolist(), spare.tolist(), strict=True))
        self._currency = dict(zip(found.account.tolist(), found.asset.tolist(), strict=True))
        self._granted: defaultdict[Grant, int] = defaultdict(int)
        self._draws: defaultdict[Key, list[Draw]] = defaultdict(list)
        self._journals: list[Journal] = []

    def draw(self, grant: Grant, part: Part) -> int:
        """Take a part's money where its grant has it, as far as it is there; the cents that are."""
        account, wanted = part.account, part.amount
        waiting = min(wanted, self._earmarks.get((account, grant.path), 0)) if grant.earmarked else 0
        allowed = max(grant.cash - self._granted[grant], 0)
        cash = min(wanted - waiting, allowed, self._cash[account])
        unsettled = self._unsettled(account, wanted - waiting - cash)
        more = min(wanted - waiting - cash - unsettled, max(self._cash[account] - cash, 0))
        self._granted[grant] += cash
        self._cash[account] -= cash + more
        if waiting:
            self._earmarks[account, grant.path] -= waiting
        drawn = Draw(cash + more, unsettled, waiting, grant.path)
        self._draws[_key(part)].append(drawn)
        return drawn.total

    def _unsettled(self, account: int, wanted: int) -> int:
        """Take from the account's proceeds on their way, the earliest first; the cents that were there.

        What raises have sold for is theirs.
        """
        rows = self._settlements[account]
        wanted = left = min(wanted, max(sum(rows.values()) - self._raised[account], 0))
        for day in sorted(rows):
            part = min(left, rows[day])
            rows[day] -= part
            left -= part
        return wanted - left

    def keep(self, unspent: Sequence[tuple[Grant, int]], minimum: int) -> None:
        """Set aside what removals brought and no slice took, so that no rule sees it; below the minimum it is cash."""
        for grant, cents in unspent:
            if cents >= minimum:
                unsettled = self._unsettled(grant.account, cents)
                cash = min(cents - unsettled, self._cash[grant.account])
                self._cash[grant.account] -= cash
                key = (grant.account, grant.path)
                self._earmarks[key] = self._earmarks.get(key, 0) + cash + unsettled
                words = (KEEP_WORD, self._window.slot, grant.account, grant.slices[0])
                self._transfer(grant.account, grant.customer, (words, cash, unsettled))

    def _transfer(self, account: int, customer: int, moved: tuple[tuple[int, ...], int, int]) -> None:
        """A journal that sets money of cash and of unsettled proceeds aside; `moved` is (words, cash, unsettled)."""
        words, cash, unsettled = moved
        currency = self._currency[account]
        pot = Inner(account, Kind.EARMARKED, currency)
        both = (
            Entry(pot, account, currency, cash, Code.EARMARK),
            Entry(pot, Inner(account, Kind.UNSETTLED, currency), currency, unsettled, Code.EARMARK),
        )
        entries = tuple(one for one in both if one.amount)
        if entries:
            self._journals.append(Journal(customer, words, entries))

    def write(self, parts: Sequence[PartRow], stamp: Stamp) -> None:
        """Post the journals and store the rows of money at the broker, of settlements and of pies."""
        drawn_by: dict[int, list[int]] = {}
        for part in parts:
            draws = self._draws[_key(part)]
            for path, cents in (row for one in draws for row in one.rows(part.client_id).items()):
                key = (part.account, path)
                self._earmarks[key] = self._earmarks.get(key, 0) + cents
            drawn = drawn_by.setdefault(part.account, [part.customer, 0, 0])
            drawn[1] += sum(one.cash for one in draws)
            drawn[2] += sum(one.unsettled for one in draws)
        for account, (customer, cash, unsettled) in drawn_by.items():
            self._transfer(account, customer, ((DRAW_WORD, self._window.slot, account), cash, unsettled))
        post(self._work, self._journals, stamp)
        rows = ((account, day, cents) for account, own in self._settlements.items() for day, cents in own.items())
        self._work.set_settlements(list(rows))
        self._work.set_earmarks([(account, path, cents) for (account, path), cents in self._earmarks.items()])
