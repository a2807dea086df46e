"""Persons of households, who owns which account, contributions to retirement accounts, earnings (ruling 17)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import SQLModel

from store.columns import LONG, PACKED, day_number, int64, string


class Person(SQLModel, table=True):
    """A person of a household. `number` counts the household's persons from 1; role as `rights.Who`."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "customer_id"], ["customer.book_id", "customer.customer_id"], name="person_customer"
        ),
        CheckConstraint("person_id > 0 AND number > 0", name="person_numbers"),
        CheckConstraint("birth_year = 0 OR birth_year BETWEEN 1900 AND 2199", name="person_birth_year"),
        CheckConstraint("role BETWEEN 0 AND 3", name="person_role"),
        Index("person_number", "book_id", "customer_id", "number", unique=True),
        PACKED,
    )
    book_id: int = int64(key=True)
    person_id: int = int64(key=True)
    customer_id: int = int64()
    number: int = int64()
    name: str = string()
    birth_year: int = int64()
    role: int = int64()


class Ownership(SQLModel, table=True):
    """How an account is owned (`rights.Ownership`), and whether its margin agreement is signed."""

    __tablename__ = "ownership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["account.book_id", "account.account_id"], name="ownership_account"
        ),
        CheckConstraint("kind BETWEEN 1 AND 7", name="ownership_kind"),
        CheckConstraint("agreed IN (0, 1)", name="ownership_agreed"),
        Index("ownership_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    customer_id: int = int64()
    kind: int = int64()
    agreed: int = int64()


class Owner(SQLModel, table=True):
    """A person whom an account names."""

    __tablename__ = "owner"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "account_id"], ["ownership.book_id", "ownership.account_id"], name="owner_ownership"
        ),
        ForeignKeyConstraint(["book_id", "person_id"], ["person.book_id", "person.person_id"], name="owner_person"),
        Index("owner_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    account_id: int = int64(key=True)
    person_id: int = int64(key=True)
    customer_id: int = int64()


class Contribution(SQLModel, table=True):
    """A contribution to a tax year's room; one made elsewhere has neither account nor seq."""

    __tablename__ = "contribution"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book_id", "person_id"], ["person.book_id", "person.person_id"], name="contribution_person"
        ),
        CheckConstraint("year BETWEEN 1900 AND 2199 AND pool IN (1, 2)", name="contribution_pool"),
        CheckConstraint("amount <> 0", name="contribution_amount"),
        CheckConstraint("seq >= 0 AND (account_id = 0) = (seq = 0)", name="contribution_origin"),
        Index("contribution_year", "book_id", "year"),
        Index("contribution_customer", "book_id", "customer_id"),
        Index(
            "contribution_seq",
            *("book_id", "seq"),
            unique=True,
            sqlite_where=text("seq > 0"),
            postgresql_where=text("seq > 0"),
        ),
        LONG,
    )
    book_id: int = int64(key=True)
    number: int = int64(key=True)
    customer_id: int = int64()
    person_id: int = int64()
    year: int = int64()
    pool: int = int64()
    amount: int = int64()
    day: int = day_number()
    account_id: int = int64()
    seq: int = int64()
    source: str = string()


class Earnings(SQLModel, table=True):
    """What a person earned in a tax year, as the household says."""

    __tablename__ = "earnings"
    __table_args__ = (
        ForeignKeyConstraint(["book_id", "person_id"], ["person.book_id", "person.person_id"], name="earnings_person"),
        CheckConstraint("year BETWEEN 1900 AND 2199 AND cents >= 0", name="earnings_numbers"),
        Index("earnings_customer", "book_id", "customer_id"),
        PACKED,
    )
    book_id: int = int64(key=True)
    person_id: int = int64(key=True)
    year: int = int64(key=True)
    customer_id: int = int64()
    cents: int = int64()
