"""Cash that comes back from orders may take an account above its own ceiling: one more code that forces.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import PACKED, Int64
from store.migrations.making import columns, index

revision = "0010"
down_revision = "0009"

_KEYS: Final = ("book_id", "account_id", "ordinal")
_REST: Final = ("customer_id", "seq", "day", "code", "amount", "own_floor", "own_rule_floor", "floor")
_TOP: Final = ("own_ceiling", "ceiling")
_SIDE: Final = "floor <= own_floor AND ceiling >= own_ceiling AND (floor < own_floor) <> (ceiling > own_ceiling)"


def upgrade() -> None:
    """Take money that was set aside and comes back into the list."""
    _again("code IN (10, 11, 12, 15, 17, 18, 20, 22)")


def downgrade() -> None:
    """Take it out again, with its rows."""
    _again("code IN (10, 20, 22)")


def _again(codes: str) -> None:
    """Make the table of forced entries anew with this check of their codes, and fill it with those that pass."""
    op.execute("CREATE TABLE forced_before AS SELECT * FROM forced")
    op.drop_table("forced")
    op.create_table(
        "forced",
        *columns(Int64, *_KEYS, key=True),
        *columns(Int64, *_REST, *_TOP),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="forced_account"
        ),
        CheckConstraint(codes, name="forced_code"),
        CheckConstraint("amount > 0 AND ordinal >= 0 AND seq >= 1", name="forced_numbers"),
        CheckConstraint(_SIDE, name="forced_side"),
        **PACKED,
    )
    index("forced_customer", "forced", "book_id", "customer_id")
    names = ", ".join((*_KEYS, *_REST, *_TOP))
    op.execute(f"INSERT INTO forced ({names}) SELECT {names} FROM forced_before WHERE {codes}")
    op.drop_table("forced_before")
