"""Money that may not go everywhere yet (ruling 18), deposits that banks took back, and limits that gave way."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from store.columns import PACKED, binary, day_number, instant, int64, later, string

FORCED_CODES = "code IN (10, 11, 12, 15, 17, 18, 20, 22)"  # fees, what holdings bring, interest, deposits taken back
FORCED_SIDE = "floor <= own_floor AND ceiling >= own_ceiling AND (floor < own_floor) <> (ceiling > own_ceiling)"
LOOSENED_SIDE = "floor <= own_floor AND ceiling >= own_ceiling AND (floor < own_floor OR ceiling > own_ceiling)"


class Layer(SQLModel, table=True):
    """Dollars of an account that arrived together, and the first day on which they may go to each destination.

    The state of now: nights and requests write an account's layers anew where they changed.
    """

    __tablename__ = "layer"
    __table_args__ = (
        CheckConstraint("amount > 0 AND ordinal >= 0 AND origin >= 0", name="layer_numbers"),
        Index("layer_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    ordinal: int = int64(key=True)
    customer_id: int = int64()
    arrived: int = day_number()
    amount: int = int64()
    origin: int = int64()
    to_cash: int = day_number()
    to_invest: int = day_number()
    to_retirement: int = day_number()
    to_borrow: int = day_number()
    to_own_bank: int = day_number()
    to_other_bank: int = day_number()


class Returned(SQLModel, table=True):
    """A deposit that the bank took back: what it was, why, and where the money came from.

    `posted` 0: it was still on its way, and was voided. `seq` is that of the void or of the reversal. `given_back` 0:
    counters of rules kept what a rule had moved with it, as they did before they gave it back.
    """

    __tablename__ = "returned"
    __table_args__ = (
        CheckConstraint("length(transfer_id) = 16", name="returned_id"),
        CheckConstraint("posted IN (0, 1)", name="returned_posted"),
        CheckConstraint("amount > 0 AND seq >= 1", name="returned_numbers"),
        CheckConstraint("from_layers >= 0 AND from_free >= 0 AND forced >= 0", name="returned_parts"),
        CheckConstraint("from_layers + from_free + forced = amount * posted", name="returned_whole"),
        Index("returned_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    transfer_id: bytes = binary(key=True)
    customer_id: int = int64()
    account_id: int = int64()
    origin: int = int64()
    amount: int = int64()
    reason: str = string()
    day: int = day_number()
    posted: int = int64()
    seq: int = int64()
    from_layers: int = int64()
    from_free: int = int64()
    forced: int = int64()
    recorded: int = instant()
    given_back: int = Field(sa_column=later("given_back", "returned_given_back", "given_back IN (0, 1)"))


class Forced(SQLModel, table=True):
    """A floor or a ceiling that gave way to an entry that no limit may stop (ledger.md 4.4).

    `amount` are the cents that went below `own_floor` or above `own_ceiling`, which the account keeps; `floor` and
    `ceiling` are what stood in for them. `seq` is that of the entry's first transfer.
    """

    __tablename__ = "forced"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="forced_account"
        ),
        CheckConstraint(FORCED_CODES, name="forced_code"),
        CheckConstraint("amount > 0 AND ordinal >= 0 AND seq >= 1", name="forced_numbers"),
        CheckConstraint(FORCED_SIDE, name="forced_side"),
        Index("forced_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    ordinal: int = int64(key=True)
    customer_id: int = int64()
    seq: int = int64()
    day: int = day_number()
    code: int = int64()
    amount: int = int64()
    own_floor: int = int64()
    own_rule_floor: int = int64()
    floor: int = int64()
    own_ceiling: int = int64()
    ceiling: int = int64()


class Loosened(SQLModel, table=True):
    """An account whose balance is outside of its own limits: what these are, and what stands in for them in `balance`.

    The state of now: the row goes when the balance is inside again. Account events keep the own limits alone.
    """

    __tablename__ = "loosened"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="loosened_account"
        ),
        CheckConstraint(LOOSENED_SIDE, name="loosened_side"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    own_floor: int = int64()
    own_ceiling: int = int64()
    floor: int = int64()
    ceiling: int = int64()
