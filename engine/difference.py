"""What would have had to be different for a rule to move: one sentence for every reason, and the numbers it names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from engine.codes import Outcome, Reason
from engine.explained import Change, ConditionSeen, DestinationSeen, Explanation, SourceSeen
from engine.shortage import Lack, lacks, shown, wants_change
from ledger.days import date_of, day_number
from ledger.money import format_percent
from rules.compile import HALF_STEPS, merged_blackouts
from rules.document import AnyOf, Condition, InvestDrift, Leaf, Not, Rule
from rules.shapes import HIGH, LOW
from rules.wording import limit_words
from rules.wording_when import listed

Told = tuple[str, Sequence[Change]]
"""A sentence and the changes it names."""

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def difference(rule: Rule, told: Explanation) -> tuple[str, tuple[Change, ...]]:
    """The sentence on what would have had to be different, and the changes it names, if any."""
    if told.outcome == Outcome.NOT_DUE:
        return _not_due(rule, told), ()
    if told.outcome == Outcome.BLOCKED:
        return _blocked(told), ()
    if told.outcome == Outcome.NOTHING:
        words, changes = _NOTHING[told.reason](rule, told)
        return words, tuple(changes)
    return _moved(told), ()


def day_words(day: int) -> str:
    """A day number for people, such as `Fri 20 Nov 2026`."""
    that = date_of(day)
    return f"{_WEEKDAYS[that.weekday()]} {that.day} {_MONTHS[that.month - 1]} {that.year}"


def _not_due(rule: Rule, told: Explanation) -> str:
    due = told.due
    match told.reason:
        case Reason.OFF:
            words = "It was switched off; in mode watch, ask or auto it would have been looked at"
        case Reason.STOPPED:
            words = f"{due.stopped_by} moved before it and ends the night's rules; it would have had to move nothing"
        case Reason.BEFORE_START:
            words = f"It starts on {_date_words(rule.starts)}"
        case Reason.AFTER_END:
            words = f"It ended on {_date_words(rule.ends)}"
        case Reason.BLACKOUT:
            last = next(last for first, last in merged_blackouts(rule) if first <= due.day <= last)
            words = f"It was blacked out until {day_words(last)}"
        case Reason.NOT_SCHEDULED:
            later = "there is no later one" if due.next_match is None else f"the next is {day_words(due.next_match)}"
            words = f"None of its dates came after {day_words(due.since)} and up to {day_words(due.day)}; {later}"
        case _:
            moved, again = day_words(due.last_moved or 0), day_words(due.again or 0)
            words = f"It moved on {moved} and was cooling down until {again}"
    return f"{words}."


def _date_words(day: date | None) -> str:
    return day_words(day_number(day or date.min))


_BLOCKED: Final[Mapping[Reason, str]] = {
    Reason.FROZEN: "{} would have had to be released from its freeze.",
    Reason.ACCOUNT_CLOSED: "{} would have had to be open.",
    Reason.LINK_BROKEN: "The link of {} would have had to work.",
    Reason.STALE_BALANCE: "The balance of {} would have had to be fresh.",
    Reason.NO_PRICE: "A price of {} would have had to be known.",
    Reason.UNKNOWN_FACT: "{} would have had to be known.",
}


def _blocked(told: Explanation) -> str:
    if told.reason == Reason.PAUSED:
        return "The customer's rules were paused; they would have had to be resumed."
    return _BLOCKED[told.reason].format(listed(told.blocked_by))


def _needed(fact: str, saw: int, by: int) -> str:
    """What the fact would have had to be, as strict bounds that a person would write."""
    bound = f"above {shown(saw + by - 1)}" if by > 0 else f"below {shown(saw + by + 1)}"
    return f"It needed {fact} {bound}; it was {shown(saw)}, {_enough(by)}."


def _enough(by: int, *, percent: bool = False) -> str:
    words = format_percent(abs(by)) if percent else shown(abs(by))
    return f"{words} {'more' if by > 0 else 'less'} would have done"


def _condition_false(rule: Rule, told: Explanation) -> Told:
    failed = list(_failed(rule, told.conditions))
    changes = [Change(leaf.fact, by) for _, leaf, by in failed]
    if len(failed) == 1:
        ((needs, leaf, by),) = failed
        subject = "it" if needs == leaf.text else leaf.fact
        return f"It needed {needs}; {subject} {_was(leaf, by)}.", changes
    clauses = [f"{needs} ({leaf.fact} {_was(leaf, by)})" for needs, leaf, by in failed]
    return f"It needed {listed(clauses)}.", changes


def _was(leaf: ConditionSeen, by: int) -> str:
    if not leaf.percent:
        return f"was {shown(leaf.saw)}, {_enough(by)}"
    over = "just over " if leaf.saw % HALF_STEPS else ""
    return f"was {over}{leaf.percent}, {_enough(by, percent=True)}"


def _failed(rule: Rule, seen: Sequence[ConditionSeen]) -> Iterator[tuple[str, ConditionSeen, int]]:
    """Of each condition that failed: what it needs, the leaf that was nearest, and how far that one was off."""
    for number, condition in enumerate(rule.when, start=1):
        leaves = [leaf for leaf in seen if leaf.condition == number]
        if any(leaf.holds for leaf in leaves):
            continue
        off = [_off(part, leaf.saw) for part, leaf in zip(_parts(condition), leaves, strict=True)]
        by, leaf = min(zip(off, leaves, strict=True), key=lambda pair: abs(pair[0]))
        words = listed([one.text for one in leaves], "or")
        yield (words if len(leaves) == 1 else f"either {words}"), leaf, by


def _parts(condition: Condition) -> Sequence[Leaf | Not]:
    return condition.any if isinstance(condition, AnyOf) else (condition,)


def _off(part: Leaf | Not, saw: int) -> int:
    """The least change of the value with which a leaf that failed holds: cents, or basis points of a percent."""
    leaf = part.not_ if isinstance(part, Not) else part
    unit = HALF_STEPS if leaf.fact.is_percent else 1
    if leaf.above is not None:
        low, high = unit * leaf.above + 1, HIGH
    elif leaf.below is not None:
        low, high = LOW, unit * leaf.below - 1
    else:
        low, high = (unit * bound for bound in leaf.between or (LOW, HIGH))
    if isinstance(part, Not):
        by = min(high + 1 - saw, low - 1 - saw, key=abs)
    else:
        by = low - saw if saw < low else high - saw
    whole = -(-abs(by) // unit)
    return whole if by > 0 else -whole


def _amount_zero(rule: Rule, told: Explanation) -> Told:
    if isinstance(rule.amount, InvestDrift):
        return _no_drift(rule.amount.account, told), ()
    change = wants_change(rule, told, 1)
    if change is None or told.amount_saw is None or told.amount_saw.saw is None:
        return "The date by which its goal was to be reached has passed; it needed a later one.", ()
    return _needed(change.fact, told.amount_saw.saw, change.by), (change,)


def _no_drift(account: str, told: Explanation) -> str:
    if told.amount_saw is not None and told.amount_saw.saw is None:
        return f"No cash brings every slice of {account} within its band; a sale or other bands would have had to."
    return f"Every slice of {account} was within its band; one would have had to drift out of it."


def _cap_used_up(_rule: Rule, told: Explanation) -> Told:
    clauses = []
    for limit in told.limits:
        if limit.left <= 0:
            again = "never starts again" if limit.restarts is None else f"starts again on {day_words(limit.restarts)}"
            clauses.append(f"{limit_words(limit.name)} of {shown(limit.most)} is used up and {again}")
    words = listed(clauses)
    return f"{words[0].upper()}{words[1:]}.", ()


def _short(rule: Rule, told: Explanation) -> Told:
    whole = min([told.wanted or 0, *(limit.left for limit in told.limits)])
    looked_at = told.amount_saw.fact if told.amount_saw else None
    found = [
        Lack(lack.why, None) if _same_account(lack.change, looked_at) else lack for lack in lacks(rule, told, whole)
    ]
    return _lacking(f"It moves the whole {shown(whole)} or nothing", found)


def _same_account(change: Change | None, fact: str | None) -> bool:
    """Whether the change is of the account that the amount looks at: the rule would then want another amount."""
    return change is not None and fact is not None and _account(change.fact) == _account(fact)


def _account(fact: str) -> str:
    return fact.removesuffix(")").split("(")[1].split(",")[0]


def _below_minimum(rule: Rule, told: Explanation) -> Told:
    least = rule.min_transfer
    return _lacking(f"It moves {shown(least)} at least", lacks(rule, told, least))


def _lacking(opening: str, found: Sequence[Lack]) -> Told:
    """The lacks, and the changes that would have mended them all; none where one of them no change mends."""
    words = f"{opening}; {listed([lack.why for lack in found])}"
    changes: dict[str, Change] = {}
    for lack in found:
        if lack.change is None:
            return f"{words}.", ()
        known = changes.setdefault(lack.change.fact, lack.change)
        changes[lack.change.fact] = max(known, lack.change, key=lambda change: abs(change.by))
    mends = listed([_mend(one) for one in changes.values()])
    return f"{words}; {mends} would have done.", tuple(changes.values())


def _sources_empty(rule: Rule, told: Explanation) -> Told:
    clauses = [_nothing_above(one, asked.leave) for one, asked in zip(told.sources, rule.from_, strict=True)]
    if all(one.spare == 0 for one in told.sources):
        return f"{listed(clauses)}.", ()
    source = min(told.sources, key=lambda one: one.keeps - one.balance)
    change = Change(f"balance({source.account})", source.keeps + 1 - source.balance)
    return f"{listed(clauses)}; {_mend(change)} would have done.", (change,)


def _nothing_above(one: SourceSeen, leave: int | None) -> str:
    if one.spare == 0:
        return f"{one.account} may give nothing: the borrow line has no excess to spare, so a margin call would follow"
    if one.held and one.held == one.keeps:
        return f"{one.account} had nothing above the {shown(one.held)} under a hold, which may not go there yet"
    kept = "the {} it is to leave" if leave == one.keeps else "its floor of {}"
    return f"{one.account} had nothing above {kept.format(shown(one.keeps))}"


def _no_room(_rule: Rule, told: Explanation) -> Told:
    asked = [one for one in told.destinations if one.asked]
    clauses = [_full(one) for one in asked]
    nearest = min(asked, key=lambda one: (one.ira_left is not None, one.expected - one.most))
    changes = tuple(_emptier(nearest))
    return f"{listed(clauses)}; {listed([_mend(one) for one in changes])} would have done.", changes


def _full(one: DestinationSeen) -> str:
    if one.ira_left is not None and one.ira_left <= 0:
        return f"{one.account} had no contribution room left"
    return f"{one.account} was full with {shown(one.expected)} expected of {shown(one.most)} at most"


def _emptier(one: DestinationSeen) -> Iterator[Change]:
    if one.ira_left is not None and one.ira_left <= 0:
        yield Change("ira_room", 1 - one.ira_left)
    if one.expected >= one.most:
        yield Change(f"expected({one.account})", one.most - 1 - one.expected)


def _mend(change: Change) -> str:
    where = "of contribution room" if change.fact == "ira_room" else f"in {change.fact}"
    return f"{shown(abs(change.by))} {'more' if change.by > 0 else 'less'} {where}"


_NOTHING: Final[Mapping[Reason, Callable[[Rule, Explanation], Told]]] = {
    Reason.CONDITION_FALSE: _condition_false,
    Reason.AMOUNT_ZERO: _amount_zero,
    Reason.CAP_USED_UP: _cap_used_up,
    Reason.SHORT: _short,
    Reason.SOURCES_EMPTY: _sources_empty,
    Reason.NO_ROOM: _no_room,
    Reason.BELOW_MINIMUM: _below_minimum,
}


def _moved(told: Explanation) -> str:
    amount = shown(told.amount)
    opening = {
        Outcome.MOVED: f"It moved {amount}",
        Outcome.PROPOSED: f"It waits for approval to move {amount}",
        Outcome.WOULD_MOVE: f"It only watches; in mode ask or auto it would have acted on {amount}",
    }[told.outcome]
    if not told.limited_by:
        return f"{opening}, all that it wanted."
    limits = listed([limit_words(name) for name in told.limited_by])
    return f"{opening} of the {shown(told.wanted or 0)} it wanted, limited by {limits}."
