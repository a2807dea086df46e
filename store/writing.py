"""The one writer: a block of transfers with its balances, holds, flows and seal (ledger.md 4.5; rulings 48, 50, 53).

There are no foreign keys on what is written here in bulk. Their place is taken by proofs before anything is written:
both accounts exist and have the transfer's asset, and the balances after are those before plus the transfers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, func, select

from engine.ports import Written
from ledger.accounts import Accounts, Int64s, Kind
from ledger.batch import Code, TransferKind, Transfers
from ledger.seal import SEAL_VERSION
from store.bulk import Columns, Merge, ids16, length
from store.held import Chart, Held, alarm, broken
from store.money import change_sums, follow
from store.tables import table
from store.transfers import stored

COUNTERS: Final = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
UNIT: Final = 100  # minor units in the whole unit that card purchases are rounded up to


@dataclass(frozen=True, slots=True)
class Touched:
    """What a block does to each account it touches: ascending account ids, a change a counter, lines, last seq."""

    account: Int64s
    changes: dict[str, Int64s]
    lines: Int64s
    last_seq: Int64s


class Writing(Held):
    """Transfers into the books."""

    def write(self, block: Written) -> None:
        """See `BookWork.write`. Raises SluiceError `books_broken` where anything does not agree."""
        self.must_write()
        lines = block.transfers
        if len(lines) == 0:
            return
        if block.first_seq != self.row.next_seq or block.previous != self.row.head:
            raise broken("the block does not follow the book's last seal")
        chart = self._proved_chart(lines)
        seq = np.arange(block.first_seq, block.first_seq + len(lines), dtype=np.int64)
        touched = totals(lines, seq)
        prove_balances(block.before, block.after, touched)
        with alarm("a constraint of the database refused the block"):
            columns = stored(self.book, seq, lines, block.journal)
            self.bulk.insert(table("transfer"), {**columns, "recorded": block.recorded})
            self._hold(lines, seq)
            self._balance(touched)
            self._flow(lines, chart)
            self._change(lines, chart)
            self._seal(block, int(seq[-1]))

    def _proved_chart(self, lines: Transfers) -> Chart:
        """The accounts of the lines: all of them exist and have the asset of their lines."""
        chart = self.chart(np.unique(np.concatenate([lines.debit, lines.credit])))
        for side in (lines.debit, lines.credit):
            at = chart.find(side)
            if (at < 0).any():
                raise broken(f"account {int(side[at < 0][0])} does not exist in book {self.book}")
            if (chart.asset[at] != lines.asset).any():
                raise broken(f"account {int(side[chart.asset[at] != lines.asset][0])} has another asset")
        return chart

    def _hold(self, lines: Transfers, seq: Int64s) -> None:
        """Keep new pending transfers, forget the resolved ones."""
        hold = table("hold")
        new = lines.kind == TransferKind.PENDING
        if new.any():
            ids = ids16(lines.id_hi[new], lines.id_lo[new])
            given: Columns = {
                "book_id": self.book,
                "transfer_id": ids,
                "customer_id": lines.customer[new],
                "seq": seq[new],
            }
            self.bulk.insert(hold, given)
        done = (lines.kind == TransferKind.POST) | (lines.kind == TransferKind.VOID)
        if done.any():
            ids = ids16(lines.pending_hi[done], lines.pending_lo[done])
            gone = self.bulk.run(delete(hold).where(self.here(hold), self.bulk.among(hold.c.transfer_id, ids)))
            if gone != done.sum():
                raise broken("a line resolves what is not pending")

    def _balance(self, touched: Touched) -> None:
        """Bring the balances up to date, every touched account once."""
        changes = {**touched.changes, "version": touched.lines}
        changed = self.bulk.update(
            table("balance"),
            {"book_id": self.book, "account_id": touched.account},
            {**changes, "last_seq": touched.last_seq},
            add=list(changes),
        )
        if changed != len(touched.account):
            raise broken(f"{len(touched.account)} accounts were touched and {changed} balances found")

    def _flow(self, lines: Transfers, chart: Chart) -> None:
        """Add what arrived and what was spent to the day's flows."""
        account, effective, sums = flow_sums(lines, chart)
        self._day_rows("flow_day", {"account_id": account, "effective": effective, **sums}, "add")

    def _change(self, lines: Transfers, chart: Chart) -> None:
        """Add to the days' changes of balances that earn or cost interest."""
        self._day_rows("balance_day", change_sums(lines, chart), follow)

    def _day_rows(self, name: str, rows: Columns, merge: Merge) -> None:
        """Merge rows by (account, effective day) with those recorded since the book's last night, if there are any."""
        if length(rows) == 0:
            return
        of, since = table(name), self.row.last_night
        given: Columns = {"book_id": self.book, **rows, "recorded_after": since}
        if self.bulk.rows(select(of.c.account_id).where(self.here(of), of.c.recorded_after == since).limit(1)):
            self.bulk.upsert(of, given, merge)
        else:
            self.bulk.insert(of, given)

    def _seal(self, block: Written, last_seq: int) -> None:
        """Keep the seal and advance the book."""
        statement = (
            table("seal")
            .insert()
            .values(
                book_id=self.book,
                first_seq=block.first_seq,
                last_seq=last_seq,
                day=block.day,
                source=block.source,
                version=SEAL_VERSION,
                previous=block.previous,
                hash=block.seal,
            )
        )
        self.bulk.run(statement)
        self.advance(replace(self.row, next_seq=last_seq + 1, head=block.seal))

    def keep_refusals(
        self, id_hi: npt.NDArray[np.uint64], id_lo: npt.NDArray[np.uint64], status: Int64s, recorded: int
    ) -> None:
        """See `DeskWork.keep_refusals`."""
        self.must_write()
        given: Columns = {
            "book_id": self.book,
            "transfer_id": ids16(id_hi, id_lo),
            "status": status,
            "recorded": recorded,
        }
        with alarm("an id was refused twice"):
            self.bulk.insert(table("rejection"), given)

    def transfers(self) -> int:
        """How many transfers the book has."""
        transfer = table("transfer")
        count: int = self.bulk.rows(select(func.count()).select_from(transfer).where(self.here(transfer)))[0][0]
        return count


def totals(lines: Transfers, seq: Int64s) -> Touched:
    """What the lines do to the accounts they name; seq ascends."""
    account, side = np.unique(np.concatenate([lines.debit, lines.credit]), return_inverse=True)
    debit, credit = side[: len(lines)], side[len(lines) :]
    single, pending, post = (
        lines.kind == kind for kind in (TransferKind.SINGLE, TransferKind.PENDING, TransferKind.POST)
    )
    posted = np.where(single | post, lines.amount, 0)
    held = np.where(pending, lines.amount, np.where(single, 0, -lines.amount))
    changes = {name: np.zeros(len(account), np.int64) for name in COUNTERS}
    for where, word in ((debit, "debits"), (credit, "credits")):
        np.add.at(changes[f"{word}_posted"], where, posted)
        if held.any():
            np.add.at(changes[f"{word}_pending"], where, held)
    last = np.zeros(len(account), np.int64)
    np.maximum.at(last, side, np.concatenate([seq, seq]))
    return Touched(account, changes, np.bincount(side, minlength=len(account)).astype(np.int64), last)


def prove_balances(before: Accounts, after: Accounts, touched: Touched) -> None:
    """Raise unless `after` is `before` plus what the lines do, for every account."""
    if not np.array_equal(before.account, after.account):
        raise broken("the accounts before and after the block are not the same")
    order = np.argsort(before.account)
    at = np.minimum(np.searchsorted(before.account, touched.account, sorter=order), max(len(order) - 1, 0))
    at = order[at] if len(order) else at
    if len(order) == 0 or not np.array_equal(before.account[at], touched.account):
        raise broken("the block names accounts whose balances it does not give")
    for name in COUNTERS:
        expected = np.zeros(len(order), np.int64)
        expected[at] = touched.changes[name]
        if not np.array_equal(getattr(after, name) - getattr(before, name), expected):
            raise broken(f"{name} after the block are not those before it plus its transfers")


def flow_sums(lines: Transfers, chart: Chart) -> tuple[Int64s, Int64s, dict[str, Int64s]]:
    """What the lines add to the flows: account, effective day, and sums by name, one entry an account and day.

    Posted lines only. From an income account to a household's: arrived. From a household's to an expense account:
    spent, and for card purchases what is missing to the next whole unit.
    """
    posted = (lines.kind == TransferKind.SINGLE) | (lines.kind == TransferKind.POST)
    debit, credit = chart.find(lines.debit), chart.find(lines.credit)
    arrives = posted & (chart.kind[credit] == Kind.INCOME) & (chart.customer[debit] > 0)
    leaves = posted & (chart.kind[debit] == Kind.EXPENSE) & (chart.customer[credit] > 0)
    some = arrives | leaves
    amount, card = lines.amount[some], (lines.code == Code.CARD)[some]
    parts = {
        "arrived": np.where(arrives[some], amount, 0),
        "spent": np.where(leaves[some], amount, 0),
        "round_up": np.where(leaves[some] & card, -amount % UNIT, 0),
    }
    return by_day(np.where(arrives, lines.debit, lines.credit)[some], lines.day[some], parts)


def by_day(account: Int64s, day: Int64s, parts: dict[str, Int64s]) -> tuple[Int64s, Int64s, dict[str, Int64s]]:
    """Sums an account and day, ascending."""
    order = np.lexsort([day, account])
    account, day = account[order], day[order]
    new = np.ones(len(account), np.bool_)
    new[1:] = (account[1:] != account[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(new)
    sums = {name: np.add.reduceat(given[order], starts) if len(starts) else given for name, given in parts.items()}
    return account[starts], day[starts], sums
