"""What one rule shows to be wrong by itself: numbers in the wrong order, zeros, shares, caps, an empty schedule.

Money that could never move is refused here, so that a saved rule can always do something (rules.md 7). Zeros whose
sense depends on the kind of account stand in `rules.check_accounts`.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from ledger.faults import Problem
from ledger.money import format_money, format_percent
from ledger.rounding import WHOLE_BP
from rules.bounds import bound_words
from rules.document import Excess, Fixed, PercentOf, Refill, Rule
from rules.references import leaves_of


def number_problems(rule: Rule) -> Iterator[Problem]:
    """Give what is wrong with the rule by itself; paths are relative to the rule."""
    return chain(
        _schedule(rule), _bounds(rule), _amount(rule), _shares(rule), _zeros(rule), _transfer(rule), _caps(rule)
    )


def zero(path: str) -> Problem:
    """Give the refusal of a zero that would let nothing ever move."""
    return Problem(path, "zero", "With zero here nothing could ever move; write an amount above zero.")


def _schedule(rule: Rule) -> Iterator[Problem]:
    days = rule.schedule
    if days is not None and not (days.month_days or days.weekdays or days.every or days.dates):
        sentence = "The schedule names no date; add month_days, weekdays, every or dates, or leave the schedule out."
        yield Problem("schedule", "schedule_without_date", sentence)


def _bounds(rule: Rule) -> Iterator[Problem]:
    for path, leaf in leaves_of(rule):
        if leaf.between is not None and leaf.between[0] > leaf.between[1]:
            low, high = (bound_words(leaf.fact, bound) for bound in leaf.between)
            sentence = f"The lower bound {low} is above the upper bound {high}; write the lower one first."
            yield Problem(f"{path}.between", "between_order", sentence)


def _amount(rule: Rule) -> Iterator[Problem]:
    amount = rule.amount
    if isinstance(amount, Fixed) and amount.amount == 0:
        yield zero("amount.amount")
    if isinstance(amount, Excess) and amount.keep is not None and amount.keep > amount.above:
        keep, above = format_money(amount.keep), format_money(amount.above)
        sentence = f"It cannot keep {keep} once the balance is above {above}; write a keep of at most {above}."
        yield Problem("amount.keep", "keep_above", sentence)
    if isinstance(amount, Refill) and amount.up_to is not None and amount.up_to < amount.below:
        up_to, below = format_money(amount.up_to), format_money(amount.below)
        sentence = f"It would stop at {up_to}, still below {below}; write an up_to of at least {below}."
        yield Problem("amount.up_to", "up_to_below", sentence)
    if isinstance(amount, PercentOf) and not 1 <= amount.percent <= WHOLE_BP:
        sentence = f"{format_percent(amount.percent)} is out of range; write a percent from 0.01% to 100%."
        yield Problem("amount.percent", "percent_range", sentence)


def _shares(rule: Rule) -> Iterator[Problem]:
    shares = [destination.share for destination in rule.to]
    given = [share for share in shares if share is not None]
    for place, share in enumerate(shares):
        if share is None and given:
            sentence = "Other destinations have a share; give every destination a share, together 100%, or none."
            yield Problem(f"to.{place}.share", "share_missing", sentence)
        if share == 0:
            sentence = "A share of 0% would never receive anything; write a share above 0% or remove the destination."
            yield Problem(f"to.{place}.share", "share_zero", sentence)
    if len(given) == len(shares) and sum(given) != WHOLE_BP:
        sentence = f"The shares are {format_percent(sum(given))} together; make them 100%."
        yield Problem("to", "shares_sum", sentence)


def _zeros(rule: Rule) -> Iterator[Problem]:
    for place, source in enumerate(rule.from_):
        if source.at_most == 0:
            yield zero(f"from.{place}.at_most")
    for place, cap in enumerate(rule.caps):
        if cap.amount == 0:
            yield zero(f"caps.{place}.amount")
    if rule.max_transfer == 0:
        yield zero("max_transfer")


def _transfer(rule: Rule) -> Iterator[Problem]:
    most = rule.max_transfer
    if most is not None and rule.min_transfer > most:
        low, high = format_money(rule.min_transfer), format_money(most)
        sentence = f"At least {low} and at most {high} cannot both hold; write a min_transfer of at most {high}."
        yield Problem("min_transfer", "min_above_max", sentence)


def _caps(rule: Rule) -> Iterator[Problem]:
    seen: Counter[tuple[str | None, str]] = Counter()
    for place, cap in enumerate(rule.caps):
        if seen[cap.counter, cap.per]:
            whose = f"on the counter {cap.counter}" if cap.counter else "of the rule's own"
            sentence = f"There is already a cap per {cap.per} {whose}; keep the smaller of the two."
            yield Problem(f"caps.{place}", "cap_twice", sentence)
        seen[cap.counter, cap.per] += 1
