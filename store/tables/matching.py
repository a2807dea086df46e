"""Matching rules: a household's ordered list that gives imported lines their categories, by version."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import SQLModel

from store.columns import LONG, day_number, instant, int64, string


class MatchList(SQLModel, table=True):
    """One version of a household's matching rules, as canonical JSON; never changed."""

    __tablename__ = "match_list"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="match_list_customer"
        ),
        CheckConstraint("version >= 1", name="match_list_version"),
        LONG,
    )
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    version: int = int64(key=True)
    seq: int = int64()
    day: int = day_number()
    recorded: int = instant()
    after_night: int = day_number()
    document: str = string()
