"""Pies: the securities they are made of, versions of their documents, terms and slices (investing.md D2; ruling 24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, func, select

from engine.invest.core.columns import Weights
from engine.invest.records import InvestAccounts, NewSecurity, PieVersion, SliceRow, Slices, no_slices
from engine.ports import NEVER
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from ledger.seal import asset_number
from store.bulk import Columns
from store.held import alarm, broken
from store.holdings import Holdings
from store.inner import HOLDERS, InnerAccounts
from store.tables import table
from store.transfers import sorted_by

WEIGHT_BASE: Final = 10**18
"""A weight is weight_hi of these and weight_lo: flattened weights may exceed int64."""

SAFE_PARTS: Final = 9
"""Weights with fewer high parts than these fit into int64."""

KEY: Final = {"account": "account_id", "customer": "customer_id", "version": "version"}
TERMS: Final = (
    *("auto", "minimum_cash", "threshold", "mode", "leave_cash", "absolute_bp", "relative_bp", "on_bands", "every"),
    *("cooldown_days", "lot_order", "slots", "dividends", "short_bp", "long_bp"),
)
"""Terms that are numbers; `broker` is text, and `rebalanced` is no term of the document."""

VERSION: Final = ("account_id", "customer_id", "version", "seq", "day", "recorded", "document", "terms")


class Pies(InnerAccounts, Holdings):
    """See `PieWork`."""

    def know_assets(self, securities: Sequence[NewSecurity]) -> None:
        """See `PieWork.know_assets`. Raises ValueError for a symbol that is no asset's code."""
        self.must_write()
        known = {asset_number(one.symbol): one for one in securities}
        order = sorted(known)
        given: Columns = {
            "number": _column(order),
            "code": [known[one].symbol for one in order],
            "scale": _column([known[one].scale for one in order]),
        }
        with alarm("a constraint of the database refused a security"):
            self.bulk.upsert(table("asset"), given, "keep")
        scales = self.asset_scales()
        for one in securities:
            stored = scales[asset_number(one.symbol)]
            if stored != one.scale:
                sentence = f"{one.symbol} is known with {stored} decimals of its units; it cannot have {one.scale}."
                raise SluiceError("asset_scale", sentence, "scale")

    def asset_scales(self) -> dict[int, int]:
        """See `PieWork.asset_scales`."""
        asset = table("asset")
        rows = sorted_by(self.bulk.read(select(asset.c.number, asset.c.scale)), "number")
        return dict(zip(rows["number"].tolist(), rows["scale"].tolist(), strict=True))

    def invest_accounts(self, customers: Int64s | None = None) -> InvestAccounts:
        """See `PieWork.invest_accounts`."""
        invest = table("invest")
        names = (*KEY.values(), *TERMS, "rebalanced")
        chosen = self._chosen(invest, invest.c.customer_id, customers)
        rows = self.bulk.read(select(*(invest.c[name] for name in names)).where(*chosen))
        rows = sorted_by(rows, "account_id")
        columns: dict[str, Any] = {field: rows[name] for field, name in KEY.items()}
        columns |= {name: rows[name] for name in (*TERMS, "rebalanced")}
        brokers = self.bulk.texts(select(invest.c.broker, invest.c.account_id).where(*chosen))
        return InvestAccounts(**columns, broker=brokers)

    def keep_pie(self, version: PieVersion, terms: Mapping[str, int | str], slices: Sequence[SliceRow]) -> None:
        """See `PieWork.keep_pie`. `books_broken` unless the version follows the last and every term is given."""
        self.must_write()
        if set(terms) - {*KEY, "rebalanced"} != {*TERMS, "broker"}:
            raise broken(f"the terms of a pie are {', '.join((*TERMS, 'broker'))}, each of them and nothing else")
        self._prove_owners([version.account], [version.customer])
        pie = table("pie")
        last = select(func.coalesce(func.max(pie.c.version), 0))
        before = self.bulk.rows(last.where(self.here(pie), pie.c.account_id == version.account))[0][0]
        if version.version != before + 1:
            raise broken(f"version {version.version} of account {version.account}'s pie follows version {before}")
        key: Columns = {"book_id": self.book, "account_id": _column([version.account])}
        numbers = ("version", "seq", "day", "recorded")
        owner: Columns = {"customer_id": _column([version.customer])}
        with alarm("a constraint of the database refused a pie"):
            columns: Columns = {name: _column([getattr(version, name)]) for name in numbers}
            texts: Columns = {"document": [version.document], "terms": [version.terms]}
            self.bulk.insert(pie, {**key, **owner, **columns, **texts})
            now = self._terms(version, terms)
            if before:
                self.change("invest", key, now)
            else:
                self.bulk.insert(table("invest"), {**key, **owner, "rebalanced": NEVER, **now})
        self.set_slices(slices)

    def _terms(self, version: PieVersion, terms: Mapping[str, int | str]) -> Columns:
        """Terms as columns of one row; the last rebalance is among them only where it is given."""
        given: dict[str, int | str] = {**terms, "version": version.version}
        names = ("version", *TERMS, *(["rebalanced"] if "rebalanced" in terms else []))
        return {**{name: _column([int(given[name])]) for name in names}, "broker": [str(given["broker"])]}

    def _prove_owners(self, accounts: Sequence[int], customers: Sequence[int]) -> None:
        """Raise unless these accounts are those households' and may hold a pie."""
        chart = self.chart(np.unique(_column(accounts)))
        at = chart.find(_column(accounts))
        right = at >= 0
        right[right] = (chart.customer[at[right]] == _column(customers)[right]) & np.isin(
            chart.kind[at[right]], HOLDERS
        )
        if not right.all():
            raise broken(f"account {accounts[int(np.flatnonzero(~right)[0])]} is no invest account of the household")

    def pie_versions(self, account: int) -> list[PieVersion]:
        """See `PieWork.pie_versions`."""
        pie = table("pie")
        return self._versions(pie.c.account_id == account)

    def pies_now(self, accounts: Int64s | None = None) -> dict[int, PieVersion]:
        """See `PieWork.pies_now`."""
        pie, invest = table("pie"), table("invest")
        same = (invest.c.account_id == pie.c.account_id) & (invest.c.version == pie.c.version)
        now = select(invest.c.version).where(*self._chosen(invest, invest.c.account_id, accounts), same).exists()
        return {one.account: one for one in self._versions(now)}

    def _versions(self, chosen: ColumnElement[bool]) -> list[PieVersion]:
        pie = table("pie")
        query = select(*(pie.c[name] for name in VERSION)).where(self.here(pie), chosen)
        return [PieVersion(*row) for row in self.bulk.rows(query.order_by(pie.c.account_id, pie.c.version))]

    def slices(self, accounts: Int64s | None = None) -> Slices:
        """See `PieWork.slices`."""
        if not self.there("slice"):
            return no_slices()
        of = table("slice")
        names = ("account_id", "slice", "customer_id", "asset", "place", "weight_hi", "weight_lo", "state", "units")
        chosen = self._chosen(of, of.c.account_id, accounts)
        rows = self.bulk.read(select(*(of.c[name] for name in names)).where(*chosen))
        rows = sorted_by(rows, "account_id", "place", "slice")
        order: Select[Any] = select(of.c.path, of.c.account_id, of.c.place, of.c.slice)
        return Slices(
            account=rows["account_id"],
            slice=rows["slice"],
            customer=rows["customer_id"],
            asset=rows["asset"],
            place=rows["place"],
            weight=joined_weights(rows["weight_hi"], rows["weight_lo"]),
            state=rows["state"],
            units=rows["units"],
            path=self.bulk.texts(order.where(*chosen)),
        )

    def set_slices(self, rows: Sequence[SliceRow]) -> None:
        """See `PieWork.set_slices`. `books_broken` where a slice would become another household's or security's."""
        self.must_write()
        if not rows:
            return
        self._prove_owners([one.account for one in rows], [one.customer for one in rows])
        known, _ = self.owned(np.unique(_column([one.account for one in rows])))
        for one in rows:
            owner = known.get((one.account, one.slice))
            if owner is not None and (owner.customer, owner.asset) != (one.customer, one.asset):
                raise broken(f"slice {one.slice} of account {one.account} is of another household or security")
        of = table("slice")
        with alarm("a constraint of the database refused slices"):
            new = [one for one in rows if (one.account, one.slice) not in known]
            fixed: Columns = {
                "customer_id": _column([one.customer for one in new]),
                "asset": _column([one.asset for one in new]),
                "units": 0,
            }
            self.bulk.insert(of, {**self._slice_key(new), **fixed, **_placed(new)})
            old = [one for one in rows if (one.account, one.slice) in known]
            self.bulk.update(of, self._slice_key(old), _placed(old))

    def _slice_key(self, rows: Sequence[SliceRow]) -> Columns:
        accounts, numbers = _column([one.account for one in rows]), _column([one.slice for one in rows])
        return {"book_id": self.book, "account_id": accounts, "slice": numbers}

    def set_rebalanced(self, accounts: Int64s, day: int) -> None:
        """See `PieWork.set_rebalanced`."""
        self.must_write()
        key: Columns = {"book_id": self.book, "account_id": accounts}
        self.change("invest", key, {"rebalanced": day})

    def _chosen(self, of: Table, key: ColumnElement[int], wanted: Int64s | None) -> list[ColumnElement[bool]]:
        """The conditions that rows are this book's and have one of these keys, or any."""
        return [self.here(of), *([] if wanted is None else [self.bulk.among(key, wanted)])]


def parted_weight(weight: int) -> tuple[int, int]:
    """A weight as it is stored: high part, low part. Raises SluiceError `books_broken` for one that does not fit."""
    high, low = divmod(weight, WEIGHT_BASE)
    if not 0 <= high < 1 << 63:
        raise broken(f"the weight {weight} of a slice is below nothing or has more than 36 digits")
    return high, low


def joined_weights(high: Int64s, low: Int64s) -> Weights:
    """Stored weights as whole numbers: int64 where all of them fit."""
    weights: Weights = high.astype(object) * WEIGHT_BASE + low.astype(object)
    if (high < SAFE_PARTS).all():
        weights = high * WEIGHT_BASE + low
    return weights


def _placed(rows: Sequence[SliceRow]) -> Columns:
    """What may change of slices."""
    weights = [parted_weight(one.weight) for one in rows]
    return {
        "place": _column([one.place for one in rows]),
        "weight_hi": _column([high for high, _ in weights]),
        "weight_lo": _column([low for _, low in weights]),
        "state": _column([one.state for one in rows]),
        "path": [one.path for one in rows],
    }


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)
