"""A form's flat fields as a nested value: `from.0.account` becomes the account of the first source (ruling 37)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.faults import Problem
from ledger.money import quoted
from rules.decode import MAX_BYTES, MAX_DEPTH, Decoded, checked, join_path

MAX_FIELDS: Final = 1000
_MAX_PLACE_DIGITS: Final = 3

_Tree = dict[str, "str | _Tree"]


@dataclass(frozen=True, slots=True)
class DecodedForm(Decoded):
    """A decoded form that remembers, for each list left shorter by empty entries, the places its entries had."""

    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def renamed(self, problem: Problem) -> Problem:
        """Give the problem with the path by which the form's own field is named."""
        read: list[str] = []
        shown: list[str] = []
        for part in problem.path.split("."):
            places = self.places.get(join_path(*read), ())
            shown.append(places[int(part)] if _is_place(part) and int(part) < len(places) else part)
            read.append(part)
        return Problem(".".join(shown), problem.code, problem.sentence)


def decode_form(fields: Mapping[str, str]) -> DecodedForm:
    """Nest the fields that are not blank; whole-number keys make lists, in the order of their numbers."""
    size = sum(len(name) + len(text) for name, text in fields.items())
    if size > MAX_BYTES or len(fields) > MAX_FIELDS:
        sentence = f"The form is too large; send at most {MAX_FIELDS} fields and {MAX_BYTES} characters."
        return DecodedForm(None, (Problem("", "too_large", sentence),))
    tree: _Tree = {}
    problems = tuple(
        Problem(
            name, "field_name", f"{quoted(name)} is not a usable field name here; write a path like from.0.account."
        )
        for name, text in fields.items()
        if text.strip() and not _planted(tree, name.split("."), text.strip())
    )
    places: dict[str, tuple[str, ...]] = {}
    decoded = checked(_grown(tree, "", places))
    return DecodedForm(decoded.value, problems + decoded.problems, places)


def _planted(tree: _Tree, path: list[str], text: str) -> bool:
    """Put the text at the path; tell whether the path is well formed and free."""
    if len(path) > MAX_DEPTH or not all(path):
        return False
    *above, last = path
    for part in above:
        below = tree.setdefault(part, {})
        if isinstance(below, str):
            return False
        tree = below
    return tree.setdefault(last, text) is text


def _grown(tree: str | _Tree, path: str, places: dict[str, tuple[str, ...]]) -> object:
    if isinstance(tree, str):
        return tree
    if not tree or not all(_is_place(name) for name in tree):
        return {name: _grown(child, join_path(path, name), places) for name, child in tree.items()}
    names = sorted(tree, key=int)
    places[path] = tuple(names)
    return [_grown(tree[name], join_path(path, place), places) for place, name in enumerate(names)]


def _is_place(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) <= _MAX_PLACE_DIGITS and name == str(int(name))
