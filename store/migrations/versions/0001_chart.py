"""Who has what: assets, books, households, accounts, balances, statement lines.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from store.columns import LONG, PACKED, Blob, Int64, Text
from store.migrations.making import columns, index, roomy

revision = "0001"
down_revision = None

TABLES = (
    "asset",
    "book",
    "directory",
    "customer",
    "account",
    "account_event",
    "customer_event",
    "balance",
    "mirror",
    "statement_line",
)


def upgrade() -> None:
    """Make the tables."""
    _households()
    _accounts()
    _events()
    _balances()
    roomy("balance")
    roomy("customer")


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _households() -> None:
    """Assets, books, households."""
    op.create_table(
        "asset",
        *columns(Int64, "number", key=True),
        *columns(Text, "code"),
        *columns(Int64, "scale"),
        UniqueConstraint("code", name="asset_code"),
        CheckConstraint("scale BETWEEN 0 AND 9", name="asset_scale"),
        **PACKED,
    )
    op.create_table(
        "book",
        *columns(Int64, "book_id", key=True),
        *columns(Int64, "next_seq"),
        *columns(Blob, "head"),
        *columns(Int64, "next_number", "last_night", "opened"),
        CheckConstraint("book_id BETWEEN 0 AND 65535", name="book_number"),
        CheckConstraint("next_seq >= 1 AND next_number >= 1", name="book_counters"),
        CheckConstraint("length(head) = 32", name="book_head"),
        **PACKED,
    )
    op.create_table(
        "directory",
        *columns(Text, "reference", key=True),
        *columns(Int64, "book_id", "customer_id"),
        **PACKED,
    )
    index("directory_book", "directory", "book_id")
    op.create_table(
        "customer",
        *columns(Int64, "book_id", "customer_id", key=True),
        *columns(Text, "reference", "name"),
        *columns(Int64, "opened", "last_night", "paused", "strikes", "ira_room", "version"),
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="customer_book"),
        CheckConstraint("customer_id > 0", name="customer_number"),
        CheckConstraint("paused IN (0, 1)", name="customer_paused"),
        CheckConstraint("ira_room >= -1", name="customer_ira_room"),
        CheckConstraint("strikes >= 0 AND version >= 0", name="customer_counters"),
        **PACKED,
    )


def _accounts() -> None:
    """Accounts."""
    op.create_table(
        "account",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Int64, "customer_id", "slot"),
        *columns(Text, "handle", "name"),
        *columns(Int64, "kind", "asset", "standing", "rule_floor", "opened"),
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="account_book"),
        ForeignKeyConstraint(["asset"], ["asset.number"], name="account_asset"),
        CheckConstraint("standing BETWEEN 0 AND 4", name="account_standing"),
        CheckConstraint("(customer_id = 0) = (kind >= 20)", name="account_kind"),
        CheckConstraint("slot >= 0 AND customer_id >= 0 AND kind > 0", name="account_numbers"),
        **PACKED,
    )
    index("account_handle", "account", "book_id", "customer_id", "handle", unique=True, where="customer_id > 0")
    index("account_path", "account", "book_id", "asset", "handle", unique=True, where="customer_id = 0")
    index("account_slot", "account", "book_id", "customer_id", "slot", unique=True)


def _events() -> None:
    """How accounts and households changed."""
    op.create_table(
        "account_event",
        *columns(Int64, "book_id", "account_id", "ordinal", key=True),
        *columns(Int64, "seq", "floor", "ceiling", "rule_floor", "standing", "after_night"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="account_event_account"
        ),
        **PACKED,
    )
    op.create_table(
        "customer_event",
        *columns(Int64, "book_id", "customer_id", "ordinal", key=True),
        *columns(Int64, "seq", "paused", "ira_room", "after_night"),
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="customer_event_customer"
        ),
        **PACKED,
    )


def _balances() -> None:
    """Balances and what statements said."""
    op.create_table(
        "balance",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(
            Int64,
            "customer_id",
            "debits_posted",
            "credits_posted",
            "debits_pending",
            "credits_pending",
            "version",
            "last_seq",
            "floor",
            "ceiling",
        ),
        CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0 AND credits_pending >= 0",
            name="balance_counters",
        ),
        CheckConstraint("debits_posted - credits_posted - credits_pending >= floor", name="balance_floor"),
        CheckConstraint("debits_posted - credits_posted + debits_pending <= ceiling", name="balance_ceiling"),
        **PACKED,
    )
    op.create_table(
        "mirror",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Int64, "balance", "last_day"),
        **PACKED,
    )
    op.create_table(
        "statement_line",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Blob, "key", key=True),
        *columns(Int64, "day", "amount", "has_balance", "balance"),
        *columns(Text, "text"),
        CheckConstraint("length(key) = 16", name="statement_line_key"),
        CheckConstraint("has_balance IN (0, 1)", name="statement_line_has_balance"),
        **LONG,
    )
