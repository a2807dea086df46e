"""The rows of one pass: the rules of one rank and one shape that are still in play, with their numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.programs import Numbers
from engine.snapshot import Snapshot
from ledger.accounts import Int64s
from rules.shapes import Layout, Shape


@dataclass(frozen=True, slots=True)
class Rows:
    """The rules of one shape that a pass looks at, m of them.

    `at` is each row's place in the whole pass, `customer` its customer's index, `base` that customer's first account
    entry, `tally` its first tally entry; `numbers` gives the numbers of the layout.
    """

    shape: Shape
    layout: Layout
    at: Int64s
    customer: Int64s
    base: Int64s
    tally: Int64s
    numbers: Numbers

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.at)

    def where(self, keep: npt.NDArray[np.bool_]) -> "Rows":
        """The rows that stay in play."""
        if keep.all():
            return self
        picked = np.flatnonzero(keep)
        return Rows(
            self.shape,
            self.layout,
            self.at[picked],
            self.customer[picked],
            self.base[picked],
            self.tally[picked],
            self.numbers.take(picked),
        )

    def account(self, place: int) -> Int64s:
        """Account entries named by the slot number at `place`."""
        entry: Int64s = self.base + self.numbers[place]
        return entry


def all_rows(snapshot: Snapshot, shape: Shape, customer: Int64s, numbers: Numbers) -> Rows:
    """The rows of a whole group."""
    at = np.arange(len(customer))
    base, tally = snapshot.account_start[customer], snapshot.programs.tally_start[customer]
    return Rows(shape, shape.layout, at, customer, base, tally, numbers)
