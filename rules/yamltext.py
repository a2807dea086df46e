"""YAML as documents use it: words stay words, nothing is repeated, nothing refers elsewhere (ruling 63).

Only `true` and `false` are booleans (`off` stays a word), only plain digits are whole numbers, dates and numbers
with a point stay text. Anchors, aliases, tags and second documents are refused. Values are built from the parser's
events with a stack of our own, so no depth can exhaust Python's. An unquoted fact may hold a comma inside braces:
`{fact: spent(checking, 30), above: "1.00"}` reads as it looks, though YAML alone would cut it in two.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import yaml

from ledger.faults import SluiceError
from ledger.money import quoted
from rules.decode import MAX_BYTES, MAX_DEPTH, Decoded, checked, join_path, refused

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun, named by its place in the one around it.

    `key` waits for its value; `cut` is the key of a fact that was cut at its comma.
    """

    value: dict[str, object] | list[object]
    flow: bool
    name: str = ""
    key: str | None = None
    cut: str | None = None


def decode_yaml(text: str | bytes, max_bytes: int = MAX_BYTES) -> Decoded:
    """Read YAML in UTF-8 into plain values; whatever is refused is named with its line."""
    try:
        return checked(_value(text, max_bytes))
    except SluiceError as fault:
        return refused(fault.code, fault.sentence, fault.field)


def _value(text: str | bytes, max_bytes: int) -> object:
    try:
        data = text.encode() if isinstance(text, str) else text
        if len(data) > max_bytes:
            raise SluiceError("too_large", f"The document has {len(data)} bytes; send at most {max_bytes}.")
        return _built(yaml.parse(data.decode("utf-8-sig"), Loader=_LOADER))
    except UnicodeEncodeError:
        raise SluiceError("text", "A text has half of a surrogate pair; write whole characters.") from None
    except UnicodeDecodeError as fault:
        sentence = f"The document is not UTF-8 at byte {fault.start}; save it as UTF-8."
        raise SluiceError("encoding", sentence) from None
    except yaml.MarkedYAMLError as fault:
        sentence = f"{_line(fault.problem_mark)}: {fault.problem}; check its indentation, quotes and brackets."
        raise SluiceError("yaml", sentence) from None
    except yaml.YAMLError:
        sentence = "The document has a character that YAML does not allow; write plain text."
        raise SluiceError("yaml", sentence) from None


def _built(events: Iterable[yaml.Event]) -> object:
    top: list[object] = []
    stack = [_Open(top, flow=False)]
    for event in events:
        _refuse_references(event, stack)
        if isinstance(event, yaml.DocumentStartEvent) and top:
            raise _fault("yaml", "a second document begins; write one document", event, stack)
        if isinstance(event, yaml.ScalarEvent):
            _take_scalar(event, stack)
        elif isinstance(event, yaml.CollectionStartEvent):
            _take_start(event, stack)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
    return top[0] if top else None


def _take_start(event: yaml.CollectionStartEvent, stack: list[_Open]) -> None:
    if isinstance(stack[-1].value, dict) and stack[-1].key is None:
        raise _fault("yaml", "a key is a list or a mapping; write a plain word as key", event, stack)
    if len(stack) > MAX_DEPTH:
        raise _fault("too_deep", f"it is nested deeper than {MAX_DEPTH} levels; write it flatter", event, stack)
    value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
    name = _place(stack[-1])
    _put(stack[-1], value)
    stack.append(_Open(value, flow=bool(event.flow_style), name=name))


def _take_scalar(event: yaml.ScalarEvent, stack: list[_Open]) -> None:
    place, text = stack[-1], str(event.value)
    plain = event.style is None or event.style == ""
    if not isinstance(place.value, dict):
        _put(place, _plain(text) if plain else text)
    elif place.key is None:
        place.key = text
        if text in place.value:
            raise _fault("duplicate_key", f"the key {quoted(text)} is given twice; keep one of them", event, stack)
    elif plain and not text and place.cut is not None and place.key.endswith(")"):
        place.value[place.cut] = f"{place.value[place.cut]}, {place.key}"
        place.key = place.cut = None
    else:
        cut = place.key if place.flow and plain and text.count("(") > text.count(")") else None
        _put(place, _plain(text) if plain else text)
        place.cut = cut


def _put(place: _Open, value: object) -> None:
    if isinstance(place.value, list):
        place.value.append(value)
    else:
        place.value[place.key or ""] = value
    place.key = place.cut = None


def _plain(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _refuse_references(event: yaml.Event, stack: list[_Open]) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _fault("yaml", "anchors and aliases (& and *) are not read; write the value out", event, stack)
    if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
        raise _fault("yaml", "tags (!) are not read; write the value without one", event, stack)


def _fault(code: str, what: str, event: yaml.Event, stack: list[_Open]) -> SluiceError:
    parts = [*(place.name for place in stack[2:]), _place(stack[-1]) if len(stack) > 1 else ""]
    return SluiceError(code, f"{_line(event.start_mark)}: {what}.", join_path(*parts))


def _line(mark: object) -> str:
    """Give the line of a parser's mark, whichever of the two parsers made it."""
    return f"Line {getattr(mark, 'line', 0) + 1} cannot be read"


def _place(place: _Open) -> str:
    return str(len(place.value)) if isinstance(place.value, list) else place.key or ""
