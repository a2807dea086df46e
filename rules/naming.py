"""Ids for rules that people named but did not number: made from the name, free in the list."""

import re
from collections.abc import Sequence

from rules.document import Rule

_LONGEST = 40


def slug(name: str, other: str = "rule") -> str:
    """An id made from a name, such as `sweep_spare_money`; `other` where nothing is left."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:_LONGEST]
    return words if re.fullmatch(r"[a-z][a-z0-9_]*", words, re.ASCII) else other


def free_id(wanted: str, rules: Sequence[Rule]) -> str:
    """The id, with a number where another rule has it."""
    taken = {rule.id for rule in rules}
    tries = (wanted if number == 1 else f"{wanted[:36]}_{number}" for number in range(1, len(taken) + 2))
    return next(one for one in tries if one not in taken)
