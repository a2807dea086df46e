"""Netting inside an account: what one slice sells of a security and another buys moves between them (investing.md D9).

Only the difference goes to market. Lots move with the units, so there is no tax event; money and grants are settled as
if both had traded at the snapshot's price.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from engine.invest.windows.asking import Sale
from engine.invest.windows.buying import Purchase
from engine.invest.windows.valued import Valued


@dataclass(frozen=True, slots=True)
class Inside:
    """Cents that move from a slice (place, purpose and intent of its sale) to another (place, grant) at one price.

    Where both are the same slice nothing moves at all.
    """

    source: int
    target: int
    purpose: str
    intent: int
    grant: int
    amount: int


def netted(
    now: Valued, sales: Sequence[Sale], buys: Sequence[Purchase], named: Collection[int] = ()
) -> tuple[list[Sale], list[Inside]]:
    """Sales that still go to market, and what moves inside of accounts. Pairs go in the order of both lists.

    Sales of a raise go to market whole: their money has to leave the account. So do those of the `named` intents, which
    say by name which lots are sold.
    """
    wanted: dict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for buy in buys:
        wanted[_key(now, buy.at)].append([buy.at, buy.grant, buy.amount])
    left: list[Sale] = []
    moves: list[Inside] = []
    for sale in sales:
        rest = sale.amount
        whole = sale.purpose == "raise" or sale.intent in named
        pairs = [] if whole else wanted.get(_key(now, sale.at), [])
        for pair in pairs:
            part = min(rest, pair[2])
            if part > 0:
                moves.append(Inside(sale.at, pair[0], sale.purpose, sale.intent, pair[1], part))
                pair[2] -= part
                rest -= part
        if rest > 0:
            left.append(replace(sale, amount=rest))
    return left, moves


def _key(now: Valued, at: int) -> tuple[int, int]:
    return int(now.index[at]), int(now.slices.asset[at])
