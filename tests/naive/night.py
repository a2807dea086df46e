"""The state one customer's night is evaluated on: read from the body of a preview, changed by each rule that moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from tests.naive.money import HIGHEST, basis_points, cents

Document: TypeAlias = Mapping[str, Any]


@dataclass
class Account:
    """One account in cents, with the problem that keeps rules from using it, if any."""

    kind: str
    posted: int
    pending_in: int
    pending_out: int
    floor: int
    ceiling: int
    problem: str | None

    @property
    def balance(self) -> int:
        """What may be sent on: money still in flight to the account is left out (rules.md 5)."""
        return self.posted - self.pending_out

    @property
    def expected(self) -> int:
        """The balance once everything in flight has arrived (rules.md 5)."""
        return self.balance + self.pending_in


@dataclass
class Night:
    """Everything a rule may see tonight; the last four fields and the accounts change as rules move."""

    on: date
    since: date
    paused: bool
    facts: dict[str, int | None]
    """Cents, or basis points of percents; None where it is stated that no cash brings a pie into its bands."""
    holdings: dict[str, int]
    """What the invest accounts hold beside their cash, where their value is stated; no rule changes it."""
    used: dict[tuple[str, str, str], int]
    """Used before tonight by (name space, name, period); a name space is `counter` or `rule`."""
    last_moved: dict[str, date]
    saved: dict[str, date]
    accounts: dict[str, Account]
    ira_room: int | None
    stopped: bool = False
    used_tonight: dict[tuple[str, str], int] = field(default_factory=dict)
    """Moved tonight by (name space, name): tonight lies in every cap's window."""
    moved_tonight: dict[str, int | None] = field(default_factory=dict)
    """Cents each earlier rule moved tonight; None when it was blocked."""


def normal_fact(text: str) -> str:
    """The fact's text without blanks, so that "spent(a, 30)" and "spent(a,30)" are the same fact."""
    return text.replace(" ", "")


def read_night(case: Document) -> Night:
    """The night's state from the body of a preview (rulings.md 59)."""
    on = date.fromisoformat(case["on"])
    since = date.fromisoformat(case["since"]) if "since" in case else on - timedelta(days=1)
    used = {}
    for entry in case.get("used", []):
        name_space = "counter" if "counter" in entry else "rule"
        used[name_space, entry[name_space], entry["per"]] = cents(entry["amount"])
    room = case.get("ira_room")
    accounts = {handle: _read_account(account) for handle, account in case["accounts"].items()}
    facts = {normal_fact(name): _read_fact(text) for name, text in case.get("facts", {}).items() if text is not None}
    values = {handle: facts.get(f"value({handle})") for handle in accounts}
    return Night(
        on=on,
        since=since,
        paused=case.get("paused", False),
        facts=facts,
        holdings={handle: value - accounts[handle].balance for handle, value in values.items() if value is not None},
        used=used,
        last_moved={rule: date.fromisoformat(day) for rule, day in case.get("last_moved", {}).items()},
        saved={rule: date.fromisoformat(day) for rule, day in case.get("saved", {}).items()},
        accounts=accounts,
        ira_room=None if room is None else cents(room),
    )


def _read_fact(text: str) -> int | None:
    if text == "none":
        return None
    return basis_points(text) if text.endswith("%") else cents(text)


def _read_account(account: Document) -> Account:
    ceiling = account.get("ceiling")
    return Account(
        kind=account["kind"],
        posted=cents(account.get("posted", "0.00")),
        pending_in=cents(account.get("pending_in", "0.00")),
        pending_out=cents(account.get("pending_out", "0.00")),
        floor=cents(account.get("floor", "0.00")),
        ceiling=HIGHEST if ceiling is None else cents(ceiling),
        problem=account.get("problem"),
    )
