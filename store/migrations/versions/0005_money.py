"""What time does to money: balances of dates, interest, the borrow line, fees.

Households that are there already have their balances of dates worked out from their transfers; interest counts from
the month of the book's last night on. A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, text

from ledger.days import period_start
from store.columns import PACKED, Int64
from store.migrations.making import columns, index, roomy

revision = "0005"
down_revision = "0004"

TABLES: Final = ("balance_day", "interest_run", "interest", "cent_days", "borrow_line", "fee_cycle", "fee")

_NEVER: Final = -(10**6)
_CHANGES: Final = """
INSERT INTO balance_day (book_id, account_id, effective, recorded_after, change, lowest, highest)
SELECT book_id, account_id, day, -1000000, SUM(signed), MIN(0, MIN(running)), MAX(0, MAX(running)) FROM (
  SELECT book_id, account_id, day, signed,
    SUM(signed) OVER (PARTITION BY book_id, account_id, day ORDER BY seq, side) AS running
  FROM (
    SELECT t.book_id, t.seq, t.day, 0 AS side, t.debit AS account_id, t.amount AS signed FROM transfer t
      JOIN account a ON a.book_id = t.book_id AND a.account_id = t.debit
      WHERE t.kind IN (1, 3) AND a.kind IN (3, 4)
    UNION ALL
    SELECT t.book_id, t.seq, t.day, 1, t.credit, -t.amount FROM transfer t
      JOIN account a ON a.book_id = t.book_id AND a.account_id = t.credit
      WHERE t.kind IN (1, 3) AND a.kind IN (3, 4)
  ) AS sides
) AS runs GROUP BY book_id, account_id, day
"""
"""Posted lines of cash accounts and borrow lines; as they stand on the day this revision is run."""


def upgrade() -> None:
    """Make the tables, and fill them for what is there."""
    _interest()
    _borrow()
    _fees()
    roomy("borrow_line")
    roomy("fee_cycle")
    _there_already()


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _interest() -> None:
    op.create_table(
        "balance_day",
        *columns(Int64, "book_id", "account_id", "effective", "recorded_after", key=True),
        *columns(Int64, "change", "lowest", "highest"),
        CheckConstraint("lowest <= 0 AND highest >= 0 AND change BETWEEN lowest AND highest", name="balance_day_span"),
        **PACKED,
    )
    index("balance_day_effective", "balance_day", "book_id", "effective")
    index("balance_day_recorded", "balance_day", "book_id", "recorded_after")
    op.create_table("interest_run", *columns(Int64, "book_id", "month", key=True), *columns(Int64, "night"), **PACKED)
    op.create_table(
        "interest",
        *columns(Int64, "book_id", "month", "account_id", key=True),
        *columns(Int64, "cents", "remainder"),
        **PACKED,
    )
    op.create_table(
        "cent_days",
        *columns(Int64, "book_id", "month", "account_id", "rate_row", "tier", key=True),
        *columns(Int64, "cent_days"),
        CheckConstraint("cent_days <> 0", name="cent_days_some"),
        **PACKED,
    )


def _borrow() -> None:
    op.create_table(
        "borrow_line",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Int64, "customer_id", "due", "secured", "cash_pays", "state", "opened", "deadline", "charged"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="borrow_line_account"
        ),
        CheckConstraint("secured IN (0, 1) AND cash_pays IN (0, 1)", name="borrow_line_flags"),
        CheckConstraint("state BETWEEN 0 AND 4 AND due >= 0", name="borrow_line_state"),
        **PACKED,
    )
    index("borrow_line_customer", "borrow_line", "book_id", "customer_id")


def _fees() -> None:
    op.create_table(
        "fee_cycle",
        *columns(Int64, "book_id", "customer_id", key=True),
        *columns(Int64, "registered", "start", "best"),
        **PACKED,
    )
    op.create_table(
        "fee",
        *columns(Int64, "book_id", "customer_id", "day", "kind", "ordinal", key=True),
        *columns(Int64, "account_id", "amount", "forced", "why", "seq"),
        CheckConstraint("amount >= 0 AND forced BETWEEN 0 AND amount", name="fee_amount"),
        CheckConstraint("kind BETWEEN 1 AND 20 AND why BETWEEN 0 AND 20", name="fee_words"),
        CheckConstraint("(amount = 0) = (why > 0)", name="fee_reason"),
        **PACKED,
    )


def _there_already() -> None:
    connection = op.get_bind()
    changes = _CHANGES
    if connection.dialect.name == "postgresql":
        changes = changes.replace("MIN(0, MIN(running))", "LEAST(0, MIN(running))")
        changes = changes.replace("MAX(0, MAX(running))", "GREATEST(0, MAX(running))")
    connection.execute(text(changes))
    connection.execute(
        text(
            "INSERT INTO borrow_line SELECT book_id, account_id, customer_id, 0, 0, 0, 0, -1000000, -1000000, -1000000 "
            "FROM account WHERE kind = 4"
        )
    )
    for book, last_night in connection.execute(text("SELECT book_id, last_night FROM book")).all():
        if last_night > _NEVER:
            month = period_start(period_start(last_night, "month") - 1, "month")
            for of in (_NEVER, month):  # the first row tells that dates before are never corrected
                row = {"book": book, "month": of, "night": last_night}
                connection.execute(text("INSERT INTO interest_run VALUES (:book, :month, :night)"), row)
