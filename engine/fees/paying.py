"""Where fees are taken from: cash accounts, then invest cash, what is left as a forced entry (ruling 30)."""

from dataclasses import dataclass

import numpy as np

from engine.waterfall import CASH_ACCOUNT, INVEST_CASH, Sources, drawn, summed
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class FeePlan:
    """Cents paid by each source (m,), and forced upon each customer's account (n,). Together they are the fee."""

    paid: Int64s
    forced: Int64s


def pay(fee: Int64s, sources: Sources) -> FeePlan:
    """Take fees (n,) from the sources: cash accounts first, then invest cash, each in display order.

    The forced entry goes to the account that the caller names for it (ledger.md 4.4).
    """
    turn = np.where(sources.rank == CASH_ACCOUNT, INVEST_CASH, CASH_ACCOUNT)
    paid = drawn(fee, Sources(sources.owner, turn, sources.available))
    return FeePlan(paid, np.maximum(fee, 0) - summed(paid, sources.owner, len(fee)))
