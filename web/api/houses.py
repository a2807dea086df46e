"""Households and their accounts for programs."""

from typing import Final

from engine.desk import AccountRecord, CustomerRecord
from engine.ports import NEVER
from ledger.accounts import Kind, Standing
from ledger.days import format_day
from ledger.money import MAX_AMOUNT, format_money
from ledger.seal import asset_code
from web.api.answers import AccountAnswer, AccountsAnswer, CustomerAnswer, CustomersAnswer
from web.api.asked import Asked, Reply
from web.asking import households, reading

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50


def list_customers(asked: Asked) -> Reply:
    """GET /customers."""
    limit = asked.whole("limit", DEFAULT_LIMIT, MAX_LIMIT)
    found = households(asked.services, asked.query.get("after"), limit + 1)
    shown = [_customer(one, day) for one, day in found[:limit]]
    following = found[limit - 1][0].reference if len(found) > limit else None
    return Reply(CustomersAnswer(customers=shown, next=following))


def get_customer(asked: Asked) -> Reply:
    """GET /customers/{reference}."""
    with reading(asked.services, asked.reference) as house:
        return Reply(_customer(house.record, house.day))


def _customer(record: CustomerRecord, next_night: int) -> CustomerAnswer:
    return CustomerAnswer(
        reference=record.reference,
        name=record.name,
        opened=format_day(record.opened),
        last_night=None if record.last_night == NEVER else format_day(record.last_night),
        next_night=format_day(next_night),
        paused=record.paused,
        ira_room=None if record.ira_room < 0 else format_money(record.ira_room),
        version=record.version,
    )


def list_accounts(asked: Asked) -> Reply:
    """GET /customers/{reference}/accounts."""
    with reading(asked.services, asked.reference) as house:
        return Reply(AccountsAnswer(accounts=[_account(one) for one in house.accounts]))


def _account(record: AccountRecord) -> AccountAnswer:
    available = record.posted - record.pending_out
    return AccountAnswer(
        handle=record.handle,
        name=record.name,
        kind=Kind(record.kind).name.lower(),
        currency=asset_code(record.asset),
        standing=Standing(record.standing).name.lower(),
        posted=format_money(record.posted),
        pending_in=format_money(record.pending_in),
        pending_out=format_money(record.pending_out),
        available=format_money(available),
        expected=format_money(available + record.pending_in),
        floor=None if record.floor <= -MAX_AMOUNT else format_money(record.floor),
        ceiling=None if record.ceiling >= MAX_AMOUNT else format_money(record.ceiling),
        rule_floor=format_money(record.rule_floor),
    )
