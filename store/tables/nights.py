"""What the nights decided: decisions, the row that makes a night exactly once, and quarantine (rulings 50, 55, 56)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import SQLModel

from store.columns import PACKED, day_number, instant, int64, string


class Decision(SQLModel, table=True):
    """A decision that moved, proposed, would have moved or was blocked; silence is recomputed on demand."""

    __tablename__ = "decision"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    day: int = day_number(key=True)
    customer_id: int = int64(key=True)
    rank: int = int64(key=True)
    version: int = int64()
    outcome: int = int64()
    reason: int = int64()
    wanted: int = int64()
    amount: int = int64()
    limited_by: int = int64()
    journal: int = int64()


class NightBook(SQLModel, table=True):
    """A done night of a book; its key makes the night exactly once."""

    __tablename__ = "night_book"
    __table_args__ = (
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="night_book_book"),
        CheckConstraint("last_seq >= first_seq - 1", name="night_book_range"),
        PACKED,
    )
    book_id: int = int64(key=True)
    day: int = day_number(key=True)
    first_seq: int = int64()
    last_seq: int = int64()
    started: int = instant()
    finished: int = instant()
    moved: int = int64()
    proposed: int = int64()
    would_move: int = int64()
    blocked: int = int64()
    quarantined: int = int64()


class Quarantine(SQLModel, table=True):
    """A household that a night had to leave out, with the reason."""

    __tablename__ = "quarantine"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    day: int = day_number(key=True)
    customer_id: int = int64(key=True)
    reason: str = string()
