"""Rows of the dated configuration: the one table that belongs to no book."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from store.columns import LONG, day_number, instant, int64, string


class DatedValue(SQLModel, table=True):
    """A value that holds from a day on; of two rows with one name and one day the later ordinal holds.

    Rows are never changed. Those of a new database were recorded at instant 0.
    """

    __tablename__ = "dated"
    __table_args__ = (
        CheckConstraint("ordinal >= 1 AND recorded >= 0", name="dated_numbers"),
        CheckConstraint("name <> '' AND value <> '' AND source <> ''", name="dated_texts"),
        LONG,
    )
    ordinal: int = int64(key=True)
    name: str = string()
    first_day: int = day_number()
    value: str = string()
    source: str = string()
    recorded: int = instant()
