"""Commands for what a customer agrees to about an account: account agree, charge-cash."""

import click

from commands.acting import as_person
from commands.desk import Desk, home_of, refusing, screen
from engine.agreeing import Consent, agree_margin, charge_cash


def account_agree(desk: Desk) -> click.Command:
    """The command `account agree`."""

    @click.command("agree")
    @click.argument("reference")
    @click.argument("handle")
    @click.option("--yes/--no", "given", required=True, help="whether the margin agreement is signed")
    @as_person
    @refusing
    def agree(reference: str, handle: str, *, given: bool, acting: int | None) -> None:
        """Say whether the margin agreement of a trust's account is signed: without it the account is no collateral."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            agree_margin(work, Consent(customer, handle, given, acting), desk.exchange.market, desk.day(work))
        told = "is signed: it is collateral" if given else "is not signed: it is no collateral"
        screen.print(f"The margin agreement of {handle} {told}.", markup=False, soft_wrap=True)

    return agree


def account_charge_cash(desk: Desk) -> click.Command:
    """The command `account charge-cash`."""

    @click.command("charge-cash")
    @click.argument("reference")
    @click.argument("handle")
    @click.option("--yes/--no", "given", required=True, help="whether cash accounts pay after invest cash")
    @as_person
    @refusing
    def charge(reference: str, handle: str, *, given: bool, acting: int | None) -> None:
        """Say whether the interest of a borrow line may be charged to cash accounts too."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            charge_cash(work, Consent(customer, handle, given, acting))
        told = "may be charged to cash accounts too" if given else "is not charged to cash accounts"
        screen.print(f"The interest of {handle} {told}.", markup=False, soft_wrap=True)

    return charge
