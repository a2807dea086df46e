"""The sentence of a recurring transfer: a rule's own, with what its dates follow in place of a list of them."""

from collections.abc import Mapping

from engine.recurring.document import FORMS, RecurringTransfer
from engine.recurring.shortform import as_rule, from_rule
from rules.document import Rule, Schedule
from rules.wording import sentence
from rules.wording_when import WEEKDAY_WORDS, listed, month_day, schedule_words


def transfer_sentence(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """Word the rule of a recurring transfer, such as `On the first Friday of each month, move 50.00 from ...`.

    What it is due on beside a pattern is said first: `On the 15th of the month and on the first Friday of each month`.
    """
    transfer = from_rule(rule)
    pattern = "" if transfer is None else pattern_words(transfer)
    if not pattern or rule.schedule is None:
        return sentence(rule, names)
    rest = rule.schedule.model_copy(update={"dates": None, "business_days": None})
    others = [schedule_words(rest)] if rest.month_days or rest.weekdays or rest.every else []
    return sentence(rule, names, listed([*others, pattern]))


def pattern_words(transfer: RecurringTransfer) -> str:
    """What the dates of a schedule that rules write out follow; empty for another schedule."""
    when = transfer.schedule
    if when.nth_weekday is not None:
        return f"on the {when.nth_weekday.nth} {WEEKDAY_WORDS[when.nth_weekday.weekday]} of each month"
    return "" if when.quarterly is None else f"every three months on {month_day(when.quarterly)}"


def form_words(transfer: RecurringTransfer, form: str) -> str:
    """Word one of the forms of a schedule that has several: `every Monday and Friday`."""
    rest = dict.fromkeys(FORMS) | {form: getattr(transfer.schedule, form), "business_days": None}
    alone = transfer.model_copy(update={"schedule": transfer.schedule.model_copy(update=rest)})
    return pattern_words(alone) or schedule_words(as_rule(alone).schedule or Schedule())
