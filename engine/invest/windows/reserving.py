"""Money set aside inside an invest account: for orders that are at the broker, for raises, for the pie it came out of.

All of it lies in the account's EARMARKED account; one row a purpose says what for, and the rows sum to its balance.
Rules and transfers see none of it. What an order did not spend goes back to where it came from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from engine.invest.orderrecords import Intent, IntentKind

CASH: Final = "@"
UNSETTLED: Final = "~"
WAITING: Final = "!"
"""How the path of a row begins whose money is at the broker: from cash, from unsettled proceeds, from a pie's row."""

RAISE: Final = "raise:"


def is_reserved(path: str) -> bool:
    """Whether a row is for an order or a raise, not for the pie at that path."""
    return path.startswith((CASH, UNSETTLED, WAITING, RAISE))


def raise_path(intent: int) -> str:
    """The row of a raise."""
    return f"{RAISE}{intent}"


def promised(intents: Iterable[Intent], kept: Mapping[tuple[int, str], int]) -> dict[int, int]:
    """Cents by number that open raises have sold for and that are not set aside yet; `kept` by (account, path)."""
    raises = [one for one in intents if one.kind == IntentKind.RAISE]
    lacking = {one.intent: one.done - kept.get((one.account, raise_path(one.intent)), 0) for one in raises}
    return {intent: cents for intent, cents in lacking.items() if cents > 0}


@dataclass(frozen=True, slots=True)
class Draw:
    """Cents for a buy of one account, by where they come from; `path` is the pie's row of the third."""

    cash: int
    unsettled: int
    waiting: int
    path: str

    @property
    def total(self) -> int:
        """All of it."""
        return self.cash + self.unsettled + self.waiting

    def rows(self, client: str) -> dict[str, int]:
        """What to add to the rows of the order with this client id."""
        named = {f"{CASH}{client}": self.cash, f"{UNSETTLED}{client}": self.unsettled}
        return {
            key: cents for key, cents in (named | {f"{WAITING}{client}/{self.path}": self.waiting}).items() if cents
        }


@dataclass(frozen=True, slots=True)
class Returned:
    """What an order left: cents back to cash, to unsettled proceeds, and to the rows of pies by path."""

    cash: int
    unsettled: int
    waiting: Mapping[str, int]


def order_rows(rows: Mapping[str, int], client: str) -> dict[str, int]:
    """Those of an account's rows that belong to an order."""
    heads = (f"{CASH}{client}", f"{UNSETTLED}{client}")
    return {path: cents for path, cents in rows.items() if path in heads or path.startswith(f"{WAITING}{client}/")}


def returned(rows: Mapping[str, int], client: str, spent: int) -> Returned:
    """Share out what an order did not spend; its money is spent in the order cash, unsettled, waiting."""
    cash, unsettled = rows.get(f"{CASH}{client}", 0), rows.get(f"{UNSETTLED}{client}", 0)
    left_cash = max(cash - spent, 0)
    spent -= cash - left_cash
    left_unsettled = max(unsettled - spent, 0)
    spent -= unsettled - left_unsettled
    waiting: dict[str, int] = {}
    head = f"{WAITING}{client}/"
    for path in sorted(path for path in rows if path.startswith(head)):
        left = max(rows[path] - spent, 0)
        spent -= rows[path] - left
        if left:
            waiting[path.removeprefix(head)] = left
    if spent:
        raise ValueError(f"order {client} spent {spent} cents more than was set aside for it")
    return Returned(left_cash, left_unsettled, waiting)
