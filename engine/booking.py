"""From a plan to transfers: what the night asks of the books (design.md 2)."""

from dataclasses import replace

import numpy as np

from engine.lookup import placed_anyhow
from engine.plan import Plan
from engine.ports import Population
from engine.spread import Legs
from engine.waterfall import pour
from ledger.batch import Code, TransferKind, Transfers, join
from ledger.ids import transfer_ids

_RELEASE = -1  # stands where a move has its leg number
_DUE = 1 << 20  # added to the number of a leg for the part of it that pays interest due


def book_moves(plan: Plan, population: Population, book: int) -> tuple[Transfers, Legs]:
    """One transfer a leg of every rule that moved, in order; a rule's legs are one journal. Also gives the legs.

    What is paid into a borrow line pays the interest due on it first, as a transfer of its own (ruling 12).
    """
    legs = plan.moving()
    snapshot = plan.snapshot
    day = np.full(len(legs.amount), snapshot.day, np.int64)
    customer = snapshot.customer[legs.customer]
    id_hi, id_lo = transfer_ids(book, day, [customer, day, legs.rank, legs.number])
    unresolved = np.zeros(len(day), np.uint64)
    transfers = Transfers(
        id_hi=id_hi,
        id_lo=id_lo,
        kind=np.where(legs.pending, np.int64(TransferKind.PENDING), np.int64(TransferKind.SINGLE)),
        pending_hi=unresolved,
        pending_lo=unresolved,
        journal=np.cumsum(legs.number == 0) - 1,
        customer=customer,
        debit=snapshot.account[legs.destination],
        credit=snapshot.account[legs.source],
        asset=snapshot.asset[legs.source],
        amount=legs.amount,
        code=np.full(len(day), Code.RULE, np.int64),
        day=day,
        run=day,
        rank=legs.rank,
    )
    return _due_first(transfers, legs, population, book), legs


def _due_first(transfers: Transfers, legs: Legs, population: Population, book: int) -> Transfers:
    """Payments into borrow lines in two: interest due, as far as the payment goes, and principal."""
    dues = population.dues
    if len(dues.account) == 0:
        return transfers
    at, ours = placed_anyhow(population.due_of, transfers.debit)
    into = np.flatnonzero(ours)
    owing = -dues.posted() - dues.debits_pending
    part = np.zeros(len(transfers), np.int64)
    part[into] = pour(owing, at[into], transfers.amount[into])
    split = np.flatnonzero(part > 0)
    if len(split) == 0:
        return transfers
    words = [transfers.customer[split], transfers.day[split], transfers.rank[split], legs.number[split] + _DUE]
    id_hi, id_lo = transfer_ids(book, transfers.day[split], words)
    paid = replace(transfers.take(split), id_hi=id_hi, id_lo=id_lo, debit=dues.account[at[split]], amount=part[split])
    rest = replace(transfers, amount=transfers.amount - part)
    whole = join([paid, rest])
    turn = np.concatenate([split * 2, np.arange(len(transfers)) * 2 + 1])
    whole = whole.take(np.argsort(turn))
    return whole.take(whole.amount > 0)


def release(book: int, holds: Transfers, day: int) -> Transfers:
    """Post every open hold: the paper rail settles at the next night (ruling 51). Each is a journal of its own."""
    days = np.full(len(holds), day, np.int64)
    words = [holds.id_hi.view(np.int64), holds.id_lo.view(np.int64), np.full(len(holds), _RELEASE, np.int64)]
    id_hi, id_lo = transfer_ids(book, days, words)
    return Transfers(
        id_hi=id_hi,
        id_lo=id_lo,
        kind=np.full(len(holds), TransferKind.POST, np.int64),
        pending_hi=holds.id_hi,
        pending_lo=holds.id_lo,
        journal=np.arange(len(holds)),
        customer=holds.customer,
        debit=holds.debit,
        credit=holds.credit,
        asset=holds.asset,
        amount=holds.amount,
        code=holds.code,
        day=days,
        run=days,
        rank=np.zeros(len(holds), np.int64),
    )
