"""One pie at a time, in plain Python integers: what the columns of engine/invest must equal.

Written from investing.md 2.0, D3 to D8 and rulings 22 to 24, sharing no code with the product. Levels are the least (or
greatest) prefix of the slices in the order of value to weight, as 2.0 proves; the product finds them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

Trades = dict[int, int]


@dataclass
class Pie:
    weights: Sequence[int]
    values: Sequence[int]
    blocked: Sequence[bool] = ()
    minimum: int = 0
    leave_cash: bool = False
    free: list[int] = field(init=False)

    def __post_init__(self) -> None:
        blocked = self.blocked or [False] * len(self.weights)
        self.free = [place for place in range(len(self.weights)) if not blocked[place]]

    def worth(self, places: Iterable[int]) -> int:
        return sum(self.values[place] for place in places)

    def weight(self, places: Iterable[int]) -> int:
        return sum(self.weights[place] for place in places)


def in_cents(exact: dict[int, tuple[int, int]], total: int) -> Trades:
    """Floor each numerator over its denominator; the missing cents to the largest remainders, ties to the earlier."""
    parts = {place: top // bottom for place, (top, bottom) in exact.items()}
    rests = {place: Fraction(top % bottom, bottom) for place, (top, bottom) in exact.items()}
    for place in sorted(exact, key=lambda place: (-rests[place], place))[: total - sum(parts.values())]:
        parts[place] += 1
    return parts


def buys(pie: Pie, free: list[int], cash: int) -> Trades:
    """Raise the lowest ratios together: the level is the least of the prefix levels (2.0)."""
    weighed = sorted((p for p in free if pie.weights[p]), key=lambda p: Fraction(pie.values[p], pie.weights[p]))
    if not weighed or cash <= 0:
        return {}
    level, prefix = None, (0, 0)
    money, weight = cash, 0
    for place in weighed:
        money, weight = money + pie.values[place], weight + pie.weights[place]
        if level is None or money * prefix[1] < prefix[0] * weight:
            level, prefix = place, (money, weight)
    top, bottom = prefix
    exact = {p: (pie.weights[p] * top - pie.values[p] * bottom, bottom) for p in weighed}
    return in_cents({p: exact[p] for p in sorted(exact) if exact[p][0] > 0}, cash)


def sales(pie: Pie, free: list[int], amount: int) -> Trades:
    """Removed slices by value or whole, then lower the highest ratios: the greatest of the prefix levels (2.0, D4)."""
    amount = max(0, min(amount, pie.worth(free)))
    removed = [place for place in free if pie.weights[place] == 0]
    gone = pie.worth(removed)
    if amount <= gone:
        return in_cents({p: (pie.values[p] * amount, gone) for p in removed}, amount) if amount else {}
    sold = {place: pie.values[place] for place in removed}
    rest = amount - gone
    weighed = sorted((p for p in free if pie.weights[p]), key=lambda p: -Fraction(pie.values[p], pie.weights[p]))
    prefix = (-1, 1)
    money, weight = -rest, 0
    for place in weighed:
        money, weight = money + pie.values[place], weight + pie.weights[place]
        if money * prefix[1] > prefix[0] * weight:
            prefix = (money, weight)
    top, bottom = prefix
    exact = {p: (pie.values[p] * bottom - pie.weights[p] * top, bottom) for p in weighed}
    return sold | in_cents({p: exact[p] for p in sorted(exact) if exact[p][0] > 0}, rest)


def targets(pie: Pie, free: list[int], money: int) -> Trades:
    """Each slice's part of all there is, less what it is worth (D5)."""
    total, weight = max(0, pie.worth(free) + money), pie.weight(free)
    weighed = [place for place in free if pie.weights[place]]
    wanted = in_cents({p: (pie.weights[p] * total, weight) for p in weighed}, total) if weighed else {}
    return {place: wanted.get(place, 0) - pie.values[place] for place in free}


def on_terms(pie: Pie, money: int, split: Callable[[list[int], int], Trades]) -> list[int]:
    """D8 and ruling 22: whole sales before small orders, one slice a step, then the split again."""
    free, whole = list(pie.free), Trades()
    while True:
        trades = split(free, money)
        scraps = [p for p in free if trades.get(p, 0) < 0 and 0 < pie.values[p] + trades[p] < pie.minimum]
        small = [p for p in free if 0 < abs(trades.get(p, 0)) < pie.minimum and pie.values[p] + trades[p] != 0]
        kept = [p for p in small if not (pie.leave_cash and trades[p] > 0)]
        if scraps:
            place = min(scraps, key=lambda p: (pie.values[p] + trades[p], p))
            whole[place] = -pie.values[place]
            money += pie.values[place]
        elif kept:
            place = min(kept, key=lambda p: (abs(trades[p]), -p))
        else:
            trades |= dict.fromkeys(small, 0) | whole
            return [trades.get(place, 0) for place in range(len(pie.weights))]
        free.remove(place)


def deposit(pie: Pie, cash: int) -> list[int]:
    return on_terms(pie, cash if cash >= pie.minimum else 0, lambda free, money: buys(pie, free, money))


def withdraw(pie: Pie, amount: int, cash: int = 0) -> list[int]:
    def split(free: list[int], money: int) -> Trades:
        return {place: -cents for place, cents in sales(pie, free, -money).items()}

    return on_terms(pie, -max(0, amount - cash), split)


def rebalance(pie: Pie, cash: int = 0, reserve: int = 0) -> list[int]:
    return on_terms(pie, cash - reserve, lambda free, money: targets(pie, free, money))


def outside(pie: Pie, absolute: int | None, relative: int | None) -> list[bool]:
    """D7 in fractions: how far each leaf's part is from its weight, against the tighter band."""
    total, weight = pie.worth(pie.free), pie.weight(pie.free)

    def is_outside(place: int) -> bool:
        if place not in pie.free or pie.weights[place] == 0:
            return place in pie.free and pie.values[place] > 0
        target = Fraction(pie.weights[place], weight)
        limits = [Fraction(absolute, 10_000)] if absolute is not None else []
        limits += [target * Fraction(relative, 10_000)] if relative is not None else []
        return bool(total and limits) and abs(Fraction(pie.values[place], total) - target) > min(limits)

    return [is_outside(place) for place in range(len(pie.weights))]
