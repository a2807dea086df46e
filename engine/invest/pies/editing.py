"""Save an account's pie: a new version of the document, and what becomes of its slices. Nothing here trades (D2).

A slice that a new version leaves out keeps its units with a weight of zero, and later flows work on it; one that the
caller removes is sold in the next window instead (ruling 24). Slices are known by their paths; a moved slice keeps its
number, its units and its lots under its new path. Saving a slice again takes a removal back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.dated.trading import auto_invest_threshold
from engine.desk import AccountRecord
from engine.invest.market import Listing
from engine.invest.pies.models import pie_document
from engine.invest.pies.paths import home, inner_pies, leaves, within
from engine.invest.pies.pie import Pie
from engine.invest.pies.terms import PieTerms
from engine.invest.records import LotMove, MoveKind, NewSecurity, PieVersion, SliceRow, Slices, SliceState
from engine.invest.windows.reserving import is_reserved
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.faults import Problem
from ledger.money import quoted
from ledger.seal import asset_number

INVESTING = (Kind.INVEST, Kind.IRA)
"""Kinds of accounts that can have a pie."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A pie to be saved with its terms. `removed` are paths of slices to be sold, `moved` new paths by old ones."""

    pie: Pie
    terms: PieTerms
    removed: Sequence[str] = ()
    moved: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edited:
    """What saving a draft would store: all slices of the account, and (slice, slice) pairs whose lots are joined."""

    rows: tuple[SliceRow, ...]
    joined: tuple[tuple[int, int], ...]


def edited(draft: Draft, account: AccountRecord, now: Slices) -> tuple[Edited, tuple[Problem, ...]]:
    """The slices after saving, or the problems that forbid it; `now` are the account's slices. Pure."""
    problems = [*_removal_problems(draft, now), *_move_problems(draft, now)]
    if account.kind not in INVESTING:
        sentence = f"{account.handle} holds money alone; a pie belongs to an invest account or an IRA."
        problems.append(Problem("account", "no_pie_account", sentence))
    if problems:
        return Edited((), ()), tuple(problems)
    known = {path: at for at, path in enumerate(now.path)}
    rows: dict[str, SliceRow] = {}
    joined: list[tuple[int, int]] = []
    number = int(now.slice.max(initial=0))
    moved = {new: old for old, new in draft.moved.items()}
    for place, (path, symbol, weight) in enumerate(leaves(draft.pie)):
        old = known.get(path, known.get(moved.get(path, "")))
        number += old is None
        own = number if old is None else int(now.slice[old])
        rows[path] = SliceRow(
            account.account, own, account.customer, asset_number(symbol), place, weight, SliceState.HELD, path
        )
        if path in known and path in moved:
            joined.append((int(now.slice[known[moved[path]]]), own))
    return Edited((*rows.values(), *_leaving(draft, now, rows)), tuple(joined)), ()


def _leaving(draft: Draft, now: Slices, rows: Mapping[str, SliceRow]) -> list[SliceRow]:
    """Slices that are no longer part of the pie, behind the others, in their order."""
    kept = {row.slice for row in rows.values()}
    left: list[SliceRow] = []
    for at, path in enumerate(now.path):
        if int(now.slice[at]) in kept:
            continue
        gone = path in draft.removed or (now.state[at] == SliceState.REMOVING and now.units[at] > 0)
        state = SliceState.REMOVING if gone else SliceState.LEFT
        numbers = (int(now.account[at]), int(now.slice[at]), int(now.customer[at]), int(now.asset[at]))
        left.append(SliceRow(*numbers, len(rows) + len(left), 0, state, path))
    return left


def _removal_problems(draft: Draft, now: Slices) -> list[Problem]:
    staying = {path for path, _, _ in leaves(draft.pie)}
    found = []
    for at, path in enumerate(draft.removed):
        if path not in now.path:
            sentence = f"There is no slice {quoted(path)} in this account; name one that it holds."
            found.append(Problem(f"removed.{at}", "slice_unknown", sentence))
        elif path in staying:
            sentence = f"{path} is still a slice of the pie; take it out of the slices as well."
            found.append(Problem(f"removed.{at}", "slice_stays", sentence))
    return found


def _move_problems(draft: Draft, now: Slices) -> list[Problem]:
    after = {path: symbol for path, symbol, _ in leaves(draft.pie)}
    models = [path for path, inner in inner_pies(draft.pie) if inner.model is not None]
    assets = dict(zip(now.path, now.asset.tolist(), strict=True))
    found = []
    for old, new in draft.moved.items():
        where = f"moved.{old}"
        if old not in assets:
            found.append(Problem(where, "slice_unknown", f"There is no slice {quoted(old)} to move."))
        elif new not in after or asset_number(after[new]) != assets[old]:
            sentence = f"{quoted(new)} is no slice of the same security in the new pie; write its path there."
            found.append(Problem(where, "slice_unknown", sentence))
        elif old in after:
            found.append(Problem(where, "slice_stays", f"{old} is still a slice of the pie; take it out there."))
        elif any(within(new, path) for path in models):
            found.append(Problem(where, "model_locked", "Slices cannot be moved into a model pie; it is locked."))
    return found


def symbol_problems(pie: Pie, listed: Mapping[str, Listing], prefix: str = "") -> tuple[Problem, ...]:
    """A problem for every leaf whose security the market does not know or that is not traded any more."""
    found: list[Problem] = []
    _look(pie, listed, f"{prefix}." if prefix else "", found)
    return tuple(found)


def _look(pie: Pie, listed: Mapping[str, Listing], path: str, found: list[Problem]) -> None:
    for place, one in enumerate(pie.slices):
        where = f"{path}slices.{place}"
        if one.pie is not None:
            _look(one.pie, listed, f"{where}.pie.", found)
        elif one.label not in listed:
            sentence = f"{one.label} is not known to the market; check its spelling, or choose another security."
            found.append(Problem(f"{where}.symbol", "symbol_unknown", sentence))
        elif not listed[one.label].active:
            sentence = f"{one.label} is not traded any more; a pie with it cannot be saved. Choose another security."
            found.append(Problem(f"{where}.symbol", "symbol_inactive", sentence))


def save_pie(
    work: BookWork, account: AccountRecord, draft: Draft, listed: Mapping[str, Listing], when: tuple[int, int]
) -> tuple[Problem, ...]:
    """Store a draft as the account's next version; `when` is (business day, instant). Problems: nothing is stored.

    Terms without a threshold get the one that is configured on that day.
    """
    ids = np.array([account.account], np.int64)
    after, problems = edited(draft, account, work.slices(ids))
    problems = (*symbol_problems(draft.pie, listed, "pie"), *problems)
    if problems:
        return problems
    day, instant = when
    terms = draft.terms.usual(auto_invest_threshold(work.dated(), day))
    work.know_assets([NewSecurity(one.symbol, one.scale) for one in listed.values()])
    versions = work.pie_versions(account.account)
    version = PieVersion(
        account=account.account,
        customer=account.customer,
        version=len(versions) + 1,
        seq=work.row.next_seq,
        day=day,
        recorded=instant,
        document=json.dumps(pie_document(draft.pie), separators=(",", ":"), sort_keys=True),
        terms=terms.model_dump_json(),
    )
    work.keep_pie(version, terms.columns(), after.rows)
    _join_lots(work, account.account, after)
    _rehome(work, account.account, draft)
    return ()


def _rehome(work: BookWork, account: int, draft: Draft) -> None:
    """Money that waits for a slice or an inner pie that is gone: to where the slice went, or to the pie around it."""
    pies = dict(inner_pies(draft.pie))
    alive = {*pies, *(path for path, *_ in leaves(draft.pie))}
    before = {path: cents for one, path, cents in work.earmarks() if one == account and not is_reserved(path)}
    after = dict(before)
    for path in before.keys() - alive:
        target = draft.moved.get(path, home(path, pies))
        after[target] = after.get(target, 0) + after.pop(path)
    if after != before:
        work.set_earmarks([(account, path, after.get(path, 0)) for path in sorted({*before, *after})])


def _join_lots(work: BookWork, account: int, after: Edited) -> None:
    """Give the lots of moved slices to the slices that were at their new paths already."""
    target = dict(after.joined)
    if not target:
        return
    moves = [
        LotMove(one.lot, one.customer, one.account, target[one.slice], one.asset, MoveKind.SLICE, 0, 0, one.day)
        for one in work.lots(np.array([account], np.int64))
        if one.slice in target
    ]
    work.keep_moves(moves, work.row.next_seq)
