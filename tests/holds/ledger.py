"""Money under holds in plain Python, a transfer after the other, to hold the columns against."""

from dataclasses import dataclass, field

from tests.holds.moving import ALLY, CASH, CHASE, POST, SALARY, SAVINGS, SINGLE, Move

WEEK = 7
WEEKDAYS = 5
EPOCH_WEEKDAY = 3
HOLD, RETURN = 2, 6
"""Bank days for which a deposit may go nowhere, and days for which it may not go to another bank."""


def weekday_after(day: int, count: int) -> int:
    """The count-th weekday after a day; no holiday is known here."""
    while count:
        day += 1
        count -= (day + EPOCH_WEEKDAY) % WEEK < WEEKDAYS
    return day


@dataclass
class Row:
    """Dollars that arrived together."""

    arrived: int
    origin: int
    cents: int

    def may_go(self, to: int, on: int) -> bool:
        """Whether they may go to an account on a day; what is booked to the system's is a fact."""
        if to == SALARY:
            return True
        if to in {CHASE, ALLY} and to != self.origin and on < self.arrived + RETURN:
            return False
        return on >= weekday_after(self.arrived, HOLD)


@dataclass
class Ledger:
    """Two cash accounts: what is in each, and its dollars under holds, the oldest first."""

    there: dict[int, int]
    rows: dict[int, list[Row]] = field(default_factory=lambda: {CASH: [], SAVINGS: []})
    deposited: int = 0

    def available(self, source: int, to: int, on: int) -> int:
        """What may go there."""
        return max(0, self.there[source] - sum(row.cents for row in self.rows[source] if not row.may_go(to, on)))

    def begin(self, on: int) -> None:
        """A new day: rows without a restriction are forgotten, and those of money that is gone."""
        for mine in self.rows.values():
            mine[:] = [row for row in mine if on < max(row.arrived + RETURN, weekday_after(row.arrived, HOLD))]
        self.tidy()

    def tidy(self) -> None:
        """No more dollars under holds than there are; those of one day and origin are one row."""
        for account, mine in self.rows.items():
            excess = sum(row.cents for row in mine) - max(0, self.there[account])
            for row in mine:
                gone = min(max(excess, 0), row.cents)
                row.cents, excess = row.cents - gone, excess - gone
            together: dict[tuple[int, int], int] = {}
            for row in mine:
                together[row.arrived, row.origin] = together.get((row.arrived, row.origin), 0) + row.cents
            mine[:] = [Row(*key, cents) for key, cents in sorted(together.items()) if cents]

    def move(self, one: Move, on: int) -> None:
        """One transfer."""
        kind, source, to, cents = one
        if kind == POST:
            self.rows[to].append(Row(on, source, cents))
            self.deposited += cents
        elif source in self.rows:
            self._leave(source, to, cents, on)
        if kind in {POST, SINGLE} and to in self.there:
            self.there[to] += cents

    def _leave(self, source: int, to: int, cents: int, on: int) -> None:
        mine = self.rows[source]
        left = min(cents, self.available(source, to, on))
        left -= min(left, max(0, self.there[source] - sum(row.cents for row in mine)))
        self.there[source] -= cents
        for row in list(mine):
            part = min(left, row.cents) if row.may_go(to, on) else 0
            left, row.cents = left - part, row.cents - part
            if part and to in self.rows:
                self.rows[to].append(Row(row.arrived, row.origin, part))
                self.rows[to].sort(key=lambda other: other.arrived)

    def told(self) -> list[tuple[int, int, int, int]]:
        """Every row: account, arrived, origin, cents."""
        return sorted(
            (account, row.arrived, row.origin, row.cents) for account, mine in self.rows.items() for row in mine
        )
