"""The demo household's set-up: its accounts, and starters switched on."""

from dataclasses import replace
from importlib.resources import files

from bank.demo import OPENING
from engine.household import Setup, read_setup
from engine.importing import CHECKING
from ledger.faults import SluiceError
from rules.decode import Decoded
from rules.starter_files import starters
from rules.yamltext import decode_yaml


def demo_setup() -> Setup:
    """Read commands/demo_setup.yaml. Raises SluiceError `demo_setup` where it does not fit the starters."""
    document = decode_yaml(files("commands").joinpath("demo_setup.yaml").read_bytes()).value
    if not isinstance(document, dict):
        raise SluiceError("demo_setup", "commands/demo_setup.yaml is not a mapping.")
    known = {starter.rule.id: starter.rule for starter in starters()}
    rules = [
        known[chosen["id"]]
        .model_copy(update={"mode": chosen["mode"]})
        .model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for chosen in document["starters"]
    ]
    checking = {"handle": CHECKING, "kind": "checking"}
    body = {"accounts": [checking, *document["accounts"]], "rules": rules}
    setup = read_setup(Decoded(body))
    if setup.problems:
        first = setup.problems[0]
        raise SluiceError("demo_setup", first.sentence, first.path)
    return replace(setup, accounts=setup.accounts[1:], openings=((CHECKING, OPENING),))
