"""Money that may not go everywhere yet: layers under holds, returned deposits, floors that gave way.

Money that is there already is free. A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import PACKED, Blob, Int64, Text
from store.migrations.making import columns, index

revision = "0006"
down_revision = "0005"

TABLES: Final = ("layer", "returned", "forced")


def upgrade() -> None:
    """Make the tables."""
    _layers()
    _returned()
    _forced()


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _layers() -> None:
    op.create_table(
        "layer",
        *columns(Int64, "book_id", "account_id", "ordinal", key=True),
        *columns(Int64, "customer_id", "arrived", "amount", "origin"),
        *columns(Int64, "to_cash", "to_invest", "to_retirement", "to_borrow", "to_own_bank", "to_other_bank"),
        CheckConstraint("amount > 0 AND ordinal >= 0 AND origin >= 0", name="layer_numbers"),
        **PACKED,
    )
    index("layer_customer", "layer", "book_id", "customer_id")


def _returned() -> None:
    op.create_table(
        "returned",
        *columns(Int64, "book_id", key=True),
        *columns(Blob, "transfer_id", key=True),
        *columns(Int64, "customer_id", "account_id", "origin", "amount"),
        *columns(Text, "reason"),
        *columns(Int64, "day", "posted", "seq", "from_layers", "from_free", "forced", "recorded"),
        CheckConstraint("length(transfer_id) = 16", name="returned_id"),
        CheckConstraint("posted IN (0, 1)", name="returned_posted"),
        CheckConstraint("amount > 0 AND seq >= 1", name="returned_numbers"),
        CheckConstraint("from_layers >= 0 AND from_free >= 0 AND forced >= 0", name="returned_parts"),
        CheckConstraint("from_layers + from_free + forced = amount * posted", name="returned_whole"),
        **PACKED,
    )
    index("returned_customer", "returned", "book_id", "customer_id")


def _forced() -> None:
    op.create_table(
        "forced",
        *columns(Int64, "book_id", "account_id", "ordinal", key=True),
        *columns(Int64, "customer_id", "seq", "day", "code", "amount", "own_floor", "own_rule_floor", "floor"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="forced_account"
        ),
        CheckConstraint("code IN (10, 22)", name="forced_code"),
        CheckConstraint("amount > 0 AND floor < own_floor AND ordinal >= 0 AND seq >= 1", name="forced_numbers"),
        **PACKED,
    )
    index("forced_customer", "forced", "book_id", "customer_id")
