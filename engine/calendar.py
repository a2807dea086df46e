"""Which days banks work: one year at a time from the table of holidays, kept once it is made."""

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from rules.holidays import business_days

_BLOCK: Final = 512  # days worked out at a time


@lru_cache(maxsize=256)
def _block(number: int) -> npt.NDArray[np.bool_]:
    return business_days(number * _BLOCK, number * _BLOCK + _BLOCK - 1)


def is_business(days: Int64s) -> npt.NDArray[np.bool_]:
    """Whether each day number is a bank business day."""
    if len(days) == 0:
        return np.zeros(0, np.bool_)
    blocks = days // _BLOCK
    first, last = int(blocks.min()), int(blocks.max())
    table = np.concatenate([_block(number) for number in range(first, last + 1)])
    return table[days - first * _BLOCK]
