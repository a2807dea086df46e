"""What happened: transfers, open holds, remembered refusals and the seals over them (ledger.md 4.2, 4.6; ruling 48)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import SQLModel

from store.columns import PACKED, binary, day_number, instant, int64, string

RESOLVES = text("kind IN (3, 4)")


class Transfer(SQLModel, table=True):
    """The ledger's atom: one row with both sides; never changed. `pending_id` of zeros names no pending transfer."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name="transfer_amount"),
        CheckConstraint("debit <> credit", name="transfer_sides"),
        CheckConstraint("kind BETWEEN 1 AND 4", name="transfer_kind"),
        CheckConstraint("seq >= 1", name="transfer_seq"),
        CheckConstraint("length(transfer_id) = 16 AND length(pending_id) = 16", name="transfer_ids"),
        Index("transfer_once", "book_id", "transfer_id", unique=True),
        Index(
            "transfer_resolved_once",
            *("book_id", "pending_id"),
            unique=True,
            sqlite_where=RESOLVES,
            postgresql_where=RESOLVES,
        ),
        Index("transfer_customer", "book_id", "customer_id", "seq"),
        PACKED,
    )
    book_id: int = int64(key=True)
    seq: int = int64(key=True)
    transfer_id: bytes = binary()
    kind: int = int64()
    pending_id: bytes = binary()
    journal: int = int64()
    customer_id: int = int64()
    debit: int = int64()
    credit: int = int64()
    asset: int = int64()
    amount: int = int64()
    code: int = int64()
    day: int = day_number()
    run: int = day_number()
    rank: int = int64()
    recorded: int = instant()


class Hold(SQLModel, table=True):
    """A pending transfer that is neither posted nor voided yet."""

    __tablename__ = "hold"
    __table_args__ = (Index("hold_customer", "book_id", "customer_id"), PACKED)
    book_id: int = int64(key=True)
    transfer_id: bytes = binary(key=True)
    customer_id: int = int64()
    seq: int = int64()


class Rejection(SQLModel, table=True):
    """A refusal that depended on the state of the books: the same id is answered the same for ever."""

    __tablename__ = "rejection"
    __table_args__ = (CheckConstraint("length(transfer_id) = 16", name="rejection_id"), PACKED)
    book_id: int = int64(key=True)
    transfer_id: bytes = binary(key=True)
    status: int = int64()
    recorded: int = instant()


class Seal(SQLModel, table=True):
    """One link of a book's hash chain: the seal over the transfers first_seq to last_seq."""

    __tablename__ = "seal"
    __table_args__ = (
        CheckConstraint("last_seq >= first_seq", name="seal_range"),
        CheckConstraint("length(previous) = 32 AND length(hash) = 32", name="seal_hashes"),
        PACKED,
    )
    book_id: int = int64(key=True)
    first_seq: int = int64(key=True)
    last_seq: int = int64()
    day: int = day_number()
    source: str = string()
    version: int = int64()
    previous: bytes = binary()
    hash: bytes = binary()


class FlowDay(SQLModel, table=True):
    """What arrived in and left an account on an effective day, by the book's last night when it was recorded."""

    __tablename__ = "flow_day"
    __table_args__ = (
        CheckConstraint("arrived >= 0 AND spent >= 0 AND round_up >= 0", name="flow_day_sums"),
        Index("flow_day_effective", "book_id", "effective"),
        Index("flow_day_recorded", "book_id", "recorded_after"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    effective: int = day_number(key=True)
    recorded_after: int = day_number(key=True)
    arrived: int = int64()
    spent: int = int64()
    round_up: int = int64()
