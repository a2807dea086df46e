"""A customer's ordered rule list: read, checked, compiled and saved as a new version (rules.md 7 and 8)."""

import json
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.codes import Outcome
from engine.contributions.rights import Ownership, may_pay_from
from engine.desk import AccountRecord, DeskWork, ListVersion, NightRecord, Past, SavedList
from engine.ports import BookWork
from engine.tallies import Move, tallies_on
from ledger.accounts import Kind, Standing
from ledger.days import date_of
from ledger.faults import Problem, SluiceError
from ledger.seal import asset_code
from rules.check import AccountTerms, check
from rules.compile import Program, compile_list, tallies_of
from rules.decode import decode_json
from rules.document import Rule
from rules.load import load_decoded
from rules.warn import warn


@dataclass(frozen=True, slots=True)
class Compiled:
    """A list that can be saved or previewed: its rules, its program, its tallies as of a day; or what is wrong."""

    rules: tuple[Rule, ...]
    program: Program | None
    tallies: Sequence[tuple[int, int]]
    problems: tuple[Problem, ...] = ()


def terms_of(
    accounts: Sequence[AccountRecord], investing: Container[int] = (), kept: Container[int] = ()
) -> dict[str, AccountTerms]:
    """What check and warnings of a list need to know of a customer's accounts, by handle.

    `investing` are the ids of accounts whose cash windows invest by themselves; only warnings ask for it. `kept` are
    those that their ownership keeps from being a source; only check asks for it.
    """
    return {
        account.handle: AccountTerms(
            Kind(account.kind).name.lower(),
            asset_code(account.asset),
            account.standing == Standing.CLOSED,
            account.account in investing,
            account.account in kept,
        )
        for account in accounts
    }


def warnings_of(work: BookWork, customer: int, rules: Sequence[Rule]) -> tuple[Problem, ...]:
    """What a list that can be saved may do although nobody meant it; paths begin with `rules.<place>` (rules.md 7)."""
    column = np.array([customer], np.int64)
    invested = work.invest_accounts(column)
    investing = frozenset(invested.account[invested.auto != 0].tolist())
    return warn(rules, terms_of(work.accounts_of(column), investing))


def to_text(rules: Sequence[Rule]) -> str:
    """The list as canonical JSON, as it is stored."""
    documents = [rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) for rule in rules]
    return json.dumps(documents, separators=(",", ":"), ensure_ascii=False)


def from_text(documents: str) -> tuple[Rule, ...]:
    """The rules of a stored list. Raises SluiceError `stored_rules` where it no longer reads."""
    loaded = load_decoded(decode_json(documents.encode()))
    if loaded.problems:
        first = loaded.problems[0]
        raise SluiceError("stored_rules", f"A stored rule list cannot be read: {first.sentence}", first.path)
    return loaded.rules


def first_saved(versions: Sequence[ListVersion], rules: Sequence[Rule], day: int) -> dict[str, date]:
    """The day each rule's id first stood in the customer's list; `day` for those that are new."""
    saved = dict.fromkeys((rule.id for rule in rules), day)
    for version in reversed(versions):
        known = {rule.id for rule in from_text(version.documents)}
        saved.update((name, version.day) for name in saved if name in known)
    return {name: date_of(on) for name, on in saved.items()}


def moves_of(past: Past, night: NightRecord | None = None) -> list[Move]:
    """Every move of a customer's rules so far, or before a night, less what banks took back of it until then."""
    lists = {version.version: from_text(version.documents) for version in past.versions}
    back = _taken_back(past, night)
    return [
        Move(told.day, lists[told.version][told.rank - 1], told.amount - back[told.journal])
        for told in past.decisions
        if told.outcome == Outcome.MOVED and (night is None or told.day < night.day)
    ]


def _taken_back(past: Past, night: NightRecord | None) -> Counter[int]:
    """Cents that banks took back of each journal, recorded before the night if there is one.

    A bank takes back a whole deposit: all that a rule moved from that bank into one account. A return always has a
    transfer, so its seq tells whether it came before the night. What counters did not give back counts on.
    """
    lines = past.transfers
    back: Counter[int] = Counter()
    for one in past.returns:
        if one.given_back and (night is None or one.seq < night.first_seq):
            deposit = (lines.id_hi == int(one.transfer[:16], 16)) & (lines.id_lo == int(one.transfer[16:], 16))
            back[int(past.journal[deposit][0])] += one.amount
    return back


def count_again(work: DeskWork, customer: int) -> None:
    """Store what the current list's tallies are once money of an earlier move was taken back (rules.md 6)."""
    past = work.past(customer)
    moves = moves_of(past)
    if moves:
        keys = tallies_of(from_text(past.versions[-1].documents))
        work.set_tallies(customer, tallies_on(max(move.day for move in moves), keys, moves))


def compile_for(work: BookWork, customer: int, rules: Sequence[Rule], day: int) -> Compiled:
    """Check and compile a list that is saved on business day `day`, its counters kept from what moved before.

    The tallies stand as they did after the last move, whatever the day of saving: the night to come rolls them to its
    own windows, and that night may belong to an earlier day than the saving.
    """
    column = np.array([customer], np.int64)
    accounts = work.accounts_of(column)
    invested = any(account.kind == Kind.INVEST for account in accounts)
    owners = work.owners(column) if invested else []
    kept = {one.account for one in owners if not may_pay_from(Ownership(one.kind))}
    problems = check(rules, terms_of(accounts, kept=kept))
    if problems:
        return Compiled(tuple(rules), None, (), problems)
    versions = work.versions(customer)
    slots = {account.handle: account.slot for account in accounts}
    program = compile_list(rules, slots, first_saved(versions, rules, day))
    moves = moves_of(work.past(customer)) if versions else []
    last = max((move.day for move in moves), default=day)
    return Compiled(tuple(rules), program, tallies_on(last, program.tallies, moves))


def save_rules(work: BookWork, customer: int, rules: Sequence[Rule], when: tuple[int, int]) -> tuple[Problem, ...]:
    """Save a list as the customer's new version, or give what is wrong with it; `when` is (business day, instant)."""
    day, recorded = when
    compiled = compile_for(work, customer, rules, day)
    if compiled.program is None:
        return compiled.problems
    saved = SavedList(
        customer, to_text(rules), compiled.program.words, compiled.program.shapes, tuple(compiled.tallies)
    )
    work.save_lists([saved], day, recorded)
    return ()
