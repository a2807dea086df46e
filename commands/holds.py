"""Parts of the group `transfer`: what is on its way and under holds, and deposits that a bank took back."""

import click
from rich.table import Column, Table

from commands.acting import admit, as_person
from commands.desk import Desk, as_json, home_of, refusing, screen
from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.holds.deposits import deposit_of
from engine.holds.inflight import OnItsWay, on_its_way
from engine.holds.naming import short_ids
from engine.holds.returning import TakenBack, take_back
from engine.holds.wording import return_sentence
from engine.holds.work import ReturnRow
from ledger.days import format_day
from ledger.money import format_money


def listing(desk: Desk) -> click.Command:
    """The command `transfer list`."""

    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(reference: str, *, json_: bool) -> None:
        """List what is on its way, when money under holds becomes available, and returned deposits."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            found = on_its_way(work, customer, desk.day(work))
            names = {one.account: one.handle for one in work.accounts_of(inner=True) if one.customer == customer}
        if json_:
            as_json(_words(found, names))
            return
        _tell(found, names)

    return list_


def _words(found: OnItsWay, names: dict[int, str]) -> dict[str, object]:
    """Everything on its way, ready for JSON."""
    return {
        "in_flight": [
            {
                "id": one.id,
                "rail": one.rail,
                "from": one.source,
                "to": one.destination,
                "amount": format_money(one.amount),
                "sent": format_day(one.sent),
                "settles": format_day(one.settles),
                "held": [{"to": to, "until": format_day(day)} for to, day in one.until],
            }
            for one in found.in_flight
        ],
        "available": [
            {
                "account": one.account,
                "to": one.to,
                "days": [{"on": format_day(day), "amount": format_money(cents)} for day, cents in one.days],
            }
            for one in found.ready
        ],
        "returned": [_return_words(row, names) for row in found.returned],
    }


def _return_words(row: ReturnRow, names: dict[int, str]) -> dict[str, object]:
    parts = {name: format_money(getattr(row, name)) for name in ("from_layers", "from_free", "forced")}
    words = {"id": row.transfer, "from": names[row.origin], "to": names[row.account]}
    told = {"reason": row.reason, "on": format_day(row.day), "state": "reversed" if row.posted else "voided"}
    return {**words, "amount": format_money(row.amount), **told, **parts}


def _tell(found: OnItsWay, names: dict[int, str]) -> None:
    table = Table(
        Column("transfer", no_wrap=True),
        "from",
        "to",
        "amount",
        "sent",
        "settles",
        "may not go before",
        title="On its way",
    )
    short = short_ids(one.id for one in found.in_flight)
    for one in found.in_flight:
        held = ", ".join(f"{to} {format_day(day)}" for to, day in one.until)
        amount = format_money(one.amount, grouped=True)
        table.add_row(
            short[one.id],
            one.source,
            one.destination,
            amount,
            format_day(one.sent),
            format_day(one.settles),
            held or "-",
        )
    screen.print(table)
    for ready in found.ready:
        days = ", ".join(f"{format_money(cents, grouped=True)} from {format_day(day)}" for day, cents in ready.days)
        screen.print(f"{ready.account} to {ready.to}: {days}", markup=False, soft_wrap=True)
    for row in found.returned:
        screen.print(return_sentence(row, names), markup=False, soft_wrap=True)


def returning(desk: Desk) -> click.Command:
    """The command `transfer return`."""

    @click.command("return")
    @click.argument("reference")
    @click.argument("transfer_id")
    @click.option("--reason", required=True, help="the bank's code of the return, such as R01")
    @click.option("--json", "json_", is_flag=True)
    @as_person
    @refusing
    def return_(reference: str, transfer_id: str, reason: str, *, json_: bool, acting: int | None) -> None:
        """Reverse the deposit TRANSFER_ID (its start or end will do), which the bank took back, and pause the rules."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            rights = admit(work, customer, acting, Action.SEE)
            deposit = deposit_of(work, customer, transfer_id)
            prove(rights, acting, Action.MOVE, (deposit.bank.handle, deposit.account.handle))
            told = TakenBack(customer, transfer_id, reason)
            row = take_back(work, told, (desk.day(work), desk.now()))
            names = {one.account: one.handle for one in work.accounts_of(inner=True) if one.customer == customer}
        if json_:
            as_json(_return_words(row, names))
            return
        screen.print(return_sentence(row, names), markup=False, soft_wrap=True)
        screen.print("The household's rules are paused; look at its accounts, then resume them on its page.")

    return return_
