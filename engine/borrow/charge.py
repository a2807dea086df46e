"""Who pays the interest of a month when it is charged (ruling 16), as a plan of columns.

Order: cash of the invest accounts in display order; the cash account, where the customer allows it; enlarging the loan;
the rest is raised by a sale in the next window. Each pays what it can.
"""

from dataclasses import dataclass

import numpy as np

from engine.waterfall import CASH_ACCOUNT, Sources, drawn, summed
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Due:
    """n charges in cents, with the principal, limit and excess of each line before it is paid.

    The charge is interest that is owed already, so the excess counts it (ruling 12), the principal does not.
    """

    charge: Int64s
    principal: Int64s
    limit: Int64s
    excess: Int64s


@dataclass(frozen=True, slots=True)
class ChargePlan:
    """Cents, together the charge: paid by each source (m,), added to the principal (n,), raised by a sale (n,)."""

    paid: Int64s
    enlarged: Int64s
    sell: Int64s


def plan_charge(due: Due, sources: Sources) -> ChargePlan:
    """Share the charges; leave out of the sources the cash accounts that their customers do not allow.

    The loan grows up to its limit, and only where the excess, after what the cash account paid, is zero or more. What
    invest cash pays leaves the excess as it is: cash and owed fall together.
    """
    paid = drawn(due.charge, sources)
    count = len(due.charge)
    rest = np.maximum(due.charge, 0) - summed(paid, sources.owner, count)
    outside = summed(np.where(sources.rank == CASH_ACCOUNT, paid, 0), sources.owner, count)
    grows = np.where(due.excess + outside >= 0, np.maximum(due.limit - due.principal, 0), 0)
    enlarged = np.minimum(rest, grows)
    return ChargePlan(paid, enlarged, rest - enlarged)
