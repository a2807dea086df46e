"""What happened, what is wanted and what the nights decided: transfers, seals, rule lists, decisions.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import LONG, PACKED, Blob, Int64, Text
from store.migrations.making import columns, index, roomy

revision = "0002"
down_revision = "0001"

TABLES = (
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


def upgrade() -> None:
    """Make the tables."""
    _transfers()
    _seals()
    _lists()
    _tallies()
    _nights()
    roomy("tally")


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _transfers() -> None:
    """Transfers."""
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


def _seals() -> None:
    """Holds, refusals, seals and flows."""
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


def _lists() -> None:
    """Rule lists and what is compiled from them."""
    op.create_table(
        "shape",
        *columns(Int64, "shape_id", key=True),
        *columns(Text, "text"),
        **LONG,
    )
    op.create_table(
        "rule_list",
        *columns(Int64, "book_id", "customer_id", "version", key=True),
        *columns(Int64, "seq", "day", "recorded", "after_night"),
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


def _tallies() -> None:
    """What caps have used, and what was answered."""
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


def _nights() -> None:
    """Decisions, nights, quarantine."""
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
