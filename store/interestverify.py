"""Interest that is kept as posted, held against the transfers and against what it was worked out from (C19).

Cents of an account and month are its transfers of interest. A month is posted by the one night that its run names, and
months follow each other. Cent-days, at the rates of their rows and with what the month before left, are the cents and
what is left: exact, in Python's integers. One pass, and rows of accounts and months in memory.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import distinct, select

from engine.interest.rates import Rates, borrow_rates, cash_rates
from engine.ports import NEVER
from ledger.accounts import Int64s, Kind, Standing
from ledger.batch import Code, TransferKind, Transfers
from ledger.invariants import Finding, Findings
from store.books import Work
from store.held import Chart
from store.tables import table
from store.writing import by_day

_CODE: Final = "C19"
_NO_MONTH: Final = 2**62
_LONGEST_MONTH: Final = 31
Rows = dict[str, npt.NDArray[Any]]


class InterestCheck:
    """The interest of one book, from its transfers."""

    def __init__(self, work: Work, chart: Chart) -> None:
        """Begin; `chart` has every account of the book."""
        self._work, self._chart = work, chart
        self._found = Findings(work.book)
        self._dated = work.dated()
        line = table("borrow_line")
        chosen = select(line.c.due, line.c.account_id).where(work.here(line), line.c.due != 0)
        self._line_of = {row[0]: row[1] for row in work.bulk.rows(chosen)}
        self._parts: list[Int64s] = [np.zeros((4, 0), np.int64)]

    def add(self, lines: Transfers) -> None:
        """Take the next transfers, between accounts of the book."""
        posted = (lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.POST)
        lines = lines.take(posted & (lines.code == Code.INTEREST))
        into = self._chart.customer[self._chart.find(lines.debit)] > 0
        account = np.where(into, lines.debit, lines.credit)
        owed = self._chart.kind[self._chart.find(account)] == Kind.BORROW_DUE
        line = np.array([self._line_of.get(one, one) for one in account.tolist()], np.int64)
        cents = np.where(into == owed, -lines.amount, lines.amount)
        month = np.where(lines.run != 0, _month(lines.day), lines.day)  # a closed account's is kept under its day
        self._parts.append(np.stack([line, month, lines.run, cents]))

    def findings(self) -> list[Finding]:
        """What does not agree, after the last transfer."""
        account, month, run, cents = np.concatenate(self._parts, axis=1)
        of = table("interest")
        names = ("account_id", "month", "cents", "remainder")
        rows = self._work.bulk.read(select(*(of.c[name] for name in names)).where(self._work.here(of)))
        self._runs(month[run != 0], run[run != 0])
        self._cents((account, month, cents), rows)
        self._residues(rows)
        return self._found.all()

    def _runs(self, month: Int64s, run: Int64s) -> None:
        """Each month is posted by its own night, which was done after it, and the months follow each other."""
        nights = {one.month: one.night for one in self._work.interest_runs()}
        for first, night in sorted(set(zip(month.tolist(), run.tolist(), strict=True))):
            if nights.get(first) != night:
                said = f"its run says {nights[first]}" if first in nights else "it has no run"
                self._found.add(_CODE, 0, f"interest of the month of day {first} is of night {night}, {said}")
        of = table("night_book")
        done = {row[0] for row in self._work.bulk.rows(select(of.c.day).where(self._work.here(of)))}
        months = np.array(sorted(nights), np.int64)
        after = _month(months + _LONGEST_MONTH)
        gaps = np.append(False, (months[1:] != after[:-1]) & (months[:-1] != NEVER))
        for first, ended, gap in zip(months.tolist(), after.tolist(), gaps.tolist(), strict=False):
            night = nights[first]
            if night not in done or night < ended or gap:
                self._found.add(_CODE, 0, f"the month of day {first}, posted by night {night}, does not follow")

    def _cents(self, booked: tuple[Int64s, Int64s, Int64s], rows: Rows) -> None:
        """What is kept as posted is what was booked."""
        account, month, cents = booked
        where = (np.concatenate([account, rows["account_id"]]), np.concatenate([month, rows["month"]]))
        kept = np.concatenate([np.zeros(len(cents), np.int64), rows["cents"]])
        said = np.concatenate([cents, np.zeros(len(rows["cents"]), np.int64)])
        of, at, sums = by_day(*where, {"kept": kept, "booked": said})
        for one in np.flatnonzero(sums["kept"] != sums["booked"]).tolist():
            sentence = f"interest of account {of[one]} under day {at[one]} is kept as {sums['kept'][one]}"
            self._found.add(_CODE, 0, f"{sentence}, its transfers say {sums['booked'][one]}")

    def _residues(self, rows: Rows) -> None:
        """Cent-days at their rates, with what the month before left, are the cents and what they leave."""
        of = table("cent_days")
        names = ("account_id", "month", "rate_row", "tier", "cent_days")
        counted = self._work.bulk.read(select(*(of.c[name] for name in names)).where(self._work.here(of)))
        runs = np.array([one.month for one in self._work.interest_runs()], np.int64)
        borrow = self._borrow(rows["account_id"])
        scale = np.where(borrow, borrow_rates(self._dated).denominator, cash_rates(self._dated).denominator)
        left = rows["remainder"].astype(object)
        posted = rows["cents"].astype(object) * scale.astype(object) + left
        following = np.append(runs, _NO_MONTH)[np.searchsorted(runs, rows["month"], side="right")]
        account = np.concatenate([rows["account_id"], rows["account_id"], counted["account_id"]])
        month = np.concatenate([rows["month"], following, counted["month"]])
        numerators = np.concatenate([-posted, left, self._earned(counted)])
        own = np.repeat(np.array([1, 0, 1], np.int64), [len(posted), len(left), len(counted["month"])])
        account, month, sums = by_day(account, month, {"over": numerators, "own": own})
        ours = (sums["own"] > 0) & np.isin(month, runs) & ~np.isin(account, self._closed())
        for one in np.flatnonzero(ours & (sums["over"] != 0)).tolist():
            sentence = f"interest of account {account[one]} under day {month[one]} is not that of its cent-days"
            self._found.add(_CODE, 0, sentence)

    def _earned(self, counted: Rows) -> npt.NDArray[np.object_]:
        """Cent-days × annual rate of each row, as Python's integers; 0 for a rate that there never was."""
        pairs = np.stack([self._borrow(counted["account_id"]), counted["rate_row"], counted["tier"]])
        some, which = np.unique(pairs, axis=1, return_inverse=True)
        of = (cash_rates(self._dated), borrow_rates(self._dated))
        rate = [_rate(of[lends], key, tier) for lends, key, tier in some.T.tolist()]
        found: npt.NDArray[np.object_] = np.array(rate, object)[which.reshape(-1)] * counted["cent_days"].astype(object)
        return found

    def _borrow(self, account: Int64s) -> Int64s:
        """1 for each account that is a borrow line, else 0."""
        place = self._chart.find(account)
        lends = (place >= 0) & (self._chart.kind[place] == Kind.BORROW)
        return np.asarray(lends, np.int64)

    def _closed(self) -> Int64s:
        """Accounts that were ever closed: their last interest is of several months at once."""
        event = table("account_event")
        chosen = select(distinct(event.c.account_id).label("account")).where(
            self._work.here(event), event.c.standing == int(Standing.CLOSED)
        )
        found: Int64s = self._work.bulk.read(chosen)["account"]
        return found


def _rate(rates: Rates, key: int, tier: int) -> int:
    row = rates.known.get(key)
    return row.nominal[tier] if row is not None and 0 <= tier < len(row.nominal) else 0


def _month(day: Int64s) -> Int64s:
    """The first day of the month of each day."""
    found: Int64s = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return found
