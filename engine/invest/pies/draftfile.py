"""A pie with its terms as one document: {pie, terms, removed, moved}, of which only the pie is needed."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field, TypeAdapter

from engine.invest.pies.editing import Draft
from engine.invest.pies.models import ModelPie, with_models
from engine.invest.pies.pie import load_decoded
from engine.invest.pies.terms import PieTerms, load_terms
from ledger.faults import Problem
from ledger.money import quoted
from rules.decode import Decoded, Read, read_document
from rules.values import Document

KEYS: Final = ("pie", "terms", "removed", "moved")


class _Changes(Document):
    removed: tuple[str, ...] = ()
    moved: dict[str, str] = Field(default_factory=dict)


_CHANGES: Final = TypeAdapter(_Changes)


def load_draft(decoded: Decoded, models: Mapping[str, ModelPie], terms: PieTerms | None = None) -> Read[Draft]:
    """Read a draft; whatever is wrong becomes a problem with its path. Never raises.

    Where the document has no terms the pie keeps `terms`, or gets the usual ones. Models are named as
    `engine/invest/pies/models.py` has it.
    """
    if decoded.problems:
        return Read(None, decoded.problems)
    value = decoded.value
    if not isinstance(value, dict) or "pie" not in value:
        sentence = "A draft is a mapping with the key pie, and where wanted terms, removed and moved."
        return Read(None, (Problem("", "mapping_expected", sentence),))
    problems = [
        Problem(str(key), "extra_forbidden", f"{quoted(str(key))} is no key here; the keys are {', '.join(KEYS)}.")
        for key in value
        if key not in KEYS
    ]
    pie = load_decoded(with_models(Decoded(value["pie"]), models, "pie"), "pie")
    own = load_terms(Decoded(value["terms"]), "terms") if "terms" in value else Read(terms or PieTerms(), ())
    changes = read_document(_CHANGES, {key: value[key] for key in ("removed", "moved") if key in value})
    problems += [*pie.problems, *own.problems, *changes.problems]
    if problems or pie.document is None or own.document is None or changes.document is None:
        return Read(None, tuple(problems))
    return Read(Draft(pie.document, own.document, changes.document.removed, changes.document.moved), ())
