"""Finding ids in a column of ids: where each stands, and whether it is there at all."""

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]


def placed(ids: Int64s, wanted: Int64s) -> tuple[Int64s, Flags]:
    """The place of each wanted id among ascending ids (any where it is not there), and whether it is there."""
    at = np.minimum(np.searchsorted(ids, wanted), max(len(ids) - 1, 0))
    return at, ids[at] == wanted if len(ids) else np.zeros(len(wanted), np.bool_)


def placed_anyhow(ids: Int64s, wanted: Int64s) -> tuple[Int64s, Flags]:
    """The same where the ids stand in any order, each once."""
    if len(ids) == 0:
        return placed(ids, wanted)
    order = np.argsort(ids)
    at, there = placed(ids[order], wanted)
    return order[at], there
