"""Commands for the dated configuration: config list, show, set, load."""

from collections.abc import Sequence
from pathlib import Path

import click

from commands.desk import Day, Desk, as_json, list_problems, refusing, screen
from commands.toldpies import say_rows
from engine.dated.document import DatedRow, load_form, load_yaml
from engine.dated.standing import Standing, first_words, rows_of, standing, standings
from ledger.days import format_day
from ledger.faults import Problem, SluiceError

ROW = "rows.0."


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = click.Group("config", help="Rates, fees and limits that others set: rows with a first day and a source.")
    for command in (_list(desk), _show(desk), _set(desk), _load(desk)):
        group.add_command(command)
    return [group]


def _list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.option("--on", "day", type=Day(), help="the date; that of the next night where not given")
    @click.option("--json", "json_", is_flag=True, help="one JSON line a name")
    @refusing
    def list_(*, day: int | None, json_: bool) -> None:
        """List every name with what holds on a date, since when, and what comes next."""
        on = desk.next_night() if day is None else day
        found = [_words(one) for one in standings(desk.open().dated(), on)]
        if json_:
            for words in found:
                as_json(words)
        else:
            shown = ("name", "value", "since", "next")
            say_rows([{key: words[key] or "" for key in shown} for words in found], json_=False, title=format_day(on))

    return list_


def _words(one: Standing) -> dict[str, str | None]:
    """A name for programs; what is not there is null."""
    return {
        "name": one.name,
        "group": one.entry.group,
        "kind": one.entry.kind.value,
        "unit": one.entry.unit,
        "value": one.holds.value if one.holds else None,
        "since": format_day(one.holds.day) if one.holds else None,
        "source": one.holds.source if one.holds else None,
        "next": f"{one.coming.value} from {format_day(one.coming.day)}" if one.coming else None,
    }


def _show(desk: Desk) -> click.Command:
    @click.command("show")
    @click.argument("name")
    @click.option("--json", "json_", is_flag=True, help="one JSON line a row")
    @refusing
    def show(name: str, *, json_: bool) -> None:
        """Show what NAME means and its whole history with sources."""
        dated = desk.open().dated()
        one = standing(dated, name, desk.next_night())
        rows = rows_of(dated, name)
        if json_:
            for row in rows:
                as_json({"name": row.name, "from": format_day(row.day), "value": row.value, "source": row.source})
            return
        low, high = one.entry.bounds()
        screen.print(f"{one.name}: {one.entry.sentence}", markup=False, soft_wrap=True)
        screen.print(f"{one.entry.kind.value}, {one.entry.unit}, from {low} to {high}", markup=False, soft_wrap=True)
        told = [{"from": first_words(row.day), "value": row.value, "source": row.source} for row in rows]
        say_rows(told, json_=False, title=one.name)

    return show


def _set(desk: Desk) -> click.Command:
    @click.command("set")
    @click.argument("name")
    @click.option("--from", "first", default="", help="the date from which it holds")
    @click.option("--value", default="", help='such as 3.10%, "0.00: 3.10%, 25000.00: 3.50%", 25.00, 3, yes, 09:30')
    @click.option("--source", default="", help="what says so, and when it was read")
    @refusing
    def set_(name: str, first: str, value: str, source: str) -> None:
        """Add a row: NAME has a value from a date on."""
        read = load_form({"name": name, "from": first, "value": value, "source": source})
        if read.document is None:
            raise _refused(read.problems)
        try:
            _add(desk, [read.document.dated()])
        except SluiceError as fault:
            raise SluiceError(fault.code, fault.sentence, fault.field.removeprefix(ROW)) from None

    return set_


def _load(desk: Desk) -> click.Command:
    @click.command("load")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @refusing
    def load(file: Path) -> None:
        """Add the rows of FILE ({rows: [{name, from, value, source}]}, YAML), all of them or none."""
        read = load_yaml(file.read_bytes())
        if read.document is None:
            raise _refused(read.problems)
        _add(desk, read.document.dated())

    return load


def _add(desk: Desk, rows: Sequence[DatedRow]) -> None:
    """Add rows, and say what holds now."""
    desk.open().add_dated(rows, desk.now())
    for row in rows:
        screen.print(f"{row.name} is {row.value} from {first_words(row.day)}.", markup=False, soft_wrap=True)


def _refused(problems: Sequence[Problem]) -> SluiceError:
    list_problems(problems)
    return SluiceError("config_refused", "Nothing is saved; correct what is listed above.")
