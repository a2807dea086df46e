"""A pie without some of its slices, and what saving a pie does to removals that are still waiting (ruling 24).

A slice that is taken back into its pie before the window cancels its removal (products.md 1.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.desk import AccountRecord
from engine.invest.lots.splitting import split_by_units
from engine.invest.market import Listing
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.paths import JOINT
from engine.invest.pies.pie import Pie, Slice
from engine.invest.records import SliceState
from engine.ports import BookWork
from ledger.faults import Problem, SluiceError
from ledger.rounding import WHOLE_BP


def without(pie: Pie, path: str) -> Pie:
    """The pie without the slice or inner pie at a path; what is left of its own pie is scaled to 100%.

    By largest remainder, ties to the earlier slice. Raises SluiceError `slice_unknown`, `model_locked` for a slice of
    a model, and `last_slice` for the only slice of its pie: take that pie out instead.
    """
    names = [one.label for one in pie.slices]
    if pie.model is not None:
        sentence = (
            f"{pie.name} is a model pie; its slices are locked. Remove the whole model, or make the pie your own."
        )
        raise SluiceError("model_locked", sentence, "path")
    if path in names:
        return _scaled(pie, names.index(path))
    for at, one in enumerate(pie.slices):
        if one.pie is not None and path.startswith(one.label + JOINT):
            inner = without(one.pie, path.removeprefix(one.label + JOINT))
            slices = [*pie.slices[:at], one.model_copy(update={"pie": inner}), *pie.slices[at + 1 :]]
            return pie.model_copy(update={"slices": tuple(slices)})
    raise SluiceError("slice_unknown", f"There is no slice {path} here; the slices are {', '.join(names)}.", "path")


def _scaled(pie: Pie, at: int) -> Pie:
    left: list[Slice] = [one for place, one in enumerate(pie.slices) if place != at]
    if not left:
        sentence = f"{pie.slices[at].label} is the only slice of {pie.name}; remove that pie, or add a slice first."
        raise SluiceError("last_slice", sentence, "path")
    weights = split_by_units(WHOLE_BP, [one.weight for one in left])
    slices = tuple(
        one.model_copy(update={"weight": weight}) for one, weight in zip(left, weights, strict=True) if weight
    )
    return pie.model_copy(update={"slices": slices})


def save(
    work: BookWork, account: AccountRecord, draft: Draft, listed: Mapping[str, Listing], when: tuple[int, int]
) -> tuple[Problem, ...]:
    """Save a pie as `save_pie` does; removals of slices that are part of the pie again are cancelled."""
    problems = save_pie(work, account, draft, listed, when)
    if not problems:
        work.set_intents(_taken_back(work, account))
    return problems


def _taken_back(work: BookWork, account: AccountRecord) -> list[Intent]:
    slices = work.slices(np.array([account.account], np.int64))
    leaving = [
        path for path, state in zip(slices.path, slices.state.tolist(), strict=True) if state == SliceState.REMOVING
    ]
    waiting = work.intents([IntentState.WAITING], account.customer)
    return [
        replace(one, state=IntentState.CANCELLED, reason="slice_back")
        for one in waiting
        if one.account == account.account and one.kind == IntentKind.REMOVE and not _any_inside(leaving, one.path)
    ]


def _any_inside(paths: Sequence[str], path: str) -> bool:
    return any(one == path or one.startswith(path + JOINT) for one in paths)
