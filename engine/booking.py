"""From a plan to transfers: what the night asks of the books (design.md 2)."""

import numpy as np

from engine.plan import Plan
from engine.spread import Legs
from ledger.batch import Code, TransferKind, Transfers
from ledger.ids import transfer_ids

_RELEASE = -1  # stands where a move has its leg number


def book_moves(plan: Plan, book: int, first_journal: int) -> tuple[Transfers, Legs]:
    """One transfer a leg of every rule that moved, in order; a rule's legs are one journal. Also gives the legs."""
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
        journal=first_journal + np.cumsum(legs.number == 0) - 1,
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
    return transfers, legs


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
