"""Commands for recurring transfers: transfer recurring add, list, skip, pause, resume, remove."""

from collections.abc import Callable, Sequence
from typing import Final

import click
from rich.table import Table

from commands.acting import admit, as_option, as_person
from commands.desk import Day, Desk, as_json, home_of, list_problems, refusing, screen
from engine.contributions.access import touched
from engine.contributions.rights import Action
from engine.ports import BookWork
from engine.recurring.asking import coming_of, nights_of, read_fields
from engine.recurring.changes import added, in_mode, mode_before, named, recurring, removed, skipping
from engine.recurring.patterns import NTHS, WEEKDAYS
from engine.recurring.shortform import own_problem, with_id
from engine.recurring.wording import transfer_sentence
from engine.rulebook import from_text, save_rules
from ledger.days import date_of, format_day
from ledger.faults import SluiceError
from rules.document import Rule

_NEXT: Final = 3


def recurring_group(desk: Desk) -> click.Command:
    """The commands of `transfer recurring`."""
    group = click.Group("recurring", help="Transfers that come again: rules with a fixed amount, in a short form.")
    for make in (_add, _list, _skip, _pause, _resume, _remove):
        group.add_command(make(desk))
    return group


_OPTIONS: Final = {
    "id": "its id in the rule list; made from its name where not given",
    "name": "what to call it",
    "from": "handle of the account it leaves",
    "to": "handle of the account it goes to",
    "amount": 'such as "250.00"',
    "start": "the first date it may move on",
    "end": "the last date it may move on",
    "times": "in place of an end: how many times",
    "mode": "off, watch, ask or auto; it only watches where not given",
    "if_short": "nothing (the whole amount or nothing) or partial",
    "once": "a date",
    "weekly": "days of the week, such as mon,fri",
    "monthly": "days of the month, such as 1,15 or last",
    "quarterly": "a day of the month, or last, every three months; needs --end or --times",
    "dates": "dates, such as 2026-12-24,2027-01-07",
    "every_weeks": "every so many weeks",
    "counted_from": "the date from which weeks are counted",
    "business_days": "before, after or skip: what becomes of dates on which banks rest",
}
_NTH_HELP: Final = "a weekday of each month, such as first fri; needs --end or --times"
_LISTS: Final = ("weekly", "monthly", "dates")


def _add(desk: Desk) -> click.Command:
    def add(
        reference: str, *, acting: int | None, daily: bool, nth: tuple[str, str] | None, **given: str | None
    ) -> None:
        fields = _fields({name: text for name, text in given.items() if text})
        if daily:
            fields["schedule.daily"] = "true"
        if nth:
            fields |= {"schedule.nth_weekday.nth": nth[0], "schedule.nth_weekday.weekday": nth[1]}
        _added(desk, reference, acting, fields)

    about = "Add a recurring transfer as the household's last rule. Several schedules: any of them."
    command = click.command("add", help=about)(refusing(add))
    command.params = [click.Argument(["reference"])]
    for name, told in _OPTIONS.items():
        needed = name in {"from", "to", "amount"}
        command.params.append(click.Option([f"--{name.replace('_', '-')}", name], help=told, required=needed))
    command.params.append(as_option())
    command.params.append(click.Option(["--daily"], is_flag=True, help="every night"))
    pair = (click.Choice(NTHS), click.Choice(WEEKDAYS))
    command.params.append(click.Option(["--nth"], type=pair, help=_NTH_HELP))
    return command


def _fields(given: dict[str, str]) -> dict[str, str]:
    """Options as fields of the document."""
    fields: dict[str, str] = {}
    for name, text in given.items():
        if name in _LISTS:
            parts = text.split(",")
            fields |= {f"schedule.{name}.{place}": part.strip() for place, part in enumerate(parts)}
        elif name in {"once", "quarterly", "business_days"}:
            fields[f"schedule.{name}"] = text
        else:
            fields[{"every_weeks": "schedule.every.weeks", "counted_from": "schedule.every.from"}.get(name, name)] = (
                text
            )
    return fields


def _added(desk: Desk, reference: str, acting: int | None, fields: dict[str, str]) -> None:
    books = desk.open()
    book, customer = home_of(books, reference)
    with books.lock(book) as work:
        nights = nights_of(work, customer, desk.next_night())
        read = read_fields(fields, date_of(nights.next), nights)
        if read.document is None:
            list_problems(read.problems)
            raise SluiceError("recurring_refused", "Nothing is saved; correct what is listed above.")
        before = _rules(work, customer)
        rules = added(before, with_id(read.document, before))
        admit(work, customer, acting, Action.RULE, touched(before, rules))
        _save(work, customer, rules, (nights.next, desk.now()))
        days = coming_of(work, customer, rules, nights, 1)[rules[-1].id]
    screen.print(
        f"{len(rules)}. {rules[-1].id} ({rules[-1].mode}): {transfer_sentence(rules[-1])}", markup=False, soft_wrap=True
    )
    screen.print(f"Next on {format_day(days[0])}." if days else "No date is to come.")


def _rules(work: BookWork, customer: int) -> tuple[Rule, ...]:
    versions = work.versions(customer)
    return from_text(versions[-1].documents) if versions else ()


def _save(work: BookWork, customer: int, rules: Sequence[Rule], when: tuple[int, int]) -> None:
    problems = save_rules(work, customer, rules, when)
    if problems:
        list_problems([own_problem(one, len(rules) - 1) for one in problems])
        raise SluiceError("recurring_refused", "Nothing is saved; correct what is listed above.")


def _list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(reference: str, *, json_: bool) -> None:
        """List the recurring transfers with their next dates."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            rules = _rules(work, customer)
            days = coming_of(work, customer, rules, nights_of(work, customer, desk.next_night()), _NEXT)
        rows = [(one, [format_day(day) for day in days[one.rule.id]]) for one in recurring(rules)]
        if json_:
            told = [one.transfer.model_dump(mode="json", by_alias=True, exclude_none=True) for one, _ in rows]
            as_json([{**document, "next": following} for document, (_, following) in zip(told, rows, strict=True)])
            return
        table = Table("rule", "id", "mode", "what it does", "next")
        for one, following in rows:
            words = "paused" if one.rule.mode == "off" else ", ".join(following) or "none"
            table.add_row(str(one.place + 1), one.rule.id, one.rule.mode, transfer_sentence(one.rule), words)
        screen.print(table)

    return list_


def _skip(desk: Desk) -> click.Command:
    @click.command("skip")
    @click.argument("reference")
    @click.argument("name")
    @click.option("--on", "day", type=Day(), help="the date to leave out; the next one where not given")
    @as_person
    @refusing
    def skip(reference: str, name: str, day: int | None, acting: int | None) -> None:
        """Leave out the next date of a recurring transfer, or another one."""

        def changed(work: BookWork, customer: int, rules: tuple[Rule, ...]) -> tuple[tuple[Rule, ...], str]:
            nights = nights_of(work, customer, desk.next_night())
            following = coming_of(work, customer, rules, nights, 1).get(named(rules, name).rule.id, [])
            chosen = [day] if day is not None else following
            if not chosen:
                raise SluiceError("no_date", "No date is to come that could be left out.", "on")
            return skipping(rules, name, chosen[0], nights.last), f"{name} rests on {format_day(chosen[0])}."

        _change(desk, reference, acting, changed)

    return skip


def _pause(desk: Desk) -> click.Command:
    @click.command("pause")
    @click.argument("reference")
    @click.argument("name")
    @as_person
    @refusing
    def pause(reference: str, name: str, acting: int | None) -> None:
        """Switch a recurring transfer off until it is resumed."""
        _change(desk, reference, acting, lambda _, __, rules: (in_mode(rules, name, "off"), f"{name} is paused."))

    return pause


def _resume(desk: Desk) -> click.Command:
    @click.command("resume")
    @click.argument("reference")
    @click.argument("name")
    @as_person
    @refusing
    def resume(reference: str, name: str, acting: int | None) -> None:
        """Switch a paused transfer to the mode it had before."""

        def changed(work: BookWork, customer: int, rules: tuple[Rule, ...]) -> tuple[tuple[Rule, ...], str]:
            mode = mode_before(work.versions(customer), name)
            return in_mode(rules, name, mode), f"{name} runs again, in mode {mode}."

        _change(desk, reference, acting, changed)

    return resume


def _remove(desk: Desk) -> click.Command:
    @click.command("remove")
    @click.argument("reference")
    @click.argument("name")
    @as_person
    @refusing
    def remove(reference: str, name: str, acting: int | None) -> None:
        """Take a recurring transfer out of the rules; its history stays."""
        _change(desk, reference, acting, lambda _, __, rules: (removed(rules, name), f"{name} is removed."))

    return remove


Changed = Callable[[BookWork, int, tuple[Rule, ...]], tuple[tuple[Rule, ...], str]]


def _change(desk: Desk, reference: str, acting: int | None, changed: Changed) -> None:
    books = desk.open()
    book, customer = home_of(books, reference)
    with books.lock(book) as work:
        before = _rules(work, customer)
        rules, told = changed(work, customer, before)
        admit(work, customer, acting, Action.RULE, touched(before, rules))
        _save(work, customer, rules, (desk.day(work), desk.now()))
    screen.print(told, markup=False, soft_wrap=True)
