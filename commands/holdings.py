"""Commands for holdings: holdings list, move."""

import uuid
from typing import Any

import click
import numpy as np

from commands.acting import admit, as_person
from commands.desk import Desk, as_json, home_of, refusing, screen
from commands.toldpies import Words, handles_of, say_rows, table_of
from engine.contributions.rights import Action
from engine.household import account_named
from engine.invest.lots.holding import holdings
from engine.invest.lots.transferring import Transfer, Transferred, transfer_holding
from engine.invest.market import PRICE_SCALE
from engine.invest.windows.viewing import kept, symbols_held
from engine.ports import BookWork
from ledger.faults import SluiceError
from ledger.money import format_money, format_units
from ledger.seal import asset_number
from web.units import parse_units


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = _Listing("holdings", help="What a household holds. `holdings REFERENCE` lists it.")
    group.add_command(_list(desk))
    group.add_command(_move(desk))
    return [group]


class _Listing(click.Group):
    """A group whose first word may also be a household: then it is listed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; see the class."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


def _move(desk: Desk) -> click.Command:
    @click.command("move")
    @click.argument("reference")
    @click.argument("source")
    @click.argument("destination")
    @click.argument("path", metavar="SLICE")
    @click.argument("units", required=False)
    @click.option("--to-slice", "target", help="the slice it goes into; one of the same path where not given")
    @click.option("--key", help="a move with the same key is made once; a new key where not given")
    @click.option("--json", "json_", is_flag=True)
    @as_person
    @refusing
    def move(reference: str, source: str, destination: str, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Move UNITS, or all, of a slice to another account of the household. Nothing is sold; lots keep their days."""
        books = desk.open()
        book, customer = home_of(books, reference)
        path = given["path"]
        with books.lock(book) as work:
            admit(work, customer, given["acting"], Action.TRADE, (source, destination))
            units = _units(work, customer, (source, path), given["units"])
            target, key = given["target"] or path, given["key"] or uuid.uuid4().hex
            asked = Transfer(customer, source, path, destination, target, units, key)
            moved = transfer_holding(work, asked, (desk.day(work), desk.now()), desk.exchange.market)
            told = _moved(moved, work.asset_scales()[asset_number(moved.symbol)])
        if given["json_"]:
            as_json(told)
        else:
            said = f"{told['units']} {told['symbol']} of cost {told['cost']} in {told['lots']} lot(s)"
            screen.print(f"{said} moved from {source} to {destination}; nothing is sold by it.", markup=False)

    return move


def _moved(moved: Transferred, scale: int) -> Words:
    cost, units = format_money(moved.cost), format_units(moved.units, scale)
    return {"symbol": moved.symbol, "units": units, "cost": cost, "lots": moved.lots}


def _units(work: BookWork, customer: int, named: tuple[str, str], text: str | None) -> int:
    """Smallest units of the slice (handle, path), 0 for all; a slice that is not there is the move's to refuse."""
    handle, path = named
    if text is None:
        return 0
    slices = work.slices(np.array([account_named(work, customer, handle).account], np.int64))
    if path not in slices.path:
        return 0
    units = parse_units(text, work.asset_scales()[int(slices.asset[slices.path.index(path)])])
    if units == 0:
        raise SluiceError("units", "A move of nothing is none; leave the units out to move all of them.", "units")
    return units


def _list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(reference: str, *, json_: bool) -> None:
        """List what a household holds: units, cost, value and gain of each slice."""
        books = desk.open()
        book, customer = home_of(books, reference)
        now = desk.now()
        with books.read(book) as work:
            rows = _held(work, desk, customer, now)
        if json_ or not rows:
            say_rows(rows, json_=json_, title="Holdings")
            return
        for handle in dict.fromkeys(row["account"] for row in rows):
            own = [row for row in rows if row["account"] == handle]
            screen.print(table_of(handle, own, [name for name in own[0] if name != "account"]))

    return list_


def _held(work: BookWork, desk: Desk, customer: int, now: int) -> list[Words]:
    """What is held as words, priced now."""
    handles, ids = handles_of(work, customer), np.array([customer], np.int64)
    quotes = kept(desk.exchange.market.quotes(symbols_held(work, ids), now))
    return [
        {
            "account": handles[one.account],
            "slice": one.path,
            "units": format_units(one.units, one.scale),
            "price": format_units(one.price, PRICE_SCALE) if one.price else "",
            "value": format_money(one.value),
            "cost": format_money(one.cost),
            "gain": format_money(one.gain),
            "lots": len(one.lots),
            "reason": one.reason,
        }
        for one in holdings(work, customer, quotes)
    ]
