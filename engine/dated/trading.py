"""What trading asks of the dated configuration, each as of the day that it concerns."""

from collections.abc import Callable, Mapping
from typing import Final

from engine.dated.history import Dated
from engine.invest.market import Market

WINDOWS: Final = {1: "morning_window", 2: "afternoon_window"}
"""The name of each slot's start."""


def window_starts(dated: Dated) -> Callable[[int], Mapping[int, int]]:
    """Give the starts of a day's windows in minutes since midnight in New York, by slot."""
    return lambda day: {slot: dated.number_on(name, day) for slot, name in WINDOWS.items()}


def settling(dated: Dated, market: Market) -> Callable[[int], int]:
    """Give the day on which a trade of a session settles: so many sessions later as hold on the day of the trade."""

    def settles(day: int) -> int:
        settled = day
        for _ in range(dated.number_on("settlement_sessions", day)):
            settled = market.settles(settled)
        return settled

    return settles


def order_minimum(dated: Dated, day: int) -> int:
    """Give the smallest order in cents."""
    return dated.number_on("order_minimum", day)


def auto_invest_threshold(dated: Dated, day: int) -> int:
    """Give the cents above the minimum cash that auto-invest waits for where an account says nothing else."""
    return dated.number_on("auto_invest_threshold", day)


def dividend_minimum(dated: Dated, day: int) -> int:
    """Give the cents of a dividend from which it is reinvested or swept; less stays cash."""
    return dated.number_on("dividend_reinvest_minimum", day)
