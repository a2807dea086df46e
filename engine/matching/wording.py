"""A matching rule as one English sentence, the same in the list, the form, the commands and the API."""

from collections.abc import Mapping
from typing import Final

from engine.matching.document import MatchRule, MatchWhen, TextIs
from ledger.money import format_money
from rules.wording_when import listed

_DIRECTION: Final = {"in": "money comes in", "out": "money goes out"}
_CARD: Final = {"yes": "it is a card purchase", "no": "it is no card purchase"}
_GIVES: Final = {"yes": ", counted as a card purchase", "no": ", not counted as a card purchase"}


def match_sentence(rule: MatchRule, names: Mapping[str, str] | None = None) -> str:
    """Word the rule; `names` gives people's names for accounts by handle."""
    card = _GIVES.get(rule.card or "", "")
    return f"When {listed(_conditions(rule.when, names or {}))}: {rule.category}{card}."


def _conditions(when: MatchWhen, names: Mapping[str, str]) -> list[str]:
    words = [] if when.text is None else [_text(when.text)]
    words += [] if when.direction is None else [_DIRECTION[when.direction]]
    words += _amount(when)
    words += [] if when.account is None else [f"the account is {names.get(when.account, when.account)}"]
    return words if when.card is None else [*words, _CARD[when.card]]


def _text(text: TextIs) -> str:
    if text.starts is not None:
        return f"the text starts with {_either(text.starts)}"
    if text.equals is not None:
        return f"the text is {_either(text.equals)}"
    return f"the text contains {_either(text.contains or ())}"


def _either(words: tuple[str, ...]) -> str:
    return listed([f'"{word}"' for word in words], "or")


def _amount(when: MatchWhen) -> list[str]:
    low, high = when.at_least, when.at_most
    if low is None and high is None:
        return []
    if high is None:
        return [f"the amount is {_money(low)} or more"]
    if low is None:
        return [f"the amount is {_money(high)} or less"]
    return [f"the amount is {_money(low)}" + ("" if low == high else f" to {_money(high)}")]


def _money(cents: int | None) -> str:
    return format_money(cents or 0, grouped=True)
