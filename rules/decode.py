"""From bytes to validated documents, for every document there is: rules, statement profiles, set-ups, API bodies.

JSON, YAML (rules.yamltext) and forms become plain values; plain values become strict models; whatever is wrong
becomes a `Problem` with a path and a plain sentence. Nothing here raises for any input (ruling 19).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Generic, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ledger.faults import Problem, SluiceError
from ledger.money import quoted
from rules.values import Document

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 24  # a pie one level too deep is still read, so that it is refused with its path
MAX_PROBLEMS: Final = 100

_TOO_DEEP: Final = f"The document is nested deeper than {MAX_DEPTH} levels; write it flatter."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A plain value (texts, whole numbers, booleans, lists, mappings), or the problems that forbid to use it."""

    value: object
    problems: tuple[Problem, ...] = ()


def refused(code: str, sentence: str, path: str = "") -> Decoded:
    """Give a Decoded without value and with one problem."""
    return Decoded(None, (Problem(path, code, sentence),))


def decode_json(data: bytes, max_bytes: int = MAX_BYTES) -> Decoded:
    """Read JSON in UTF-8: unique keys, finite numbers, at most `MAX_DEPTH` levels."""
    if len(data) > max_bytes:
        return refused("too_large", f"The document has {len(data)} bytes; send at most {max_bytes}.")
    try:
        return checked(_json_value(data))
    except SluiceError as fault:
        return refused(fault.code, fault.sentence)


def _json_value(data: bytes) -> object:
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except UnicodeDecodeError as fault:
        sentence = f"The document is not UTF-8 at byte {fault.start}; save it as UTF-8."
        raise SluiceError("encoding", sentence) from None
    except RecursionError:
        raise SluiceError("too_deep", _TOO_DEEP) from None
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        sentence = f"The document is not JSON at {place}: {fault.msg}; write one complete JSON value."
        raise SluiceError("json", sentence) from None
    except ValueError:
        sentence = "The document has a number with thousands of digits; write a smaller one."
        raise SluiceError("number", sentence) from None


def checked(value: object) -> Decoded:
    """Pass a plain value on unless it is nested deeper than `MAX_DEPTH`, or holds half a character or infinity."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
    if level:
        return refused("too_deep", _TOO_DEEP)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return refused("text", "A text has half of a surrogate pair; write whole characters.")
    except ValueError:
        return refused("number", "The document has a number too large to be read; write fewer digits.")
    return Decoded(value)


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A validated document, or None and what is wrong with it."""

    document: T | None
    problems: tuple[Problem, ...] = ()


def read_document(
    adapter: TypeAdapter[T], value: object, prefix: str = "", context: Mapping[str, bool] | None = None
) -> Read[T]:
    """Validate a checked plain value strictly; the paths of problems begin with the prefix."""
    data = json.dumps(value, ensure_ascii=False).encode()
    try:
        return Read(adapter.validate_json(data, by_alias=True, by_name=False, context=context))
    except ValidationError as error:
        return Read(None, problems_from(error, prefix))


def problems_from(error: ValidationError, prefix: str = "") -> tuple[Problem, ...]:
    """Give every refusal of a validation as a problem, union tags left out of the path; at most `MAX_PROBLEMS`."""
    details = [detail for detail in error.errors(include_url=False) if not _follows(detail)]
    problems = tuple(_problem(detail, prefix) for detail in details[:MAX_PROBLEMS])
    more = len(details) - MAX_PROBLEMS
    if more <= 0:
        return problems
    sentence = f"There are {more} more problems; correct the ones listed and try again."
    return (*problems, Problem(prefix, "too_many_problems", sentence))


def join_path(*parts: str | int) -> str:
    """Join the parts that are not empty by points."""
    return ".".join(str(part) for part in parts if part != "")


def _problem(detail: ErrorDetails, prefix: str) -> Problem:
    context = detail.get("ctx", {})
    place = list(detail["loc"])
    last = place.pop() if detail["type"] == "extra_forbidden" else ""
    kept = [part for part in place if not (isinstance(part, str) and part.startswith("~"))]
    path = join_path(prefix, *kept, last, context.get("at", ""))
    if "sentence" in context:
        return Problem(path, detail["type"], context["sentence"])
    code, sentence = _worded(detail, context)
    return Problem(path, code, sentence)


def _worded(detail: ErrorDetails, context: Mapping[str, Any]) -> tuple[str, str]:
    key = detail["loc"][-1] if detail["loc"] else ""
    match detail["type"]:
        case "missing":
            what = f"Entry {key + 1} of this list" if isinstance(key, int) else key
            worded = "missing", f"{what} is missing; add it."
        case "extra_forbidden":
            worded = "unknown_key", _unknown_key(str(key))
        case "too_short":
            worded = (
                "too_few",
                f"This list has {context['actual_length']} entries; write at least {context['min_length']}.",
            )
        case "too_long":
            worded = "too_many", f"This list is too long; write at most {context['max_length']} entries."
        case "literal_error":
            expected = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            worded = "choice", f"{quoted(str(detail['input']))} is none of the choices; use one of {expected}."
        case kind:
            worded = _EXPECTED.get(kind, (kind, f"{detail['msg']}."))
    return worded


def _follows(detail: ErrorDetails) -> bool:
    """Tell whether a list counts as too short only because entries that are refused themselves were left out."""
    context = detail.get("ctx", {})
    return detail["type"] == "too_short" and len(detail["input"]) >= context["min_length"]


_EXPECTED: Final = {
    "string_type": ("text_expected", "Text belongs here; put it in quotes if it looks like a number."),
    "int_type": ("whole_number", "A whole number belongs here, without quotes."),
    "bool_type": ("true_or_false", "Write true or false, without quotes."),
    "model_type": ("mapping_expected", "A mapping of keys to values belongs here, such as {account: checking}."),
    "dict_type": ("mapping_expected", "A mapping of keys to values belongs here."),
    "tuple_type": ("list_expected", "A list belongs here; write its entries in [ ]."),
    "list_type": ("list_expected", "A list belongs here; write its entries in [ ]."),
}


def _unknown_key(key: str) -> str:
    nearest = get_close_matches(key, sorted(_known_keys(Document)), n=1)
    right = f"did you mean {nearest[0]}?" if nearest else "remove it or correct its spelling."
    return f"{quoted(key)} is not a key that belongs here; {right}"


def _known_keys(document: type[Document]) -> set[str]:
    own = {field.alias or name for name, field in document.model_fields.items()}
    return own.union(*(_known_keys(child) for child in document.__subclasses__()))


def _children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise SluiceError("duplicate_key", f"The key {quoted(key)} is given twice in one object; keep one of them.")
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise SluiceError("number", f"{name} is not a number in a document; write digits.")
