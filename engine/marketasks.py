"""What the programs of a book ask of the market, so that the night computes no more than that."""

from dataclasses import dataclass

import numpy as np

from engine.asks import read_facts
from engine.programs import groups, numbers_of
from engine.take import Reading
from ledger.accounts import Int64s
from rules.facts import INVEST_FACTS, SYMBOL_FACTS
from rules.shapes import Shape

INVEST_DRIFT = "invest_drift"
LTV = "ltv"
_OF_ACCOUNTS = (*INVEST_FACTS, LTV, INVEST_DRIFT)


@dataclass(frozen=True, slots=True)
class MarketAsks:
    """The ids of the accounts whose value, drift, `invest_drift` and LTV are read, each ascending and unique.

    And the facts about symbols, ascending and unique by (kind, asset, sessions), as in `engine.marketfacts`.
    """

    value: Int64s
    drift: Int64s
    invest_drift: Int64s
    kind: Int64s
    asset: Int64s
    sessions: Int64s
    ltv: Int64s

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return any(len(column) for column in (self.value, self.drift, self.invest_drift, self.kind, self.ltv))


def asked(reading: Reading) -> MarketAsks:
    """What the programs of a reading ask; where no shape asks, the cost is a look at each shape."""
    programs, population = reading.programs, reading.population
    accounts: dict[str, list[Int64s]] = {name: [np.zeros(0, np.int64)] for name in _OF_ACCOUNTS}
    symbols = [np.zeros((3, 0), np.int64)]
    asking = {shape: places for shape in programs.shapes() if (places := _places(shape))}
    start = np.searchsorted(population.accounts.customer, population.customer) if asking else np.zeros(0, np.int64)
    for rank in range(1, len(programs.ranks) + 1 if asking else 0):
        for group in groups(programs, rank):
            numbers = numbers_of(programs, group)
            for kind, place in asking.get(group.shape, ()):
                target = numbers[place]
                if kind in accounts:
                    accounts[kind].append(population.accounts.account[start[group.customer] + target])
                else:
                    code = np.full(len(target), SYMBOL_FACTS.index(kind))
                    symbols.append(np.stack([code, target, numbers[place + 1]]))
    found = np.unique(np.concatenate(symbols, axis=1), axis=1)
    ids = {name: np.unique(np.concatenate(parts)) for name, parts in accounts.items()}
    return MarketAsks(ids["value"], ids["drift"], ids[INVEST_DRIFT], found[0], found[1], found[2], ids[LTV])


def _places(shape: Shape) -> list[tuple[str, int]]:
    """What a shape asks of the market: the kind, and the place of its account's slot or its symbol."""
    wanted = (*INVEST_FACTS, LTV, *SYMBOL_FACTS)
    found = [(fact.kind, fact.place) for fact in read_facts(shape) if fact.kind in wanted]
    return [*found, (INVEST_DRIFT, shape.layout.amount)] if shape.amount == INVEST_DRIFT else found
