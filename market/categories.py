"""What each category of made-up securities does: how it drifts and swings, what it yields, where its price starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Category:
    """Millionths a session: the mean step (dividends included), one deviation of its own step, one of the market's.

    `yield_bp` is paid a year in four dividends. The first price lies from `lowest` to `highest` dollars. Only where
    `splits` is set does a price split on a day of its own; all do beyond 400 dollars.
    """

    drift: int
    swing: int
    market: int
    yield_bp: int
    lowest: int
    highest: int
    splits: bool = False


CATEGORIES: Final[Mapping[str, Category]] = {
    "stock": Category(380, 13_000, 10_000, 120, 40, 390, splits=True),
    "stocks": Category(320, 2_500, 9_500, 150, 60, 390, splits=True),
    "international": Category(300, 5_000, 8_500, 280, 30, 90),
    "emerging": Category(330, 8_000, 8_500, 260, 25, 70),
    "sector": Category(330, 7_000, 9_500, 140, 40, 220, splits=True),
    "real_estate": Category(300, 8_000, 8_000, 380, 40, 110),
    "bond": Category(150, 3_000, -500, 360, 45, 110),
    "high_yield": Category(220, 2_500, 3_000, 600, 40, 100),
    "inflation": Category(150, 3_500, 0, 300, 45, 110),
    "cash": Category(160, 60, 0, 400, 50, 110),
    "gold": Category(230, 9_500, 500, 0, 30, 220),
    "commodity": Category(200, 12_000, 3_000, 0, 15, 40),
    "crypto": Category(900, 35_000, 12_000, 0, 20, 300),
}
"""The categories by name; `stock` is one company, `stocks` a broad fund."""
