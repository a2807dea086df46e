"""Contribution rooms for a night's rules, and the contributions that its moves make (rulings 17 and 62).

Only retirement accounts that name a person are here; those that name nobody keep their household's own number. A
night's contributions count to the year of its day: nobody is there to choose the year before.
"""

from dataclasses import dataclass

import numpy as np

from engine.contributions.people import People, year_room
from engine.contributions.rights import RIGHTS, Ownership, Pool
from engine.contributions.work import ContributionRows, NamedIras
from engine.contributions.years import current_year
from engine.guards import Rooms, no_rooms
from engine.lookup import placed
from engine.ports import BookWork
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that moved (n,), in the order in which it was booked: destination account, cents, seq of the transfer."""

    account: Int64s
    amount: Int64s
    seq: Int64s


def rooms(work: BookWork, day: int, customers: Int64s | None = None) -> Rooms:
    """The room of every retirement account that names a person, for the night of `day`.

    A person's Traditional and Roth share one room, a SEP has its own; a year without limits has no room.
    """
    iras = work.named_iras(customers)
    if len(iras.account) == 0:
        return no_rooms()
    person, first, at = np.unique(iras.person, return_index=True, return_inverse=True)
    left = year_room(work, People(person, iras.birth_year[first]), current_year(day), customers).left
    return Rooms(iras.account, (pools(iras.kind) - 1) * len(person) + at, left.reshape(-1))


def contributions_of(work: BookWork, day: int, moved: Moved, customers: Int64s | None = None) -> ContributionRows:
    """The contributions to keep of moves that were booked on `day`; moves into other accounts make none."""
    iras = work.named_iras(customers)
    at, ours = placed(iras.account, moved.account)
    chosen = np.flatnonzero(ours)
    return counted(iras, at[chosen], (day, current_year(day)), Moved(*(column[chosen] for column in _columns(moved))))


def counted(iras: NamedIras, at: Int64s, when: tuple[int, int], moved: Moved) -> ContributionRows:
    """Contributions to the accounts at these places; `when` is (business day, tax year)."""
    day, year = when
    none = np.zeros(len(at), np.int64)
    return ContributionRows(
        customer=iras.customer[at],
        person=iras.person[at],
        year=none + year,
        pool=pools(iras.kind[at]),
        amount=moved.amount,
        day=none + day,
        account=moved.account,
        seq=moved.seq,
        source=[""] * len(at),
    )


def taken_back(work: BookWork, day: int, of: Int64s, back: Moved) -> ContributionRows:
    """What to keep when contributions are reversed on `day`: `of` are the seqs of the transfers that made them.

    `back` are the reversing transfers, which run beside `of`. The room of the year to which each counted is free
    again; transfers that made no contribution make none now.
    """
    before = work.contributions_at(np.unique(of))
    at, ours = placed(before.seq, of)
    chosen, at = np.flatnonzero(ours), at[ours]
    return ContributionRows(
        customer=before.customer[at],
        person=before.person[at],
        year=before.year[at],
        pool=before.pool[at],
        amount=-back.amount[chosen],
        day=np.full(len(at), day, np.int64),
        account=before.account[at],
        seq=back.seq[chosen],
        source=[""] * len(at),
    )


def pools(kind: Int64s) -> Int64s:
    """The pool of each kind of ownership."""
    table = np.full(max(Ownership) + 1, int(Pool.NONE), np.int64)
    for one, rights in RIGHTS.items():
        table[one] = rights.pool
    return table[kind]


def _columns(moved: Moved) -> tuple[Int64s, Int64s, Int64s]:
    return moved.account, moved.amount, moved.seq
