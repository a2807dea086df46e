"""Commands for fees: what was charged or waived and why, and the fee of a statement on paper."""

import click

from commands.acting import admit, as_person
from commands.desk import Desk, home_of, refusing, screen
from commands.toldpies import say_rows
from engine.contributions.rights import Action
from engine.fees.reasons import Fee, charged
from engine.fees.single import take_fee
from engine.fees.told import fee_words
from engine.household import account_named
from ledger.days import format_day
from ledger.money import format_money


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = click.Group("fee", help="Fees of a household, with their reasons.")
    group.add_command(_list(desk))
    group.add_command(_paper(desk))
    return [group]


def _list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(reference: str, *, json_: bool) -> None:
        """List fees that were charged or waived, newest first."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            rows = [
                {"day": format_day(one.day), "amount": format_money(one.amount), "reason": fee_words(work, one)}
                for one in work.fees_of(customer)
            ]
        say_rows(rows, json_=json_, title=reference)

    return list_


def _paper(desk: Desk) -> click.Command:
    @click.command("paper")
    @click.argument("reference")
    @click.argument("handle")
    @as_person
    @refusing
    def paper(reference: str, handle: str, acting: int | None) -> None:
        """Charge the fee of one statement on paper to an account, once a day."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            admit(work, customer, acting, Action.MOVE, (handle,))
            day = desk.day(work)
            account = account_named(work, customer, handle)
            row = take_fee(work, account, Fee.PAPER, handle, (day, desk.now()))
        told = None if row is None else charged(Fee.PAPER, row.amount, row.day)
        screen.print(
            told.reason if told else "Nothing is charged: the fee is zero, or was taken today.", soft_wrap=True
        )

    return paper
