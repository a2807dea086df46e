"""What a move would have lacked to reach an amount, and which number, changed by how much, would have helped.

All amounts are cents. A lack without a change is one that no single number mends: a fixed amount, a cap, a share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.explained import AmountSeen, Change, Explanation
from ledger.days import day_number
from ledger.money import format_money
from ledger.rounding import WHOLE_BP, split_by_largest_remainder
from rules.document import Everything, Excess, FactAmount, Goal, InvestDrift, PercentOf, Refill, Rule
from rules.wording import limit_words


@dataclass(frozen=True, slots=True)
class Lack:
    """Why an amount was not reached, as a clause, and the change that would have mended it."""

    why: str
    change: Change | None


def shown(cents: int) -> str:
    """Money for people."""
    return format_money(cents, grouped=True)


def lacks(rule: Rule, told: Explanation, least: int) -> list[Lack]:
    """Everything that kept the rule from moving `least`; only for a rule that got to sources and destinations."""
    found = [
        Lack(f"{limit_words(limit.name)} left {shown(limit.left)}", None) for limit in told.limits if limit.left < least
    ]
    wanted = told.wanted or 0
    if wanted < least:
        found.insert(0, Lack(f"it wanted {shown(wanted)}", wants_change(rule, told, least)))
    held = sum(source.capacity for source in told.sources)
    if held < least:
        found.append(Lack(f"the sources could give {shown(held)}", _source_change(told, least - held)))
    asked = _asked(rule, told, least)
    room = sum(min(ask, one.room) for ask, one in zip(asked, told.destinations, strict=True))
    if room < least:
        change = _room_change(rule, told, asked, least - room)
        found.append(Lack(f"the destinations had room for {shown(room)}", change))
    return found


def wants_change(rule: Rule, told: Explanation, least: int) -> Change | None:
    """How the number that the amount looks at would have had to differ for the rule to want at least `least`."""
    saw = told.amount_saw
    if saw is None or saw.fact is None or saw.saw is None or isinstance(rule.amount, InvestDrift):
        return None  # what a pie lacks is no number that somebody could change
    target = _wants_target(rule, saw, least, told.due.day)
    return None if target is None else Change(saw.fact, target - saw.saw)


def _wants_target(rule: Rule, saw: AmountSeen, least: int, day: int) -> int | None:
    """The nearest value of what the amount looks at with which the rule wants at least `least`."""
    match rule.amount:
        case Excess(above=above, keep=keep):
            target = max(above + 1, (above if keep is None else keep) + least)
        case Refill(below=below, up_to=up_to):
            target = min(below - 1, (below if up_to is None else up_to) - least)
        case PercentOf(percent=percent):
            target = -(-least * WHOLE_BP // percent)
        case FactAmount(times=times):
            target = -(-least // times)
        case Everything(leave=leave):
            target = (leave or 0) + least
        case Goal(target=goal, by=by):
            return goal - (least - 1) * (saw.nights or 0) - 1 if day_number(by) >= day else None
        case _:
            target = -least
    return target


def _source_change(told: Explanation, lacking: int) -> Change | None:
    """The source that would have needed least to give so much more."""
    changes = [
        Change(f"balance({one.account})", lacking + max(0, one.keeps - one.balance))
        for one in told.sources
        if (one.at_most is None or one.at_most - one.capacity >= lacking)
        and (one.spare is None or one.spare - one.capacity >= lacking)
    ]
    return min(changes, key=lambda change: change.by, default=None)


def _asked(rule: Rule, told: Explanation, least: int) -> list[int]:
    """What each destination would be asked to take of at least `least`; without shares, as much as it can."""
    if rule.to[0].share is None:
        return [one.room for one in told.destinations]
    whole = max(least, sum(one.asked for one in told.destinations))
    shares = np.array([one.share for one in rule.to], np.int64)
    return [int(part[0]) for part in split_by_largest_remainder(np.array([whole]), shares)]


def _room_change(rule: Rule, told: Explanation, asked: Sequence[int], lacking: int) -> Change | None:
    """The destination that would have needed to be emptier by least to take so much more."""
    in_turn = rule.to[0].share is None
    changes = [
        Change(f"expected({one.account})", -lacking - max(0, one.expected - one.most))
        for ask, one in zip(asked, told.destinations, strict=True)
        if one.ira_left is None and (in_turn or ask - one.room >= lacking)
    ]
    return max(changes, key=lambda change: change.by, default=None)
