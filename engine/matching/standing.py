"""Where imported lines stand now: the category account of each, after every time it was moved.

Nothing is kept beside the books for this. The transfer of a line has an id made of the line; so has each move of its
category, with the number of the move. Following these ids from 1 on until one is not there gives where it stands.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.lines import Flags, Sides, Stamp, line_digests, singles
from engine.matching.work import ImportedLines
from engine.ports import BookWork
from ledger.accounts import Int64s
from ledger.batch import Code, Transfers
from ledger.ids import keyed_ids, to_bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Imported lines that are in the books: the account of the category of each, card purchases, moves so far."""

    lines: ImportedLines
    category: Int64s
    card: Flags
    moved: Int64s


def standing(work: BookWork, customer: int, since: int, at_most: int | None = None) -> Standing:
    """A household's lines from a day on, newest first, at most so many."""
    accounts = work.accounts_of(np.array([customer], np.int64))
    lines = work.imported(np.array([one.account for one in accounts], np.int64), since, at_most)
    there, rows = _found(work, lines, "line")
    lines = lines.take(there)
    category, card, moved = _category(lines, rows), rows.code == Code.CARD, np.zeros(len(lines), np.int64)
    left, move = np.arange(len(lines)), 0
    while len(left):
        move += 1
        there, rows = _found(work, lines.take(left), move_name(move))
        left = left[there]
        category[left], moved[left] = _category(lines.take(left), rows), move
    return Standing(lines, category, card, moved)


def move_name(number: int) -> str:
    """What the ids of a line's `number`-th move are made of, beside the line."""
    return f"category {number}"


def line_ids(book: int, lines: ImportedLines, names: npt.NDArray[np.str_]) -> Transfers:
    """Transfers that have nothing but their ids, each made of its line and a name."""
    zeros = np.zeros(len(lines), np.int64)
    keys = [key.tobytes() for key in to_bytes(lines.key_hi, lines.key_lo)]
    digests = np.zeros((len(lines), 32), np.uint8)
    for name in np.unique(names):
        at = np.flatnonzero(names == name)
        digests[at] = line_digests(str(name), lines.account[at], [keys[place] for place in at.tolist()])
    high, low = keyed_ids(book, lines.day, digests)
    bare = singles(Stamp(book, 0, 0), digests, zeros, Sides(zeros, zeros, zeros, zeros))
    return replace(bare, id_hi=high, id_lo=low, day=lines.day)


def _found(work: BookWork, lines: ImportedLines, name: str) -> tuple[Int64s, Transfers]:
    """The places of the lines that have a transfer of this name, and the transfers beside them."""
    wanted = line_ids(work.row.book, lines, np.full(len(lines), name))
    rows = work.stored(wanted).rows
    place = {pair: at for at, pair in enumerate(zip(rows.id_hi.tolist(), rows.id_lo.tolist(), strict=True))}
    found = [place.get(pair, -1) for pair in zip(wanted.id_hi.tolist(), wanted.id_lo.tolist(), strict=True)]
    at = np.array(found, np.int64)
    return np.flatnonzero(at >= 0), rows.take(at[at >= 0])


def _category(lines: ImportedLines, rows: Transfers) -> Int64s:
    """The category's side of a line's transfer, or of a move of it."""
    return np.where(lines.amount > 0, rows.credit, rows.debit)
