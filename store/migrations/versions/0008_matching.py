"""Matching rules that give imported lines their categories.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import LONG, Int64, Text
from store.migrations.making import columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "match_list",
        *columns(Int64, "book_id", "customer_id", "version", key=True),
        *columns(Int64, "seq", "day", "recorded", "after_night"),
        *columns(Text, "document"),
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="match_list_customer"
        ),
        CheckConstraint("version >= 1", name="match_list_version"),
        **LONG,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("match_list")
