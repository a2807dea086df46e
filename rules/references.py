"""What a rule refers to, each with its path in the document: leaves, facts, accounts and other rules."""

from collections.abc import Iterator

from rules.document import AnyOf, Condition, FactAmount, Fixed, Leaf, Not, PercentOf, Rule
from rules.facts import ACCOUNT_FACTS, Fact


def leaves_of(rule: Rule) -> Iterator[tuple[str, Leaf]]:
    """Give every leaf of the rule's conditions with its path, such as `when.0.any.1.not`."""
    for place, condition in enumerate(rule.when):
        yield from _leaves(f"when.{place}", condition)


def facts_of(rule: Rule) -> Iterator[tuple[str, Fact]]:
    """Give every fact of the amount and the conditions with the path of its text."""
    if isinstance(rule.amount, PercentOf | FactAmount):
        yield "amount.fact", rule.amount.fact
    for path, leaf in leaves_of(rule):
        yield f"{path}.fact", leaf.fact


def handles_of(rule: Rule) -> Iterator[tuple[str, str]]:
    """Give every account's handle named anywhere in the rule with its path: sources and destinations first."""
    for place, source in enumerate(rule.from_):
        yield f"from.{place}.account", source.account
    for place, destination in enumerate(rule.to):
        yield f"to.{place}.account", destination.account
    if not isinstance(rule.amount, Fixed | PercentOf | FactAmount):
        yield "amount.account", rule.amount.account
    for path, fact in facts_of(rule):
        if fact.kind in ACCOUNT_FACTS:
            yield path, fact.target


def _leaves(path: str, condition: Condition) -> Iterator[tuple[str, Leaf]]:
    if isinstance(condition, AnyOf):
        for place, part in enumerate(condition.any):
            yield from _leaves(f"{path}.any.{place}", part)
    elif isinstance(condition, Not):
        yield f"{path}.not", condition.not_
    else:
        yield path, condition
