"""What pages and programs ask of the books: one household, its plan of tonight, its past nights, its rule list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from engine.businessday import business_day
from engine.codes import Outcome
from engine.contributions.access import HouseRights, rights_of
from engine.desk import AccountRecord, CustomerRecord, ListVersion, NightRecord, Past
from engine.invest.nights.kept import seen_market
from engine.keptguards import seen_guards
from engine.past import PastNight, snapshot_of_past
from engine.ports import BookWork
from engine.rulebook import Compiled, compile_for, from_text, save_rules, to_text, warnings_of
from engine.services import Services
from engine.tonight import Tonight, plan_tonight
from ledger.accounts import Int64s
from ledger.faults import Problem, SluiceError
from rules.document import Rule
from web.faults import RefusedError

_LONGEST_REFERENCE: Final = 200


@dataclass(frozen=True)
class Household:
    """A household inside one transaction; everything is read when it is asked for, and once."""

    services: Services
    work: BookWork
    customer: int

    @cached_property
    def column(self) -> Int64s:
        """The household as a column of one."""
        return np.array([self.customer], np.int64)

    @cached_property
    def record(self) -> CustomerRecord:
        """The household itself."""
        return self.work.customers(self.column)[0]

    @cached_property
    def accounts(self) -> list[AccountRecord]:
        """Its accounts by slot."""
        return self.work.accounts_of(self.column)

    @cached_property
    def account_ids(self) -> Int64s:
        """The ids of its accounts, ascending."""
        return np.array(sorted(one.account for one in self.accounts), np.int64)

    @cached_property
    def rights(self) -> HouseRights:
        """Its persons, and what each may with which account."""
        return rights_of(self.work, self.customer, self.accounts)

    @cached_property
    def versions(self) -> list[ListVersion]:
        """Every version of its rule list."""
        return self.work.versions(self.customer)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules now, in order."""
        return from_text(self.versions[-1].documents) if self.versions else ()

    @cached_property
    def past(self) -> Past:
        """Everything recorded of it."""
        return self.work.past(self.customer)

    @cached_property
    def day(self) -> int:
        """The business date of its next night, on which is booked what is asked now."""
        return business_day(self.work, self.services.today())

    @cached_property
    def names(self) -> dict[str, str]:
        """People's names of its accounts by handle."""
        return {account.handle: account.name for account in self.accounts}

    def account(self, handle: str) -> AccountRecord:
        """One account. Raises SluiceError `account_unknown`."""
        for account in self.accounts:
            if account.handle == handle:
                return account
        raise SluiceError("account_unknown", "The household has no such account.")

    def warnings(self, rules: Sequence[Rule]) -> tuple[Problem, ...]:
        """What may be meant otherwise in a list that can be saved."""
        return warnings_of(self.work, self.customer, rules)

    def compiled(self, rules: Sequence[Rule]) -> Compiled:
        """A draft of the list, or what is wrong with it."""
        return compile_for(self.work, self.customer, rules, self.day)

    def tonight(self, draft: Compiled | None = None) -> Tonight:
        """The plan of the next night, of the stored rules or of a draft that compiles."""
        return plan_tonight(self.work, self.customer, self.day, draft, self.services.market)

    def save(self, rules: Sequence[Rule]) -> None:
        """Make a list the current one; the same list again changes nothing. Raises RefusedError."""
        if self.versions and to_text(rules) == self.versions[-1].documents:
            return
        problems = save_rules(self.work, self.customer, rules, (self.day, self.services.now()))
        if problems:
            raise RefusedError(problems)

    def nights(self) -> list[NightRecord]:
        """Every night since the household was opened, newest first."""
        first = self.past.customer_events[0]
        return [
            night
            for night in reversed(self.past.nights)
            if first.seq <= night.first_seq and first.after_night < night.day
        ]

    def counts(self) -> Counter[tuple[int, int]]:
        """How many of its rules had each stored outcome, by (day, outcome)."""
        return Counter((told.day, told.outcome) for told in self.past.decisions)

    def moved(self) -> Counter[int]:
        """Cents that its rules moved, by day."""
        moved: Counter[int] = Counter()
        for told in self.past.decisions:
            moved[told.day] += told.amount if told.outcome == Outcome.MOVED else 0
        return moved

    def night(self, day: int) -> PastNight:
        """One past night rebuilt. Raises SluiceError, see `engine.past.snapshot_of_past`."""
        night = snapshot_of_past(self.past, self.record, self.accounts, day, self.work.system_paths())
        night = night.with_market(seen_market(self.work, day, self.customer))
        return night.with_guards(seen_guards(self.work, day, self.customer))


def place_of(services: Services, reference: str) -> tuple[int, int]:
    """(book, customer) of a reference. Raises SluiceError `customer_unknown`."""
    fit = reference.isprintable() and len(reference) <= _LONGEST_REFERENCE
    found = services.books.find(reference) if fit else None
    if found is None:
        raise SluiceError("customer_unknown", "There is no such household.")
    return found


@contextmanager
def reading(services: Services, reference: str) -> Iterator[Household]:
    """A household to be looked at."""
    book, customer = place_of(services, reference)
    with services.books.read(book) as work:
        yield Household(services, work, customer)


@contextmanager
def changing(services: Services, reference: str) -> Iterator[Household]:
    """A household to be changed: its book is locked; leaving without an exception commits."""
    book, customer = place_of(services, reference)
    with services.books.lock(book) as work:
        yield Household(services, work, customer)


class _UndoneError(Exception):
    """Everything of a trial is taken back."""


@contextmanager
def trying(services: Services, reference: str) -> Iterator[Household]:
    """A household to be changed as `changing` does, but nothing is kept: what is done is only looked at."""
    with suppress(_UndoneError), changing(services, reference) as house:
        yield house
        raise _UndoneError


def households(services: Services, after: str | None, limit: int) -> list[tuple[CustomerRecord, int]]:
    """At most `limit` households behind `after` in the order of (book, id), each with the day of its next night.

    Raises SluiceError `customer_unknown`.
    """
    start = place_of(services, after) if after else (-1, -1)
    found: list[tuple[CustomerRecord, int]] = []
    for book in services.books.book_ids():
        if book < start[0] or len(found) >= limit:
            continue
        with services.books.read(book) as work:
            day = business_day(work, services.today())
            found += [(one, day) for one in work.customers() if (book, one.customer) > start]
    return found[:limit]
