"""Limits that gave way: the account keeps its own, others stand in for them; a ceiling may be one, interest force one.

Until now such an account's limits were changed. It gets back those it was opened with, for nothing else ever changed
the limits of an account that is no borrow line; a line, the limit that it kept beside them. Limits of lines that follow
the collateral were set by nights and are left as they are. Deposits that were returned so far were given back to no
counter. A later change is a revision of its own: this one stays as it is.
"""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from store.columns import PACKED, Int64, later
from store.migrations.making import columns, index

revision = "0009"
down_revision = "0008"

_FORCED: Final = ("book_id", "account_id", "ordinal")
_OF: Final = ("customer_id", "seq", "day", "code", "amount", "own_floor", "own_rule_floor", "floor")
_TOP: Final = ("own_ceiling", "ceiling")
_NUMBERS: Final = "amount > 0 AND ordinal >= 0 AND seq >= 1"
_NONE: Final = 10**15
"""What stands for no ceiling: entries of before passed floors alone."""

_WIDER: Final = "floor <= own_floor AND ceiling >= own_ceiling AND"
_OUTSIDE: Final = """
INSERT INTO loosened (book_id, account_id, own_floor, own_ceiling, floor, ceiling)
SELECT o.book_id, o.account_id, o.own_floor, o.own_ceiling, o.floor, o.ceiling FROM (
  SELECT b.book_id, b.account_id, CASE WHEN a.kind = 4 THEN a.rule_floor ELSE e.floor END AS own_floor,
    e.ceiling AS own_ceiling, b.floor, b.ceiling FROM balance b
    JOIN account a ON a.book_id = b.book_id AND a.account_id = b.account_id
    JOIN account_event e ON e.book_id = b.book_id AND e.account_id = b.account_id AND e.ordinal = 0
    WHERE b.customer_id > 0 AND NOT EXISTS (
      SELECT 1 FROM borrow_line s WHERE s.book_id = b.book_id AND s.account_id = b.account_id AND s.secured = 1
    )
) o WHERE o.floor <= o.own_floor AND o.ceiling >= o.own_ceiling
    AND (o.floor < o.own_floor OR o.ceiling > o.own_ceiling)
"""
_RULE_FLOORS: Final = """
UPDATE account SET rule_floor = (
  SELECT e.rule_floor FROM account_event e
  WHERE e.book_id = account.book_id AND e.account_id = account.account_id AND e.ordinal = 0
) WHERE kind <> 4 AND EXISTS (
  SELECT 1 FROM loosened l WHERE l.book_id = account.book_id AND l.account_id = account.account_id
)
"""
_EVENTS: Final = """
INSERT INTO account_event
  (book_id, account_id, ordinal, seq, floor, ceiling, rule_floor, standing, after_night)
SELECT l.book_id, l.account_id, (
    SELECT COUNT(*) FROM account_event e WHERE e.book_id = l.book_id AND e.account_id = l.account_id
  ), o.next_seq, l.own_floor, l.own_ceiling, a.rule_floor, a.standing, o.last_night
FROM loosened l
  JOIN account a ON a.book_id = l.book_id AND a.account_id = l.account_id
  JOIN book o ON o.book_id = l.book_id
"""
"""Nights from now on see the own limits; what stood there before is what the nights before saw."""


def upgrade() -> None:
    """Make the table, take ceilings and interest into the other one, and give accounts their own limits back.

    Deposits that were returned get the note that counters kept them.
    """
    _again(
        f"{_WIDER} (floor < own_floor) <> (ceiling > own_ceiling)",
        f"SELECT {', '.join((*_FORCED, *_OF))}, {_NONE}, {_NONE} FROM forced_before",
    )
    op.create_table(
        "loosened",
        *columns(Int64, "book_id", "account_id", key=True),
        *columns(Int64, "own_floor", "own_ceiling", "floor", "ceiling"),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="loosened_account"
        ),
        CheckConstraint(f"{_WIDER} (floor < own_floor OR ceiling > own_ceiling)", name="loosened_side"),
        **PACKED,
    )
    op.add_column("returned", later("given_back", "returned_given_back", "given_back IN (0, 1)"))
    for statement in (_OUTSIDE, _RULE_FLOORS, _EVENTS):
        op.execute(statement)


def downgrade() -> None:
    """Take them away again; limits stay as they stand in the balances."""
    op.drop_column("returned", "given_back")
    op.drop_table("loosened")
    _again("", f"SELECT {', '.join((*_FORCED, *_OF))} FROM forced_before WHERE code <> 20 AND floor < own_floor")


def _again(side: str, kept: str) -> None:
    """Make the table of forced entries anew, with ceilings where `side` is a check of both, and fill it."""
    op.execute("CREATE TABLE forced_before AS SELECT * FROM forced")
    op.drop_table("forced")
    before = CheckConstraint("amount > 0 AND floor < own_floor AND ordinal >= 0 AND seq >= 1", name="forced_numbers")
    now = (CheckConstraint(_NUMBERS, name="forced_numbers"), CheckConstraint(side, name="forced_side"))
    op.create_table(
        "forced",
        *columns(Int64, *_FORCED, key=True),
        *columns(Int64, *_OF, *(_TOP if side else ())),
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="forced_account"
        ),
        CheckConstraint("code IN (10, 20, 22)" if side else "code IN (10, 22)", name="forced_code"),
        *(now if side else (before,)),
        **PACKED,
    )
    index("forced_customer", "forced", "book_id", "customer_id")
    op.execute(f"INSERT INTO forced {kept}")
    op.drop_table("forced_before")
