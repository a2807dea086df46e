"""Components are found whole, however long their chains."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ledger.components import connected
from ledger.limits import exact_total
from tests.ledger.books import column

EDGES = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 9)), max_size=25)


@given(EDGES, st.sets(st.integers(0, 14)))
def test_components_equal_a_walk(edges: list[tuple[int, int]], seeds: set[int]) -> None:
    reached, accounts = set(seeds), set[int]()
    while True:
        accounts |= {a for j, a in edges if j in reached}
        wider = reached | {j for j, a in edges if a in accounts}
        if wider == reached:
            break
        reached = wider
    mask = np.isin(np.arange(15), sorted(seeds))
    found = connected(mask, column([j for j, _ in edges]), column([a for _, a in edges]), 10)
    assert set(np.flatnonzero(found).tolist()) == reached


def test_a_chain_of_100_000_journals_is_one_component() -> None:
    n = 100_000
    order = np.random.default_rng(5).permutation(n)  # neighbours of the chain stand anywhere in the batch
    seeds = np.zeros(n, np.bool_)
    seeds[order[n // 2]] = True
    journal = np.concatenate([order, order])
    account = np.concatenate([np.arange(n), np.arange(1, n + 1)])
    assert connected(seeds, journal, account, n + 1).all()
    assert connected(seeds, journal, np.concatenate([np.arange(n), np.arange(n)]), n).sum() == 1


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
def test_totals_are_exact_beyond_int64(values: list[int]) -> None:
    assert exact_total(column(values)) == sum(values)
