"""A rule form's state: flat fields named by paths, its rows added and dropped without script (ruling 37)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.faults import Problem
from rules.document import Rule
from rules.facts import ACCOUNT_FACTS, INVEST_FACTS, LINE_FACTS, SYMBOL_FACTS
from rules.load import Loaded, load_form

AMOUNT_FIELDS: Final = {
    "fixed": ("amount",),
    "excess": ("account", "above", "keep"),
    "refill": ("account", "below", "up_to"),
    "percent_of": ("fact", "percent"),
    "fact": ("fact", "times"),
    "everything": ("account", "leave"),
    "payoff": ("account",),
    "goal": ("account", "target", "by"),
    "invest_drift": ("account",),
}
"""The fields each kind of amount has."""

ROWS: Final = {
    "from": ("account", "leave", "at_most"),
    "to": ("account", "share", "fill_to"),
    "caps": ("per", "amount", "counter"),
    "blackout": ("first", "last"),
    "schedule.dates": ("",),
    "when": ("fact", "above", "below", "between.0", "between.1"),
}
"""The fields of a new row of each list."""

LEAF: Final = ROWS["when"]
MONTH_DAYS: Final = (*(str(day) for day in range(1, 32)), "last")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ROW: Final = re.compile(
    r"(when|from|to|caps|blackout|schedule\.dates)(?:\.([0-9]{1,2}))?(?:\.(any))?(?:\.([0-9]{1,2}))?"
)
_SAFE: Final = re.compile(r"[a-z][a-z0-9_.]{0,59}", re.ASCII)
_MAX_ROWS: Final = 100
_SYMBOL: Final = "VTI"
_LOOKING_BACK: Final = (252, 200)
_OTHERS: Final = frozenset({"csrf_token", "do", "version"})

Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as typed, and the rule they make or what is wrong, by field name."""

    fields: Fields
    loaded: Loaded

    @property
    def rule(self) -> Rule | None:
        """The rule, where the fields make one."""
        return self.loaded.rules[0] if self.loaded.rules else None


def typed(form: Mapping[str, str], own_id: str) -> Typed:
    """Read a posted form; blank fields are kept for the page and left out of the document, but for the id."""
    fields = {name: text.replace("\r\n", "\n") for name, text in form.items() if name not in _OTHERS}
    fields = {name: text for name, text in fields.items() if _belongs(name, fields.get("amount.kind", ""))}
    given = fields if fields.get("id", "").strip() else fields | {"id": own_id}
    return Typed(fields, load_form({name: text for name, text in given.items() if text.strip()}))


def _belongs(name: str, kind: str) -> bool:
    """Whether a field is not a left-over of another kind of amount."""
    part = name.removeprefix("amount.")
    others = {field for fields in AMOUNT_FIELDS.values() for field in fields}
    return part == name or part not in others or part in AMOUNT_FIELDS.get(kind, ())


def flat(rule: Rule) -> Fields:
    """A rule as the fields that make it."""
    document = rule.model_dump(mode="json", by_alias=True, exclude_none=True)
    fields = dict(_flat("", document))
    weekdays = [(name, text) for name, text in fields.items() if name.startswith("schedule.weekdays.")]
    month_days = [(name, text) for name, text in fields.items() if name.startswith("schedule.month_days.")]
    for name, _ in (*weekdays, *month_days):
        del fields[name]
    fields |= {f"schedule.weekdays.{WEEKDAYS.index(text)}": text for _, text in weekdays}
    return fields | {f"schedule.month_days.{MONTH_DAYS.index(text)}": text for _, text in month_days}


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _flat(f"{path}.{name}" if path else name, child)
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _flat(f"{path}.{place}", child)
    else:
        yield path, str(value)


def blank() -> Fields:
    """A new rule: one source, one destination, only watching."""
    fields = {"mode": "watch", "amount.kind": "fixed", "min_transfer": "0.01"}
    fields |= {"if_short": "partial", "then": "continue"}
    for name in ("from", "to"):
        fields |= {f"{name}.0.{field}": "" for field in ROWS[name]}
    return fields


def places(fields: Mapping[str, str], path: str) -> list[int]:
    """The places that rows of a list have, ascending."""
    found = re.compile(rf"{re.escape(path)}\.([0-9]{{1,3}})(?:\.|$)", re.ASCII)
    return sorted({int(match[1]) for name in fields if (match := found.match(name))})


def edited(fields: Fields, do: str) -> Fields:
    """The fields after a button `add:PATH`, `add_not:PATH`, `add_any:PATH` or `drop:PATH`; others change nothing."""
    verb, _, path = do.partition(":")
    if _ROW.fullmatch(path) is None:
        return fields
    if verb == "drop":
        return {name: text for name, text in fields.items() if name != path and not name.startswith(f"{path}.")}
    kinds = {"add": "", "add_not": "not.", "add_any": "any.0."}
    taken = places(fields, path)
    if verb not in kinds or len(taken) >= _MAX_ROWS:
        return fields
    row = f"{path}.{max(taken, default=-1) + 1}"
    names = LEAF if path.startswith("when") else ROWS.get(path, ())
    return fields | {f"{row}.{kinds[verb]}{name}".rstrip("."): "" for name in names}


def offered_facts(accounts: Mapping[str, str]) -> list[str]:
    """The facts to choose from, for the household's accounts by handle and kind; `spent` and symbols as examples."""
    about = {"borrow": set(LINE_FACTS), "invest": set(INVEST_FACTS), "ira": set(INVEST_FACTS)}
    special = {kind for kinds in about.values() for kind in kinds} | {"spent"}
    usual = [kind for kind in ACCOUNT_FACTS if kind not in special]
    own = {handle: [fact for fact in ACCOUNT_FACTS if fact in about.get(kind, ())] for handle, kind in accounts.items()}
    facts = [f"{kind}({handle})" for handle in accounts for kind in (*usual, *own[handle])]
    symbols = [f"{kind}({_SYMBOL},{sessions})" for kind, sessions in zip(SYMBOL_FACTS, _LOOKING_BACK, strict=True)]
    return [*facts, *(f"spent({handle},30)" for handle in accounts), *symbols]


def by_field(problems: Sequence[Problem], prefix: str = "") -> dict[str, str]:
    """Sentences by the field they are about; those of whole objects by the object's path."""
    told: dict[str, str] = {}
    for one in problems:
        told.setdefault(one.path.removeprefix(prefix), one.sentence)
    return told


def anchor(path: str) -> str:
    """The id of the element that a problem's path is about: a list's box, or the field itself."""
    if _SAFE.fullmatch(path) is None:
        return "rule-form"
    first, _, rest = path.partition(".")
    if first == "schedule":
        return "b-schedule.dates"
    if first in ROWS and not re.search(r"[a-z]", rest):
        return f"b-{first}"
    return "f-amount.kind" if path == "amount" else f"f-{path}"


def path_words(path: str) -> str:
    """A path for people, places counted from one: `from.0.at_most` is `from 1, at most`."""
    words: list[str] = []
    for part in path.split("."):
        if part.isdecimal() and words:
            words[-1] += f" {int(part) + 1}"
        else:
            words.append(part.rstrip("_").replace("_", " "))
    return ", ".join(words)
