"""The codes of a decision: outcome, reason and what limited it (rules.md 6; ruling 20)."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from rules.document import Cap


class Outcome(IntEnum):
    """What became of a rule tonight; the number is what the database stores."""

    NOT_DUE = 1
    BLOCKED = 2
    NOTHING = 3
    MOVED = 4
    PROPOSED = 5
    WOULD_MOVE = 6


class Reason(IntEnum):
    """Why; grouped by outcome, in the order in which they are tested."""

    OFF = 1
    STOPPED = 2
    BEFORE_START = 3
    AFTER_END = 4
    BLACKOUT = 5
    NOT_SCHEDULED = 6
    COOLING_DOWN = 7
    PAUSED = 10
    FROZEN = 11
    ACCOUNT_CLOSED = 12
    LINK_BROKEN = 13
    STALE_BALANCE = 14
    NO_PRICE = 15
    UNKNOWN_FACT = 16
    CONDITION_FALSE = 20
    AMOUNT_ZERO = 21
    CAP_USED_UP = 22
    SHORT = 23
    SOURCES_EMPTY = 24
    NO_ROOM = 25
    BELOW_MINIMUM = 26
    IN_FULL = 30
    LIMITED = 31


BINDING_MASK: Final = 0xFF  # which limit bound: 0 none, 1 max_transfer, 2.. the caps in order
SOURCES_BIT: Final = 0x100
ROOM_BIT: Final = 0x200


def limited_by(bits: int, caps: Sequence[Cap]) -> list[str]:
    """Words for the limit bits of one decision, in the order of rules.md 6.10; `caps` are those of its rule."""
    names: list[str] = []
    binding = bits & BINDING_MASK
    if binding == 1:
        names.append("max_transfer")
    elif binding:
        cap = caps[binding - 2]
        names.append(f"cap:{cap.per}:{cap.counter}" if cap.counter else f"cap:{cap.per}")
    if bits & SOURCES_BIT:
        names.append("sources")
    if bits & ROOM_BIT:
        names.append("room")
    return names
