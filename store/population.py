"""What the night reads of a book, in a number of statements that does not grow with the book."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Table, select, true

from engine.holds.work import Loosened
from engine.ports import Flows, Population
from ledger.accounts import HIDDEN_KINDS, Accounts, Int64s, Kind, no_accounts
from ledger.batch import Stored, TransferKind, Transfers
from store.bulk import Ids, high_low, ids16
from store.held import broken
from store.loosened import Loose
from store.tables import table
from store.transfers import loaded, query, sorted_by

COUNTERS: Final = ("debits_posted", "credits_posted", "debits_pending", "credits_pending", "floor", "ceiling")


class Reading(Loose):
    """The columns a night, a request and an import decide on."""

    def population(self, customers: Int64s | None = None) -> Population:
        """See `BookWork.population`; system accounts and inner accounts are not part of it."""
        household = self._households(customers)
        accounts, kind, rule_floor, dues = self._accounts_of(customers)
        due_of = self._lines_of(dues.account)
        words, sizes = self._programs(customers, household["customer_id"])
        tally = table("tally")
        names = ("customer_id", "slot", "since", "used")
        tallies = self.bulk.read(
            select(*(tally.c[name] for name in names)).where(self.here(tally), self._only(tally, customers))
        )
        tallies = sorted_by(tallies, "customer_id", "slot")
        return Population(
            customer=household["customer_id"],
            opened=household["opened"],
            last_night=household["last_night"],
            paused=household["paused"],
            ira_room=household["ira_room"],
            list_version=household["version"],
            accounts=accounts,
            kind=kind,
            rule_floor=rule_floor,
            programs=words,
            program_words=sizes,
            tally_customer=tallies["customer_id"],
            tally_slot=tallies["slot"],
            tally_since=tallies["since"],
            tally_used=tallies["used"],
            holds=self._holds(customers),
            dues=dues,
            due_of=due_of,
        )

    def flows(self, effective_from: int, recorded_from: int) -> Flows:
        """See `BookWork.flows`."""
        flow = table("flow_day")
        names = ("account_id", "effective", "recorded_after", "arrived", "spent", "round_up")
        since = (flow.c.effective >= effective_from) | (flow.c.recorded_after >= recorded_from)
        columns = self.bulk.read(select(*(flow.c[name] for name in names)).where(self.here(flow), since))
        columns = sorted_by(columns, "account_id", "effective", "recorded_after")
        return Flows(*(columns[name] for name in names))

    def shapes(self) -> dict[int, str]:
        """See `BookWork.shapes`."""
        shape = table("shape")
        return {row[0]: row[1] for row in self.bulk.rows(select(shape.c.shape_id, shape.c.text))}

    def accounts(self, ids: Int64s) -> Accounts:
        """See `BookWork.accounts`."""
        return _accounts(self.own_limits(self._named(ids)))

    def accounts_loosened(self, ids: Int64s) -> Accounts:
        """See `HoldWork.accounts_loosened`."""
        return _accounts(self._named(ids))

    def loosen(self, account: Int64s, floor: Int64s, ceiling: Int64s) -> None:
        """See `HoldWork.loosen`."""
        if len(account) == 0:
            return
        own = self.accounts(account)
        self.hold(Loosened(account, own.floor, own.ceiling, floor, ceiling))

    def _named(self, ids: Int64s) -> dict[str, Any]:
        """The columns of those of these accounts that exist, with the limits that stand in their balances."""
        account, balance = table("account"), table("balance")
        wanted = np.unique(ids)
        columns = self._joined(
            self.bulk.among(account.c.account_id, wanted), self.bulk.among(balance.c.account_id, wanted)
        )
        return sorted_by(columns, "account_id")

    def every_account(self) -> Accounts:
        """Balance columns of every account of the book, system accounts too, ascending; limits as they stand there."""
        columns = sorted_by(self._joined(true(), true()), "account_id")
        return _accounts(columns)

    def stored(self, batch: Transfers) -> Stored:
        """See `BookWork.stored`."""
        transfer, rejection = table("transfer"), table("rejection")
        own, pending = ids16(batch.id_hi, batch.id_lo), ids16(batch.pending_hi, batch.pending_lo)
        named = np.concatenate([own, pending[(batch.pending_hi | batch.pending_lo) != 0]])
        columns = self.bulk.read(
            query().where(self.here(transfer), self.bulk.among(transfer.c.transfer_id, np.unique(named)))
        )
        columns = sorted_by(columns, "seq")
        refused = self.bulk.read(
            select(rejection.c.transfer_id, rejection.c.status).where(
                self.here(rejection), self.bulk.among(rejection.c.transfer_id, np.unique(own))
            )
        )
        resolution = self._resolutions(columns["transfer_id"], columns["kind"])
        return Stored(loaded(columns), columns["seq"], resolution, *high_low(refused["transfer_id"]), refused["status"])

    def _resolutions(self, ids: Ids, kind: Int64s) -> Int64s:
        """POST or VOID for each pending transfer that is resolved, else 0."""
        found = np.zeros(len(ids), np.int64)
        at = np.flatnonzero(kind == TransferKind.PENDING)
        if len(at) == 0:
            return found
        transfer = table("transfer")
        resolves = transfer.c.kind.in_([int(TransferKind.POST), int(TransferKind.VOID)])
        rows = self.bulk.read(
            select(transfer.c.pending_id, transfer.c.kind).where(
                self.here(transfer), resolves, self.bulk.among(transfer.c.pending_id, ids[at])
            )
        )
        by_id = dict(zip(rows["pending_id"].tolist(), rows["kind"].tolist(), strict=True))
        found[at] = [by_id.get(one, 0) for one in ids[at].tolist()]
        return found

    def _only(self, of: Table, customers: Int64s | None) -> ColumnElement[bool]:
        """The condition that a row belongs to one of these households, or to any."""
        wanted: ColumnElement[bool] = of.c.customer_id > 0
        return wanted if customers is None else self.bulk.among(of.c.customer_id, customers)

    def _households(self, customers: Int64s | None) -> dict[str, Int64s]:
        customer = table("customer")
        names = ("customer_id", "opened", "last_night", "paused", "ira_room", "version")
        columns = self.bulk.read(
            select(*(customer.c[name] for name in names)).where(self.here(customer), self._only(customer, customers))
        )
        return sorted_by(columns, "customer_id")

    def _lines_of(self, dues: Int64s) -> Int64s:
        """The borrow line that each of these accounts of interest due (ascending) belongs to."""
        if len(dues) == 0:
            return dues
        line = table("borrow_line")
        query = select(line.c.due, line.c.account_id).where(self.here(line), self.bulk.among(line.c.due, dues))
        columns = sorted_by(self.bulk.read(query), "due")
        if not np.array_equal(columns["due"], dues):
            raise broken("some interest is due on no borrow line")
        found: Int64s = columns["account_id"]
        return found

    def _accounts_of(self, customers: Int64s | None) -> tuple[Accounts, Int64s, Int64s, Accounts]:
        """Accounts that rules see, ascending (customer, account), with kinds and rule floors; interest due, apart."""
        account, balance = table("account"), table("balance")
        kept = balance.c.customer_id > 0
        if customers is not None:
            mine = select(account.c.account_id).where(self.here(account), self._only(account, customers))
            kept = balance.c.account_id.in_(mine)
        columns = self._joined(self._only(account, customers), kept)
        columns = self.own_limits(columns, whole=customers is None)
        hidden = (columns["kind"] >= HIDDEN_KINDS[0]) & (columns["kind"] <= HIDDEN_KINDS[-1])
        dues = no_accounts()
        if hidden.any():
            is_due = columns["kind"] == Kind.BORROW_DUE
            dues = _accounts({name: given[is_due] for name, given in columns.items()})
            columns = {name: given[~hidden] for name, given in columns.items()}
        columns = sorted_by(columns, "customer_id", "account_id")
        return _accounts(columns), columns["kind"], columns["rule_floor"], dues

    def _joined(self, of_account: ColumnElement[bool], of_balance: ColumnElement[bool]) -> dict[str, Any]:
        """Accounts and their balances side by side; joined here, which costs less than in the database."""
        account, balance = table("account"), table("balance")
        columns = self.bulk.read(self.charted().add_columns(account.c.standing, account.c.rule_floor).where(of_account))
        columns = sorted_by(columns, "account_id")
        counted = self.bulk.read(
            select(balance.c.account_id, *(balance.c[name] for name in COUNTERS)).where(self.here(balance), of_balance)
        )
        counted = sorted_by(counted, "account_id")
        if not np.array_equal(columns["account_id"], counted["account_id"]):
            raise broken("some accounts have no balance, or some balances no account")
        self.remember(columns)
        return {**columns, **counted}

    def _programs(self, customers: Int64s | None, all_of: Int64s) -> tuple[Int64s, Int64s]:
        """Programs one after the other, and the words each household of `all_of` has of them."""
        program = table("program")
        mine = (self.here(program), self._only(program, customers))
        listed = sorted_by(self.bulk.read(select(program.c.customer_id, program.c.size).where(*mine)), "customer_id")
        words = np.frombuffer(self.bulk.joined(select(program.c.words, program.c.customer_id).where(*mine)), "<i8")
        if len(words) != listed["size"].sum():
            raise broken("some programs have another length than they say")
        sizes = np.zeros(len(all_of), np.int64)
        sizes[np.searchsorted(all_of, listed["customer_id"])] = listed["size"]
        return words.astype(np.int64), sizes

    def _holds(self, customers: Int64s | None) -> Transfers:
        """Open pending transfers in seq order."""
        hold, transfer = table("hold"), table("transfer")
        listed = query().join(hold, (hold.c.book_id == transfer.c.book_id) & (hold.c.seq == transfer.c.seq))
        columns = self.bulk.read(listed.where(self.here(hold), self.here(transfer), self._only(hold, customers)))
        return loaded(sorted_by(columns, "seq"))


def _accounts(columns: dict[str, Any]) -> Accounts:
    """The columns of accounts and balances as the ledger wants them."""
    return Accounts(
        columns["account_id"],
        columns["customer_id"],
        columns["asset"],
        columns["standing"],
        **{name: columns[name] for name in COUNTERS},
    )
