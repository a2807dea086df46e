"""What stored programs name, checked against what their customers have: accounts, tallies, earlier rules, modes.

The ledger refuses a transfer between customers; this finds a damaged program before it is evaluated at all.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from engine.asks import account_places, read_facts
from engine.programs import Group, Programs, broken, groups
from ledger.accounts import Int64s
from rules.shapes import CAP_WORDS, MODES, Head, Shape


def check_targets(programs: Programs, accounts: Int64s) -> None:
    """Raise SluiceError `program_broken` where a program names what its customer does not have.

    `accounts` counts the accounts of each customer.
    """
    tallies = np.diff(programs.tally_start)
    for rank in range(1, len(programs.ranks) + 1):
        for group in groups(programs, rank):
            _check(programs, group, account_places(group.shape), accounts[group.customer])
            _check(programs, group, _tally_places(group.shape), tallies[group.customer])
            _check(programs, group, [Head.MODE], np.array(len(MODES)))
            _check(programs, group, _moved_places(group.shape), np.array(rank), first=1)
            _check(programs, group, [Head.COOL_SLOT], tallies[group.customer], first=-1)


def _tally_places(shape: Shape) -> Iterator[int]:
    yield from range(shape.layout.caps, shape.layout.caps + CAP_WORDS * shape.caps, CAP_WORDS)
    yield from range(shape.layout.adds, shape.layout.adds + shape.adds)


def _moved_places(shape: Shape) -> Iterator[int]:
    return (fact.place for fact in read_facts(shape) if fact.kind == "moved")


def _check(programs: Programs, group: Group, places: Iterable[int], end: Int64s, *, first: int = 0) -> None:
    """Each number at these places has to be one of `first` to `end` - 1."""
    for place in places:
        named = programs.words[group.place + place]
        if ((named < first) | (named >= end)).any():
            raise broken("it names an account, a tally, an earlier rule or a mode that does not exist")
