"""Commands for pies: set, show, models, follow, preview."""

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from rich.table import Table
from rich.tree import Tree

from commands.acting import admit, as_person
from commands.desk import Desk, as_json, home_of, list_problems, refusing, screen
from commands.toldpies import handles_of, preview_words, say_preview
from engine.contributions.rights import Action
from engine.dated.trading import order_minimum
from engine.desk import AccountRecord
from engine.household import account_named
from engine.invest.pies.draftfile import load_draft
from engine.invest.pies.following import Follower, followers, propagate
from engine.invest.pies.models import pie_document
from engine.invest.pies.paths import leaves
from engine.invest.pies.pie import Pie, stored_pie
from engine.invest.pies.removing import save
from engine.invest.pies.terms import shown, terms_of
from engine.invest.records import PieVersion
from engine.invest.windows.preview import basis_now, preview
from engine.ports import BookWork
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import format_percent
from market.gallery import CATEGORIES, Model, gallery
from rules.yamltext import decode_yaml


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    group = click.Group("pie", help="Pies: what an invest account holds, by weight.")
    for command in (_set(desk), _show(desk), _models(), _follow(desk), _preview(desk)):
        group.add_command(command)
    return [group]


def _set(desk: Desk) -> click.Command:
    @click.command("set")
    @click.argument("reference")
    @click.argument("handle")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @as_person
    @refusing
    def set_(reference: str, handle: str, file: Path, acting: int | None) -> None:
        """Save the pie of FILE ({pie: ..., terms: ...}, YAML) as the account's new version. Nothing is traded by it."""
        books = desk.open()
        book, customer = home_of(books, reference)
        decoded = decode_yaml(file.read_bytes())
        with books.lock(book) as work:
            admit(work, customer, acting, Action.TRADE, [handle])
            account = account_named(work, customer, handle)
            before = version_of(work, account)
            read = load_draft(decoded, desk.exchange.models(), terms_of(before.terms) if before else None)
            problems = read.problems
            if read.document is not None:
                brokers = desk.exchange.trading().brokers
                if read.document.terms.broker not in brokers:
                    sentence = f"No broker holds this account; the brokers' accounts are {', '.join(brokers)}."
                    raise SluiceError("broker_unknown", sentence, "terms.broker")
                symbols = [symbol for _, symbol, _ in leaves(read.document.pie)]
                listed = desk.exchange.market.listings(symbols)
                problems = save(work, account, read.document, listed, (desk.day(work), desk.now()))
            if problems:
                list_problems(problems)
                raise SluiceError("pie_refused", "Nothing is saved; correct what is listed above.")
            version = now_version(work, account)
        screen.print(f"Version {version.version} of the pie of {handle} is saved; nothing is traded by it.")

    return set_


def version_of(work: BookWork, account: AccountRecord) -> PieVersion | None:
    """The account's pie as it is now, None where it has none."""
    return work.pies_now(np.array([account.account], np.int64)).get(account.account)


def now_version(work: BookWork, account: AccountRecord) -> PieVersion:
    """The same. Raises SluiceError `no_pie`."""
    found = version_of(work, account)
    if found is None:
        sentence = f"{account.handle} has no pie yet; save one with `flask pie set`."
        raise SluiceError("no_pie", sentence, "account")
    return found


def _show(desk: Desk) -> click.Command:
    @click.command("show")
    @click.argument("reference")
    @click.argument("handle")
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def show(reference: str, handle: str, *, json_: bool) -> None:
        """Show an account's pie and its terms."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.read(book) as work:
            version = now_version(work, account_named(work, customer, handle))
        pie, terms = stored_pie(version.document), shown(terms_of(version.terms))
        if json_:
            as_json({"version": version.version, "pie": pie_document(pie), "terms": terms})
            return
        screen.print(_tree(pie, f"{pie.title or pie.name}, version {version.version} of {format_day(version.day)}"))
        for name, value in terms.items():
            screen.print(f"{name}: {value}", markup=False)

    return show


def _tree(pie: Pie, label: str) -> Tree:
    tree = Tree(label, guide_style="dim")
    for one in pie.slices:
        said = f"{format_percent(one.weight)} {one.label}"
        if one.pie is None:
            tree.add(said)
        else:
            model = f" (model, version {one.pie.model.version})" if one.pie.model else ""
            tree.add(_tree(one.pie, said + model))
    return tree


def _models() -> click.Command:
    @click.command("models")
    @click.argument("name", required=False)
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def models(name: str | None, *, json_: bool) -> None:
        """List the model pies, or show one of them."""
        found = gallery()
        if name is not None and name not in found:
            raise SluiceError("model_unknown", f"There is no model pie {name}; list them with `flask pie models`.")
        chosen = [found[name]] if name else list(found.values())
        if json_:
            for model in chosen:
                as_json(model.model_dump(mode="json", exclude_none=True))
        elif name:
            _say_model(chosen[0])
        else:
            table = Table("model", "title", "category")
            for model in chosen:
                table.add_row(model.name, model.title, CATEGORIES[model.category])
            screen.print(table)

    return models


def _say_model(model: Model) -> None:
    screen.print(_tree(model.pie, f"{model.title} ({model.name}), version {model.version}"))
    screen.print(model.description, markup=False)
    screen.print(f"Source: {model.source}", markup=False)


def _follow(desk: Desk) -> click.Command:
    @click.command("follow")
    @click.option("--customer", "reference", help="one household; all where not given")
    @click.option("--preview", "only", is_flag=True, help="say what would change, and change nothing")
    @as_person
    @refusing
    def follow(reference: str | None, *, only: bool, acting: int | None) -> None:
        """Bring pies that hold a model to the gallery's version of it. Nothing is traded by it."""
        if acting is not None and reference is None:
            raise click.UsageError("--as needs --customer: each household counts its own persons.")
        books = desk.open()
        homes = [home_of(books, reference)] if reference else [(book, None) for book in books.book_ids()]
        count = 0
        for book, customer in homes:
            ids = None if customer is None else np.array([customer], np.int64)
            with books.read(book) if only else books.lock(book) as work:
                found = followers(work, desk.exchange.models(), ids)
                if customer is not None:
                    _admit(work, customer, acting, () if only else found)
                count += len(found)
                if only:
                    _say_followers(work, found)
                else:
                    refused = propagate(work, desk.exchange.market, found, (desk.day(work), desk.now()))
                    count -= len(refused)
                    for problems in refused.values():
                        list_problems(problems)
        screen.print(f"{count} pie(s) {'would change' if only else 'changed'}; nothing is traded by it.")

    return follow


def _admit(work: BookWork, customer: int, acting: int | None, found: Sequence[Follower]) -> None:
    """Prove that a person may look at the household, and trade in the accounts whose pies are to change."""
    names = handles_of(work, customer)
    admit(work, customer, acting, Action.TRADE if found else Action.SEE, [names[one.account] for one in found])


def _say_followers(work: BookWork, found: list[Follower]) -> None:
    customers = np.array(sorted({one.customer for one in found}), np.int64)
    names = {one.account: one.handle for one in work.accounts_of(customers)} if found else {}
    for one in found:
        said = ", ".join(f"{name} {old} to {new}" for name, old, new in one.models)
        table = Table("slice", "before", "after", title=f"{names[one.account]}: {said}")
        for target in one.targets:
            if target.before != target.after:
                before, after = (format_percent(round(part * 10_000)) for part in (target.before, target.after))
                table.add_row(target.path, before, after)
        screen.print(table)


def _preview(desk: Desk) -> click.Command:
    @click.command("preview")
    @click.argument("reference")
    @click.argument("handle", required=False)
    @click.option("--json", "json_", is_flag=True)
    @refusing
    def preview_(reference: str, handle: str | None, *, json_: bool) -> None:
        """Say what the next window would do for a household: orders, lots, gains, taxes, drift before and after."""
        books = desk.open()
        book, customer = home_of(books, reference)
        now = desk.now()
        with books.read(book) as work:
            window = desk.exchange.next_window(now, work.dated())
            handles = {one.account: one.handle for one in work.accounts_of(np.array([customer], np.int64))}
            only = account_named(work, customer, handle).account if handle else 0
            when = (now, order_minimum(work.dated(), window.day))
            basis = basis_now(work, desk.exchange.market, window, when, np.array([customer], np.int64))
            told = preview_words(preview(work, basis), handles, work.asset_scales(), only)
        if json_:
            as_json(told)
        else:
            say_preview(told)

    return preview_
