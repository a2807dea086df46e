"""What a night leaves besides transfers: decisions worth keeping, tallies, IRA room, quarantine."""

from typing import Final

import numpy as np

from engine.codes import Outcome
from engine.plan import Plan
from engine.ports import DecisionRows, NightRows, Population
from engine.snapshot import NO_LIMIT
from ledger.accounts import Int64s

KEPT: Final = (Outcome.BLOCKED, Outcome.MOVED, Outcome.PROPOSED, Outcome.WOULD_MOVE)
"""Outcomes that are stored; silence is recomputed on demand (ruling 50)."""


def night_rows(
    plan: Plan, population: Population, journal: Int64s, quarantined: dict[int, str], marks: tuple[int, int, int]
) -> NightRows:
    """Everything of a night but its transfers.

    `journal` is the stored journal of each booked move, in the order of the moves; `marks` are the first seq of its
    own transfers, and the instants at which it started and finished.
    """
    dropped = np.array(sorted(quarantined), np.int64)
    version = population.list_version[np.searchsorted(population.customer, plan.snapshot.customer)]
    owner = np.repeat(plan.snapshot.customer, np.diff(plan.snapshot.programs.tally_start))
    slot = np.arange(len(owner)) - np.repeat(
        plan.snapshot.programs.tally_start[:-1], np.diff(plan.snapshot.programs.tally_start)
    )
    touched = plan.after.tally_touched & ~np.isin(owner, dropped)
    lowered = (plan.after.ira_room != plan.snapshot.ira_room) & (plan.snapshot.ira_room < NO_LIMIT)
    lowered &= ~np.isin(plan.snapshot.customer, dropped)
    first_seq, started, finished = marks
    return NightRows(
        day=plan.snapshot.day,
        decisions=_decision_rows(plan, version, journal, dropped),
        tally_customer=owner[touched],
        tally_slot=slot[touched],
        tally_since=plan.after.tally_since[touched],
        tally_used=plan.after.tally_used[touched],
        ira_customer=plan.snapshot.customer[lowered],
        ira_room=plan.after.ira_room[lowered],
        quarantined=sorted(quarantined.items()),
        started=started,
        finished=finished,
        first_seq=first_seq,
    )


def _decision_rows(plan: Plan, version: Int64s, journal: Int64s, dropped: Int64s) -> DecisionRows:
    """The decisions worth storing; `journal` runs beside the moved ones; `dropped` customers are left out.

    `version` is the rule list of each customer of the plan.
    """
    told = plan.decisions
    rank, at = np.nonzero(np.isin(told.outcome, KEPT))
    outcome = told.outcome[rank, at].astype(np.int64)
    journals = np.zeros(len(rank), np.int64)
    customer = plan.snapshot.customer[at]
    kept = ~np.isin(customer, dropped)
    journals[kept & (outcome == Outcome.MOVED)] = journal
    return DecisionRows(
        customer=customer[kept],
        rank=rank[kept] + 1,
        version=version[at[kept]],
        outcome=outcome[kept],
        reason=told.reason[rank, at].astype(np.int64)[kept],
        wanted=told.wanted[rank, at][kept],
        amount=told.amount[rank, at][kept],
        limited_by=told.limited_by[rank, at].astype(np.int64)[kept],
        journal=journals[kept],
    )
