"""The part of an import that concerns one book, inside its transaction: lines, day-end checks, adjustments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from engine.desk import AccountRecord
from engine.desklines import Mirrors, StatementLines
from engine.importing_late import LateDays
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
from engine.matching.importing import sorted_lines
from engine.ports import BookWork
from engine.sealing import sealed_block
from ledger.accounts import Int64s, Standing
from ledger.apply import apply
from ledger.batch import BookState, join
from ledger.days import format_day
from ledger.faults import Problem, SluiceError
from ledger.ids import from_bytes
from ledger.money import MAX_AMOUNT, format_money
from ledger.seal import asset_number
from ledger.statuses import Status
from rules.shapes import FAR_FUTURE

Flags = npt.NDArray[np.bool_]

LIMITS: Final = frozenset({int(Status.EXCEEDS_FLOOR), int(Status.EXCEEDS_CEILING), int(Status.AMOUNT_OVERFLOW)})
TOO_LARGE: Final = (
    f"the account would go beyond {format_money(MAX_AMOUNT, grouped=True)}, the books' largest sum; it is left out."
)


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
    alone: bool = False  # a file of one account: an account that takes no lines is refused, not listed


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
        self.posted: list[int] = []

    def run(self, at: Int64s, customer: Int64s, result: ImportResult) -> None:
        """Import the lines at these places of the statement, ascending by day; `customer` runs beside them."""
        at, customer, account = self._accounts(at, customer, result)
        fresh = self._fresh(at, account, result)
        at, customer, account = at[fresh], customer[fresh], account[fresh]
        if len(at) == 0:
            return
        self._read_mirrors(account)
        statement = self.statement
        categories, card = sorted_lines(self.work, statement, at, (customer, account), self.home.handle)
        lines = Lines(
            customer,
            account,
            statement.amount[at],
            statement.has_balance[at],
            statement.balance[at],
            self._counterparts(at, categories),
            card,
            statement.key[at],
        )
        days = statement.day[at]
        self.late = LateDays(self.work, self.last_day, lines, days)
        for day in sorted({*days.tolist(), *self.late.days()}):
            part = np.arange(*np.searchsorted(days, [day, day + 1]))
            self._day(day, at[part], lines.take(part), result)
        self._keep(at, lines)
        result.lines += len(self.posted)
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

    def _accounts(self, at: Int64s, customer: Int64s, result: ImportResult) -> tuple[Int64s, Int64s, Int64s]:
        """The lines whose account takes them, with customer and account; the others are listed."""
        accounts = self.work.accounts_of(np.unique(customer))
        mine = {found.customer: found for found in accounts if found.handle == self.home.handle}
        flaws = {number: self._flaw(number, mine.get(number)) for number in set(customer.tolist())}
        taken = np.array([flaws[number] is None for number in customer.tolist()], np.bool_)
        for place, number in zip(at[~taken], customer[~taken].tolist(), strict=True):
            problem = cast("Problem", flaws[number])
            self._list(np.array([place]), problem.code, problem.sentence, result)
        numbers = [mine[number].account for number in customer[taken].tolist()]
        return at[taken], customer[taken], np.array(numbers, np.int64)

    def _flaw(self, customer: int, account: AccountRecord | None) -> Problem | None:
        """Why the account of a household takes no lines. Raises it where the file has no other account."""
        name, handle = self.home.reference[customer], self.home.handle
        if account is None:
            sentence = f"{name} has no account {handle}; open it with `flask account add` first."
            problem = Problem("account", "account_unknown", sentence)
        elif account.floor > -MAX_AMOUNT:
            sentence = (
                f"{name}'s account {handle} is not mirrored; open one that is with `flask account add --mirrored`."
            )
            problem = Problem("account", "account_not_mirrored", sentence)
        elif account.asset != self.asset:
            sentence = f"{name}'s account {handle} is in another currency than the file, {self.statement.asset}."
            problem = Problem("account", "currency_differs", sentence)
        elif account.standing == Standing.CLOSED:
            return Problem("account", "account_closed", "The account is closed; lines are posted to open accounts.")
        else:
            return None
        if self.home.alone:
            raise SluiceError(problem.code, problem.sentence, problem.path)
        return problem

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

    def _counterparts(self, at: Int64s, categories: Sequence[str]) -> Int64s:
        """The income or expense account of each line, opened on first use; `categories` run beside `at`."""
        sides = np.where(self.statement.amount[at] > 0, "income", "expense").tolist()
        paths = [f"{side}:{category}" for side, category in zip(sides, categories, strict=True)]
        names = sorted(set(paths))
        ids = dict(zip(names, self.work.system_accounts(self.asset, names).tolist(), strict=True))
        return np.array([ids[path] for path in paths], np.int64)

    def _day(self, day: int, at: Int64s, lines: Lines, result: ImportResult) -> None:
        """Post a day's lines and adjustments. What would go beyond the books' largest sum is listed and left out."""
        bare: set[int] = set()  # accounts whose adjustment is too large
        while True:
            checked = self._check(day, lines)
            apart = checked.take(checked.expected != checked.found)
            wanted = [self.adjust and account not in bare for account in apart.account.tolist()]
            posted = apart.take(np.array(wanted, np.bool_))
            refused = self._post(day, lines, posted)
            if len(refused) == 0:
                break
            of_lines = refused[refused < len(lines.amount)]
            self._list(at[of_lines], "amount_too_large", f"With this line {TOO_LARGE}", result)
            if len(of_lines):
                at, lines = np.delete(at, of_lines), lines.take(np.delete(np.arange(len(at)), of_lines))
                continue
            keys = posted.key[refused - len(lines.amount)]
            places = [np.flatnonzero((self.statement.key == key).all(axis=1))[0] for key in keys]
            sentence = f"With the adjustment of {format_day(day)} {TOO_LARGE}"
            self._list(np.array(places), "amount_too_large", sentence, result)
            bare |= set(posted.account[refused - len(lines.amount)].tolist())
        self.posted += at.tolist()
        result.account_days += len(checked.account)
        columns = zip(apart.customer.tolist(), apart.expected.tolist(), apart.found.tolist(), strict=True)
        result.differences += [Difference(self.home.reference[who], day, *sums) for who, *sums in columns]

    def _check(self, day: int, lines: Lines) -> Differences:
        """The end of the day of every account that has new lines on it, or that late lines moved; ascending account."""
        newest = lines.take(np.array([not self.late.here(one, day) for one in lines.account.tolist()], np.bool_))
        before = np.array([self.sums.get(account, 0) for account in newest.account.tolist()], np.int64)
        ends, late = day_end(newest, before), self.late.compare(day, lines)
        if len(late.account) == 0:
            return ends
        both = Differences(
            *(np.concatenate([getattr(ends, name), getattr(late, name)]) for name in Differences.__slots__)
        )
        return both.take(np.argsort(both.account))

    def _post(self, day: int, lines: Lines, apart: Differences) -> Int64s:
        """Write lines and adjustments of a day; where some are too large, gives their places and writes nothing."""
        work = self.work
        if len(lines.amount) + len(apart.account) == 0:
            return np.zeros(0, np.int64)
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
            if broken := set(applied.status[refused].tolist()) - LIMITS:
                sentence = f"The books refused an imported line: {Status(min(broken)).code}. Run `flask verify`."
                raise SluiceError("books_broken", sentence)
            return refused
        work.write(sealed_block(work.row, state.accounts, batch, applied, (day, "import", self.now())))
        deltas = zip(apart.account.tolist(), (apart.expected - apart.found).tolist(), strict=True)
        for account, amount in (*zip(lines.account.tolist(), lines.amount.tolist(), strict=True), *deltas):
            self.sums[account] = self.sums.get(account, 0) + amount
            self.late.move(account, amount)
            self.last_day[account] = max(self.last_day.get(account, day), day)
        return refused

    def _keep(self, at: Int64s, lines: Lines) -> None:
        """Keep the lines that are posted."""
        posted = np.isin(at, np.array(self.posted, np.int64))
        at, lines = at[posted], lines.take(posted)
        high, low = from_bytes(lines.key)
        text = [self.statement.text[place] for place in at]
        days, flags = self.statement.day[at], lines.has_balance
        self.work.keep_lines(StatementLines(lines.account, high, low, days, lines.amount, flags, lines.balance, text))
