"""What invest accounts hold and want: pies by version, their terms, slices, and lots with every change of them.

No foreign keys on what comes in bulk (slices, lots, moves): the writer proves accounts and slices, `verify` again.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from store.columns import LONG, PACKED, day_number, instant, int64, string


class Pie(SQLModel, table=True):
    """One version of an account's pie and of its terms, as canonical JSON; never changed."""

    __tablename__ = "pie"
    __table_args__ = (
        ForeignKeyConstraint(["book_id", "account_id"], ["account.book_id", "account.account_id"], name="pie_account"),
        CheckConstraint("version >= 1 AND seq >= 1", name="pie_version"),
        LONG,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    version: int = int64(key=True)
    customer_id: int = int64()
    seq: int = int64()
    day: int = day_number()
    recorded: int = instant()
    document: str = string()
    terms: str = string()


class Invest(SQLModel, table=True):
    """The terms of an invest account now, a column each: those of its current version, and its last full rebalance."""

    __tablename__ = "invest"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id", "version"], ["pie.book_id", "pie.account_id", "pie.version"], name="invest_pie"
        ),
        CheckConstraint("auto IN (0, 1) AND leave_cash IN (0, 1) AND on_bands IN (0, 1)", name="invest_flags"),
        CheckConstraint("minimum_cash >= 0 AND threshold >= 0 AND cooldown_days >= 0", name="invest_limits"),
        CheckConstraint("absolute_bp >= -1 AND relative_bp >= -1", name="invest_bands"),
        CheckConstraint("short_bp >= 0 AND long_bp >= 0", name="invest_rates"),
        CheckConstraint(
            "mode BETWEEN 0 AND 1 AND every BETWEEN 0 AND 3 AND lot_order BETWEEN 0 AND 5 "
            "AND slots BETWEEN 0 AND 3 AND dividends BETWEEN 0 AND 2",
            name="invest_choices",
        ),
        Index("invest_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    customer_id: int = int64()
    version: int = int64()
    auto: int = int64()
    minimum_cash: int = int64()
    threshold: int = int64()
    mode: int = int64()
    leave_cash: int = int64()
    absolute_bp: int = int64()
    relative_bp: int = int64()
    on_bands: int = int64()
    every: int = int64()
    cooldown_days: int = int64()
    rebalanced: int = day_number()
    lot_order: int = int64()
    slots: int = int64()
    dividends: int = int64()
    short_bp: int = int64()
    long_bp: int = int64()
    broker: str = string()


class Slice(SQLModel, table=True):
    """A security's place in a pie. Its weight is weight_hi * 10**18 + weight_lo; its units are what its lots hold."""

    __tablename__ = "slice"
    __table_args__ = (
        CheckConstraint("slice >= 1", name="slice_number"),
        CheckConstraint("weight_hi >= 0 AND weight_lo BETWEEN 0 AND 999999999999999999", name="slice_weight"),
        CheckConstraint("state BETWEEN 0 AND 2", name="slice_state"),
        CheckConstraint("units >= 0", name="slice_units"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    slice: int = int64(key=True)
    customer_id: int = int64()
    asset: int = int64()
    place: int = int64()
    weight_hi: int = int64()
    weight_lo: int = int64()
    state: int = int64()
    units: int = int64()
    path: str = string()


class Lot(SQLModel, table=True):
    """One purchase as it is now: the fold of its moves. One without units is closed and kept."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("units >= 0 AND cost >= 0", name="lot_left"),
        CheckConstraint("units_opened >= units AND cost_opened >= cost", name="lot_opened"),
        Index("lot_account", "book_id", "account_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    lot_id: int = int64(key=True)
    customer_id: int = int64()
    account_id: int = int64()
    slice: int = int64()
    asset: int = int64()
    units: int = int64()
    cost: int = int64()
    day: int = day_number()
    held_from: int = day_number()
    units_opened: int = int64()
    cost_opened: int = int64()


class LotMove(SQLModel, table=True):
    """A change of one lot, in the order of (seq, ordinal); never changed. `units`, `cost` and `gain` are signed."""

    __tablename__ = "lot_move"
    __table_args__ = (
        CheckConstraint("seq >= 1 AND ordinal >= 0", name="lot_move_place"),
        CheckConstraint("kind BETWEEN 1 AND 7", name="lot_move_kind"),
        CheckConstraint("long_term IN (0, 1)", name="lot_move_long_term"),
        Index("lot_move_customer", "book_id", "customer_id"),
        Index("lot_move_asset", "book_id", "asset"),
        PACKED,
    )
    book_id: int = int64(key=True)
    seq: int = int64(key=True)
    ordinal: int = int64(key=True)
    lot_id: int = int64()
    customer_id: int = int64()
    account_id: int = int64()
    slice: int = int64()
    asset: int = int64()
    kind: int = int64()
    units: int = int64()
    cost: int = int64()
    day: int = day_number()
    held_from: int = day_number()
    proceeds: int = int64()
    gain: int = int64()
    long_term: int = int64()
    other: int = int64()
