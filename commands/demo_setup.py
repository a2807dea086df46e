"""The demo household's set-up: its accounts, starters switched on, and its pies."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any, Final

from bank.demo import OPENING
from commands.markets import DEMO_SPLIT, demo_symbol
from engine.household import Setup, account_named, read_setup
from engine.importing import CHECKING
from engine.invest.market import Market
from engine.invest.pies.draftfile import load_draft
from engine.invest.pies.editing import Draft
from engine.invest.pies.models import ModelPie
from engine.invest.pies.paths import leaves
from engine.invest.pies.removing import save
from engine.ports import BookWork
from ledger.days import date_of, parse_day
from ledger.faults import SluiceError
from rules.decode import Decoded
from rules.starter_files import starters
from rules.yamltext import decode_yaml

COMPANY: Final = "DEMO"
"""In a pie of the file: the company whose shares split within the year."""


def _document() -> dict[str, Any]:
    document = decode_yaml(files("commands").joinpath("demo_setup.yaml").read_bytes()).value
    if not isinstance(document, dict):
        raise SluiceError("demo_setup", "commands/demo_setup.yaml is not a mapping.")
    return document


def demo_setup() -> Setup:
    """Read commands/demo_setup.yaml. Raises SluiceError `demo_setup` where it does not fit the starters."""
    document = _document()
    known = {starter.rule.id: starter.rule for starter in starters()}
    rules = [
        known[chosen["id"]]
        .model_copy(update={"mode": chosen["mode"]})
        .model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for chosen in document["starters"]
    ]
    checking = {"handle": CHECKING, "kind": "checking"}
    body = {"accounts": [checking, *document["accounts"]], "persons": document["persons"], "rules": rules}
    setup = read_setup(Decoded(body))
    if setup.problems:
        first = setup.problems[0]
        raise SluiceError("demo_setup", first.sentence, first.path)
    return replace(setup, accounts=setup.accounts[1:], openings=((CHECKING, OPENING),))


def demo_pies(models: Mapping[str, ModelPie], last: int) -> dict[str, Draft]:
    """The pies of the demo household by account, for a life that ends on the day `last`."""
    found: dict[str, Draft] = {}
    for entry in _document()["pies"]:
        value = _named({name: part for name, part in entry.items() if name != "account"}, splitting(last))
        read = load_draft(Decoded(value), models)
        if read.document is None:
            first = read.problems[0]
            raise SluiceError("demo_setup", first.sentence, f"pies.{entry['account']}.{first.path}")
        found[entry["account"]] = read.document
    return found


def splitting(last: int) -> str:
    """The company whose shares split within the year that ends on the day `last`."""
    year = date_of(last).year
    return demo_symbol(year if parse_day(f"{year}-{DEMO_SPLIT}") < last else year - 1)


def _named(value: Any, symbol: str) -> Any:  # noqa: ANN401 - a plain document, whatever it holds
    """The document with the company's symbol written in."""
    if isinstance(value, dict):
        return {key: _named(one, symbol) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, symbol) for one in value]
    return symbol if value == COMPANY else value


def furnish_pies(
    work: BookWork, customer: int, market: Market, drafts: Mapping[str, Draft], when: tuple[int, int]
) -> None:
    """Give the demo household its pies; `when` is (business day, instant)."""
    for handle, draft in drafts.items():
        listed = market.listings([symbol for _, symbol, _ in leaves(draft.pie)])
        problems = save(work, account_named(work, customer, handle), draft, listed, when)
        if problems:
            raise SluiceError("demo_setup", problems[0].sentence, f"pies.{handle}.{problems[0].path}")
