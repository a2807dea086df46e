"""Who has what: assets, books, households, accounts and their balances (ledger.md 4.3; rulings 49, 51, 53)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.columns import LONG, PACKED, binary, day_number, instant, int64, later, string

INNER = text("parent > 0")
PARENT = "parent >= 0 AND (parent > 0) = (kind BETWEEN 7 AND 9)"


class Asset(SQLModel, table=True):
    """A currency or security; its number is its code (ledger.seal.asset_number). Never changed."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("code", name="asset_code"),
        CheckConstraint("scale BETWEEN 0 AND 9", name="asset_scale"),
        PACKED,
    )
    number: int = int64(key=True)
    code: str = string()
    scale: int = int64()


class Book(SQLModel, table=True):
    """A book: the one row that a writer locks. `next_number` is the next customer or account number."""

    __tablename__ = "book"
    __table_args__ = (
        CheckConstraint("book_id BETWEEN 0 AND 65535", name="book_number"),
        CheckConstraint("next_seq >= 1 AND next_number >= 1", name="book_counters"),
        CheckConstraint("length(head) = 32", name="book_head"),
        PACKED,
    )
    book_id: int = int64(key=True)
    next_seq: int = int64()
    head: bytes = binary()
    next_number: int = int64()
    last_night: int = day_number()
    opened: int = instant()


class Directory(SQLModel, table=True):
    """Where a household's books are: its reference outside, unique in the database (ruling 49)."""

    __tablename__ = "directory"
    __table_args__ = (Index("directory_book", "book_id"), PACKED)
    reference: str = string(key=True)
    book_id: int = int64()
    customer_id: int = int64()


class Customer(SQLModel, table=True):
    """A household. `strikes` counts its quarantined nights in a row; `ira_room` -1 is no limit."""

    __tablename__ = "customer"
    __table_args__ = (
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="customer_book"),
        CheckConstraint("customer_id > 0", name="customer_number"),
        CheckConstraint("paused IN (0, 1)", name="customer_paused"),
        CheckConstraint("ira_room >= -1", name="customer_ira_room"),
        CheckConstraint("strikes >= 0 AND version >= 0", name="customer_counters"),
        PACKED,
    )
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    reference: str = string()
    name: str = string()
    opened: int = day_number()
    last_night: int = day_number()
    paused: int = int64()
    strikes: int = int64()
    ira_room: int = int64()
    version: int = int64()


class Account(SQLModel, table=True):
    """An account, or a system account (customer 0) whose handle is its path. Only standing and rule floor change.

    `parent` is the invest account that an inner account belongs to, 0 for every other.
    """

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["book_id"], ["book.book_id"], name="account_book"),
        ForeignKeyConstraint(["asset"], ["asset.number"], name="account_asset"),
        CheckConstraint("standing BETWEEN 0 AND 4", name="account_standing"),
        CheckConstraint("(customer_id = 0) = (kind >= 20)", name="account_kind"),
        CheckConstraint("slot >= 0 AND customer_id >= 0 AND kind > 0", name="account_numbers"),
        Index("account_slot", "book_id", "customer_id", "slot", unique=True),
        Index(
            "account_handle",
            *("book_id", "customer_id", "handle"),
            unique=True,
            sqlite_where=text("customer_id > 0"),
            postgresql_where=text("customer_id > 0"),
        ),
        Index(
            "account_path",
            *("book_id", "asset", "handle"),
            unique=True,
            sqlite_where=text("customer_id = 0"),
            postgresql_where=text("customer_id = 0"),
        ),
        Index(
            "account_inner",
            *("book_id", "parent", "kind", "asset"),
            unique=True,
            sqlite_where=INNER,
            postgresql_where=INNER,
        ),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    customer_id: int = int64()
    slot: int = int64()
    handle: str = string()
    name: str = string()
    kind: int = int64()
    asset: int = int64()
    standing: int = int64()
    rule_floor: int = int64()
    opened: int = day_number()
    parent: int = Field(sa_column=later("parent", "account_parent", PARENT))


class AccountEvent(SQLModel, table=True):
    """Limits and standing of an account from the moment the book's next seq was `seq`.

    `after_night` is the book's last done night at that moment.
    """

    __tablename__ = "account_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="account_event_account"
        ),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    ordinal: int = int64(key=True)
    seq: int = int64()
    floor: int = int64()
    ceiling: int = int64()
    rule_floor: int = int64()
    standing: int = int64()
    after_night: int = day_number()


class CustomerEvent(SQLModel, table=True):
    """Whether a household's rules are paused, and the IRA room set, from the moment the next seq was `seq`.

    `after_night` is the book's last done night at that moment.
    """

    __tablename__ = "customer_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="customer_event_customer"
        ),
        PACKED,
    )
    book_id: int = int64(key=True)
    customer_id: int = int64(key=True)
    ordinal: int = int64(key=True)
    seq: int = int64()
    paused: int = int64()
    ira_room: int = int64()
    after_night: int = day_number()


class Balance(SQLModel, table=True):
    """The counters and limits of an account: the only money that is ever updated.

    `version` counts the transfer lines that touched the account, `last_seq` names the last of them. The limits hold
    in the worst case: every pending line posts or none does.
    """

    __tablename__ = "balance"
    __table_args__ = (
        CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0 AND credits_pending >= 0",
            name="balance_counters",
        ),
        CheckConstraint("debits_posted - credits_posted - credits_pending >= floor", name="balance_floor"),
        CheckConstraint("debits_posted - credits_posted + debits_pending <= ceiling", name="balance_ceiling"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    customer_id: int = int64()
    debits_posted: int = int64()
    credits_posted: int = int64()
    debits_pending: int = int64()
    credits_pending: int = int64()
    version: int = int64()
    last_seq: int = int64()
    floor: int = int64()
    ceiling: int = int64()


class Mirror(SQLModel, table=True):
    """How far a mirrored account's imported lines reach (ruling 7)."""

    __tablename__ = "mirror"
    __table_args__ = (PACKED,)
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    balance: int = int64()
    last_day: int = day_number()


class StatementLine(SQLModel, table=True):
    """An imported line, known by the hash of its content; kept beside the transfer it made."""

    __tablename__ = "statement_line"
    __table_args__ = (
        CheckConstraint("length(key) = 16", name="statement_line_key"),
        CheckConstraint("has_balance IN (0, 1)", name="statement_line_has_balance"),
        LONG,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    key: bytes = binary(key=True)
    day: int = day_number()
    amount: int = int64()
    has_balance: int = int64()
    balance: int = int64()
    text: str = string()
