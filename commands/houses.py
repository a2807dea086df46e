"""Commands for households: init, customer, account, rules."""

from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from pydantic import TypeAdapter
from rich.table import Table

from commands.acting import admit, as_person
from commands.agreeing import account_agree, account_charge_cash
from commands.desk import Desk, as_json, home_of, household, list_problems, prove_asset, refusing, screen
from engine.closing import close_account
from engine.contributions.access import prove, to_open, touched
from engine.contributions.rights import Action
from engine.desk import NewCustomer
from engine.household import AccountSetup, Setup, furnish, reference_flaw
from engine.rulebook import from_text, save_rules, warnings_of
from ledger.accounts import Kind, Standing
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import format_money
from rules.decode import read_document
from rules.load import load_yaml
from rules.wording import sentence

_ACCOUNT: Final = TypeAdapter(AccountSetup)


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    return [_init(desk), _customer(desk), _account(desk), _rules(desk)]


def _init(desk: Desk) -> click.Command:
    @click.command("init")
    @click.option("--books", "count", type=click.IntRange(1, 65_535), help="fixed at birth; 1 where not given")
    @refusing
    def init(count: int | None) -> None:
        """Create the database with its books, or bring an existing one up to date."""
        books = desk.prepare(count, remake=True)
        screen.print(f"{len(books.book_ids())} book(s) ready.")

    return init


def _customer(desk: Desk) -> click.Command:
    @click.group("customer")
    def customer() -> None:
        """Households."""

    @customer.command("add")
    @click.argument("reference")
    @click.option("--name", help="what to call the household; its reference where not given")
    @refusing
    def add(reference: str, name: str | None) -> None:
        """Open a household in the book with fewest."""
        _prove_reference(reference)
        books = desk.open()
        sizes = books.emptiest()
        book = min(sizes, key=lambda number: (sizes[number], number))
        with books.lock(book) as work:
            work.open_customers([NewCustomer(reference, name or reference)], desk.day(work), desk.now())
        screen.print(f"{reference} opened in book {book}.")

    @customer.command("list")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(*, json_: bool) -> None:
        """List every household."""
        books = desk.open()
        found = []
        for book in books.book_ids():
            with books.read(book) as work:
                found += [{"reference": c.reference, "name": c.name, "book": book} for c in work.customers()]
        if json_:
            as_json(found)
            return
        table = Table("household", "name", "book")
        for row in found:
            table.add_row(str(row["reference"]), str(row["name"]), str(row["book"]))
        screen.print(table)

    return customer


def _prove_reference(reference: str) -> None:
    """Refuse a reference that nobody could read or write again."""
    if flaw := reference_flaw(reference):
        raise SluiceError("reference", flaw, "reference")


def _account(desk: Desk) -> click.Command:
    @click.group("account")
    def account() -> None:
        """Accounts of a household."""

    account.add_command(_account_add(desk))
    account.add_command(_account_list(desk))
    account.add_command(_account_close(desk))
    account.add_command(account_agree(desk))
    account.add_command(account_charge_cash(desk))
    return account


def _account_add(desk: Desk) -> click.Command:
    @click.command("add")
    @click.argument("reference")
    @click.argument("handle")
    @click.option("--kind", required=True, help="bank, checking, cash, borrow, invest or ira")
    @click.option("--name")
    @click.option("--asset", default="USD", show_default=True)
    @click.option("--floor", help='what rules keep in it, such as "100.00"')
    @click.option("--ceiling", help="the most it may hold")
    @click.option("--limit", help="the fixed limit of a borrow line; it follows the collateral where not given")
    @click.option("--charge-cash", is_flag=True, help="interest of a borrow line may be charged to cash accounts too")
    @click.option("--opening", help="its opening balance; what is owed on a borrow line is negative")
    @click.option("--mirrored", is_flag=True, help="statement lines will be imported into it")
    @click.option("--ownership", help="individual, joint, custodial, trust; an IRA: traditional, roth or sep")
    @click.option("--owner", "owners", type=int, multiple=True, help="number of a person who owns it")
    @click.option("--agreed", is_flag=True, help="the margin agreement of a trust is signed")
    @as_person
    @refusing
    def add(reference: str, asset: str, acting: int | None, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Open an account."""
        document = {
            name: list(value) if name == "owners" else value for name, value in given.items() if value is not None
        }
        read = read_document(_ACCOUNT, document)
        if read.document is None:
            list_problems(read.problems)
            raise SluiceError("account_refused", "The account is not opened; correct what is listed above.")
        prove_asset(asset)
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            rights = admit(work, customer, acting, Action.SEE)
            prove(rights, acting, Action.OPEN, [to_open(rights, read.document.owning())])
            setup = Setup((read.document,), (), asked=True)
            furnish(work, [customer], setup, asset, (desk.day(work), desk.now()))
        screen.print(f"{given['handle']} opened for {reference}.")

    return add


def _account_close(desk: Desk) -> click.Command:
    @click.command("close")
    @click.argument("reference")
    @click.argument("handle")
    @click.option("--to", "other", required=True, help="handle of the account that takes the rest or pays")
    @as_person
    @refusing
    def close(reference: str, handle: str, other: str, acting: int | None) -> None:
        """Close an account: its interest is posted at once, the rest moves to another account."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            prove(admit(work, customer, acting, Action.CLOSE, [handle]), acting, Action.MOVE, [other])
            when = (desk.day(work), desk.now())
            done = close_account(work, customer, (handle, other), when, desk.exchange.market)
        parts = [f"{handle} is closed; interest posted {format_money(done.interest, grouped=True)}"]
        parts += [f"fee {format_money(done.fee, grouped=True)}"] if done.fee else []
        parts.append(f"{format_money(done.moved, grouped=True)} settled with {other}")
        screen.print(f"{', '.join(parts)}.", soft_wrap=True)

    return close


def _account_list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def list_(reference: str, *, json_: bool) -> None:
        """List a household's accounts with their balances."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            accounts = work.accounts_of(np.array([customer], np.int64))
        rows = [
            {
                "handle": found.handle,
                "kind": Kind(found.kind).name.lower(),
                "posted": format_money(found.posted),
                "pending_in": format_money(found.pending_in),
                "pending_out": format_money(found.pending_out),
                "standing": Standing(found.standing).name.lower(),
            }
            for found in accounts
        ]
        if json_:
            as_json(rows)
            return
        table = Table("account", "kind", "posted", "pending in", "pending out", "standing", title=reference)
        for row in rows:
            table.add_row(*row.values())
        screen.print(table)

    return list_


def _rules(desk: Desk) -> click.Command:
    @click.group("rules")
    def rules() -> None:
        """Rule lists."""

    rules.add_command(_rules_apply(desk))
    rules.add_command(_rules_list(desk))
    return rules


def _rules_apply(desk: Desk) -> click.Command:
    @click.command("apply")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--customer", "reference", required=True, help="the household's reference")
    @as_person
    @refusing
    def apply(file: Path, reference: str, acting: int | None) -> None:
        """Save the ordered rule list of FILE (YAML or JSON) as the household's new version."""
        loaded = load_yaml(file.read_bytes())
        if loaded.problems:
            list_problems(loaded.problems)
            raise SluiceError("rules_refused", "Nothing is saved; correct what is listed above.")
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            versions = work.versions(customer)
            before = from_text(versions[-1].documents) if versions else ()
            admit(work, customer, acting, Action.RULE, touched(before, loaded.rules))
            problems = save_rules(work, customer, loaded.rules, (desk.day(work), desk.now()))
            warnings = () if problems else warnings_of(work, customer, loaded.rules)
        if problems:
            list_problems(problems)
            raise SluiceError("rules_refused", "Nothing is saved; correct what is listed above.")
        for rank, rule in enumerate(loaded.rules, start=1):
            screen.print(f"{rank}. ({rule.mode}) {sentence(rule)}", markup=False, soft_wrap=True)
        list_problems(warnings)

    return apply


def _rules_list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @refusing
    def list_(reference: str) -> None:
        """Say a household's rules in order."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            versions = work.versions(customer)
            name = household(work, customer).name
            rules = from_text(versions[-1].documents) if versions else ()
            warnings = warnings_of(work, customer, rules)
        if not versions:
            raise SluiceError("no_rules", f"{name} has no rules yet; save some with `flask rules apply`.")
        screen.print(f"Version {versions[-1].version}, saved {format_day(versions[-1].day)}")
        for rank, rule in enumerate(rules, start=1):
            screen.print(f"{rank}. {rule.id} ({rule.mode}): {sentence(rule)}", markup=False, soft_wrap=True)
        list_problems(warnings)

    return list_
