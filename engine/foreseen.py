"""What a move does beyond its accounts, told before it is made: this month's interest, the platform fee's waiver, fees.

Previews of tonight's rules and of a one-off transfer say the same words, on pages and to programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from engine.booking import book_moves
from engine.codes import Outcome
from engine.desk import AccountRecord
from engine.fees.reasons import Fee
from engine.holds.settling import kinds_of, settle_day
from engine.interest.months import month_after
from engine.interest.rates import borrow_rates, cash_rates
from engine.overnight.cashview import Piece, Unposted, projected_of, unposted_of
from engine.overnight.collateral import Sight
from engine.overnight.feeview import KIND_WORDS, CycleTold, loss_sentence, waiver_sentence
from engine.overnight.work import FeeRow
from engine.ports import BookWork
from engine.tonight import Tonight
from ledger.accounts import Int64s, Kind, Standing
from ledger.batch import TransferKind, Transfers
from ledger.money import MAX_AMOUNT, format_money

_LONGEST: Final = 31
"""Days that no month of the platform fee is longer than."""

_SUPPOSED: Final = "With this rule's move, "


@dataclass(frozen=True, slots=True)
class Projected:
    """Cents that cash earns and borrowing costs in the month that runs; None where there is no such account.

    `gain` is what the moves change about both together, below zero where they cost.
    """

    earned: int | None
    cost: int | None
    gain: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What moves would do: the loss of the waiver in words, empty where nothing is lost, and this month's interest.

    `interest` is None without an account that earns or costs, and where one holds more than 10**15 cents. `supposed`
    tells that a rule's move is counted which only watches or asks.
    """

    waiver: str
    interest: Projected | None
    supposed: bool

    @property
    def loss(self) -> str:
        """The sentence of the waiver; empty where it is not lost."""
        return self._said(self.waiver)

    @property
    def month(self) -> str:
        """The sentence of this month's interest; empty where there is none."""
        return "" if self.interest is None else self._said(interest_sentence(self.interest))

    @property
    def change(self) -> str:
        """The same, but empty where the moves do not change it."""
        return self.month if self.interest is not None and self.interest.gain else ""

    def _said(self, sentence: str) -> str:
        return f"{_SUPPOSED}{sentence[0].lower()}{sentence[1:]}" if self.supposed and sentence else sentence


def foreseen(sight: Sight, tonight: Tonight, rank: int = 0) -> Foreseen:
    """What tonight's moves would do; that of the rule of `rank` (from 1) is counted also where it only watches or asks.

    `sight` is that of the household's book before the night. Raises SluiceError `config_missing`.
    """
    moves = moves_of(sight.work, tonight, rank)
    supposed = rank > 0 and len(moves) > len(moves_of(sight.work, tonight))
    return Foreseen(waiver_loss(sight, tonight, moves), _interest(sight.work, tonight, moves), supposed)


def moves_of(work: BookWork, tonight: Tonight, rank: int = 0) -> Transfers:
    """The transfers of a plan, none where the books would refuse one; that of the rule of `rank` in any case."""
    plan = tonight.plan
    outcome = plan.decisions.outcome.copy()
    if rank:
        outcome[rank - 1, 0] = Outcome.MOVED
    if tonight.set_aside:
        outcome[:] = Outcome.BLOCKED
    counted = replace(plan, decisions=replace(plan.decisions, outcome=outcome))
    ids = np.array([tonight.customer.customer], np.int64)
    return book_moves(counted, work.population(ids), work.row.book)[0]


def waiver_loss(sight: Sight, tonight: Tonight, moves: Transfers) -> str:
    """What moves of tonight do to the waiver of the platform fee; empty where they cost nothing."""
    banks = [one.account for one in tonight.accounts if one.kind == Kind.BANK]
    comes = ~np.isin(moves.debit, banks) & (moves.kind != TransferKind.PENDING)
    goes = ~np.isin(moves.credit, banks)
    change = int(moves.amount[comes].sum() - moves.amount[goes].sum())
    return loss_sentence(sight, tonight.customer.customer, change) if change < 0 else ""


def cash_ahead(work: BookWork, tonight: Tonight) -> tuple[Piece, ...]:
    """What cash accounts hold in the rest of the month: from tonight on, and from each day on which a move arrives."""
    return _pieces(work, tonight, _held(tonight, Kind.CASH), moves_of(work, tonight))


def _held(tonight: Tonight, kind: Kind) -> dict[int, int]:
    """Cents of the open accounts of a kind before tonight's rules; a borrow line with the interest due on it."""
    before = tonight.plan.snapshot.posted.tolist()
    return {
        one.account: before[one.slot]
        for one in tonight.accounts
        if one.kind == kind and one.standing != Standing.CLOSED
    }


def _pieces(work: BookWork, tonight: Tonight, held: Mapping[int, int], moves: Transfers) -> tuple[Piece, ...]:
    """The balances `held` after the moves, from each day of the month that runs on which some of them change."""
    lines = {one.due_account: one.account for one in tonight.accounts if one.due_account}
    effect = _arrive(work, tonight.accounts, moves)
    inside = effect < month_after(tonight.day)
    found: list[Piece] = []
    now = dict(held)
    for day in sorted({tonight.day, *effect[inside].tolist()}):
        for at in np.flatnonzero(effect == day).tolist():
            for side, cents in ((moves.debit, moves.amount), (moves.credit, -moves.amount)):
                account = lines.get(int(side[at]), int(side[at]))
                if account in now:
                    now[account] += int(cents[at])
        found.append((day, dict(now)))
    return tuple(found)


def _arrive(work: BookWork, accounts: Sequence[AccountRecord], moves: Transfers) -> Int64s:
    """The day from which each move counts on both sides: its own, or the one on which it arrives."""
    ids, kind = (np.array([getattr(one, name) for one in accounts], np.int64) for name in ("account", "kind"))
    effect = moves.day.copy()
    waits = np.flatnonzero(moves.kind == TransferKind.PENDING)
    effect[waits] = settle_day(moves.take(waits), kinds_of(ids, kind), work.dated())
    return effect


def _interest(work: BookWork, tonight: Tonight, moves: Transfers) -> Projected | None:
    cash, owed = _held(tonight, Kind.CASH), _held(tonight, Kind.BORROW)
    if not cash and not owed:
        return None
    some = [one for one in tonight.accounts if one.account in cash or one.account in owed]
    unposted = unposted_of(work, some, tonight.day)
    pieces = _pieces(work, tonight, cash | owed, moves)
    if any(abs(cents) > MAX_AMOUNT for _, one in pieces for cents in one.values()):
        return None
    begun = {one.account: one.posted - sum(cents for _, cents in unposted[one.account].ended) for one in some}
    still: tuple[Piece, ...] = ((tonight.day, begun), (tonight.day, cash | owed))
    lines = _principal(work, owed)
    (earned, cost), (before, paid) = (
        _month(work, (some, unposted), (one, _owing(lines, (*still, *one)))) for one in (pieces, still[1:])
    )
    return Projected(earned if cash else None, cost if owed else None, (earned - before) - (cost - paid))


def _principal(work: BookWork, owed: Mapping[int, int]) -> dict[int, int]:
    """What is owed on lines now without the interest due on them, above zero."""
    ids = np.array(sorted(owed), np.int64)
    return dict(zip(ids.tolist(), (-work.accounts(ids).posted()).tolist(), strict=True))


def _month(
    work: BookWork,
    accrued: tuple[Sequence[AccountRecord], Mapping[int, Unposted]],
    ahead: tuple[Sequence[Piece], Sequence[Piece]],
) -> tuple[int, int]:
    """Cents that cash earns and that lines cost in the month, with balances and principal ahead."""
    accounts, unposted = accrued
    cash, lines = ([one for one in accounts if one.kind == kind] for kind in (Kind.CASH, Kind.BORROW))
    earned = projected_of(cash, unposted, ahead[0], cash_rates(work.dated()))
    cost = projected_of(lines, unposted, ahead[1], borrow_rates(work.dated()))
    return sum(earned.values()), sum(cost.values())


def _owing(lines: Mapping[int, int], balances: Sequence[Piece]) -> tuple[Piece, ...]:
    """The principal that counts on each day, above zero: on the day on which a line is paid, what was owed before.

    `lines` are principals at the first of `balances`, which are of all that is owed, below zero. What is paid pays
    interest due first, what is drawn is principal.
    """
    now, dearest, ends = dict(lines), dict[int, dict[int, int]](), dict[int, dict[int, int]]()
    for (_, was), (day, held) in pairwise(balances):
        most = dearest.setdefault(day, dict(now))
        for one, before in now.items():
            drawn = was[one] - held[one]
            now[one] = before + drawn if drawn > 0 else min(before, max(-held[one], 0))
            most[one] = max(most[one], now[one])
        ends[day] = dict(now)
    return tuple(piece for day in dearest for piece in ((day, dearest[day]), (day + 1, ends[day])))


def interest_sentence(interest: Projected) -> str:
    """This month's interest for people."""
    parts = (("cash earns", interest.earned), ("borrowing costs", interest.cost))
    told = " and ".join(f"{words} {format_money(cents, grouped=True)}" for words, cents in parts if cents is not None)
    if not interest.gain:
        return f"As projected, {told} this month."
    change = f"{format_money(abs(interest.gain), grouped=True)} {'better' if interest.gain > 0 else 'worse'}"
    return f"Tonight's moves make this month's interest {change}: as projected, {told}."


def transfer_loss(before: CycleTold | None, after: CycleTold | None) -> str:
    """What a transfer did to the waiver, from the platform fee's month before and after it; empty where nothing."""
    if before is None or after is None or before.now < before.waiver or after.now >= after.waiver:
        return ""
    ends = after.next_charge if after.free else after.ends
    if ends - after.ends > _LONGEST:
        return ""
    return waiver_sentence("This transfer leaves", (after.now, after.waiver, after.fee), ends)


def fee_sentence(row: FeeRow, names: Mapping[int, str]) -> str:
    """A fee that comes with a transfer, for people; `names` of accounts by id."""
    kind, cents = KIND_WORDS[Fee(row.kind)], format_money(row.amount, grouped=True)
    return f"The fee for this {kind} is {cents}: {names[row.account]} pays it on top, at once."
