"""What is wrong between one rule and the customer's accounts: unknown, closed, of the wrong kind, named twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ledger.faults import Problem
from rules.check_numbers import zero
from rules.document import Everything, Goal, InvestDrift, Payoff, Refill, Rule
from rules.facts import INVEST_FACTS, LINE_FACTS
from rules.references import facts_of, handles_of

_SHOWN_HANDLES = 12
_INVESTED = ("invest", "ira")


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """What the checks need to know of one account: its kind, its one asset, and whether it is closed.

    `auto_invest`: trade windows put its settled cash into its pie by themselves. `kept`: it is held for somebody, so
    no rule takes money out of it.
    """

    kind: str
    asset: str
    closed: bool = False
    auto_invest: bool = False
    kept: bool = False


Accounts = Mapping[str, AccountTerms]


def account_problems(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    """Give what is wrong between the rule and the accounts (by handle); paths are relative to the rule."""
    return chain(
        _unusable(rule, accounts),
        _twice(rule),
        _currencies(rule, accounts),
        _kinds(rule, accounts),
        _borrow_only(rule, accounts),
        _invest_only(rule, accounts),
        _zeros(rule, accounts),
    )


def _unusable(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    for path, handle in handles_of(rule):
        terms = accounts.get(handle)
        if terms is None:
            sentence = f"There is no account {handle}; {_choices(accounts)}."
            yield Problem(path, "unknown_account", sentence)
        elif terms.closed:
            yield Problem(path, "account_closed", f"The account {handle} is closed; name one that is open.")


def _choices(accounts: Accounts) -> str:
    handles = [handle for handle, terms in accounts.items() if not terms.closed]
    if not handles:
        return "open one first"
    more = ", …" if len(handles) > _SHOWN_HANDLES else ""
    return f"use one of {', '.join(handles[:_SHOWN_HANDLES])}{more}"


def _twice(rule: Rule) -> Iterator[Problem]:
    sources: set[str] = set()
    for place, source in enumerate(rule.from_):
        if source.account in sources:
            sentence = f"{source.account} is a source already; name every source once."
            yield Problem(f"from.{place}.account", "account_twice", sentence)
        sources.add(source.account)
    destinations: set[str] = set()
    for place, destination in enumerate(rule.to):
        handle, path = destination.account, f"to.{place}.account"
        if handle in destinations:
            yield Problem(path, "account_twice", f"{handle} is a destination already; name every destination once.")
        if handle in sources:
            sentence = (
                f"{handle} is a source too, and money cannot move from an account to itself; name another account."
            )
            yield Problem(path, "account_both_sides", sentence)
        destinations.add(handle)


def _currencies(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    known = [(path, handle, accounts[handle].asset) for path, handle in handles_of(rule) if handle in accounts]
    for path, handle, asset in known:
        _, first, expected = known[0]
        if asset != expected:
            sentence = f"{handle} is in {asset} but {first} is in {expected}; use accounts of one currency in a rule."
            yield Problem(path, "currencies", sentence)


def _kinds(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    for place, source in enumerate(rule.from_):
        if _is(source.account, "ira", accounts):
            sentence = f"{source.account} is an IRA, and a rule never takes money out of one; name another source."
            yield Problem(f"from.{place}.account", "ira_source", sentence)
        elif source.account in accounts and accounts[source.account].kept:
            sentence = f"{source.account} is a custodial account, and no rule takes money out of it; name another."
            yield Problem(f"from.{place}.account", "custodial_source", sentence)
        if source.leave is not None and _is(source.account, "borrow", accounts):
            yield _leave_on_borrow(f"from.{place}.leave", source.account)
    amount = rule.amount
    if isinstance(amount, Everything) and amount.leave is not None and _is(amount.account, "borrow", accounts):
        yield _leave_on_borrow("amount.leave", amount.account)


def _leave_on_borrow(path: str, handle: str) -> Problem:
    sentence = f"{handle} is a borrow line, where nothing can be left; limit it with at_most or its credit limit."
    return Problem(path, "leave_on_borrow", sentence)


def _borrow_only(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    amount = rule.amount
    if isinstance(amount, Payoff) and _is_none_of(amount.account, ("borrow",), accounts):
        sentence = f"{amount.account} is no borrow line, so there is nothing to pay off; name a borrow line."
        yield Problem("amount.account", "payoff_kind", sentence)
    for path, fact in facts_of(rule):
        if fact.kind in LINE_FACTS and _is_none_of(fact.target, ("borrow",), accounts):
            instead = "" if fact.is_percent else f", or use balance({fact.target})"
            sentence = f"{fact} is known of borrow lines only; name a borrow line{instead}."
            yield Problem(path, "fact_kind", sentence)


def _invest_only(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    amount = rule.amount
    if isinstance(amount, InvestDrift) and _is_none_of(amount.account, _INVESTED, accounts):
        sentence = f"{amount.account} holds no pie, so nothing in it can drift; name an invest account or an IRA."
        yield Problem("amount.account", "invest_drift_kind", sentence)
    for path, fact in facts_of(rule):
        if fact.kind in INVEST_FACTS and _is_none_of(fact.target, _INVESTED, accounts):
            instead = f"; name one, or use balance({fact.target})" if fact.kind == "value" else "; name one"
            yield Problem(path, "fact_kind", f"{fact} is known of invest accounts and IRAs only{instead}.")


def _zeros(rule: Rule, accounts: Accounts) -> Iterator[Problem]:
    """Refuse zero as a level to fill to, but on a borrow line: that is below zero while anything is owed."""
    amount = rule.amount
    if isinstance(amount, Goal) and amount.target == 0 and not _is(amount.account, "borrow", accounts):
        yield zero("amount.target")
    if isinstance(amount, Refill) and amount.below == 0 and not _is(amount.account, "borrow", accounts):
        yield zero("amount.below")
    for place, destination in enumerate(rule.to):
        if destination.fill_to == 0 and not _is(destination.account, "borrow", accounts):
            yield zero(f"to.{place}.fill_to")


def _is(handle: str, kind: str, accounts: Accounts) -> bool:
    terms = accounts.get(handle)
    return terms is not None and terms.kind == kind


def _is_none_of(handle: str, kinds: Sequence[str], accounts: Accounts) -> bool:
    """Tell whether the account is known and of none of these kinds; unknown accounts are refused elsewhere."""
    return handle in accounts and accounts[handle].kind not in kinds
