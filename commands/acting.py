"""On whose behalf a command is given: the option `--as PERSON`, and the gate that it passes."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import click

from engine.contributions.access import OURS, HouseRights, Terms, prove, rights_of
from engine.contributions.rights import Action
from engine.ports import BookWork

_HELP: Final = "number of the person who asks, refused what they may not do; the household itself where not given"


def as_person(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--as`; its value is the parameter `acting`."""
    return click.option("--as", "acting", type=int, metavar="PERSON", help=_HELP)(command)


def as_option() -> click.Option:
    """The same option, for commands that are put together by hand."""
    return click.Option(["--as", "acting"], type=int, metavar="PERSON", help=_HELP)


def admit(
    work: BookWork, customer: int, acting: int | None, action: Action, accounts: Iterable[str | Terms] = (OURS,)
) -> HouseRights:
    """The household's rights, once it is proven that the person may do this. Raises SluiceError `not_allowed`."""
    rights = rights_of(work, customer)
    prove(rights, acting, Action.SEE)
    prove(rights, acting, action, accounts)
    return rights
