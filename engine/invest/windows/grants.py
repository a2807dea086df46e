"""What a window's buys may spend: decided at its start, kept with the window, used once its sells are final."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """Money of one account for one purpose. `path` is where it goes: an inner pie, a slice, "" the whole pie.

    `cash` are cents of settled cash, below zero where sales have to bring cash up to its reserve first; `earmarked`
    cents already set aside for this path. To these comes what the sales of `slices` under the same purpose and intent
    bring.
    """

    account: int
    customer: int
    purpose: str
    intent: int
    path: str
    cash: int
    earmarked: int = 0
    slices: tuple[int, ...] = ()


def as_text(grants: Sequence[Grant]) -> str:
    """Grants as they are kept."""
    return json.dumps([asdict(one) for one in grants], separators=(",", ":"))


def from_text(text: str) -> list[Grant]:
    """Grants as they were kept."""
    return [Grant(**{**one, "slices": tuple(one["slices"])}) for one in json.loads(text)]
