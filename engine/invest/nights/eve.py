"""Everything that happens to pies before the rules of a night: settlements, raises, splits, new symbols, dividends.

`eve_steps` works it out and writes nothing, so that a preview sees what the night will; `write_steps` books it. Each
household is worked out by itself: one that cannot be is left as it is and told, and its part of an action stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from engine.invest.journals import Stamp, post
from engine.invest.market import ActionKind, CorporateAction, Market
from engine.invest.nights.after import layers_of
from engine.invest.nights.bearing import Bearable, overpaid
from engine.invest.nights.estate import Estate, Slot
from engine.invest.nights.news import News, mark, news, pays_on
from engine.invest.nights.paying import pay
from engine.invest.nights.reading import Found, read_estates
from engine.invest.nights.renames import rename
from engine.invest.nights.settling import pay_raises, settle
from engine.invest.nights.splits import split
from engine.invest.nights.steps import Steps
from engine.invest.pies.terms import terms_of
from engine.ports import BookWork
from ledger.accounts import Int64s
from ledger.faults import SluiceError

__all__ = ["Steps", "apply_actions", "eve_steps", "write_steps"]

K = TypeVar("K", int, str)


_REASON_LENGTH: Final = 200


def eve_steps(work: BookWork, market: Market | None, day: int, customers: Int64s | None = None) -> Steps:
    """The steps of the night of a day, for these households (ascending) or all; nothing is written.

    Without a market, or without any pie, there are none, and a market is not asked.
    """
    if market is None or not len(work.invest_accounts(customers)):
        return Steps(day)
    told = news(market, day, work.dated())
    steps = _steps(read_estates(work, told, customers), told)
    bearable = overpaid(work, market, steps)
    return _steps(_bounded(read_estates(work, told, customers), bearable), told) if bearable else steps


def _bounded(found: Found, bearable: Mapping[int, Bearable]) -> Found:
    """The households with what their raises may take away."""
    for customer, most in bearable.items():
        estate = found.estates[customer]
        estate.bearable, estate.behind = most.cents, most.counts
    return found


def apply_actions(work: BookWork, told: News, stamp: Stamp) -> Mapping[int, str]:
    """Carry out what changes units by the day of a window, before it is planned; done ones are left alone.

    Gives the households for which it could not be done, with the reason: their accounts should not trade. Raises
    SluiceError `books_broken` as `write_steps`.
    """
    changes = replace(told, actions=told.changes)
    steps = _steps(read_estates(work, changes, None, whole=False), changes)
    write_steps(work, steps, stamp)
    return steps.faults


def _steps(found: Found, told: News) -> Steps:
    good: list[Estate] = []
    faults: dict[int, str] = {}
    for customer, estate in sorted(found.estates.items()):
        try:
            _work_out(estate, found, told)
        except Exception as fault:  # noqa: BLE001  whatever one household's data provokes, the others go on
            faults[customer] = f"{type(fault).__name__}: {fault}"[:_REASON_LENGTH]
        else:
            good.append(estate)
    marks: list[str] = []
    for action in found.actions:
        concerned = found.concerned[action.id]
        if concerned & faults.keys():
            left = [mark(action, customer) for customer in sorted(concerned - faults.keys())]
            marks += [one for one in left if one not in found.done]
        else:
            marks.append(mark(action))
    return Steps(told.day, tuple(good), tuple(marks), faults)


def _work_out(estate: Estate, found: Found, told: News) -> None:
    """All steps of one household, in their order."""
    settle(estate)
    pay_raises(estate)
    for action in found.actions:
        if estate.customer in found.concerned[action.id] and mark(action, estate.customer) not in found.done:
            if (estate.customer, action.id) in found.unsure:
                sentence = f"An order in {action.symbol} from before {action.id} is open; it has to be known first."
                raise SluiceError("orders_open", sentence)
            _carry_out(estate, action, told, found.held.get(action.id, {}))
    estate.prove()


def _carry_out(estate: Estate, action: CorporateAction, told: News, held: Mapping[Slot, int]) -> None:
    if action.kind == ActionKind.SPLIT:
        split(estate, action, told.price.get(action.id, 0))
    elif action.kind == ActionKind.RENAMED:
        rename(estate, action)
    else:
        pay(estate, action, held, told.least(pays_on(action)))


def write_steps(work: BookWork, steps: Steps, stamp: Stamp) -> None:
    """Book the steps as one sealed block, then lots, pies, rows and marks; all of it in the caller's transaction.

    Raises SluiceError `books_broken` where the books refuse what was worked out.
    """
    estates = steps.estates
    if not estates and not steps.marks:
        return
    securities = {one.symbol: one for estate in estates for one in estate.securities}
    work.know_assets(list(securities.values()))
    seqs = iter(post(work, [one for estate in estates for one in estate.journals], stamp))
    for estate in estates:
        for version, rows in estate.versions:
            kept = replace(version, seq=work.row.next_seq, day=stamp[0], recorded=stamp[2])
            work.keep_pie(kept, terms_of(kept.terms).columns(), rows)
        _keep_moves(work, estate, [next(seqs) for _ in estate.journals])
    work.set_settlements(_rows(estates, lambda estate: estate.settlements))
    work.set_earmarks(_rows(estates, lambda estate: estate.earmarks))
    work.set_intents([one for estate in estates for one in estate.judged])
    accounts, layers = layers_of(steps)
    if len(accounts):
        work.set_layers(accounts, layers)
    if steps.marks:
        work.keep_actions(steps.marks, stamp[0])


def _keep_moves(work: BookWork, estate: Estate, seqs: Sequence[int]) -> None:
    """Keep a household's moves under the seqs of their journals; new lots get their numbers here."""
    opened = dict.fromkeys(move.lot for _, moves in estate.moves for move in moves if move.lot < 0)
    number = dict(zip(opened, work.new_lots(len(opened)).tolist(), strict=True)) if opened else {}
    for at, moves in estate.moves:
        named = [
            replace(one, lot=number.get(one.lot, one.lot), other=number.get(one.other, one.other)) for one in moves
        ]
        work.keep_moves(named, seqs[at])


def _rows(estates: Sequence[Estate], of: Callable[[Estate], Mapping[tuple[int, K], int]]) -> list[tuple[int, K, int]]:
    return [(account, place, cents) for estate in estates for (account, place), cents in of(estate).items()]
