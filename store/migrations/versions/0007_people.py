"""Persons, what they may, who owns which account, and contributions to retirement accounts.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import LONG, PACKED, Int64, Text
from store.migrations.making import columns, index

revision = "0007"
down_revision = "0006"

TABLES: Final = ("person", "ownership", "owner", "contribution", "earnings")


def upgrade() -> None:
    """Make the tables."""
    _persons()
    _owners()
    _contributions()


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _of(table: str, other: str, column: str) -> ForeignKeyConstraint:
    """The row of another table that a row belongs to."""
    return ForeignKeyConstraint(["book_id", column], [f"{other}.book_id", f"{other}.{column}"], name=f"{table}_{other}")


def _persons() -> None:
    op.create_table(
        "person",
        *columns(Int64, "book_id", "person_id", key=True),
        *columns(Int64, "customer_id", "number"),
        *columns(Text, "name"),
        *columns(Int64, "birth_year", "role"),
        _of("person", "customer", "customer_id"),
        CheckConstraint("person_id > 0 AND number > 0", name="person_numbers"),
        CheckConstraint("birth_year = 0 OR birth_year BETWEEN 1900 AND 2199", name="person_birth_year"),
        CheckConstraint("role BETWEEN 0 AND 3", name="person_role"),
        **PACKED,
    )
    index("person_number", "person", "book_id", "customer_id", "number", unique=True)


def _owners() -> None:
    op.create_table(
        "ownership",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Int64, "customer_id", "kind", "agreed"),
        _of("ownership", "account", "account_id"),
        CheckConstraint("kind BETWEEN 1 AND 7", name="ownership_kind"),
        CheckConstraint("agreed IN (0, 1)", name="ownership_agreed"),
        **PACKED,
    )
    index("ownership_customer", "ownership", "book_id", "customer_id")
    op.create_table(
        "owner",
        *columns(Int64, "book_id", "account_id", "person_id", key=True),
        *columns(Int64, "customer_id"),
        _of("owner", "ownership", "account_id"),
        _of("owner", "person", "person_id"),
        **PACKED,
    )
    index("owner_customer", "owner", "book_id", "customer_id")


def _contributions() -> None:
    op.create_table(
        "contribution",
        *columns(Int64, "book_id", "number", key=True),
        *columns(Int64, "customer_id", "person_id", "year", "pool", "amount", "day", "account_id", "seq"),
        *columns(Text, "source"),
        _of("contribution", "person", "person_id"),
        CheckConstraint("year BETWEEN 1900 AND 2199 AND pool IN (1, 2)", name="contribution_pool"),
        CheckConstraint("amount <> 0", name="contribution_amount"),
        CheckConstraint("seq >= 0 AND (account_id = 0) = (seq = 0)", name="contribution_origin"),
        **LONG,
    )
    index("contribution_year", "contribution", "book_id", "year")
    index("contribution_customer", "contribution", "book_id", "customer_id")
    index("contribution_seq", "contribution", "book_id", "seq", unique=True, where="seq > 0")
    op.create_table(
        "earnings",
        *columns(Int64, "book_id", "person_id", "year", key=True),
        *columns(Int64, "customer_id", "cents"),
        _of("earnings", "person", "person_id"),
        CheckConstraint("year BETWEEN 1900 AND 2199 AND cents >= 0", name="earnings_numbers"),
        **PACKED,
    )
    index("earnings_customer", "earnings", "book_id", "customer_id")
