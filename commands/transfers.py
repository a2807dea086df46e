"""Commands for transfers: the group `transfer` with once, and what other modules add to it."""

import json
import uuid
from collections.abc import Callable
from typing import Any, Final

import click

from commands.acting import admit, as_person
from commands.desk import Desk, home_of, refusing, screen
from commands.holds import listing, returning
from commands.recurring import recurring_group
from engine.contributions.rights import Action
from engine.request import TransferRequest, transfer, without_key
from ledger.faults import SluiceError
from ledger.money import parse_money

_REFUSED: Final = 400

Make = Callable[[Desk], click.Command]


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = click.Group("transfer", help="One-off and recurring transfers between a household's accounts.")
    for make in MAKERS:
        group.add_command(make(desk))
    return [group]


def _once(desk: Desk) -> click.Command:
    @click.command("once")
    @click.argument("reference")
    @click.option("--from", "source", required=True, help="handle of the account it leaves")
    @click.option("--to", "destination", required=True, help="handle of the account it goes to")
    @click.option("--amount", required=True, help='such as "250.00"')
    @click.option("--tax-year", type=click.Choice(["current", "prior"]), help="of a contribution to an IRA")
    @click.option("--wire", is_flag=True, help="send it from or to a bank by wire; by ACH where not given")
    @click.option("--key", help="a transfer with the same key is made once; a new key where not given")
    @as_person
    @refusing
    def once(reference: str, acting: int | None, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Move money now, once for each key."""
        cents = _cents(given["amount"])
        if given["source"] == given["destination"]:
            raise SluiceError("accounts_same", "Name two different accounts.", "to")
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            admit(work, customer, acting, Action.MOVE, (given["source"], given["destination"]))
            day = desk.day(work)
            key = given["key"] or uuid.uuid4().hex
            sides = (given["source"], given["destination"])
            request = TransferRequest(customer, *sides, cents, key, day, given["tax_year"], given["wire"])
            answered = transfer(work, request, desk.now(), desk.exchange.market)
        body = json.loads(answered.body)
        if answered.status >= _REFUSED:
            detail = body["detail"] if given["key"] else without_key(body["detail"])
            raise SluiceError(body["code"], detail, body["field"])
        again = " (this key was used before: nothing new moved)" if answered.replayed else ""
        screen.print(f"{body['amount']} from {body['from']} to {body['to']} is {body['state']}{again}.", soft_wrap=True)

    return once


def _cents(text: str) -> int:
    try:
        cents = parse_money(text)
    except SluiceError as fault:
        raise SluiceError(fault.code, fault.sentence, "amount") from None
    if cents == 0:
        raise SluiceError("amount_not_positive", 'Write an amount above zero, such as "25.00".', "amount")
    return cents


MAKERS: Final[tuple[Make, ...]] = (recurring_group, _once, listing, returning)
"""The commands of the group `transfer`, made for a desk; those of other modules are added here."""
