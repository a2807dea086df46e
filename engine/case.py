"""A case: one customer's facts and rules as a document, for programs that ask for a preview (ruling 59).

No stored customer is needed; the snapshot made here goes through the same `evaluate` as the night.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, TypeAdapter, model_validator

from engine.codes import Reason
from engine.given import CaseAccounts, GivenText, facts_of, read_given
from engine.guards import bounds, no_guards
from engine.programs import unpack
from engine.snapshot import NO_LIMIT, Facts, Snapshot, rolled
from ledger.accounts import Int64s, Kind
from ledger.days import day_number
from ledger.faults import Problem
from ledger.money import MAX_AMOUNT
from rules.check import AccountTerms, check
from rules.compile import Program, TallyKey, compile_list
from rules.decode import Decoded, read_document
from rules.document import Per, Rule
from rules.load import load_rules
from rules.shapes import FAR_PAST, PERIODS
from rules.values import Date, Document, Handle, Money, Name, SignedMoney, refusal

Problems = Literal["frozen", "account_closed", "link_broken", "stale_balance"]


class CaseAccount(Document):
    """One account of a case; `floor` is the floor rules use, `posted` is signed (a borrow line's is -owed).

    A ceiling of null is none, and 0.00 for a borrow line.
    """

    kind: Literal["bank", "checking", "cash", "borrow", "invest", "ira"]
    posted: SignedMoney = 0
    pending_in: Money = 0
    pending_out: Money = 0
    floor: SignedMoney = 0
    ceiling: SignedMoney | None = None
    problem: Problems | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.ceiling is not None and self.floor > self.ceiling:
            raise refusal(
                "floor_above_ceiling", "The floor is above the ceiling; write a floor of at most the ceiling."
            )
        return self


class Used(Document):
    """What a counter, or a rule's own counter, has used in the period that contains the date."""

    counter: Name | None = None
    rule: Name | None = None
    per: Per
    amount: Money

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.counter is None) == (self.rule is None):
            raise refusal("one_name", "Name either a counter or a rule.")
        return self


class CaseTerms(Document):
    """Everything of a case but its rules, which are read one by one."""

    on: Date
    since: Date | None = None
    accounts: Annotated[dict[Handle, CaseAccount], Field(min_length=1, max_length=1000)]
    facts: dict[str, GivenText | None] = Field(default_factory=dict)
    used: tuple[Used, ...] = ()
    last_moved: dict[Name, Date] = Field(default_factory=dict)
    saved: dict[Name, Date] = Field(default_factory=dict)
    ira_room: Money | None = None
    paused: bool = False

    @model_validator(mode="after")
    def _used_once(self) -> Self:
        seen: set[tuple[str | None, str | None, str]] = set()
        for place, used in enumerate(self.used):
            key = (used.counter, used.rule, used.per)
            if key in seen:
                raise refusal("used_twice", "This counter and period is given twice; give each once.", f"used.{place}")
            seen.add(key)
        return self


_TERMS: Final = TypeAdapter(CaseTerms)


@dataclass(frozen=True, slots=True)
class Case:
    """A case that can be evaluated: its rules, its accounts' handles by slot, and its snapshot of one customer."""

    rules: tuple[Rule, ...]
    handles: tuple[str, ...]
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case, or what is wrong with it."""

    case: Case | None
    problems: tuple[Problem, ...] = ()


def read_case(decoded: Decoded) -> ReadCase:
    """Read a decoded document; every problem carries its path."""
    if decoded.problems:
        return ReadCase(None, decoded.problems)
    if not isinstance(decoded.value, dict):
        sentence = "A case is a mapping with on, accounts and rules."
        return ReadCase(None, (Problem("", "mapping_expected", sentence),))
    body = dict(decoded.value)
    loaded = load_rules(body.pop("rules", None))
    read = read_document(_TERMS, body)
    if read.document is None or loaded.problems:
        return ReadCase(None, (*read.problems, *loaded.problems))
    terms = read.document
    accounts = _accounts(terms)
    given, fact_problems = read_given(terms.facts, accounts)
    known = {name: AccountTerms(account.kind, "USD") for name, account in terms.accounts.items()}
    problems = (*fact_problems, *check(loaded.rules, known))
    if problems:
        return ReadCase(None, problems)
    handles = tuple(terms.accounts)
    program = compile_list(loaded.rules, {name: slot for slot, name in enumerate(handles)}, terms.saved)
    return ReadCase(Case(loaded.rules, handles, _snapshot(terms, program, facts_of(given, accounts))))


def _accounts(terms: CaseTerms) -> CaseAccounts:
    accounts = terms.accounts.values()
    balances = [account.posted - account.pending_out for account in accounts]
    return CaseAccounts(list(terms.accounts), [account.kind for account in accounts], balances)


def _snapshot(terms: CaseTerms, program: Program, facts: Facts) -> Snapshot:
    accounts = list(terms.accounts.values())
    programs = unpack(program.words, _column([len(program.words)]), program.shapes)
    day = day_number(terms.on)
    since, used = _tallies(terms, program.tallies, day)
    tally_since, tally_used = rolled(day, programs.period, since, used)
    return Snapshot(
        day=day,
        customer=_column([1]),
        last_night=_column([day_number(terms.since) if terms.since else day - 1]),
        paused=np.array([terms.paused]),
        account_start=_column([0, len(accounts)]),
        account=np.arange(1, len(accounts) + 1),
        kind=_column([Kind[a.kind.upper()] for a in accounts]),
        asset=np.zeros(len(accounts), np.int64),
        problem=_column([Reason[a.problem.upper()] if a.problem else 0 for a in accounts]),
        posted=_column([a.posted for a in accounts]),
        pending_in=_column([a.pending_in for a in accounts]),
        pending_out=_column([a.pending_out for a in accounts]),
        floor=_column([a.floor for a in accounts]),
        ceiling=_column([_ceiling(account) for account in accounts]),
        programs=programs,
        tally_since=tally_since,
        tally_used=tally_used,
        facts=facts,
        bounds=bounds(
            no_guards(),
            _column([1]),
            np.arange(1, len(accounts) + 1),
            np.zeros(len(accounts), np.int64),
            _column([NO_LIMIT if terms.ira_room is None else terms.ira_room]),
        ),
    )


def _ceiling(account: CaseAccount) -> int:
    if account.ceiling is None:
        return 0 if account.kind == "borrow" else MAX_AMOUNT
    return account.ceiling


def _column(values: list[int]) -> Int64s:
    return np.array(values, np.int64)


def _tallies(terms: CaseTerms, keys: tuple[TallyKey, ...], day: int) -> tuple[Int64s, Int64s]:
    """(since, used) of every tally as the case states them."""
    used: dict[tuple[str, str, str], int] = {(u.counter or "", u.rule or "", u.per): u.amount for u in terms.used}
    moved = {name: day_number(on) for name, on in terms.last_moved.items()}
    since = [moved.get(key.rule, FAR_PAST) if key.per == PERIODS[0] else day for key in keys]
    starts, _ = rolled(day, _column([PERIODS.index(key.per) for key in keys]), _column(since), _column(since))
    return starts, _column([used.get((key.counter, key.rule, key.per), 0) for key in keys])
