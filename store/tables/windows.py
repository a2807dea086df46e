"""What goes to the market and what comes back: intents, windows, orders, prices, settlements, earmarks, seen facts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import SQLModel

from store.columns import LONG, PACKED, day_number, instant, int64, string

UNBOOKED = text("booked = 0")


class Intent(SQLModel, table=True):
    """What a household asks of the next window. `lots` are "lot:units" apart by spaces."""

    __tablename__ = "intent"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="intent_account"
        ),
        CheckConstraint("kind BETWEEN 1 AND 5", name="intent_kind"),
        CheckConstraint("state BETWEEN 1 AND 7", name="intent_state"),
        CheckConstraint("amount >= 0 AND done >= 0", name="intent_money"),
        CheckConstraint("slot >= 0 AND slot_wanted >= 0", name="intent_slots"),
        Index("intent_once", "book_id", "customer_id", "key", unique=True),
        Index("intent_waiting", "book_id", "state"),
        LONG,
    )
    book_id: int = int64(key=True)
    intent_id: int = int64(key=True)
    customer_id: int = int64()
    account_id: int = int64()
    kind: int = int64()
    path: str = string()
    amount: int = int64()
    made: int = instant()
    key: str = string()
    destination: int = int64()
    lots: str = string()
    slot_wanted: int = int64()
    state: int = int64()
    day: int = day_number()
    slot: int = int64()
    done: int = int64()
    reason: str = string()


class WindowRun(SQLModel, table=True):
    """A trade window of a book and how far it has come.

    `fence` keeps a late runner from writing, `lease` an early one from taking over; `grants` is JSON.
    """

    __tablename__ = "window_run"
    __table_args__ = (
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="window_run_book"),
        CheckConstraint("slot >= 1 AND fence >= 0", name="window_run_numbers"),
        CheckConstraint("phase BETWEEN 1 AND 6", name="window_run_phase"),
        LONG,
    )
    book_id: int = int64(key=True)
    day: int = day_number(key=True)
    slot: int = int64(key=True)
    phase: int = int64()
    snapshot: str = string()
    opens: int = instant()
    ends: int = instant()
    started: int = instant()
    finished: int = instant()
    fence: int = int64()
    lease: int = instant()
    grants: str = string()


class OrderBlock(SQLModel, table=True):
    """A block at the broker. A sell names its units, a buy its amount (ruling 27); the other is 0."""

    __tablename__ = "order_block"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "day", "slot"], ["window_run.book_id", "window_run.day", "window_run.slot"], name="order_window"
        ),
        CheckConstraint(
            "(side = 1 AND units > 0 AND amount = 0) OR (side = 2 AND units = 0 AND amount > 0)", name="order_asks"
        ),
        CheckConstraint("state BETWEEN 1 AND 7", name="order_state"),
        CheckConstraint("filled_units >= 0 AND price >= 0 AND fee >= 0", name="order_got"),
        CheckConstraint("booked IN (0, 1) AND attempt >= 0", name="order_numbers"),
        Index("order_block_window", "book_id", "day", "slot"),
        Index("order_block_open", "book_id", "state", sqlite_where=UNBOOKED, postgresql_where=UNBOOKED),
        PACKED,
    )
    book_id: int = int64(key=True)
    client_id: str = string(key=True)
    day: int = day_number()
    slot: int = int64()
    attempt: int = int64()
    broker_account: str = string()
    asset: int = int64()
    symbol: str = string()
    side: int = int64()
    units: int = int64()
    amount: int = int64()
    state: int = int64()
    filled_units: int = int64()
    price: int = int64()
    fee: int = int64()
    booked: int = int64()
    changed: int = instant()
    reason: str = string()


class OrderPart(SQLModel, table=True):
    """One slice's part of a block: what it asked for and what it got. No foreign key: the writer proves the block."""

    __tablename__ = "order_part"
    __table_args__ = (
        CheckConstraint("units >= 0 AND amount >= 0", name="order_part_asks"),
        CheckConstraint("filled_units >= 0 AND filled >= 0 AND fee >= 0", name="order_part_got"),
        Index("order_part_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    client_id: str = string(key=True)
    account_id: int = int64(key=True)
    slice: int = int64(key=True)
    purpose: str = string(key=True)
    intent_id: int = int64(key=True)
    customer_id: int = int64()
    units: int = int64()
    amount: int = int64()
    lots: str = string()
    filled_units: int = int64()
    filled: int = int64()
    fee: int = int64()


class PriceSnapshot(SQLModel, table=True):
    """A price snapshot that a window used; never changed."""

    __tablename__ = "price_snapshot"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    snapshot: str = string(key=True)
    taken: int = instant()
    source: str = string()


class Quote(SQLModel, table=True):
    """A price of a snapshot in millionths, or the reason why it lacks one; never changed."""

    __tablename__ = "quote"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "snapshot"], ["price_snapshot.book_id", "price_snapshot.snapshot"], name="quote_snapshot"
        ),
        CheckConstraint("price >= 0 AND (price > 0) = (reason = '')", name="quote_price"),
        PACKED,
    )
    book_id: int = int64(key=True)
    snapshot: str = string(key=True)
    asset: int = int64(key=True)
    price: int = int64()
    reason: str = string()


class Settlement(SQLModel, table=True):
    """Proceeds on their way into an invest account, by the day on which they settle."""

    __tablename__ = "settlement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="settlement_account"
        ),
        CheckConstraint("amount > 0", name="settlement_amount"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    day: int = day_number(key=True)
    amount: int = int64()


class Earmark(SQLModel, table=True):
    """Money that waits to go back into an inner pie."""

    __tablename__ = "earmark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="earmark_account"
        ),
        CheckConstraint("amount > 0", name="earmark_amount"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    path: str = string(key=True)
    amount: int = int64()


class ActionDone(SQLModel, table=True):
    """A step of a corporate action that is done in a book; its key makes it exactly once."""

    __tablename__ = "action_done"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    action: str = string(key=True)
    day: int = day_number()


class SeenFact(SQLModel, table=True):
    """A market fact that a night's rules read; never changed. `customer_id` 0 is a fact of a security."""

    __tablename__ = "seen_fact"
    __table_args__ = (CheckConstraint("known IN (0, 1)", name="seen_fact_known"), PACKED)
    book_id: int = int64(key=True)
    day: int = day_number(key=True)
    customer_id: int = int64(key=True)
    account_id: int = int64(key=True)
    kind: int = int64(key=True)
    asset: int = int64(key=True)
    sessions: int = int64(key=True)
    value: int = int64()
    known: int = int64()
