"""The first tables: the chart of accounts, the journal, rule lists and nights.

Revision 0001. A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.types import TypeEngine

from store.columns import LONG, PACKED, Blob, Int64, Text

revision = "0001"
down_revision = None

TABLES: Final = (
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
    "transfer",
    "hold",
    "rejection",
    "seal",
    "flow_day",
    "shape",
    "rule_list",
    "program",
    "tally",
    "answer",
    "decision",
    "night_book",
    "quarantine",
)
ROOMY: Final = ("balance", "customer", "tally")


def upgrade() -> None:
    """Make the tables."""
    for make in (chart, journal, lists, nights):
        make()
    if op.get_context().dialect.name == "postgresql":
        for name in ROOMY:
            op.execute(f"ALTER TABLE {name} SET (fillfactor = 50)")


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)


def columns(kind: TypeEngine[Any], *names: str, key: bool = False) -> list[Column[Any]]:
    """Columns of one type, none of them null."""
    return [Column(name, kind, primary_key=key, nullable=False, autoincrement=False) for name in names]


def index(name: str, table: str, *names: str, unique: bool = False, where: str = "") -> None:
    """An index, over the rows `where` holds if it is given."""
    only = {f"{engine}_where": text(where) for engine in ("sqlite", "postgresql")} if where else {}
    op.create_index(name, table, names, unique=unique, **only)


def chart() -> None:
    """Who has what."""
    _households()
    _accounts()
    _events_and_balances()


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
    """Accounts and how they and households changed."""
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
    op.create_table(
        "account_event",
        *columns(Int64, "book_id", "account_id", "ordinal", key=True),
        *columns(Int64, "seq", "floor", "ceiling", "rule_floor", "standing"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="account_event_account"
        ),
        **PACKED,
    )
    op.create_table(
        "customer_event",
        *columns(Int64, "book_id", "customer_id", "ordinal", key=True),
        *columns(Int64, "seq", "paused", "ira_room"),
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="customer_event_customer"
        ),
        **PACKED,
    )


def _events_and_balances() -> None:
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


def journal() -> None:
    """What happened."""
    op.create_table(
        "transfer",
        *columns(Int64, "book_id", "seq", key=True),
        *columns(Blob, "transfer_id"),
        *columns(Int64, "kind"),
        *columns(Blob, "pending_id"),
        *columns(
            Int64,
            "journal",
            "customer_id",
            "debit",
            "credit",
            "asset",
            "amount",
            "code",
            "day",
            "run",
            "rank",
            "recorded",
        ),
        CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name="transfer_amount"),
        CheckConstraint("debit <> credit", name="transfer_sides"),
        CheckConstraint("kind BETWEEN 1 AND 4", name="transfer_kind"),
        CheckConstraint("seq >= 1", name="transfer_seq"),
        CheckConstraint("length(transfer_id) = 16 AND length(pending_id) = 16", name="transfer_ids"),
        **PACKED,
    )
    index("transfer_customer", "transfer", "book_id", "customer_id", "seq")
    index("transfer_once", "transfer", "book_id", "transfer_id", unique=True)
    index("transfer_resolved_once", "transfer", "book_id", "pending_id", unique=True, where="kind IN (3, 4)")
    op.create_table(
        "hold",
        *columns(Int64, "book_id", key=True),
        *columns(Blob, "transfer_id", key=True),
        *columns(Int64, "customer_id", "seq"),
        **PACKED,
    )
    index("hold_customer", "hold", "book_id", "customer_id")
    op.create_table(
        "rejection",
        *columns(Int64, "book_id", key=True),
        *columns(Blob, "transfer_id", key=True),
        *columns(Int64, "status", "recorded"),
        CheckConstraint("length(transfer_id) = 16", name="rejection_id"),
        **PACKED,
    )
    op.create_table(
        "seal",
        *columns(Int64, "book_id", "first_seq", key=True),
        *columns(Int64, "last_seq", "day"),
        *columns(Text, "source"),
        *columns(Int64, "version"),
        *columns(Blob, "previous", "hash"),
        CheckConstraint("last_seq >= first_seq", name="seal_range"),
        CheckConstraint("length(previous) = 32 AND length(hash) = 32", name="seal_hashes"),
        **PACKED,
    )
    op.create_table(
        "flow_day",
        *columns(Int64, "book_id", "account_id", "effective", "recorded_after", key=True),
        *columns(Int64, "arrived", "spent", "round_up"),
        CheckConstraint("arrived >= 0 AND spent >= 0 AND round_up >= 0", name="flow_day_sums"),
        **PACKED,
    )
    index("flow_day_effective", "flow_day", "book_id", "effective")
    index("flow_day_recorded", "flow_day", "book_id", "recorded_after")


def lists() -> None:
    """What is wanted."""
    op.create_table(
        "shape",
        *columns(Int64, "shape_id", key=True),
        *columns(Text, "text"),
        **LONG,
    )
    op.create_table(
        "rule_list",
        *columns(Int64, "book_id", "customer_id", "version", key=True),
        *columns(Int64, "seq", "day", "recorded"),
        *columns(Text, "documents"),
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="rule_list_customer"
        ),
        CheckConstraint("version >= 1", name="rule_list_version"),
        **LONG,
    )
    op.create_table(
        "program",
        *columns(Int64, "book_id", "customer_id", key=True),
        *columns(Int64, "version", "size"),
        *columns(Blob, "words"),
        CheckConstraint("length(words) = 8 * size", name="program_size"),
        **LONG,
    )
    op.create_table(
        "tally",
        *columns(Int64, "book_id", "customer_id", "slot", key=True),
        *columns(Int64, "since", "used"),
        **PACKED,
    )
    op.create_table(
        "answer",
        *columns(Int64, "book_id", "customer_id", key=True),
        *columns(Text, "key", key=True),
        *columns(Blob, "request"),
        *columns(Int64, "status"),
        *columns(Text, "body"),
        **LONG,
    )


def nights() -> None:
    """What the nights decided."""
    op.create_table(
        "decision",
        *columns(Int64, "book_id", "day", "customer_id", "rank", key=True),
        *columns(Int64, "version", "outcome", "reason", "wanted", "amount", "limited_by", "journal"),
        **PACKED,
    )
    op.create_table(
        "night_book",
        *columns(Int64, "book_id", "day", key=True),
        *columns(
            Int64,
            "first_seq",
            "last_seq",
            "started",
            "finished",
            "moved",
            "proposed",
            "would_move",
            "blocked",
            "quarantined",
        ),
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="night_book_book"),
        CheckConstraint("last_seq >= first_seq - 1", name="night_book_range"),
        **PACKED,
    )
    op.create_table(
        "quarantine",
        *columns(Int64, "book_id", "day", "customer_id", key=True),
        *columns(Text, "reason"),
        **PACKED,
    )
