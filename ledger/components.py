"""Which journals hang together: the components method of ledger.md 4.8.

Journals that share a limited account can decide each other's fate. A component without a bad step is accepted whole;
only the others are replayed one by one.
"""

from __future__ import annotations

import numpy as np

from ledger.accounts import Int64s
from ledger.checks import Flags


def connected(seeds: Flags, journal: Int64s, account: Int64s, accounts: int) -> Flags:
    """Mask of the journals in a component with a seed, the seeds among them.

    `seeds` has one entry a journal; `journal` and `account` are equally long and list which journal touches which
    limited account; `accounts` is the number of accounts.
    """
    label = _labels(journal, account + len(seeds), len(seeds) + accounts)
    reached = np.zeros(len(label), np.bool_)
    reached[label[: len(seeds)][seeds]] = True
    return reached[label[: len(seeds)]]


def _labels(left: Int64s, right: Int64s, nodes: int) -> Int64s:
    """For each node the smallest node of its component; the pairs (left, right) are the edges.

    Every round hooks the larger label of each edge to the smaller and then halves the paths, so a long chain takes
    few rounds. A round that changes nothing has found equal labels at both ends of every edge.
    """
    label = np.arange(nodes)
    while True:
        a, b = label[left], label[right]
        low = np.minimum(a, b)
        new = label.copy()
        np.minimum.at(new, a, low)
        np.minimum.at(new, b, low)
        new = new[new]
        if np.array_equal(new, label):
            return label
        label = new
