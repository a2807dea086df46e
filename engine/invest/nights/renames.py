"""A security gets another symbol: its lots go over to the successor, and pies name it from then on (ruling 24, D2).

A slice never changes its security, since its lots' past names it: the successor has a slice of its own in the same
place, and the old one is left behind without units.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.invest.journals import Entry, Inner, System
from engine.invest.market import CorporateAction
from engine.invest.nights.estate import Estate, step_words
from engine.invest.pies.editing import Draft, edited
from engine.invest.pies.models import pie_document
from engine.invest.pies.pie import Pie, Slice, stored_pie
from engine.invest.pies.terms import PieTerms, terms_of
from engine.invest.records import (
    CONVERSION_PATH,
    LotMove,
    LotRow,
    MoveKind,
    NewSecurity,
    SliceRow,
    Slices,
    SliceState,
)
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.seal import asset_number

RENAMED_WORD: Final = 24


def rename(estate: Estate, action: CorporateAction) -> None:
    """Carry a change of symbol out in every account with a slice of the old one.

    Raises SluiceError `asset_scale` where the successor is known with other decimals.
    """
    old, new = asset_number(action.symbol), asset_number(action.successor)
    scale = estate.scales[old]
    if estate.scales.get(new, scale) != scale:
        sentence = f"{action.symbol} becomes {action.successor}, which is known with other decimals of its units."
        raise SluiceError("asset_scale", sentence, "successor")
    estate.securities.append(NewSecurity(action.successor, scale))
    alive = [row for slot, row in estate.rows.items() if row.state == SliceState.HELD or estate.units[slot]]
    for account in sorted({row.account for row in alive if row.asset == old}):
        heirs = _save(estate, account, action)
        lots = [one for one in estate.open_lots([old], estate.day + 1).get(account, []) if one.slice in heirs]
        if lots:
            estate.add(step_words(RENAMED_WORD, action, account), _entries(account, (old, new), lots))
            moves = [move for one in lots for move in _moves(estate, one, (new, heirs[one.slice]), action.ex_day)]
            estate.change(moves, action.ex_day)


def _entries(account: int, assets: tuple[int, int], lots: Sequence[LotRow]) -> list[Entry]:
    old, new = assets
    units = sum(one.units for one in lots)
    leaves = (System(old, CONVERSION_PATH), Inner(account, Kind.HOLDING, old))
    comes = (Inner(account, Kind.HOLDING, new), System(new, CONVERSION_PATH))
    return [Entry(*leaves, old, units, Code.RENAMED), Entry(*comes, new, units, Code.RENAMED)]


def _moves(estate: Estate, lot: LotRow, target: tuple[int, int], day: int) -> tuple[LotMove, LotMove]:
    """Out of the old security's lot into a new one, with its cost, trade day and holding period."""
    asset, slice_ = target
    number = next(estate.fresh)
    own = (lot.customer, lot.account)
    out = LotMove(lot.lot, *own, lot.slice, lot.asset, MoveKind.RENAMED, -lot.units, -lot.cost, day, other=number)
    held = (lot.units, lot.cost, lot.day, lot.held_from)
    return out, LotMove(number, *own, slice_, asset, MoveKind.RENAMED, *held, other=lot.lot)


def _save(estate: Estate, account: int, action: CorporateAction) -> dict[int, int]:
    """A new version of the account's pie with the successor's symbol; the successor's slice by that of the old one."""
    version = estate.pies[account]
    pie = renamed_pie(stored_pie(version.document), action.symbol, action.successor)
    terms = _renamed_terms(terms_of(version.terms), action)
    after, _ = edited(Draft(pie, terms), estate.accounts[account], _slices(estate, account))
    rows = {row.path: row for row in after.rows}
    old, heirs = asset_number(action.symbol), dict[int, int]()
    for row in after.rows:
        path = row.path.removesuffix(action.symbol) + action.successor
        if row.asset == old and (path in rows or estate.units[account, row.slice]):
            heir = rows[path] = _heir(rows, row, (path, asset_number(action.successor)))
            rows[row.path] = replace(row, state=SliceState.LEFT)
            heirs[row.slice] = heir.slice
            waiting = estate.earmarks.get((account, row.path), 0)
            if waiting:
                estate.earmarks[account, row.path] = 0
                key = (account, heir.path)
                estate.earmarks[key] = estate.earmarks.get(key, 0) + waiting
    text = json.dumps(pie_document(pie), separators=(",", ":"), sort_keys=True)
    saved = replace(version, version=version.version + 1, document=text, terms=terms.model_dump_json())
    estate.pies[account] = saved
    estate.versions.append((saved, tuple(rows.values())))
    for row in rows.values():
        estate.rows[account, row.slice] = row
        estate.units.setdefault((account, row.slice), 0)
    return heirs


def _heir(rows: dict[str, SliceRow], row: SliceRow, place: tuple[str, int]) -> SliceRow:
    """The successor's slice at `place`, (path, asset): that of the pie, one that was there, or a new one."""
    path, asset = place
    number = max(one.slice for one in rows.values()) + 1
    return rows.get(path) or replace(row, slice=number, asset=asset, place=len(rows), path=path)


def _slices(estate: Estate, account: int) -> Slices:
    """The account's slices as columns."""
    own = [row for row in estate.rows.values() if row.account == account]
    rows = sorted(own, key=lambda row: (row.place, row.slice))
    names = ("account", "slice", "customer", "asset", "place", "state")
    columns = {name: np.array([getattr(row, name) for row in rows], np.int64) for name in names}
    units = np.array([estate.units[account, row.slice] for row in rows], np.int64)
    weight = np.array([row.weight for row in rows], np.object_)
    return Slices(**columns, weight=weight, units=units, path=[row.path for row in rows])


def renamed_pie(pie: Pie, old: str, new: str) -> Pie:
    """The pie with another symbol in place of the old one; where it has both, they become one slice."""
    slices: dict[str, Slice] = {}
    for one in pie.slices:
        now = one
        if one.pie is not None:
            now = one.model_copy(update={"pie": renamed_pie(one.pie, old, new)})
        elif one.symbol == old:
            now = one.model_copy(update={"symbol": new})
        twin = slices.get(now.label)
        slices[now.label] = now if twin is None else twin.model_copy(update={"weight": twin.weight + now.weight})
    return pie.model_copy(update={"slices": tuple(slices.values())})


def _renamed_terms(terms: PieTerms, action: CorporateAction) -> PieTerms:
    """Terms whose choice for the old symbol holds for the successor, unless it has one of its own."""
    chosen = dict(terms.symbols)
    if action.symbol in chosen:
        chosen.setdefault(action.successor, chosen.pop(action.symbol))
    return terms.model_copy(update={"symbols": chosen})
