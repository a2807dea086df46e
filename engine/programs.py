"""The compiled lists of many customers, unpacked rank by rank and grouped by shape.

The words are those of `rules.compile`. Nothing here loops over customers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ledger.accounts import Int64s
from ledger.faults import SluiceError
from rules.compile import HEADER_WORDS
from rules.shapes import PERIODS, Shape, read_shape

parse_shape = lru_cache(maxsize=4096)(read_shape)


@dataclass(frozen=True, slots=True)
class Rank:
    """The rules of one rank.

    Customers by index, ordered by the code of their shape; where the numbers of each begin in the words; and the first
    entry of each run of equal codes.
    """

    customer: Int64s
    place: Int64s
    edges: Int64s


@dataclass(frozen=True, slots=True)
class Programs:
    """The packed programs of n customers.

    `words` holds all programs one after the other. `rules` counts each customer's rules. `tally_start` (n + 1) is
    where each customer's tallies begin in the tally columns; `period` is the period code of every tally. `ranks`
    begins with rank 1; `shape_of` gives the shape of each run of a rank.
    """

    words: Int64s
    rules: Int64s
    tally_start: Int64s
    period: Int64s
    ranks: tuple[Rank, ...]
    shape_of: tuple[tuple[Shape, ...], ...]

    def shapes(self) -> set[Shape]:
        """Every shape in use."""
        return {shape for row in self.shape_of for shape in row}


@dataclass(frozen=True, slots=True)
class Group:
    """The rules of one rank and one shape: customers by index ascending, and where the numbers of each begin."""

    shape: Shape
    customer: Int64s
    place: Int64s


def unpack(words: Int64s, length: Int64s, shapes: Mapping[int, str]) -> Programs:
    """Find the parts of every program; customer i's has length[i] words (0: no rules).

    `shapes` gives the text of every stored shape by id. Raises SluiceError `program_broken` for words that
    `rules.compile` cannot have made.
    """
    start = np.cumsum(length) - length
    has = length > 0
    if int(length.sum()) != len(words) or (length[has] < HEADER_WORDS).any():
        raise broken("the words of the programs do not add up")
    rules, tallies = np.zeros_like(length), np.zeros_like(length)
    rules[has], tallies[has] = words[start[has]], words[start[has] + 1]
    if (words[start[has] + 2] != length[has]).any() or _beside(rules, length) or _beside(tallies, length):
        raise broken("a program's header does not fit its length")
    if (HEADER_WORDS + tallies[has] + 2 * rules[has] > length[has]).any():
        raise broken("a program's directory does not fit its length")
    tally_start = np.concatenate([np.zeros(1, np.int64), np.cumsum(tallies)])
    inside = np.arange(tally_start[-1]) - np.repeat(tally_start[:-1], tallies)
    period = words[np.repeat(start + HEADER_WORDS, tallies) + inside]
    if ((period < 0) | (period >= len(PERIODS))).any():
        raise broken("a program counts over a period that does not exist")
    known = np.sort(np.fromiter(shapes, np.int64, len(shapes)))
    directory = start + HEADER_WORDS + tallies
    ranks: list[Rank] = []
    shape_of: list[tuple[Shape, ...]] = []
    for rank in range(int(rules.max(initial=0))):
        customer = np.flatnonzero(rules > rank)
        entry = directory[customer] + 2 * rank
        row, codes = _rank(words, customer, start[customer], entry, known)
        used = tuple(parse_shape(shapes[int(known[code])]) for code in codes)
        _check_places(row, used, start, length)
        ranks.append(row)
        shape_of.append(used)
    return Programs(words, rules, tally_start, period, tuple(ranks), tuple(shape_of))


def _beside(count: Int64s, length: Int64s) -> bool:
    """Whether some count cannot be one of things inside a program of that many words."""
    return bool(((count < 0) | (count > length)).any())


def _rank(words: Int64s, customer: Int64s, start: Int64s, entry: Int64s, known: Int64s) -> tuple[Rank, Int64s]:
    numbers = words[entry]
    code = np.searchsorted(known, numbers)
    if len(known) == 0 or (known[np.minimum(code, len(known) - 1)] != numbers).any():
        raise broken("a program names a shape that is not stored")
    order = np.argsort(code.astype(np.uint16), kind="stable")
    code = code[order]
    edges = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(np.diff(code)) + 1])
    return Rank(customer[order], (start + words[entry + 1])[order], edges), code[edges]


def _check_places(rank: Rank, shapes: tuple[Shape, ...], start: Int64s, length: Int64s) -> None:
    runs = np.diff(np.append(rank.edges, len(rank.customer)))
    size = np.repeat(np.array([shape.layout.size for shape in shapes], np.int64), runs)
    first = start[rank.customer]
    if (rank.place < first).any() or (rank.place > first + length[rank.customer] - size).any():
        raise broken("a program's numbers lie outside of it")


def groups(programs: Programs, rank: int) -> Iterator[Group]:
    """The groups of a rank (from 1)."""
    row, shapes = programs.ranks[rank - 1], programs.shape_of[rank - 1]
    ends = np.append(row.edges[1:], len(row.customer))
    for shape, first, last in zip(shapes, row.edges, ends, strict=True):
        yield Group(shape, row.customer[first:last], row.place[first:last])


class Numbers:
    """The numbers of m rules of one shape, read from the words only when a step asks for them."""

    __slots__ = ("_place", "_words")

    def __init__(self, words: Int64s, place: Int64s) -> None:
        """Read from `words`, where the numbers of each rule begin at `place`."""
        self._words = words
        self._place = place

    def __getitem__(self, number: int) -> Int64s:
        """The number at this place of the layout, for every rule."""
        found: Int64s = self._words[number:].take(self._place)
        return found

    def take(self, index: Int64s) -> "Numbers":
        """The numbers of the rules at `index`."""
        return Numbers(self._words, self._place[index])


def numbers_of(programs: Programs, group: Group) -> Numbers:
    """The numbers of a group."""
    return Numbers(programs.words, group.place)


def broken(what: str) -> SluiceError:
    """The fault of a program that cannot be what `rules.compile` made."""
    return SluiceError("program_broken", f"A stored program cannot be read: {what}. Save the customer's rules again.")
