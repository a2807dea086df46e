"""The ladder of one account: its balance between floor and ceiling, and where tonight would take it (ui.md 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.desk import AccountRecord
from ledger.accounts import Kind
from ledger.money import MAX_AMOUNT, format_money

WIDTH: Final = 1000
_AIR: Final = 10  # a tenth more than the largest number, so that nothing touches the edge


@dataclass(frozen=True, slots=True)
class Mark:
    """A line at `x` with the word that names it."""

    x: int
    word: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """One bar from `left` to `right` on a scale of 0 to WIDTH; `after` is where tonight ends, None if unchanged."""

    left: int
    right: int
    zero: int
    after: int | None
    marks: tuple[Mark, ...]
    sentence: str


def ladder(account: AccountRecord, after: int | None = None) -> Ladder:
    """The ladder of an account; `after` is what would be available after tonight, cents."""
    now = account.posted - account.pending_out
    limits = _limits(account)
    values = [0, now, *(cents for cents, _ in limits), *([after] if after is not None else [])]
    low, high = min(values), max(values)
    high += (high - low) // _AIR + 1
    zero, at = _scaled(0, low, high), _scaled(now, low, high)
    changed = after if after != now else None
    return Ladder(
        left=min(zero, at),
        right=max(zero, at),
        zero=zero,
        after=None if changed is None else _scaled(changed, low, high),
        marks=tuple(Mark(_scaled(cents, low, high), word) for cents, word in limits),
        sentence=_sentence(account.name, now, changed, limits),
    )


def _limits(account: AccountRecord) -> list[tuple[int, str]]:
    """Floor and ceiling where there are any; a borrow line's floor is its credit limit."""
    floor = account.floor if account.kind == Kind.BORROW else max(account.floor, account.rule_floor)
    limits = [] if floor in {0, -MAX_AMOUNT} else [(floor, "credit limit" if account.kind == Kind.BORROW else "floor")]
    return limits + ([] if account.ceiling in {0, MAX_AMOUNT} else [(account.ceiling, "ceiling")])


def _scaled(cents: int, low: int, high: int) -> int:
    return (cents - low) * WIDTH // (high - low)


def _sentence(name: str, now: int, after: int | None, limits: Sequence[tuple[int, str]]) -> str:
    words = [f"{name}: {format_money(now, grouped=True)} available"]
    words += [f"{word} {format_money(cents, grouped=True)}" for cents, word in limits]
    if after is not None:
        words.append(f"{format_money(after, grouped=True)} after tonight")
    return ", ".join(words) + "."
