"""Words for when a rule is due and what it looks at: schedules, conditions, facts."""

from collections.abc import Iterator, Mapping, Sequence

from rules.bounds import bound_words
from rules.document import AnyOf, Condition, Leaf, Not, Period, Schedule
from rules.facts import ACCOUNT_FACTS, Fact

Names = Mapping[str, str]
"""People's names for accounts, by handle."""

WEEKDAY_WORDS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_BUSINESS_DAYS = {
    "before": " (or the business day before)",
    "after": " (or the business day after)",
    "skip": " (only on business days)",
}
_FACTS = {
    "balance": "the balance of {}",
    "expected": "the expected balance of {}",
    "posted": "the posted balance of {}",
    "owed": "what is owed on {}",
    "room": "the credit left on {}",
    "ltv": "what is owed on {} as a part of its collateral",
    "deposits": "the new deposits in {}",
    "spent": "the spending from {} in the last {} days",
    "round_ups": "the round-ups of {}",
    "value": "the value of {}",
    "drift": "the largest drift in {}",
    "drawdown": "the fall of {} below its high of the last {} sessions",
    "price_to_average": "the price of {} against its average over the last {} sessions",
    "moved": "what {} moved that night",
}


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words as people do: `a`, `a and b`, `a, b and c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def schedule_words(schedule: Schedule, pattern: str = "") -> str:
    """Word the dates, such as `on the 1st and the last day of the month or every Friday`; `pattern` in their place."""
    words = pattern or listed(list(_dates(schedule)), "and") or "on no date"
    return words + _BUSINESS_DAYS.get(schedule.business_days or "", "")


def _dates(schedule: Schedule) -> Iterator[str]:
    if schedule.month_days:
        yield f"on {listed([month_day(day) for day in schedule.month_days])} of the month"
    if schedule.weekdays:
        yield f"every {listed([WEEKDAY_WORDS[day] for day in schedule.weekdays])}"
    if (every := schedule.every) is not None:
        yield f"every {'week' if every.weeks == 1 else f'{every.weeks} weeks'} counted from {every.from_}"
    if schedule.dates:
        yield f"on {listed([str(day) for day in schedule.dates])}"


def month_day(day: int | str) -> str:
    """Word a day of the month: `the 15th`, `the last day`."""
    if isinstance(day, str):
        return "the last day"
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"the {day}{ending}"


def blackout_words(periods: Sequence[Period]) -> Iterator[str]:
    """Word the dates on which a rule rests."""
    for period in periods:
        yield f"not on {period.first}" if period.first == period.last else f"not from {period.first} to {period.last}"


def condition_words(condition: Condition, names: Names) -> str:
    """Word one condition, such as `the balance of checking is not above 2,500.00`."""
    if isinstance(condition, AnyOf):
        parts = [condition_words(part, names) for part in condition.any]
        return f"either {listed(parts, 'or')}" if len(parts) > 1 else parts[0]
    if isinstance(condition, Not):
        return _leaf(condition.not_, names, "is not")
    return _leaf(condition, names, "is")


def _leaf(leaf: Leaf, names: Names, verb: str) -> str:
    subject = f"{fact_words(leaf.fact, names)} {verb}"
    if leaf.above is not None:
        return f"{subject} above {bound_words(leaf.fact, leaf.above)}"
    if leaf.below is not None:
        return f"{subject} below {bound_words(leaf.fact, leaf.below)}"
    low, high = (bound_words(leaf.fact, bound) for bound in leaf.between or (0, 0))
    return f"{subject} between {low} and {high}"


def fact_words(fact: Fact, names: Names) -> str:
    """Word one fact, such as `the spending from checking in the last 30 days`."""
    target = names.get(fact.target, fact.target) if fact.kind in ACCOUNT_FACTS else fact.target
    words = _FACTS[fact.kind].format(target, fact.days)
    return words.replace("the last 1 days", "the last day").replace("the last 1 sessions", "the last session")
