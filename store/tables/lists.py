"""What is wanted: rule lists by version, their compiled programs, tallies, and answers to idempotency keys."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import SQLModel

from store.columns import LONG, PACKED, binary, day_number, instant, int64, string


class Shape(SQLModel, table=True):
    """The text of a program's shape, by the first 8 bytes of its hash."""

    __tablename__ = "shape"
    __table_args__ = (LONG,)
    shape_id: int = int64(key=True)
    text: str = string()


class RuleList(SQLModel, table=True):
    """One version of a household's ordered rules, as canonical JSON; never changed."""

    __tablename__ = "rule_list"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="rule_list_customer"
        ),
        CheckConstraint("version >= 1", name="rule_list_version"),
        LONG,
    )
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    version: int = int64(key=True)
    seq: int = int64()
    day: int = day_number()
    recorded: int = instant()
    after_night: int = day_number()
    documents: str = string()


class Program(SQLModel, table=True):
    """The compiled rules of a household's current version: `size` little-endian int64 words."""

    __tablename__ = "program"
    __table_args__ = (CheckConstraint("length(words) = 8 * size", name="program_size"), LONG)
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    version: int = int64()
    size: int = int64()
    words: bytes = binary()


class Tally(SQLModel, table=True):
    """How much of a cap a household's program has used since a day."""

    __tablename__ = "tally"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    slot: int = int64(key=True)
    since: int = day_number()
    used: int = int64()


class Answer(SQLModel, table=True):
    """What was answered to an idempotency key, kept in the transaction of what it did."""

    __tablename__ = "answer"
    __table_args__ = (LONG,)
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    key: str = string(key=True)
    request: bytes = binary()
    status: int = int64()
    body: str = string()
