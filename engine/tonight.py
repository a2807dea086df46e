"""The plan of stored households for a night to come: the night's own steps of pies, release, snapshot, evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.answer import DecisionWords, decisions_of
from engine.desk import AccountRecord, CustomerRecord
from engine.evaluate import evaluate
from engine.invest.market import Market
from engine.invest.nights.after import flows_after, population_after
from engine.invest.nights.eve import eve_steps
from engine.invest.nights.facing import Facing
from engine.night import book_night, rules_state
from engine.nightguards import night_guards
from engine.overnight.block import Scope, overnight
from engine.overnight.flowing import flows_with
from engine.overnight.places import Pretended
from engine.overnight.sight import night_sight
from engine.plan import Plan
from engine.ports import BookWork, Population
from engine.rulebook import Compiled, from_text
from engine.take import read_programs, take
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from rules.document import Rule


@dataclass(frozen=True, slots=True)
class Tonight:
    """The plan of one household: index 0 of `plan`; `handles` by slot.

    `set_aside` says why the books would refuse a move, so that the night would do nothing for this household; empty
    where they accept the plan.
    """

    day: int
    customer: CustomerRecord
    accounts: Sequence[AccountRecord]
    rules: Sequence[Rule]
    plan: Plan
    set_aside: str = ""

    @property
    def handles(self) -> list[str]:
        """The accounts' handles by slot."""
        return [account.handle for account in self.accounts]

    def decisions(self) -> list[DecisionWords]:
        """Every decision in words."""
        return decisions_of(self.plan, 0, self.rules, self.handles)


def plan_tonight(
    work: BookWork, customer: int, day: int, draft: Compiled | None = None, market: Market | None = None
) -> Tonight:
    """Evaluate one household's rules, or a draft of them, as the night of `day` would on what the books hold now.

    Raises SluiceError `customer_unknown`, and `night_out_of_order` where that night or a later one is done.
    """
    ids = np.array([customer], np.int64)
    found = work.customers(ids)
    if not found:
        raise SluiceError("customer_unknown", "There is no such household; list them with `flask customer list`.")
    if day <= work.row.last_night:
        raise SluiceError("night_out_of_order", "That night is done; ask for its explanation instead.", "on")
    steps = eve_steps(work, market, day, ids)
    sight = night_sight(work, market, steps)
    written = work.population(ids)
    made = overnight(sight, population_after(written, steps), Pretended(work), market, Scope(ids, written))
    population = made.population
    rules: Sequence[Rule]
    shapes = dict(work.shapes())
    if draft is None or draft.program is None:
        versions = work.versions(customer)
        rules = from_text(versions[-1].documents) if versions else ()
    else:
        rules = draft.rules
        shapes |= draft.program.shapes
        population = _drafted(population, draft.program.words, draft.tallies)
    reading = read_programs(work, population, day, shapes)
    reading = replace(
        reading,
        flows=flows_with(flows_after(reading.flows, steps, work.row.last_night), work, made),
        guards=night_guards(sight, made, ids),
        market=Facing(sight, market, made.measured).facts(reading),
    )
    plan = evaluate(take(reading, population.accounts, day), keep_seen=True)
    refused = dict(steps.faults)
    book_night(rules_state(work, population), population, plan, refused)
    return Tonight(day, found[0], work.accounts_of(ids), rules, plan, refused.get(customer, ""))


def _drafted(population: Population, words: Int64s, tallies: Sequence[tuple[int, int]]) -> Population:
    """The population of one household with another program."""
    count = len(tallies)
    return replace(
        population,
        programs=words,
        program_words=np.array([len(words)], np.int64),
        tally_customer=np.repeat(population.customer, count),
        tally_slot=np.arange(count),
        tally_since=np.array([since for since, _ in tallies], np.int64),
        tally_used=np.array([used for _, used in tallies], np.int64),
    )
