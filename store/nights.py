"""The end of a night: decisions, tallies, quarantine, and the row that makes it exactly once (rulings 50, 55, 56)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from sqlalchemy import select, update

from engine.codes import Outcome
from engine.ports import DecisionRows, NightRows
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from store.bulk import Columns
from store.held import REFUSED, Held, alarm, broken
from store.tables import table

STRIKES: Final = 3  # nights in a row in quarantine that pause a household's rules
COLUMNS: Final = ("rank", "version", "outcome", "reason", "wanted", "amount", "limited_by", "journal")


class Nights(Held):
    """What a night leaves besides transfers."""

    def finish_night(self, rows: NightRows) -> None:
        """See `BookWork.finish_night`. Raises SluiceError `night_already_done`, and then nothing is kept."""
        self.must_write()
        self._keep_night(rows)
        with alarm("a constraint of the database refused the night"):
            self._keep_decisions(rows.day, rows.decisions)
            keys: Columns = {"book_id": self.book, "customer_id": rows.tally_customer, "slot": rows.tally_slot}
            values: Columns = {"since": rows.tally_since, "used": rows.tally_used}
            if self.bulk.update(table("tally"), keys, values) != len(rows.tally_slot):
                raise broken("the night counts caps that no program has")
            keys = {"book_id": self.book, "customer_id": rows.ira_customer}
            if self.bulk.update(table("customer"), keys, {"ira_room": rows.ira_room}) != len(rows.ira_customer):
                raise broken("the night lowers the IRA room of unknown households")
            self.advance(replace(self.row, last_night=rows.day))
            self._quarantine(rows)

    def _keep_night(self, rows: NightRows) -> None:
        """Insert the row (book, day): the second of two runs of one night fails here."""
        count = {word: int((rows.decisions.outcome == word).sum()) for word in Outcome}
        statement = (
            table("night_book")
            .insert()
            .values(
                book_id=self.book,
                day=rows.day,
                first_seq=rows.first_seq,
                last_seq=self.row.next_seq - 1,
                started=rows.started,
                finished=rows.finished,
                moved=count[Outcome.MOVED],
                proposed=count[Outcome.PROPOSED],
                would_move=count[Outcome.WOULD_MOVE],
                blocked=count[Outcome.BLOCKED],
                quarantined=len(rows.quarantined),
            )
        )
        try:
            self.bulk.run(statement)
        except REFUSED as error:
            raise SluiceError("night_already_done", f"Book {self.book} has done this night already.") from error

    def _keep_decisions(self, day: int, decisions: DecisionRows) -> None:
        columns = {name: getattr(decisions, name) for name in COLUMNS}
        given = {"book_id": self.book, "day": day, "customer_id": decisions.customer, **columns}
        self.bulk.insert(table("decision"), given)

    def _quarantine(self, rows: NightRows) -> None:
        """Strike the quarantined, pause those with three in a row, and let everybody else's night be done."""
        customer = table("customer")
        left_out = np.array(sorted(one for one, _ in rows.quarantined), np.int64)
        others = update(customer).where(self.here(customer)).values(last_night=rows.day, strikes=0)
        if len(left_out) == 0:
            self.bulk.run(others)
            return
        out = self.bulk.among(customer.c.customer_id, left_out)
        self.bulk.run(others.where(~out))
        struck = update(customer).where(self.here(customer), out).values(strikes=customer.c.strikes + 1)
        if self.bulk.run(struck) != len(left_out):
            raise broken("the night quarantines unknown households")
        reasons = dict(rows.quarantined)
        self.bulk.insert(
            table("quarantine"),
            {
                "book_id": self.book,
                "day": rows.day,
                "customer_id": left_out,
                "reason": [reasons[one] for one in left_out.tolist()],
            },
        )
        tired = select(customer.c.customer_id, customer.c.ira_room).where(
            self.here(customer), out, customer.c.strikes >= STRIKES, customer.c.paused == 0
        )
        for household, ira_room in self.bulk.rows(tired):
            self.change_customer(household, paused=True, ira_room=ira_room)

    def change_customer(self, customer: int, *, paused: bool, ira_room: int) -> None:
        """See `DeskWork.change_customer`."""
        self.must_write()
        household = table("customer")
        values = {"paused": int(paused), "ira_room": ira_room}
        chosen = update(household).where(self.here(household), household.c.customer_id == customer)
        if self.bulk.run(chosen.values(**values)) != 1:
            raise SluiceError("customer_unknown", f"Book {self.book} has no customer {customer}.", "customer")
        self.keep_customer_events(np.array([customer], np.int64), values)

    def keep_customer_events(self, customers: Int64s, values: dict[str, int]) -> None:
        """Keep the state of households (ascending ids) from now on as events."""
        event = table("customer_event")
        known = self.bulk.read(
            select(event.c.customer_id).where(self.here(event), self.bulk.among(event.c.customer_id, customers))
        )
        ordinal = np.bincount(np.searchsorted(customers, known["customer_id"]), minlength=len(customers))
        self.bulk.insert(
            event,
            {
                "book_id": self.book,
                "customer_id": customers,
                "ordinal": ordinal.astype(np.int64),
                **self.moment,
                **values,
            },
        )
