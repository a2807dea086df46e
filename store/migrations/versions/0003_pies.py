"""What invest accounts hold and want, and what goes to the market: pies, lots, windows, orders; inner accounts.

A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import LONG, PACKED, Int64, Text, later
from store.migrations.making import columns, index, roomy

revision = "0003"
down_revision = "0002"

TABLES = (
    "pie",
    "invest",
    "slice",
    "lot",
    "lot_move",
    "intent",
    "window_run",
    "order_block",
    "order_part",
    "price_snapshot",
    "quote",
    "action_done",
    "seen_fact",
    "settlement",
    "earmark",
)


def upgrade() -> None:
    """Make the tables, and let accounts have a parent."""
    _parents()
    _pies()
    _slices()
    _asked()
    _orders()
    _market()
    _on_its_way()
    roomy("slice")
    roomy("lot")


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)
    op.drop_index("account_inner", "account")
    op.drop_column("account", "parent")


def _parents() -> None:
    """The accounts inside invest accounts."""
    parent = later("parent", "account_parent", "parent >= 0 AND (parent > 0) = (kind BETWEEN 7 AND 9)")
    op.add_column("account", parent)
    index("account_inner", "account", "book_id", "parent", "kind", "asset", unique=True, where="parent > 0")


def _pies() -> None:
    """Pies, and their terms."""
    op.create_table(
        "pie",
        *columns(Int64, "book_id", "account_id", "version", key=True),
        *columns(Int64, "customer_id", "seq", "day", "recorded"),
        *columns(Text, "document", "terms"),
        ForeignKeyConstraint(["book_id", "account_id"], ["account.book_id", "account.account_id"], name="pie_account"),
        CheckConstraint("version >= 1 AND seq >= 1", name="pie_version"),
        **LONG,
    )
    op.create_table(
        "invest",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Int64, "customer_id", "version", "auto", "minimum_cash", "threshold", "mode"),
        *columns(Int64, "leave_cash", "absolute_bp", "relative_bp", "on_bands", "every"),
        *columns(Int64, "cooldown_days", "rebalanced", "lot_order", "slots", "dividends"),
        *columns(Int64, "short_bp", "long_bp"),
        *columns(Text, "broker"),
        ForeignKeyConstraint(
            ["book_id", "account_id", "version"], ["pie.book_id", "pie.account_id", "pie.version"], name="invest_pie"
        ),
        CheckConstraint("auto IN (0, 1) AND leave_cash IN (0, 1) AND on_bands IN (0, 1)", name="invest_flags"),
        CheckConstraint("minimum_cash >= 0 AND threshold >= 0 AND cooldown_days >= 0", name="invest_limits"),
        CheckConstraint("absolute_bp >= -1 AND relative_bp >= -1", name="invest_bands"),
        CheckConstraint("short_bp >= 0 AND long_bp >= 0", name="invest_rates"),
        CheckConstraint(
            "mode BETWEEN 0 AND 1 AND every BETWEEN 0 AND 3 AND lot_order BETWEEN 0 AND 5 "
            "AND slots BETWEEN 0 AND 3 AND dividends BETWEEN 0 AND 2",
            name="invest_choices",
        ),
        **PACKED,
    )
    index("invest_customer", "invest", "book_id", "customer_id")


def _slices() -> None:
    """Slices, lots and what changed them."""
    op.create_table(
        "slice",
        *columns(Int64, "book_id", "account_id", "slice", key=True),
        *columns(Int64, "customer_id", "asset", "place", "weight_hi", "weight_lo", "state", "units"),
        *columns(Text, "path"),
        CheckConstraint("slice >= 1", name="slice_number"),
        CheckConstraint("weight_hi >= 0 AND weight_lo BETWEEN 0 AND 999999999999999999", name="slice_weight"),
        CheckConstraint("state BETWEEN 0 AND 2", name="slice_state"),
        CheckConstraint("units >= 0", name="slice_units"),
        **PACKED,
    )
    op.create_table(
        "lot",
        *columns(Int64, "book_id", "lot_id", key=True),
        *columns(Int64, "customer_id", "account_id", "slice", "asset", "units", "cost", "day"),
        *columns(Int64, "held_from", "units_opened", "cost_opened"),
        CheckConstraint("units >= 0 AND cost >= 0", name="lot_left"),
        CheckConstraint("units_opened >= units AND cost_opened >= cost", name="lot_opened"),
        **PACKED,
    )
    index("lot_account", "lot", "book_id", "account_id")
    op.create_table(
        "lot_move",
        *columns(Int64, "book_id", "seq", "ordinal", key=True),
        *columns(Int64, "lot_id", "customer_id", "account_id", "slice", "asset", "kind", "units"),
        *columns(Int64, "cost", "day", "held_from", "proceeds", "gain", "long_term", "other"),
        CheckConstraint("seq >= 1 AND ordinal >= 0", name="lot_move_place"),
        CheckConstraint("kind BETWEEN 1 AND 7", name="lot_move_kind"),
        CheckConstraint("long_term IN (0, 1)", name="lot_move_long_term"),
        **PACKED,
    )
    index("lot_move_asset", "lot_move", "book_id", "asset")
    index("lot_move_customer", "lot_move", "book_id", "customer_id")


def _asked() -> None:
    """What households ask, and the windows."""
    op.create_table(
        "intent",
        *columns(Int64, "book_id", "intent_id", key=True),
        *columns(Int64, "customer_id", "account_id", "kind"),
        *columns(Text, "path"),
        *columns(Int64, "amount", "made"),
        *columns(Text, "key"),
        *columns(Int64, "destination"),
        *columns(Text, "lots"),
        *columns(Int64, "slot_wanted", "state", "day", "slot", "done"),
        *columns(Text, "reason"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="intent_account"
        ),
        CheckConstraint("kind BETWEEN 1 AND 5", name="intent_kind"),
        CheckConstraint("state BETWEEN 1 AND 7", name="intent_state"),
        CheckConstraint("amount >= 0 AND done >= 0", name="intent_money"),
        CheckConstraint("slot >= 0 AND slot_wanted >= 0", name="intent_slots"),
        **LONG,
    )
    index("intent_once", "intent", "book_id", "customer_id", "key", unique=True)
    index("intent_waiting", "intent", "book_id", "state")
    op.create_table(
        "window_run",
        *columns(Int64, "book_id", "day", "slot", key=True),
        *columns(Int64, "phase"),
        *columns(Text, "snapshot"),
        *columns(Int64, "opens", "ends", "started", "finished", "fence", "lease"),
        *columns(Text, "grants"),
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="window_run_book"),
        CheckConstraint("slot >= 1 AND fence >= 0", name="window_run_numbers"),
        CheckConstraint("phase BETWEEN 1 AND 6", name="window_run_phase"),
        **LONG,
    )


def _orders() -> None:
    """Blocks and their parts."""
    op.create_table(
        "order_block",
        *columns(Int64, "book_id", key=True),
        *columns(Text, "client_id", key=True),
        *columns(Int64, "day", "slot", "attempt"),
        *columns(Text, "broker_account"),
        *columns(Int64, "asset"),
        *columns(Text, "symbol"),
        *columns(Int64, "side", "units", "amount", "state", "filled_units", "price", "fee", "booked", "changed"),
        *columns(Text, "reason"),
        ForeignKeyConstraint(
            ["book_id", "day", "slot"], ["window_run.book_id", "window_run.day", "window_run.slot"], name="order_window"
        ),
        CheckConstraint(
            "(side = 1 AND units > 0 AND amount = 0) OR (side = 2 AND units = 0 AND amount > 0)", name="order_asks"
        ),
        CheckConstraint("state BETWEEN 1 AND 7", name="order_state"),
        CheckConstraint("filled_units >= 0 AND price >= 0 AND fee >= 0", name="order_got"),
        CheckConstraint("booked IN (0, 1) AND attempt >= 0", name="order_numbers"),
        **PACKED,
    )
    index("order_block_open", "order_block", "book_id", "state", where="booked = 0")
    index("order_block_window", "order_block", "book_id", "day", "slot")
    op.create_table(
        "order_part",
        *columns(Int64, "book_id", key=True),
        *columns(Text, "client_id", key=True),
        *columns(Int64, "account_id", "slice", key=True),
        *columns(Text, "purpose", key=True),
        *columns(Int64, "intent_id", key=True),
        *columns(Int64, "customer_id", "units", "amount"),
        *columns(Text, "lots"),
        *columns(Int64, "filled_units", "filled", "fee"),
        CheckConstraint("units >= 0 AND amount >= 0", name="order_part_asks"),
        CheckConstraint("filled_units >= 0 AND filled >= 0 AND fee >= 0", name="order_part_got"),
        **PACKED,
    )
    index("order_part_customer", "order_part", "book_id", "customer_id")


def _market() -> None:
    """Prices and steps of corporate actions that were used."""
    op.create_table(
        "price_snapshot",
        *columns(Int64, "book_id", key=True),
        *columns(Text, "snapshot", key=True),
        *columns(Int64, "taken"),
        *columns(Text, "source"),
        **PACKED,
    )
    op.create_table(
        "quote",
        *columns(Int64, "book_id", key=True),
        *columns(Text, "snapshot", key=True),
        *columns(Int64, "asset", key=True),
        *columns(Int64, "price"),
        *columns(Text, "reason"),
        ForeignKeyConstraint(
            ["book_id", "snapshot"], ["price_snapshot.book_id", "price_snapshot.snapshot"], name="quote_snapshot"
        ),
        CheckConstraint("price >= 0 AND (price > 0) = (reason = '')", name="quote_price"),
        **PACKED,
    )
    op.create_table(
        "action_done",
        *columns(Int64, "book_id", key=True),
        *columns(Text, "action", key=True),
        *columns(Int64, "day"),
        **PACKED,
    )
    op.create_table(
        "seen_fact",
        *columns(Int64, "book_id", "day", "customer_id", "account_id", "kind", "asset", "sessions", key=True),
        *columns(Int64, "value", "known"),
        CheckConstraint("known IN (0, 1)", name="seen_fact_known"),
        **PACKED,
    )


def _on_its_way() -> None:
    """Money on its way."""
    op.create_table(
        "settlement",
        *columns(Int64, "book_id", "account_id", "day", key=True),
        *columns(Int64, "amount"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="settlement_account"
        ),
        CheckConstraint("amount > 0", name="settlement_amount"),
        **PACKED,
    )
    op.create_table(
        "earmark",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Text, "path", key=True),
        *columns(Int64, "amount"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="earmark_account"
        ),
        CheckConstraint("amount > 0", name="earmark_amount"),
        **PACKED,
    )
