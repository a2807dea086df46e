"""What is refused when a rule set is saved: a list of rules against the customer's accounts and itself (rules.md 7).

`rules.check_numbers` holds what a rule shows by itself, `rules.check_accounts` what needs the accounts; here stand
the checks between rules, and in `rules.warn` what is only warned of. Cycles come with their own issue.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.faults import Problem
from rules.check_accounts import AccountTerms, account_problems
from rules.check_numbers import number_problems
from rules.document import MAX_RULES, Rule
from rules.references import facts_of

__all__ = ["AccountTerms", "check"]


def check(rules: Sequence[Rule], accounts: Mapping[str, AccountTerms]) -> tuple[Problem, ...]:
    """Give everything that forbids saving the rules, in their order; accounts are keyed by handle.

    Paths begin with `rules.<place>`. An empty answer means that the list may be saved, compiled and run.
    """
    problems = list(_list_problems(rules))
    for place, rule in enumerate(rules):
        found = (*number_problems(rule), *account_problems(rule, accounts), *_order_problems(rules, place))
        problems += (Problem(f"rules.{place}.{one.path}", one.code, one.sentence) for one in found)
    return tuple(problems)


def _list_problems(rules: Sequence[Rule]) -> Iterator[Problem]:
    if len(rules) > MAX_RULES:
        yield Problem("rules", "too_many", f"There are {len(rules)} rules; a customer has at most {MAX_RULES}.")
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if rule.id in seen:
            sentence = f"Another rule already has the id {rule.id}; give every rule an id of its own."
            yield Problem(f"rules.{place}.id", "duplicate_id", sentence)
        seen.add(rule.id)


def _order_problems(rules: Sequence[Rule], place: int) -> Iterator[Problem]:
    """Refuse `moved` of any rule that does not stand earlier: its answer would not be known yet."""
    earlier = {rule.id for rule in rules[:place]}
    later = {rule.id for rule in rules[place + 1 :]}
    for path, fact in facts_of(rules[place]):
        if fact.kind != "moved" or fact.target in earlier:
            continue
        if fact.target == rules[place].id:
            what = "asks what the rule itself moved, which is not known before it has run; name an earlier rule"
        elif fact.target in later:
            what = f"asks about a later rule; put {fact.target} before this rule"
        else:
            what = "asks about a rule that is not in the list; name an earlier rule by its id"
        yield Problem(path, "moved_order", f"{fact} {what}.")
