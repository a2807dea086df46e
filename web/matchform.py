"""The form of a matching rule: flat fields, words one a line, and the document they make."""

from collections.abc import Mapping
from typing import Final

from engine.matching.document import MatchRule
from rules.formtext import DecodedForm, decode_form

TESTS: Final = (("contains", "contains"), ("starts", "starts with"), ("equals", "is"))
DIRECTIONS: Final = (("", "in or out"), ("in", "money in"), ("out", "money out"))
CARDS: Final = (("", "any line"), ("yes", "card purchases"), ("no", "other lines"))
GIVES: Final = (("", "as it is"), ("yes", "as a card purchase"), ("no", "not as a card purchase"))
_PLAIN: Final = ("name", "category", "card", "when.at_least", "when.at_most", "when.direction")
_KEPT: Final = (*_PLAIN, "when.account", "when.card")

Fields = dict[str, str]


def blank() -> Fields:
    """A new rule: about what a line says."""
    return {"test": "contains", "words": ""}


def flat(rule: MatchRule) -> Fields:
    """A rule as the fields that make it."""
    document = rule.model_dump(mode="json", exclude_none=True)
    when = document.pop("when")
    text = when.pop("text", {"contains": []})
    ((test, words),) = text.items()
    fields = {name: str(told) for name, told in document.items()}
    fields |= {f"when.{name}": str(told) for name, told in when.items()}
    return fields | {"test": test, "words": "\n".join(words)}


def decoded(fields: Mapping[str, str]) -> DecodedForm:
    """The document that the fields make."""
    test = fields.get("test", "")
    test = test if test in dict(TESTS) else "contains"
    lines = [line.strip() for line in fields.get("words", "").splitlines()]
    words = [line for line in lines if line]
    kept = {name: fields[name] for name in _KEPT if fields.get(name, "").strip()}
    form = decode_form(kept | {f"when.text.{test}.{place}": word for place, word in enumerate(words[:900])})
    value = form.value if isinstance(form.value, dict) else {}
    return DecodedForm({"when": {}, **value}, form.problems, form.places)


def field_of(path: str) -> str:
    """The form's field that a problem's path is about."""
    return "words" if path == "when" or path.startswith("when.text") else path
