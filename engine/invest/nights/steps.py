"""What happens to pies before the rules of a night, as worked out: a night writes it, a preview looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.invest.nights.estate import Estate


@dataclass(frozen=True, slots=True)
class Steps:
    """What happens to each household, the marks of actions that are done then, and who could not be worked out."""

    day: int
    estates: tuple[Estate, ...] = ()
    marks: tuple[str, ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
