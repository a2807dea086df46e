"""The sentence of a recurring transfer: a rule's own, with what its dates follow in place of a list of them."""

from collections.abc import Mapping

from engine.recurring.document import RecurringTransfer
from engine.recurring.shortform import from_rule
from rules.document import Rule
from rules.wording import sentence
from rules.wording_when import WEEKDAY_WORDS, month_day


def transfer_sentence(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """Word the rule of a recurring transfer, such as `On the first Friday of each month, move 50.00 from ...`."""
    transfer = from_rule(rule)
    return sentence(rule, names, "" if transfer is None else pattern_words(transfer))


def pattern_words(transfer: RecurringTransfer) -> str:
    """What the dates of a schedule that rules write out follow; empty for another schedule."""
    when = transfer.schedule
    if when.nth_weekday is not None:
        return f"on the {when.nth_weekday.nth} {WEEKDAY_WORDS[when.nth_weekday.weekday]} of each month"
    return "" if when.quarterly is None else f"every three months on {month_day(when.quarterly)}"
