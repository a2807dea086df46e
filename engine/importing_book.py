"""The part of an import that concerns one book, inside its transaction: lines, day-end checks, adjustments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.desk import Mirrors, StatementLines
from engine.lines import (
    ADJUSTMENT_PATH,
    Differences,
    Lines,
    Stamp,
    Statement,
    adjustment_transfers,
    day_end,
    line_transfers,
)
from engine.night import sealed_block
from engine.ports import BookWork
from ledger.accounts import Int64s, Standing
from ledger.apply import apply
from ledger.batch import BookState, join
from ledger.faults import Problem, SluiceError
from ledger.ids import from_bytes
from ledger.money import MAX_AMOUNT
from ledger.seal import asset_number
from ledger.statuses import Status
from rules.shapes import FAR_FUTURE

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stated balance that the imported lines do not add up to; cents."""

    reference: str
    day: int
    expected: int
    found: int

    @property
    def delta(self) -> int:
        """What the adjustment adds."""
        return self.expected - self.found


@dataclass
class ImportResult:
    """What an import did. `account_days` counts the account-days that stated a balance."""

    lines: int = 0
    known: int = 0
    customers: int = 0
    account_days: int = 0
    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Home:
    """Where lines go in a book: the handle of the mirrored account, and the households' references by id."""

    handle: str
    reference: Mapping[int, str]


class BookImport:
    """Imports lines into one locked book."""

    def __init__(
        self, work: BookWork, statement: Statement, home: Home, now: Callable[[], int], *, adjust: bool = True
    ) -> None:
        self.work = work
        self.statement = statement
        self.home = home
        self.now = now
        self.adjust = adjust
        self.asset = asset_number(statement.asset)
        self.sums: dict[int, int] = {}
        self.last_day: dict[int, int] = {}

    def run(self, at: Int64s, customer: Int64s, result: ImportResult) -> None:
        """Import the lines at these places of the statement, ascending by day; `customer` runs beside them."""
        account, open_ = self._accounts(customer)
        self._list(at[~open_], "account_closed", "The account is closed; lines are posted to open accounts.", result)
        at, customer, account = at[open_], customer[open_], account[open_]
        fresh = self._fresh(at, account, result)
        at, customer, account = at[fresh], customer[fresh], account[fresh]
        if len(at) == 0:
            return
        self._read_mirrors(account)
        statement = self.statement
        lines = Lines(
            customer,
            account,
            statement.amount[at],
            statement.has_balance[at],
            statement.balance[at],
            self._counterparts(at),
            statement.card[at],
            statement.key[at],
        )
        self._keep(at, lines)
        for part in np.split(np.arange(len(at)), np.flatnonzero(np.diff(statement.day[at])) + 1):
            self._day(int(statement.day[at[part[0]]]), lines.take(part), result)
        result.lines += len(at)
        touched = np.array(sorted(self.last_day), np.int64)
        sums = np.array([self.sums[account] for account in touched.tolist()], np.int64)
        self.work.keep_mirrors(Mirrors(touched, sums, np.array([self.last_day[n] for n in touched.tolist()], np.int64)))

    def _read_mirrors(self, account: Int64s) -> None:
        """How far each mirror reaches; one without lines yet begins with its opening balance (ruling 7)."""
        mirrors = self.work.mirrors(np.unique(account))
        self.sums = dict(zip(mirrors.account.tolist(), mirrors.balance.tolist(), strict=True))
        self.last_day = dict(zip(mirrors.account.tolist(), mirrors.last_day.tolist(), strict=True))
        for number in sorted(set(account.tolist()) - set(self.sums)):
            self.sums[number] = self.work.mirrored_sum(number, FAR_FUTURE)

    def _accounts(self, customer: Int64s) -> tuple[Int64s, Flags]:
        """The mirrored account of each line's household, and whether it takes lines."""
        accounts = self.work.accounts_of(np.unique(customer))
        mine = {found.customer: found for found in accounts if found.handle == self.home.handle}
        if missing := [name for number, name in self.home.reference.items() if number not in mine]:
            sentence = f"{missing[0]} has no account {self.home.handle}; open it with `flask account add` first."
            raise SluiceError("account_unknown", sentence, "account")
        found = [mine[number] for number in customer.tolist()]
        if floored := [account for account in found if account.floor > -MAX_AMOUNT]:
            name = self.home.reference[floored[0].customer]
            what = f"{name}'s account {self.home.handle}"
            sentence = f"{what} is not mirrored; open one that is with `flask account add --mirrored`."
            raise SluiceError("account_not_mirrored", sentence, "account")
        closed = [account.standing == Standing.CLOSED for account in found]
        return np.array([account.account for account in found], np.int64), ~np.array(closed, np.bool_)

    def _fresh(self, at: Int64s, account: Int64s, result: ImportResult) -> Flags:
        """Which lines the book does not hold yet; a known key with other content is listed."""
        statement = self.statement
        known = self.work.known_lines(np.unique(account))
        held = {
            (owner, hi, lo): (day, amount)
            for owner, hi, lo, day, amount in zip(
                known.account.tolist(),
                known.key_hi.tolist(),
                known.key_lo.tolist(),
                known.day.tolist(),
                known.amount.tolist(),
                strict=True,
            )
        }
        high, low = from_bytes(statement.key[at])
        keys = zip(account.tolist(), high.tolist(), low.tolist(), strict=True)
        before = [held.get(key) for key in keys]
        content = zip(statement.day[at].tolist(), statement.amount[at].tolist(), strict=True)
        changed = [was is not None and was != now for was, now in zip(before, content, strict=True)]
        sentence = "A line with this id is in the books with another date or amount; imported lines stay as they are."
        self._list(at[np.array(changed, np.bool_)], "line_changed", sentence, result)
        fresh = np.array([was is None for was in before], np.bool_)
        result.known += int((~fresh).sum())
        return fresh

    def _list(self, at: Int64s, code: str, sentence: str, result: ImportResult) -> None:
        result.problems += [Problem(f"line {self.statement.line_no[place]}", code, sentence) for place in at]

    def _counterparts(self, at: Int64s) -> Int64s:
        """The income or expense account of each line, opened on first use."""
        sides = np.where(self.statement.amount[at] > 0, "income", "expense").tolist()
        paths = [f"{side}:{self.statement.category[place]}" for side, place in zip(sides, at, strict=True)]
        names = sorted(set(paths))
        ids = dict(zip(names, self.work.system_accounts(self.asset, names).tolist(), strict=True))
        return np.array([ids[path] for path in paths], np.int64)

    def _day(self, day: int, lines: Lines, result: ImportResult) -> None:
        before = np.array([self._sum_before(account, day) for account in lines.account.tolist()], np.int64)
        checked = day_end(lines, before)
        apart = checked.take(checked.expected != checked.found)
        result.account_days += len(checked.account)
        columns = zip(apart.customer.tolist(), apart.expected.tolist(), apart.found.tolist(), strict=True)
        result.differences += [Difference(self.home.reference[who], day, *sums) for who, *sums in columns]
        self._post(day, lines, apart if self.adjust else apart.take(np.zeros(0, np.int64)))

    def _sum_before(self, account: int, day: int) -> int:
        """The mirror's sum before this day's new lines; for a late day, the sum as of that day."""
        if day < self.last_day.get(account, day):
            return self.work.mirrored_sum(account, day)
        return self.sums.get(account, 0)

    def _post(self, day: int, lines: Lines, apart: Differences) -> None:
        work = self.work
        stamp = Stamp(work.row.book, day, self.asset)
        equity = int(work.system_accounts(self.asset, [ADJUSTMENT_PATH])[0]) if len(apart.account) else 0
        adjustments = adjustment_transfers(stamp, apart, equity)
        adjustments = replace(adjustments, journal=adjustments.journal + len(lines.amount))
        batch = join([line_transfers(stamp, lines), adjustments])
        touched = work.accounts(np.unique(np.concatenate([batch.debit, batch.credit])))
        state = BookState(work.row.book, work.row.next_seq, touched, work.stored(batch))
        applied = apply(state, batch)
        refused = np.flatnonzero(applied.status != Status.CREATED)
        if len(refused):
            status = Status(int(applied.status[refused[0]])).name.lower()
            raise SluiceError("books_broken", f"The books refused an imported line: {status}. Run `flask verify`.")
        work.write(sealed_block(work.row, state.accounts, batch, applied, (day, "import", self.now())))
        deltas = zip(apart.account.tolist(), (apart.expected - apart.found).tolist(), strict=True)
        for account, amount in (*zip(lines.account.tolist(), lines.amount.tolist(), strict=True), *deltas):
            self.sums[account] = self.sums.get(account, 0) + amount
            self.last_day[account] = max(self.last_day.get(account, day), day)

    def _keep(self, at: Int64s, lines: Lines) -> None:
        high, low = from_bytes(lines.key)
        text = [self.statement.text[place] for place in at]
        days, flags = self.statement.day[at], lines.has_balance
        self.work.keep_lines(StatementLines(lines.account, high, low, days, lines.amount, flags, lines.balance, text))
