"""One loader for rules, whatever they arrive as: YAML, JSON or a form (ruling 19). It never raises.

A document is a list of rules, a mapping `{rules: [...]}`, or one rule. Every rule is read by itself, so that one
bad rule never hides another; paths begin with `rules.<place>`, for a single rule with its own fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from ledger.faults import Problem
from ledger.money import quoted
from rules.decode import MAX_PROBLEMS, Decoded, decode_json, read_document
from rules.document import MAX_RULES, Rule
from rules.formtext import decode_form
from rules.values import FORM
from rules.yamltext import decode_yaml

_RULE: Final = TypeAdapter(Rule)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules that could be read, in order, and what is wrong with the others."""

    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...] = ()


def load_yaml(text: str | bytes) -> Loaded:
    """Read rules from YAML."""
    return load_decoded(decode_yaml(text))


def load_json(data: bytes) -> Loaded:
    """Read rules from JSON in UTF-8."""
    return load_decoded(decode_json(data))


def load_form(fields: Mapping[str, str]) -> Loaded:
    """Read one rule from a form whose field names are paths such as `from.0.account`; empty fields count as absent.

    Problems carry the names of the form's fields, also where empty entries of a list were left out.
    """
    form = decode_form(fields)
    if form.problems:
        return Loaded((), form.problems)
    read = read_document(_RULE, form.value, context=FORM)
    return Loaded((read.document,) if read.document else (), tuple(form.renamed(problem) for problem in read.problems))


def load_decoded(decoded: Decoded) -> Loaded:
    """Read rules from a plain value, as one part of a larger document has it."""
    if decoded.problems:
        return Loaded((), decoded.problems)
    value = decoded.value
    if isinstance(value, list):
        return load_rules(value)
    if not isinstance(value, dict):
        sentence = "This is no list of rules; write a list, or a mapping with the key rules."
        return Loaded((), (Problem("", "list_expected", sentence),))
    if "id" in value or "amount" in value:
        read = read_document(_RULE, value)
        return Loaded((read.document,) if read.document else (), read.problems)
    unknown = tuple(
        Problem(key, "unknown_key", f"{quoted(key)} is not a key that belongs here; write rules.")
        for key in [key for key in value if key != "rules"][:MAX_PROBLEMS]
    )
    if "rules" not in value:
        missing = Problem("rules", "missing", "rules is missing; write a list of rules under it.")
        return Loaded((), (missing, *unknown))
    loaded = load_rules(value["rules"])
    return Loaded(loaded.rules, (*unknown, *loaded.problems))


def load_rules(values: object, prefix: str = "rules") -> Loaded:
    """Read each entry of a list as a rule; paths begin with the prefix and the place in the list."""
    if not isinstance(values, list):
        return Loaded((), (Problem(prefix, "list_expected", "A list of rules belongs here; begin each with a dash."),))
    if len(values) > MAX_RULES:
        sentence = f"There are {len(values)} rules; a customer has at most {MAX_RULES}."
        return Loaded((), (Problem(prefix, "too_many", sentence),))
    rules: list[Rule] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for place, value in enumerate(values):
        read = read_document(_RULE, value, f"{prefix}.{place}")
        problems += read.problems
        rule = read.document
        if rule is not None and rule.id in seen:
            sentence = f"Another rule already has the id {rule.id}; give every rule an id of its own."
            problems.append(Problem(f"{prefix}.{place}.id", "duplicate_id", sentence))
        elif rule is not None:
            seen.add(rule.id)
            rules.append(rule)
    return Loaded(tuple(rules), tuple(problems))
