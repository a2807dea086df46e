"""Accounts that follow a model: its new version becomes a new version of their pies. Nothing here trades.

A security that the model drops leaves the pie by weight alone, so later money works towards the new targets
(investing.md 1, ruling 24). A model that is not in the gallery any more stays as it was taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engine.invest.market import Market
from engine.invest.pies.editing import Draft
from engine.invest.pies.models import ModelPie, models_in, pie_document, with_models
from engine.invest.pies.paths import inner_pies, leaves
from engine.invest.pies.pie import Pie, load_decoded, stored_pie
from engine.invest.pies.removing import save
from engine.invest.pies.terms import terms_of
from engine.invest.records import PieVersion
from engine.ports import BookWork
from ledger.accounts import Int64s
from ledger.faults import Problem, SluiceError
from rules.decode import Decoded


@dataclass(frozen=True, slots=True)
class Target:
    """The exact part of the whole pie that a leaf is to have, before and after; zero where it is none."""

    path: str
    symbol: str
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True)
class Follower:
    """An account whose pie holds older versions: `models` are (name, version it has, version of the gallery)."""

    account: int
    customer: int
    models: tuple[tuple[str, int, int], ...]
    pie: Pie
    targets: tuple[Target, ...]


def followers(work: BookWork, models: Mapping[str, ModelPie], customers: Int64s | None = None) -> list[Follower]:
    """Accounts that would change, of these households or all, with their old and new targets; nothing is kept."""
    accounts = work.invest_accounts(customers)
    versions = work.pies_now(accounts.account)
    return [one for one in (_follower(version, models) for _, version in sorted(versions.items())) if one is not None]


def _follower(version: PieVersion, models: Mapping[str, ModelPie]) -> Follower | None:
    pie = stored_pie(version.document)
    old = [
        (name, had, models[name].version)
        for name, had in dict.fromkeys(models_in(pie))
        if name in models and had != models[name].version
    ]
    if not old:
        return None
    gone = {
        inner.model.name: ModelPie(inner.model.name, inner.model.version, inner)
        for _, inner in inner_pies(pie)
        if inner.model is not None and inner.model.name not in models
    }
    read = load_decoded(with_models(Decoded(pie_document(pie)), {**models, **gone}))
    if read.document is None:
        first = read.problems[0]
        raise SluiceError(first.code, first.sentence, first.path)
    return Follower(version.account, version.customer, tuple(old), read.document, _targets(pie, read.document))


def _targets(old: Pie, new: Pie) -> tuple[Target, ...]:
    """The leaves of either pie, those of the new one first."""
    before, after = _parts(old), _parts(new)
    symbols = {path: symbol for pie in (old, new) for path, symbol, _ in leaves(pie)}
    paths = dict.fromkeys((*after, *before))
    return tuple(
        Target(path, symbols[path], before.get(path, Fraction(0)), after.get(path, Fraction(0))) for path in paths
    )


def _parts(pie: Pie) -> dict[str, Fraction]:
    found = list(leaves(pie))
    whole = sum(weight for *_, weight in found)
    return {path: Fraction(weight, whole) for path, _, weight in found}


def propagate(
    work: BookWork, market: Market, found: Sequence[Follower], when: tuple[int, int]
) -> dict[int, tuple[Problem, ...]]:
    """Save the new versions; `when` is (business day, instant). Problems by account: that account stays as it was."""
    refused: dict[int, tuple[Problem, ...]] = {}
    customers = np.array(sorted({one.customer for one in found}), np.int64)
    records = {one.account: one for one in work.accounts_of(customers)} if found else {}
    versions = work.pies_now(np.array(sorted(one.account for one in found), np.int64))
    for one in found:
        listed = market.listings([symbol for _, symbol, _ in leaves(one.pie)])
        draft = Draft(one.pie, terms_of(versions[one.account].terms))
        problems = save(work, records[one.account], draft, listed, when)
        if problems:
            refused[one.account] = problems
    return refused
