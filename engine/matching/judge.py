"""Which matching rule a line falls under: rule by rule over all lines of a household, in columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.matching.document import MatchRule, TextIs
from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]
NO_RULE: Final = -1


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Lines of one household as rules see them, columns of equal length: signed cents, account id, card purchase."""

    text: Sequence[str]
    amount: Int64s
    account: Int64s
    card: Flags


class Judged:
    """Rules held against lines. `handles` gives the id of each account by its handle."""

    def __init__(self, rules: Sequence[MatchRule], lines: LineColumns, handles: Mapping[str, int]) -> None:
        """Read the texts once; equal ones are judged once."""
        self._lines = lines
        self._handles = handles
        known: dict[str, int] = {}
        self._of = np.array([known.setdefault(text, len(known)) for text in lines.text], np.int64)
        self._texts = [folded(text) for text in known]
        self.hits: tuple[Flags, ...] = tuple(self._hit(rule) for rule in rules)

    def first(self) -> Int64s:
        """The place of the first rule that each line falls under, or NO_RULE."""
        found = np.full(len(self._of), NO_RULE, np.int64)
        for place, hit in reversed(list(enumerate(self.hits))):
            found[hit] = place
        return found

    def _hit(self, rule: MatchRule) -> Flags:
        when, lines = rule.when, self._lines
        hit = np.ones(len(self._of), np.bool_)
        if when.direction is not None:
            hit &= (lines.amount > 0) == (when.direction == "in")
        if when.at_least is not None:
            hit &= np.abs(lines.amount) >= when.at_least
        if when.at_most is not None:
            hit &= np.abs(lines.amount) <= when.at_most
        if when.account is not None:
            hit &= lines.account == self._handles.get(when.account, NO_RULE)
        if when.card is not None:
            hit &= lines.card == (when.card == "yes")
        if when.text is not None and hit.any():
            test = _test(when.text)
            hit &= np.array([test(text) for text in self._texts], np.bool_)[self._of]
        return hit


def _test(text: TextIs) -> Callable[[str], bool]:
    words = tuple(folded(word) for word in text.contains or text.starts or text.equals or ())
    if text.starts is not None:
        return lambda said: said.startswith(words)
    if text.equals is not None:
        return frozenset(words).__contains__
    return lambda said: any(word in said for word in words)


def folded(text: str) -> str:
    """A text without capitals, and with single blanks, none of them at its ends."""
    return " ".join(text.casefold().split())


def given(
    rules: Sequence[MatchRule], lines: LineColumns, handles: Mapping[str, int], before: Sequence[str]
) -> tuple[list[str], Flags]:
    """The category and card flag of each line: those of its first rule, else those it has before.

    Money in is never a card purchase.
    """
    first = Judged(rules, lines, handles).first()
    categories = [rules[place].category if place != NO_RULE else was for place, was in zip(first, before, strict=True)]
    says = np.array([_CARD[rule.card] for rule in rules] + [_CARD[None]], np.int64)[first]
    return categories, np.where(says == _CARD[None], lines.card, says == _CARD["yes"]) & (lines.amount < 0)


_CARD: Final[Mapping[str | None, int]] = {None: -1, "no": 0, "yes": 1}
