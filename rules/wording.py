"""A rule as one English sentence, the same in the list, the form, the trail, the API and the tests (rules.md 8).

Every field that changes what a rule does is heard in its sentence; name, id and note are not part of it. Words
for dates, conditions and facts stand in `rules.wording_when`, words for outcomes and reasons in `rules.wording_codes`.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.money import format_money, format_percent
from rules.document import (
    Cap,
    Destination,
    Everything,
    Excess,
    FactAmount,
    Fixed,
    Goal,
    InvestDrift,
    Payoff,
    PercentOf,
    Refill,
    Rule,
    Source,
)
from rules.wording_codes import OUTCOME_WORDS, REASON_WORDS, limit_words
from rules.wording_when import Names, blackout_words, condition_words, fact_words, listed, schedule_words

__all__ = ["OUTCOME_WORDS", "REASON_WORDS", "limit_words", "sentence"]

_MODE = {"off": "Switched off: ", "watch": "Only watching: ", "ask": "After asking: ", "auto": ""}
_PER = {
    "day": "a day",
    "week": "a week",
    "month": "a month",
    "quarter": "a quarter",
    "year": "a year",
    "ever": "in all",
}


def sentence(rule: Rule, names: Mapping[str, str] | None = None, pattern: str = "") -> str:
    """Word the rule as one sentence; `names` gives people's names for accounts by handle, else the handle is said.

    `pattern` is what the dates of its schedule follow, said in their place.
    """
    called: Names = names or {}
    opening = [schedule_words(rule.schedule, pattern)] if rule.schedule else []
    conditions = [condition_words(condition, called) for condition in rule.when]
    if (trigger := _trigger(rule, called)) is not None:
        conditions.append(trigger)
    if conditions:
        opening.append(f"when {_conjunction(conditions)}")
    words = ", ".join([*(opening or ["every night"]), _action(rule, called), *_limits(rule)])
    mode = _MODE[rule.mode]
    return f"{mode}{words}." if mode else f"{words[0].upper()}{words[1:]}."


def _conjunction(conditions: Sequence[str]) -> str:
    """Join conditions that must all hold, with commas where one of them has an `or` of its own."""
    return (", and " if any(one.startswith("either ") for one in conditions) else " and ").join(conditions)


def _trigger(rule: Rule, names: Names) -> str | None:
    """Word the threshold inside an amount as the condition it is."""
    match rule.amount:
        case Excess(account=account, above=above):
            return f"{names.get(account, account)} is above {_money(above)}"
        case Refill(account=account, below=below):
            return f"{names.get(account, account)} is below {_money(below)}"
        case _:
            return None


def _action(rule: Rule, names: Names) -> str:
    sources = _sources(rule.from_, names)
    short = _about_its_destination(rule, names)
    if short is not None:
        return f"{short}, taking from {sources}"
    return f"move {_wanted(rule, names)} from {sources} to {_destinations(rule.to, names)}"


def _about_its_destination(rule: Rule, names: Names) -> str | None:
    """Word an amount that speaks of its only destination, which then need not be said again; None for any other."""
    only = rule.to[0]
    if len(rule.to) > 1 or only.fill_to is not None or only.share is not None:
        return None
    match rule.amount:
        case Refill(account=account, below=below, up_to=up_to) if account == only.account:
            return f"bring it up to {_money(below if up_to is None else up_to)}"
        case Payoff(account=account) if account == only.account:
            return f"pay off {names.get(account, account)}"
        case InvestDrift(account=account) if account == only.account:
            return f"bring every slice of {names.get(account, account)} within its band"
        case Goal(account=account, target=target, by=by) if account == only.account:
            return f"bring {names.get(account, account)} to {_money(target)} by {by} in even steps"
        case _:
            return None


def _wanted(rule: Rule, names: Names) -> str:
    match rule.amount:
        case Fixed(amount=amount):
            words = _money(amount)
        case Excess(above=above, keep=keep):
            words = f"everything above {_money(above if keep is None else keep)}"
        case Refill(below=below, up_to=up_to):
            words = f"what it lacks to {_money(below if up_to is None else up_to)}"
        case PercentOf(fact=fact, percent=percent):
            words = f"{format_percent(percent)} of {fact_words(fact, names)}"
        case FactAmount(fact=fact, times=times):
            words = {1: "", 2: "twice "}.get(times, f"{times} times ") + fact_words(fact, names)
        case Everything(account=account, leave=leave):
            rest = "" if leave is None else f" above {_money(leave)}"
            words = f"the whole balance of {names.get(account, account)}{rest}"
        case Payoff(account=account):
            words = f"all that is owed on {names.get(account, account)}"
        case InvestDrift(account=account):
            words = f"the least cash that brings every slice of {names.get(account, account)} within its band"
        case goal:
            account = names.get(goal.account, goal.account)
            words = f"an even part of what {account} lacks to {_money(goal.target)} by {goal.by}"
    return words


def _sources(sources: Sequence[Source], names: Names) -> str:
    return _in_turn([f"{names.get(one.account, one.account)}{_source_terms(one)}" for one in sources])


def _source_terms(source: Source) -> str:
    terms = [] if source.leave is None else [f"leaving {_money(source.leave)}"]
    if source.at_most is not None:
        terms.append(f"at most {_money(source.at_most)}")
    return f" ({', '.join(terms)})" if terms else ""


def _destinations(destinations: Sequence[Destination], names: Names) -> str:
    words = [f"{names.get(one.account, one.account)}{_destination_terms(one)}" for one in destinations]
    return _in_turn(words) if destinations[0].share is None else listed(words)


def _destination_terms(destination: Destination) -> str:
    terms = [] if destination.share is None else [format_percent(destination.share)]
    if destination.fill_to is not None:
        terms.append(f"up to {_money(destination.fill_to)}")
    return f" ({', '.join(terms)})" if terms else ""


def _in_turn(words: Sequence[str]) -> str:
    """Join what is used one after the other, each when those before it do not suffice."""
    return " and then ".join([", then ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _limits(rule: Rule) -> Iterator[str]:
    if rule.max_transfer is not None:
        yield f"at most {_money(rule.max_transfer)} a night"
    yield from (_cap(cap) for cap in rule.caps)
    if rule.min_transfer != 1:
        yield f"but never less than {_money(rule.min_transfer)}"
    if rule.if_short == "nothing":
        yield "the whole amount or nothing"
    if rule.ask_above is not None:
        yield f"asking first above {_money(rule.ask_above)}"
    if rule.starts is not None:
        yield f"starting {rule.starts}"
    if rule.ends is not None:
        yield f"until {rule.ends}"
    yield from blackout_words(rule.blackout)
    if rule.cool_down_days:
        yield "at most once a day" if rule.cool_down_days == 1 else f"at most once in {rule.cool_down_days} days"
    if rule.then == "stop":
        yield "and once it has moved, no later rule that night"


def _cap(cap: Cap) -> str:
    shared = "" if cap.counter is None else f" for all rules that count {cap.counter}"
    return f"at most {_money(cap.amount)} {_PER[cap.per]}{shared}"


def _money(cents: int) -> str:
    return format_money(cents, grouped=True)
