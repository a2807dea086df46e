"""Take a snapshot: from what the store reads of a book to the columns that rules are decided on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.asks import spent_places
from engine.codes import Reason
from engine.guards import Guards, bounds, no_guards
from engine.marketfacts import MarketFacts, no_market_facts, spread
from engine.ports import NEVER, BookWork, Flows, Population, no_flows
from engine.programs import Programs, broken, groups, numbers_of, unpack
from engine.snapshot import NO_LIMIT, SPENT_DAYS, Facts, Snapshot, rolled
from engine.targets import check_targets
from ledger.accounts import Accounts, Int64s
from rules.shapes import FAR_FUTURE

Flags = npt.NDArray[np.bool_]

COUNTERS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")

_PROBLEMS = np.array(
    [0, Reason.FROZEN, Reason.ACCOUNT_CLOSED, Reason.LINK_BROKEN, Reason.STALE_BALANCE], np.int64
)  # by Standing


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read of a book for one night or preview.

    `market` holds what `engine.marketasks` says is asked, `guards` what bounds moves besides balances.
    """

    population: Population
    programs: Programs
    flows: Flows
    market: MarketFacts = field(default_factory=no_market_facts)
    guards: Guards = field(default_factory=no_guards)


def read(work: BookWork, population: Population, day: int) -> Reading:
    """Unpack the programs and read the flows that their facts need, no more."""
    return read_programs(work, population, day, work.shapes())


def read_programs(work: BookWork, population: Population, day: int, shapes: Mapping[int, str]) -> Reading:
    """The same with the texts of shapes given, which may be those of a draft."""
    programs = unpack(population.programs, population.program_words, shapes)
    names = {leaf.fact for shape in programs.shapes() for group in shape.when for leaf in group}
    names |= {shape.fact for shape in programs.shapes()}
    effective = day - SPENT_DAYS if "spent" in names else FAR_FUTURE
    recorded = FAR_FUTURE
    if names & {"deposits", "round_ups"}:
        recorded = int(population.last_night.min(initial=FAR_FUTURE))
    flows = work.flows(effective, recorded) if min(effective, recorded) < FAR_FUTURE else no_flows()
    return Reading(population, programs, flows)


def take(reading: Reading, accounts: Accounts, day: int) -> Snapshot:
    """The snapshot of what was read; `accounts` are the population's in its order, with balances as rules see them.

    Raises SluiceError `program_broken` where programs do not fit the tallies or the accounts.
    """
    population, programs = reading.population, reading.programs
    _check_tallies(population, programs)
    since, used = rolled(day, programs.period, population.tally_since, population.tally_used)
    last_night = population.last_night
    snapshot_nights = np.where(last_night == NEVER, day - 1, last_night)
    starts = np.append(np.searchsorted(accounts.customer, population.customer), len(accounts.account))
    owner = np.repeat(np.arange(len(population.customer)), np.diff(starts))
    own_room = np.where(population.ira_room < 0, NO_LIMIT, population.ira_room)
    seen = with_due(population, accounts)
    check_targets(programs, np.diff(starts))
    return Snapshot(
        day=day,
        customer=population.customer,
        last_night=snapshot_nights,
        paused=population.paused != 0,
        account_start=starts,
        account=accounts.account,
        kind=population.kind,
        asset=accounts.asset,
        problem=_PROBLEMS[accounts.standing],
        posted=seen.posted(),
        pending_in=seen.debits_pending,
        pending_out=seen.credits_pending,
        floor=np.maximum(seen.floor, population.rule_floor),
        ceiling=accounts.ceiling,
        programs=programs,
        tally_since=since,
        tally_used=used,
        facts=_facts(reading, accounts, day),
        bounds=bounds(reading.guards, population.customer, accounts.account, owner, own_room),
    )


def with_due(population: Population, accounts: Accounts) -> Accounts:
    """The accounts as people see them: a borrow line with the interest due on it as one balance (ruling 12)."""
    dues = population.dues
    if len(dues.account) == 0:
        return accounts
    order = np.argsort(accounts.account)
    at = order[np.searchsorted(accounts.account[order], population.due_of)]
    whole = {name: getattr(accounts, name).copy() for name in (*COUNTERS, "floor")}
    for name in COUNTERS:
        np.add.at(whole[name], at, getattr(dues, name))
    np.add.at(whole["floor"], at, dues.posted())
    return replace(accounts, **whole)


def _check_tallies(population: Population, programs: Programs) -> None:
    owner = np.repeat(population.customer, np.diff(programs.tally_start))
    if len(owner) != len(population.tally_customer) or (owner != population.tally_customer).any():
        raise broken("its tallies are not those it was compiled with")


def _facts(reading: Reading, accounts: Accounts, day: int) -> Facts:
    flows = reading.flows
    count = len(accounts.account)
    order = np.argsort(accounts.account)
    found = np.searchsorted(accounts.account[order], flows.account)
    inside = np.minimum(found, max(count - 1, 0))
    ours = accounts.account[order][inside] == flows.account if count else np.zeros(0, np.bool_)
    entry = order[inside][ours] if count else np.zeros(0, np.int64)
    fresh = flows.recorded_after[ours] >= _last_night(reading.population, accounts)[entry]
    arrived, round_up = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(arrived, entry[fresh], flows.arrived[ours][fresh])
    np.add.at(round_up, entry[fresh], flows.round_up[ours][fresh])
    known = np.ones(count, np.bool_)
    keys = spent_keys(reading.programs, np.searchsorted(accounts.customer, reading.population.customer))
    spent = _spent(keys, entry, flows.effective[ours], flows.spent[ours], day)
    return Facts(arrived, known, round_up, known, keys, spent, spread(reading.market, accounts.account))


def _last_night(population: Population, accounts: Accounts) -> Int64s:
    """The last night of each account's customer, NEVER before the first."""
    return population.last_night[np.searchsorted(population.customer, accounts.customer)]


def spent_keys(programs: Programs, account_start: Int64s) -> Int64s:
    """Every (account entry, days) that some rule reads with `spent`, as ascending keys."""
    keys: list[Int64s] = [np.zeros(0, np.int64)]
    for rank in range(1, len(programs.ranks) + 1):
        for group in groups(programs, rank):
            if at := spent_places(group.shape):
                numbers = numbers_of(programs, group)
                start = account_start[group.customer]
                keys += [(start + numbers[place]) * SPENT_DAYS + numbers[place + 1] for place in at]
    return np.unique(np.concatenate(keys))


def _spent(keys: Int64s, entry: Int64s, effective: Int64s, spent: Int64s, day: int) -> Int64s:
    """What each key's account spent with effective day in (day - days, day]."""
    order = np.lexsort((effective, entry))
    stamp = entry[order] * FAR_FUTURE * 4 + (effective[order] + FAR_FUTURE)
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(spent[order])])
    account, days = keys // SPENT_DAYS, keys % SPENT_DAYS
    upto = np.searchsorted(stamp, account * FAR_FUTURE * 4 + (day + FAR_FUTURE), side="right")
    before = np.searchsorted(stamp, account * FAR_FUTURE * 4 + (day - days + FAR_FUTURE), side="right")
    found: Int64s = total[upto] - total[before]
    return found


def part(population: Population, keep: Flags) -> Population:
    """The population of those customers alone (a mask over `population.customer`)."""
    customer = population.customer[keep]

    def of(owner: Int64s) -> Flags:
        return keep[np.searchsorted(population.customer, owner)]

    mine = of(population.accounts.customer)
    tallies = of(population.tally_customer)
    words = np.repeat(keep, population.program_words)
    return Population(
        customer=customer,
        opened=population.opened[keep],
        last_night=population.last_night[keep],
        paused=population.paused[keep],
        ira_room=population.ira_room[keep],
        dues=population.dues.take(of(population.dues.customer)),
        due_of=population.due_of[of(population.dues.customer)],
        list_version=population.list_version[keep],
        accounts=population.accounts.take(mine),
        kind=population.kind[mine],
        rule_floor=population.rule_floor[mine],
        programs=population.programs[words],
        program_words=population.program_words[keep],
        tally_customer=population.tally_customer[tallies],
        tally_slot=population.tally_slot[tallies],
        tally_since=population.tally_since[tallies],
        tally_used=population.tally_used[tallies],
        holds=population.holds.take(of(population.holds.customer)),
    )
