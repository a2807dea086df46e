"""Commands for orders: order buy, sell, rebalance, remove, raise, list, cancel."""

import uuid
from typing import Any

import click

from commands.acting import admit, as_option, as_person
from commands.desk import Desk, home_of, refusing, screen
from commands.toldpies import handles_of, order_words, say_rows
from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.invest.orderrecords import IntentKind
from engine.invest.orders.cancelling import cancel
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import parse_money

ALL = "all"
_SLOTS = {"any": 0, "morning": 1, "afternoon": 2}


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = click.Group("order", help="Orders for the next trade window.")
    for kind, said, needs in (
        (IntentKind.BUY, "Buy AMOUNT of a slice or an inner pie, or of the whole pie.", ("amount",)),
        (IntentKind.SELL, "Sell AMOUNT, or all, of a slice or an inner pie, or of the whole pie.", ("amount",)),
        (IntentKind.REBALANCE, "Bring the whole pie, or one inner pie, to its weights.", ()),
        (IntentKind.REMOVE, "Take a slice out of its pie and sell it; the money stays in that pie.", ()),
        (IntentKind.RAISE, "Sell, let it settle, and move AMOUNT to another account.", ("amount",)),
    ):
        group.add_command(_order(desk, kind, said, needs))
    group.add_command(_list(desk))
    group.add_command(_cancel(desk))
    return [group]


def _order(desk: Desk, kind: IntentKind, said: str, needs: tuple[str, ...]) -> click.Command:
    def order(reference: str, handle: str, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        books = desk.open()
        book, customer = home_of(books, reference)
        wanted = Wanted(
            customer,
            handle,
            kind,
            given["key"] or uuid.uuid4().hex,
            path=given.get("path", ""),
            amount=_amount(given.get("amount", ALL)),
            lots=tuple(given.get("lots", ())),
            destination=given.get("destination", ""),
            slot=_SLOTS[given["slot"]],
            beyond_cash=given.get("beyond_cash", False),
        )
        with books.lock(book) as work:
            when = (desk.day(work), desk.now())
            rights = admit(work, customer, given["acting"], Action.TRADE, [handle])
            prove(rights, given["acting"], Action.MOVE, [handle, wanted.destination] if wanted.destination else [])
            made = place(work, desk.exchange.market, wanted, when)
            window = desk.exchange.next_window(made.made, work.dated())
        screen.print(f"Order {made.intent} waits for the window of {format_day(window.day)}.")

    command = click.command(kind.name.lower(), help=said)(refusing(order))
    command.params = _parameters(kind, needs)
    return command


def _parameters(kind: IntentKind, needs: tuple[str, ...]) -> list[click.Parameter]:
    """What an order of this kind is given with."""
    options = [click.Argument(["reference"]), click.Argument(["handle"])]
    parameters: list[click.Parameter] = [*options, *(click.Argument([name]) for name in needs)]
    parameters.append(
        click.Option(["--key"], help="an order with the same key is made once; a new key where not given")
    )
    parameters.append(as_option())
    parameters.append(click.Option(["--slot"], type=click.Choice(list(_SLOTS)), default="any", show_default=True))
    if kind == IntentKind.RAISE:
        parameters.append(click.Option(["--to", "destination"], required=True, help="handle of the account it goes to"))
    else:
        required = kind == IntentKind.REMOVE
        parameters.append(click.Option(["--slice", "path"], default="", required=required, help="such as core/VTI"))
    if kind == IntentKind.SELL:
        parameters.append(click.Option(["--lot", "lots"], multiple=True, type=_Lot(), help="LOT:UNITS, smallest units"))
    if kind == IntentKind.BUY:
        parameters.append(click.Option(["--beyond-cash"], is_flag=True, help="more than the cash there is now"))
    return parameters


class _Lot(click.ParamType[tuple[int, int]]):
    """A lot with smallest units of it, as 17:1000000000."""

    name = "lot:units"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:  # noqa: ANN401 - click's own signature
        """Read it."""
        if isinstance(value, tuple):
            return value
        lot, _, units = str(value).partition(":")
        if not (lot.isascii() and lot.isdigit() and units.isascii() and units.isdigit()):
            self.fail(f"{value} is no lot with units; write LOT:UNITS, such as 17:1000000000.", param, ctx)
        return int(lot), int(units)


def _amount(text: str) -> int:
    if text == ALL:
        return 0
    try:
        amount = parse_money(text)
    except SluiceError as fault:
        raise SluiceError(fault.code, fault.sentence, "amount") from None
    if amount == 0:
        raise SluiceError(
            "order_amount", 'An order of nothing is none; write an amount, or "all" to sell all.', "amount"
        )
    return amount


def _list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(reference: str, *, json_: bool) -> None:
        """List a household's orders, the newest last."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            handles = handles_of(work, customer)
            rows = [order_words(one, handles) for one in work.intents(None, customer)]
        say_rows(rows, json_=json_, title="Orders")

    return list_


def _cancel(desk: Desk) -> click.Command:
    @click.command("cancel")
    @click.argument("reference")
    @click.argument("number", type=int)
    @as_person
    @refusing
    def cancel_(reference: str, number: int, acting: int | None) -> None:
        """Take an order back that waits for its window."""
        books = desk.open()
        book, customer = home_of(books, reference)
        now = desk.now()
        with books.lock(book) as work:
            handles = handles_of(work, customer)
            mine = [handles[one.account] for one in work.intents(None, customer) if one.intent == number]
            admit(work, customer, acting, Action.TRADE, mine)
            cancel(work, customer, number, now, desk.exchange.opened(now, work.dated()))
        screen.print(f"Order {number} is cancelled.")

    return cancel_
