"""Day ends that late lines reach again: what a mirror had agreed to before they came is compared anew (decision 10)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.lines import Differences, Lines
from engine.ports import BookWork
from ledger.accounts import Int64s
from rules.shapes import FAR_FUTURE

_NOTHING_SEEN = -FAR_FUTURE


@dataclass(slots=True)
class _Late:
    """An account with a new line on or before the last day seen of it."""

    customer: int
    key: bytes  # of its first new line
    reach: int  # the last day seen before this import
    kept: dict[int, list[tuple[int, int | None]]] = field(default_factory=lambda: defaultdict(list))
    moved: int = 0  # how far this import has moved the mirror's sum so far

    def stated(self) -> list[int]:
        """The days that state a balance."""
        return [day for day, rows in self.kept.items() if any(balance is not None for _, balance in rows)]


class LateDays:
    """The late accounts of an import: their days up to the last one seen before, each compared as a whole.

    The lines of a day, kept and new, follow on the mirror's sum of the days before; the stated balance nearest to that
    is where the day has to end. So a mirror ends the same in whatever pieces and order its lines come.
    """

    def __init__(self, work: BookWork, last_day: Mapping[int, int], lines: Lines, days: Int64s) -> None:
        """`lines` are all new lines ascending by day, `days` run beside them; `last_day` is that of each mirror."""
        self.work = work
        self.late: dict[int, _Late] = {}
        accounts, first = np.unique(lines.account, return_index=True)
        for account, place in zip(accounts.tolist(), first.tolist(), strict=True):
            reach, begins = last_day.get(account, _NOTHING_SEEN), int(days[place])
            if begins <= reach:
                late = _Late(int(lines.customer[place]), lines.key[place].tobytes(), reach)
                for day, amount, balance in work.lines_since(account, begins):
                    late.kept[day].append((amount, balance))
                self.late[account] = late

    def days(self) -> set[int]:
        """The days that are to be compared again if the mirror has moved by then."""
        return {day for late in self.late.values() for day in late.stated()}

    def here(self, account: int, day: int) -> bool:
        """Whether this account's day is compared here, not as the newest of its mirror."""
        return account in self.late and day <= self.late[account].reach

    def move(self, account: int, amount: int) -> None:
        """Remember that the mirror's sum moves."""
        if account in self.late:
            self.late[account].moved += amount

    def compare(self, day: int, lines: Lines) -> Differences:
        """The end of a day: a row for each late account that states a balance on it and has moved; see `Differences`.

        `lines` are the new lines of the day, not posted yet; adjustments of the days before are.
        """
        new: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
        keys: dict[int, bytes] = {}
        columns = (lines.account.tolist(), lines.amount.tolist(), lines.has_balance.tolist(), lines.balance.tolist())
        for place, (account, amount, states, balance) in enumerate(zip(*columns, strict=True)):
            new[account].append((amount, balance if states else None))
            keys.setdefault(account, lines.key[place].tobytes())
        rows = []
        for account, late in sorted(self.late.items()):
            if day <= late.reach and (late.moved or account in new):
                ended = self._end(account, day, new.get(account, []))
                rows += [(account, late.customer, *ended, keys.get(account, late.key))] if ended else []
        account, customer, found, expected = (np.array([row[n] for row in rows], np.int64) for n in range(4))
        key = np.frombuffer(b"".join(row[4] for row in rows), np.uint8).reshape(-1, 16)
        return Differences(account, customer, found, expected, key)

    def _end(self, account: int, day: int, new: list[tuple[int, int | None]]) -> tuple[int, int] | None:
        """The mirror's sum at the end of the day, and the stated balance that it should be."""
        rows = self.late[account].kept.get(day, []) + new
        stated = [balance for _, balance in rows if balance is not None]
        if not stated:
            return None
        lived = self.work.mirrored_sum(account, day - 1) + sum(amount for amount, _ in rows)
        found = self.work.mirrored_sum(account, day) + sum(amount for amount, _ in new)
        return found, min(stated, key=lambda balance: (abs(balance - lived), balance))
