"""Commands for matching rules, which give imported lines their categories: matching list, set, test, apply."""

from pathlib import Path

import click
from rich.table import Table

from commands.acting import admit, as_person
from commands.desk import Day, Desk, as_json, home_of, list_problems, refusing, screen
from engine.contributions.rights import Action
from engine.matching.document import MatchRule, read_matching
from engine.matching.judge import NO_RULE
from engine.matching.recategorise import Trial, recategorise, rules_of, save_matching, tried
from engine.matching.wording import match_sentence
from ledger.days import EVER, format_day
from ledger.faults import SluiceError
from ledger.money import format_money
from rules.yamltext import decode_yaml

_REFUSED = "Nothing is saved; correct what is listed above."


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = click.Group("matching", help="Rules that give imported lines their categories.")
    for command in (_list(desk), _set(desk), _test(desk), _apply(desk)):
        group.add_command(command)
    return [group]


def _list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @as_person
    @refusing
    def list_(reference: str, *, json_: bool, acting: int | None) -> None:
        """Say a household's matching rules in order."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            admit(work, customer, acting, Action.SEE)
            rules, versions = rules_of(work, customer), work.match_versions(customer)
        if json_:
            as_json([rule.model_dump(mode="json", exclude_none=True) for rule in rules])
            return
        if not versions:
            screen.print("No matching rules yet: lines keep the categories that their profiles give.", soft_wrap=True)
            return
        screen.print(f"Version {versions[-1].version}, saved {format_day(versions[-1].day)}")
        _say(rules)

    return list_


def _say(rules: tuple[MatchRule, ...]) -> None:
    for rank, rule in enumerate(rules, start=1):
        screen.print(f"{rank}. {match_sentence(rule)}", markup=False, soft_wrap=True)


def _read(file: Path) -> tuple[MatchRule, ...]:
    read = read_matching(decode_yaml(file.read_bytes()))
    if read.document is None:
        list_problems(read.problems)
        raise SluiceError("matching_refused", _REFUSED)
    return read.document.rules


def _set(desk: Desk) -> click.Command:
    @click.command("set")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--customer", "reference", required=True, help="the household's reference")
    @as_person
    @refusing
    def set_(file: Path, reference: str, acting: int | None) -> None:
        """Save the matching rules of FILE (YAML or JSON) as the household's new version; for lines still to come."""
        rules = _read(file)
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            admit(work, customer, acting, Action.SETTINGS)
            when = (desk.day(work), desk.now())
            problems = save_matching(work, customer, rules, when)
        if problems:
            list_problems(problems)
            raise SluiceError("matching_refused", _REFUSED)
        _say(rules)

    return set_


def _test(desk: Desk) -> click.Command:
    @click.command("test")
    @click.argument("reference")
    @click.option("--last", "count", type=click.IntRange(1, 10_000), default=50, show_default=True, help="lines")
    @click.option(
        "--file",
        "file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="rules to try in place of those that are saved",
    )
    @as_person
    @refusing
    def test(reference: str, count: int, file: Path | None, acting: int | None) -> None:
        """Show what the rules say of the newest imported lines; nothing is changed."""
        draft = _read(file) if file else None
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            admit(work, customer, acting, Action.SEE)
            rules = rules_of(work, customer) if draft is None else draft
            trial = tried(work, customer, rules, EVER, count)
        _show(rules, trial)

    return test


def _show(rules: tuple[MatchRule, ...], trial: Trial) -> None:
    lines = trial.standing.lines
    for rank, (rule, holds, decides) in enumerate(zip(rules, trial.holds, trial.decides, strict=True), start=1):
        told = f"holds for {holds:,} lines, decides {decides:,}"
        screen.print(f"{rank}. {match_sentence(rule)} ({told})", markup=False, soft_wrap=True)
    table = Table("day", "text", "amount", "category", "rule", "by the rules")
    table.columns[2].justify = "right"
    columns = (lines.day.tolist(), lines.text, lines.amount.tolist(), trial.now, trial.first.tolist(), trial.then)
    for day, text, amount, now, first, then in zip(*columns, strict=True):
        by = "none" if first == NO_RULE else str(first + 1)
        said = "stays" if now == then else then
        table.add_row(format_day(day), text, format_money(amount, grouped=True), now, by, said)
    screen.print(table)
    screen.print(f"{len(trial.moving):,} of {len(lines):,} lines would change their category.")


def _apply(desk: Desk) -> click.Command:
    @click.command("apply")
    @click.argument("reference")
    @click.option("--since", type=Day(), required=True, help="lines of this date and later")
    @as_person
    @refusing
    def apply(reference: str, since: int, acting: int | None) -> None:
        """Move the categories of lines in the books to what the rules say; a second time finds nothing to do."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            admit(work, customer, acting, Action.SETTINGS)
            when = (desk.day(work), desk.now())
            moved = recategorise(work, customer, since, when)
        screen.print(f"{moved:,} {'line was' if moved == 1 else 'lines were'} moved to another category.")

    return apply
