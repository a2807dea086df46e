"""Changes of a household's recurring transfers: each takes its rule list and gives the new one.

They are saved like any other change of rules, as a new version. Nothing here is remembered beside the list: a paused
transfer is a rule switched off, what it was before is in the versions, and a skipped date is a blackout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.desk import ListVersion
from engine.recurring.document import RecurringTransfer
from engine.recurring.shortform import as_rule, from_rule, with_id
from engine.rulebook import from_text
from ledger.days import date_of, day_number
from ledger.faults import SluiceError
from rules.document import MAX_BLACKOUTS, MAX_RULES, Mode, Period, Rule

WATCH: Final[Mode] = "watch"


@dataclass(frozen=True, slots=True)
class Listed:
    """A recurring transfer of a list: its place from 0, its rule, its short form."""

    place: int
    rule: Rule
    transfer: RecurringTransfer


def recurring(rules: Sequence[Rule]) -> list[Listed]:
    """The rules of a list that the short form can say, in their order."""
    short = ((place, rule, from_rule(rule)) for place, rule in enumerate(rules))
    return [Listed(place, rule, transfer) for place, rule, transfer in short if transfer is not None]


def named(rules: Sequence[Rule], name: str) -> Listed:
    """The recurring transfer with that id. Raises SluiceError `recurring_unknown`."""
    for one in recurring(rules):
        if one.rule.id == name:
            return one
    known = ", ".join(one.rule.id for one in recurring(rules)) or "none yet"
    raise SluiceError("recurring_unknown", f"There is no recurring transfer {name}; there are: {known}.", "id")


def added(rules: Sequence[Rule], transfer: RecurringTransfer) -> tuple[Rule, ...]:
    """The list with one more transfer, as the last rule. Raises SluiceError `too_many` or `duplicate_id`."""
    if len(rules) >= MAX_RULES:
        raise SluiceError("too_many", f"A household has at most {MAX_RULES} rules; remove one first.", "id")
    if any(rule.id == transfer.id for rule in rules):
        sentence = f"Another rule already has the id {transfer.id}; give every rule an id of its own."
        raise SluiceError("duplicate_id", sentence, "id")
    return (*rules, as_rule(with_id(transfer, rules)))


def replaced(rules: Sequence[Rule], name: str, transfer: RecurringTransfer) -> tuple[Rule, ...]:
    """The list with another transfer in the place of this one, which keeps its id."""
    return _put(rules, named(rules, name), as_rule(transfer.model_copy(update={"id": name})))


def removed(rules: Sequence[Rule], name: str) -> tuple[Rule, ...]:
    """The list without the transfer; what it moved stays in the books."""
    place = named(rules, name).place
    return (*rules[:place], *rules[place + 1 :])


def in_mode(rules: Sequence[Rule], name: str, mode: Mode) -> tuple[Rule, ...]:
    """The list with the transfer in another mode; off is a pause."""
    found = named(rules, name)
    return _put(rules, found, found.rule.model_copy(update={"mode": mode}))


def mode_before(versions: Sequence[ListVersion], name: str) -> Mode:
    """The mode that a paused transfer had before; watching where it never had another."""
    return next((mode for mode in _modes(versions, name) if mode != "off"), WATCH)


def _modes(versions: Sequence[ListVersion], name: str) -> Iterator[Mode]:
    for version in reversed(versions):
        yield from (rule.mode for rule in from_text(version.documents) if rule.id == name)


def skipping(rules: Sequence[Rule], name: str, day: int, last_night: int) -> tuple[Rule, ...]:
    """The list with one more date on which the transfer rests; skipped dates that no night can reach any more go.

    Raises SluiceError `too_many` where a hundred dates are skipped already.
    """
    found = named(rules, name)
    kept = [one for one in found.rule.blackout if day_number(one.last) > last_night and one.first != date_of(day)]
    if len(kept) >= MAX_BLACKOUTS:
        raise SluiceError("too_many", f"At most {MAX_BLACKOUTS} dates can be skipped; pause the transfer.", "skip")
    rest = sorted([*kept, Period(first=date_of(day), last=date_of(day))], key=lambda one: one.first)
    return _put(rules, found, found.rule.model_copy(update={"blackout": tuple(rest)}))


def keeping(rules: Sequence[Rule], name: str, day: int) -> tuple[Rule, ...]:
    """The list with the transfer on that date after all."""
    found = named(rules, name)
    kept = tuple(one for one in found.rule.blackout if one.first != date_of(day))
    return _put(rules, found, found.rule.model_copy(update={"blackout": kept}))


def _put(rules: Sequence[Rule], found: Listed, rule: Rule) -> tuple[Rule, ...]:
    return (*rules[: found.place], rule, *rules[found.place + 1 :])
