"""A past night of one customer, rebuilt from what was recorded, so that silence too can be explained (ruling 50).

Balances are folded from the transfers before the night, limits and pauses come from their events, counters from the
moves before, the rules from the version of the time. What is rebuilt is what the store would have read that night;
the snapshot is then taken by `engine.take` itself, and the rules are evaluated by the one `evaluate`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from engine.desk import AccountEvent, AccountRecord, CustomerEvent, CustomerRecord, ListVersion, NightRecord, Past
from engine.guards import Guards, bounds
from engine.marketfacts import MarketFacts, spread
from engine.ports import NEVER, Flows, Population
from engine.programs import unpack
from engine.rulebook import first_saved, from_text, moves_of
from engine.snapshot import Snapshot
from engine.take import Reading, take
from engine.tallies import tallies_on
from ledger.accounts import Accounts, Int64s, Kind, no_accounts
from ledger.batch import Code, TransferKind, Transfers, no_transfers
from ledger.days import format_day
from ledger.faults import SluiceError
from rules.compile import Program, compile_list
from rules.document import Rule

Flags = npt.NDArray[np.bool_]

_UNIT: Final = 100  # minor units in the whole unit that card purchases are rounded up to


@dataclass(frozen=True, slots=True)
class PastNight:
    """One customer on one past night.

    The list version it used, its rules in order, the handles of the accounts of the time by slot, and the snapshot
    as the night took it.
    """

    night: NightRecord
    customer: CustomerRecord
    version: ListVersion
    rules: tuple[Rule, ...]
    handles: tuple[str, ...]
    snapshot: Snapshot

    def with_market(self, market: MarketFacts) -> Self:
        """The same night with what it saw of the market; without, whatever depends on prices is unknown."""
        facts = replace(self.snapshot.facts, market=spread(market, self.snapshot.account))
        return replace(self, snapshot=replace(self.snapshot, facts=facts))

    def with_guards(self, guards: Guards) -> Self:
        """The same night with what else bounded its moves."""
        snapshot = self.snapshot
        owner = np.zeros(len(snapshot.account), np.int64)
        found = bounds(guards, snapshot.customer, snapshot.account, owner, snapshot.ira_room)
        return replace(self, snapshot=replace(snapshot, bounds=found))


def snapshot_of_past(
    past: Past,
    customer: CustomerRecord,
    accounts: Sequence[AccountRecord],
    day: int,
    system_paths: Mapping[int, str],
) -> PastNight:
    """Rebuild what the night of `day` knew of one customer.

    `accounts` are the customer's of today, those opened later included; `system_paths` names the book's system
    accounts by id. What the night saw of the market is added by `PastNight.with_market`. Raises SluiceError
    `night_unknown`, `customer_not_open`, `night_quarantined` or `no_rules` where the night decided nothing for the
    customer.
    """
    night = _night(past, customer, day)
    version = _version(past, night)
    limits = _limits(past, night)
    then = sorted((one for one in accounts if one.account in limits), key=lambda one: one.account)
    rules = from_text(version.documents)
    slots = {one.handle: one.slot for one in then}
    known = [one for one in past.versions if one.version <= version.version]
    program = compile_list(rules, slots, first_saved(known, rules, version.day))
    last = _last_night(past, night)
    population = _population(_Then(past, customer, night, then, limits), version, program, last)
    programs = unpack(program.words, population.program_words, program.shapes)
    reading = Reading(population, programs, _flows(past, night, last, system_paths))
    snapshot = take(reading, population.accounts, day)
    return PastNight(night, customer, version, rules, tuple(one.handle for one in then), snapshot)


@dataclass(frozen=True, slots=True)
class _Then:
    """The parts of a past that a night saw: the accounts there were, ascending, and the limits each had."""

    past: Past
    customer: CustomerRecord
    night: NightRecord
    accounts: Sequence[AccountRecord]
    limits: Mapping[int, AccountEvent]


def _knew(night: NightRecord, change: AccountEvent | CustomerEvent | ListVersion) -> bool:
    """Whether a change came before the night.

    A night that booked nothing has the same first seq as the changes right before and right after it: there the last
    night done before the change decides.
    """
    return change.seq <= night.first_seq and change.after_night < night.day


def _night(past: Past, customer: CustomerRecord, day: int) -> NightRecord:
    """The night's record, once it is sure that it decided something for the customer."""
    night = next((one for one in past.nights if one.day == day), None)
    if night is None:
        sentence = f"There was no night of {format_day(day)} in book {customer.book}; name the date of a done night."
        raise SluiceError("night_unknown", sentence, "on")
    if not _was_open(past, night):
        sentence = f"On the night of {format_day(day)} the customer had not been opened yet; name a later night."
        raise SluiceError("customer_not_open", sentence, "on")
    if day in past.quarantined:
        sentence = (
            f"On the night of {format_day(day)} the customer was in quarantine: no rule was decided, nothing moved. "
            "The run of that night names the reason."
        )
        raise SluiceError("night_quarantined", sentence, "on")
    return night


def _was_open(past: Past, night: NightRecord) -> bool:
    return any(_knew(night, event) for event in past.customer_events)


def _version(past: Past, night: NightRecord) -> ListVersion:
    known = [one for one in past.versions if _knew(night, one)]
    if not known:
        sentence = f"On the night of {format_day(night.day)} the customer had no rules; name a later night."
        raise SluiceError("no_rules", sentence, "on")
    return known[-1]


def _limits(past: Past, night: NightRecord) -> dict[int, AccountEvent]:
    """The last event of each account that there was."""
    return {event.account: event for event in past.account_events if _knew(night, event)}


def _last_night(past: Past, night: NightRecord) -> NightRecord | None:
    """The customer's last done night before this one: S of rules.md 2."""
    nights = (one for one in past.nights if one.day < night.day and one.day not in past.quarantined)
    return max((one for one in nights if _was_open(past, one)), key=lambda one: one.day, default=None)


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)


def _population(then: _Then, version: ListVersion, program: Program, last: NightRecord | None) -> Population:
    event = [one for one in then.past.customer_events if _knew(then.night, one)][-1]
    tallies = tallies_on(then.night.day, program.tallies, moves_of(then.past, then.night))
    customer = then.customer.customer
    return Population(
        customer=_column([customer]),
        opened=_column([then.customer.opened]),
        last_night=_column([last.day if last else NEVER]),
        paused=_column([event.paused]),
        ira_room=_column([_ira_room(then, event)]),
        list_version=_column([version.version]),
        accounts=_accounts(then),
        kind=_column([one.kind for one in then.accounts]),
        rule_floor=_column([then.limits[one.account].rule_floor for one in then.accounts]),
        programs=program.words,
        program_words=_column([len(program.words)]),
        tally_customer=np.full(len(tallies), customer, np.int64),
        tally_slot=np.arange(len(tallies)),
        tally_since=_column([since for since, _ in tallies]),
        tally_used=_column([used for _, used in tallies]),
        holds=no_transfers(),
        dues=no_accounts(),
        due_of=np.zeros(0, np.int64),
    )


def _ira_room(then: _Then, event: CustomerEvent) -> int:
    """The household's own room as last set, less what rules moved since that took no person's; -1 without a limit."""
    if event.ira_room < 0:
        return event.ira_room
    lines, seq = then.past.transfers, then.past.seq
    iras = [one.account for one in then.accounts if one.kind == Kind.IRA]
    moves = (lines.code == Code.RULE) & ((lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.PENDING))
    since = (seq >= event.seq) & (seq < then.night.first_seq) & ~np.isin(seq, list(then.past.contributed))
    return event.ira_room - int(lines.amount[moves & since & np.isin(lines.debit, iras)].sum())


def _accounts(then: _Then) -> Accounts:
    """Balances as the rules saw them: every transfer before the night, and the holds that the night released."""
    night, lines, seq = then.night, then.past.transfers, then.past.seq
    resolves = (lines.kind == TransferKind.POST) | (lines.kind == TransferKind.VOID)
    lines = lines.take((seq < night.first_seq) | (resolves & (seq <= night.last_seq)))
    due = _due_of(lines, then.accounts)
    lines = _with_due(lines, then.accounts)
    ids = _column([one.account for one in then.accounts])
    single, pending, post = (
        lines.kind == kind for kind in (TransferKind.SINGLE, TransferKind.PENDING, TransferKind.POST)
    )
    posted = np.where(single | post, lines.amount, 0)
    held = np.where(pending, lines.amount, np.where(single, 0, -lines.amount))
    limits = [then.limits[one.account] for one in then.accounts]
    return Accounts(
        account=ids,
        customer=np.full(len(ids), then.customer.customer, np.int64),
        asset=_column([one.asset for one in then.accounts]),
        standing=_column([limit.standing for limit in limits]),
        debits_posted=_sums(ids, lines.debit, posted),
        credits_posted=_sums(ids, lines.credit, posted),
        debits_pending=_sums(ids, lines.debit, held),
        credits_pending=_sums(ids, lines.credit, held),
        floor=_column([limit.floor for limit in limits]) + due,
        ceiling=_column([limit.ceiling for limit in limits]),
    )


def _due_of(lines: Transfers, accounts: Sequence[AccountRecord]) -> Int64s:
    """The interest due of each account, signed cents, which `engine.take.with_due` adds to its floor."""
    posted = np.where(lines.kind == TransferKind.PENDING, 0, lines.amount)
    posted[lines.kind == TransferKind.VOID] = 0
    found = np.zeros(len(accounts), np.int64)
    for place, one in enumerate(accounts):
        if one.due_account:
            into, out = (posted[side == one.due_account].sum() for side in (lines.debit, lines.credit))
            found[place] = into - out
    return found


def _with_due(lines: Transfers, accounts: Sequence[AccountRecord]) -> Transfers:
    """The lines with interest due on borrow lines as part of the line itself (ruling 12)."""
    dues = [one for one in accounts if one.due_account]
    for one in dues:
        debit, credit = (np.where(side == one.due_account, one.account, side) for side in (lines.debit, lines.credit))
        lines = replace(lines, debit=debit, credit=credit)
    return lines


def _sums(ids: Int64s, account: Int64s, amount: Int64s) -> Int64s:
    """The sum of the amounts of each account of `ids`."""
    total = np.zeros(len(ids), np.int64)
    ours = np.isin(account, ids)
    np.add.at(total, np.searchsorted(ids, account[ours]), amount[ours])
    return total


def _flows(past: Past, night: NightRecord, last: NightRecord | None, system_paths: Mapping[int, str]) -> Flows:
    """What arrived and was spent before the night, a row a transfer; new is what was recorded after the last one."""
    lines, seq = past.transfers, past.seq
    posted = (lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.POST)
    before = posted & (seq < night.first_seq)
    arrives = before & np.isin(lines.credit, _of_kind(system_paths, "income:"))
    leaves = before & np.isin(lines.debit, _of_kind(system_paths, "expense:"))
    some = arrives | leaves
    fresh = seq > last.last_seq if last else np.ones(len(seq), np.bool_)
    card = leaves & (lines.code == Code.CARD)
    return Flows(
        account=np.where(arrives, lines.debit, lines.credit)[some],
        effective=lines.day[some],
        recorded_after=np.where(fresh, last.day if last else NEVER, NEVER)[some],
        arrived=np.where(arrives, lines.amount, 0)[some],
        spent=np.where(leaves, lines.amount, 0)[some],
        round_up=np.where(card, -lines.amount % _UNIT, 0)[some],
    )


def _of_kind(system_paths: Mapping[int, str], prefix: str) -> list[int]:
    return [account for account, path in system_paths.items() if path.startswith(prefix)]
