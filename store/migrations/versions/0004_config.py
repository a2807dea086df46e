"""Dated configuration: names, first days, values and sources, beginning with the rows of the seed.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint

from engine.dated.seed import seed
from store.columns import LONG, Int64, Text
from store.migrations.making import columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, with the rows that every database begins with."""
    made = op.create_table(
        "dated",
        *columns(Int64, "ordinal", key=True),
        *columns(Text, "name"),
        *columns(Int64, "first_day"),
        *columns(Text, "value", "source"),
        *columns(Int64, "recorded"),
        CheckConstraint("ordinal >= 1 AND recorded >= 0", name="dated_numbers"),
        CheckConstraint("name <> '' AND value <> '' AND source <> ''", name="dated_texts"),
        **LONG,
    )
    rows = [
        {"ordinal": at, "name": row.name, "first_day": row.day, "value": row.value, "source": row.source, "recorded": 0}
        for at, row in enumerate(seed(), 1)
    ]
    op.bulk_insert(made, rows)


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("dated")
