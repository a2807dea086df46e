"""Commands for statement files: import and history."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bank.profile import load_profile
from bank.statement import Statement, read_statement
from commands.desk import DONE, PARTIAL, SHOWN, Day, Desk, as_json, errors, list_problems, prove_asset, refusing, screen
from engine.history import HistoryDay, Life, live
from engine.household import AccountSetup, Setup, read_setup
from engine.importing import CHECKING, Importer
from engine.importing_book import ImportResult
from ledger.days import format_day
from ledger.faults import Problem, SluiceError
from ledger.money import format_money
from rules.yamltext import decode_yaml


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    return [_import(desk), _history(desk)]


def _import(desk: Desk) -> click.Command:
    @click.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--profile", required=True, help="name of a profile in bank/profiles, or a path to one")
    @click.option("--customer", "reference", help="the household, for a file of one account")
    @click.option("--account", "handle", default=CHECKING, show_default=True)
    @click.option("--adjust/--no-adjust", default=True, help="post an adjustment a difference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def import_(*, file: Path, profile: str, adjust: bool, json_: bool, **whose: str | None) -> None:
        """Import a statement file, each line once. Exit code 2 where some lines could not be read."""
        reference, handle = whose["reference"], whose["handle"]
        statement = _statement(file, profile, reference)
        target = (reference, handle or CHECKING) if reference else None
        result = Importer(desk.prepare(), statement, desk.now, target, adjust).run()
        result.problems[:0] = statement.problems
        _say_import(result, json_=json_)
        sys.exit(PARTIAL if result.problems else DONE)

    return import_


def _statement(file: Path, profile: str, reference: str | None) -> Statement:
    statement = read_statement(file, load_profile(profile))
    prove_asset(statement.asset)
    if reference is not None and len(set(statement.account)) > 1:
        sentence = "The file has more than one account; leave out --customer, and each goes into its own household."
        raise SluiceError("accounts_many", sentence, "customer")
    if reference is None and len(statement) and not statement.account[0]:
        sentence = "The file has one account and does not say whose; name the household with --customer."
        raise SluiceError("customer_missing", sentence, "customer")
    return statement


def _say_import(result: ImportResult, *, json_: bool) -> None:
    if json_:
        as_json(_import_words(result))
        return
    screen.print(
        f"{result.lines:,} lines imported, {result.known:,} known before, {result.customers:,} households opened."
    )
    screen.print(f"{len(result.differences):,} differences of {result.account_days:,} account-days.")
    if result.differences:
        table = Table("account", "day", "expected", "found", "delta", title="Day ends that differ from the bank's")
        for column in table.columns[2:]:
            column.justify = "right"
        for apart in result.differences[:SHOWN]:
            sums = (format_money(cents, grouped=True) for cents in (apart.expected, apart.found, apart.delta))
            table.add_row(apart.reference, format_day(apart.day), *sums)
        screen.print(table)
        if len(result.differences) > SHOWN:
            screen.print(f"... and {len(result.differences) - SHOWN:,} more; --json lists all.")
    list_problems(result.problems)


def _import_words(result: ImportResult) -> dict[str, object]:
    return {
        "lines": result.lines,
        "known": result.known,
        "customers": result.customers,
        "account_days": result.account_days,
        "differences": [
            {
                "account": apart.reference,
                "day": format_day(apart.day),
                "expected": format_money(apart.expected),
                "found": format_money(apart.found),
                "delta": format_money(apart.delta),
            }
            for apart in result.differences
        ],
        "problems": _problem_words(result.problems),
    }


def _problem_words(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"path": problem.path, "code": problem.code, "detail": problem.sentence} for problem in problems]


def _history(desk: Desk) -> click.Command:
    @click.command("history")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--profile", required=True)
    @click.option("--setup", "setup_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--from", "first", type=Day(), required=True)
    @click.option("--to", "last", type=Day(), required=True)
    @click.option("--books", "count", type=click.IntRange(1, 65_535), help="of an empty database; 1 where not given")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def history(**given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Live a statement through day by day: each date's lines, then its night."""
        _lived(desk, _Asked(**given))

    return history


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `history` was asked for; dates as day numbers."""

    file: Path
    profile: str
    setup_file: Path | None
    first: int
    last: int
    count: int | None
    json_: bool


def _lived(desk: Desk, asked: _Asked) -> NoReturn:
    if asked.last < asked.first:
        raise SluiceError("dates_reversed", "The last date is before the first; write them the other way.", "to")
    setup = _setup(asked.setup_file)
    statement = _statement(asked.file, asked.profile, None)
    life = Life((asked.first, asked.last), desk.now, desk.exchange.market)
    days = live(desk.prepare(asked.count), statement, setup, life)
    problems = list(statement.problems)
    total = _live(days, asked.last - asked.first + 1, problems)
    total["problems"] = _problem_words(problems)
    if asked.json_:
        as_json(total)
    else:
        screen.print(_history_words(total))
    list_problems(problems)
    sys.exit(PARTIAL if problems or total["quarantined"] else DONE)


def _setup(file: Path | None) -> Setup:
    if file is None:
        return Setup((), ())
    checking = AccountSetup(handle=CHECKING, kind="checking")
    setup = read_setup(decode_yaml(file.read_bytes()), [checking])
    if setup.problems:
        list_problems(setup.problems)
        raise SluiceError("setup_refused", "Nothing is done; correct what is listed above.", "setup")
    return setup


def _live(days: Iterable[HistoryDay], count: int, problems: list[Problem]) -> dict[str, object]:
    """Live through the days; gives the sums, and adds to the problems."""
    sums = dict.fromkeys(("lines", "differences", "account_days", "nights", "transfers", "quarantined"), 0)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("history", total=count)
        for lived in days:
            sums["lines"] += lived.imported.lines
            sums["differences"] += len(lived.imported.differences)
            sums["account_days"] += lived.imported.account_days
            sums["nights"] += any(night.status != "already_done" for night in lived.nights)
            sums["transfers"] += sum(night.transfers for night in lived.nights)
            sums["quarantined"] += sum(len(night.quarantined) for night in lived.nights)
            problems += lived.imported.problems
            bar.update(task, advance=1, description=format_day(lived.day))
    return dict(sums)


def _history_words(total: dict[str, object]) -> str:
    return (
        f"{total['nights']:,} nights, {total['lines']:,} lines, {total['transfers']:,} transfers by rules; "
        f"{total['differences']:,} differences of {total['account_days']:,} account-days."
    )
