"""What time does to money: balances of dates, interest, the borrow line, fees (rulings 2, 5, 12 to 16, 30)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from store.columns import PACKED, day_number, int64


class BalanceDay(SQLModel, table=True):
    """What an effective day did to a balance that earns or costs interest; kept by the writer, never changed otherwise.

    `lowest` and `highest` are the extremes of the running change, zero included.
    """

    __tablename__ = "balance_day"
    __table_args__ = (
        CheckConstraint("lowest <= 0 AND highest >= 0 AND change BETWEEN lowest AND highest", name="balance_day_span"),
        Index("balance_day_effective", "book_id", "effective"),
        Index("balance_day_recorded", "book_id", "recorded_after"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    effective: int = day_number(key=True)
    recorded_after: int = day_number(key=True)
    change: int = int64()
    lowest: int = int64()
    highest: int = int64()


class InterestRun(SQLModel, table=True):
    """A month of a book whose interest is posted; its key makes the posting exactly once."""

    __tablename__ = "interest_run"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    month: int = day_number(key=True)
    night: int = day_number()


class Interest(SQLModel, table=True):
    """What a posting gave an account, and the remainder it left: a numerator over the days of a year × 10**12."""

    __tablename__ = "interest"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    month: int = day_number(key=True)
    account_id: int = int64(key=True)
    cents: int = int64()
    remainder: int = int64()


class CentDays(SQLModel, table=True):
    """The cent-days that a posting counted, by rate row and tier (ruling 5)."""

    __tablename__ = "cent_days"
    __table_args__ = (CheckConstraint("cent_days <> 0", name="cent_days_some"), PACKED)
    book_id: int = int64(key=True)
    month: int = day_number(key=True)
    account_id: int = int64(key=True)
    rate_row: int = int64(key=True)
    tier: int = int64(key=True)
    cent_days: int = int64()


class BorrowLine(SQLModel, table=True):
    """A borrow line: its terms, the account of its interest due, and where its margin stands."""

    __tablename__ = "borrow_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="borrow_line_account"
        ),
        CheckConstraint("secured IN (0, 1) AND cash_pays IN (0, 1)", name="borrow_line_flags"),
        CheckConstraint("state BETWEEN 0 AND 4 AND due >= 0", name="borrow_line_state"),
        Index("borrow_line_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    customer_id: int = int64()
    due: int = int64()
    secured: int = int64()
    cash_pays: int = int64()
    state: int = int64()
    opened: int = day_number()
    deadline: int = day_number()
    charged: int = day_number()


class FeeCycle(SQLModel, table=True):
    """The running fee cycle of a household, and the most that a night of it saw."""

    __tablename__ = "fee_cycle"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    registered: int = day_number()
    start: int = day_number()
    best: int = int64()


class Fee(SQLModel, table=True):
    """A fee charged, or a cycle that cost nothing, with its reason."""

    __tablename__ = "fee"
    __table_args__ = (
        CheckConstraint("amount >= 0 AND forced BETWEEN 0 AND amount", name="fee_amount"),
        CheckConstraint("kind BETWEEN 1 AND 20 AND why BETWEEN 0 AND 20", name="fee_words"),
        CheckConstraint("(amount = 0) = (why > 0)", name="fee_reason"),
        PACKED,
    )
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    day: int = day_number(key=True)
    kind: int = int64(key=True)
    ordinal: int = int64(key=True)
    account_id: int = int64()
    amount: int = int64()
    forced: int = int64()
    why: int = int64()
    seq: int = int64()
