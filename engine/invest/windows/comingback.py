"""Money that was set aside becomes cash again, also in an account that filled up meanwhile (ledger.md 4.4).

Nobody can send it anywhere else, so that the account's own ceiling gives way, on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.holds.forced import make_room
from engine.holds.purse import full_of
from engine.invest.journals import Journal, Stamp, post
from engine.ports import BookWork
from ledger.batch import Code


def post_back(work: BookWork, journals: Sequence[Journal], back: Sequence[Journal], stamp: Stamp) -> list[int]:
    """Write journals and those that bring money back as one sealed block; the seq of each of `journals`.

    Those for which an account's own ceiling has to give way follow, each as a block of its own.
    """
    full = set(_too_much(work, back))
    seqs = post(work, [*journals, *(one for at, one in enumerate(back) if at not in full)], stamp)
    for at in sorted(full):
        _force(work, back[at], stamp)
    return seqs[: len(journals)]


def _too_much(work: BookWork, back: Sequence[Journal]) -> Iterator[int]:
    """The places of the journals that their accounts have no room for, one after the other."""
    accounts = work.accounts(np.array([account for one in back for account, _ in _comes(one)], np.int64))
    room = dict(zip(accounts.account.tolist(), (accounts.ceiling - full_of(accounts)).tolist(), strict=True))
    for at, one in enumerate(back):
        for account, cents in _comes(one):
            room[account] -= cents
            if room[account] < 0:
                room[account] += cents
                yield at


def _comes(journal: Journal) -> Iterator[tuple[int, int]]:
    """Where a journal brings cash, and how much."""
    return ((one.debit, one.amount) for one in journal.entries if isinstance(one.debit, int))


def _force(work: BookWork, journal: Journal, stamp: Stamp) -> None:
    records = work.accounts_of(np.array([journal.customer], np.int64))
    for account, cents in _comes(journal):
        record = next(one for one in records if one.account == account)
        make_room(work, record, cents, (Code.EARMARK, stamp[0]))
    post(work, [journal], stamp, forced=True)
