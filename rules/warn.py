"""What a list may do although somebody may not have meant it (rules.md 7): each warning with figures that show it.

Warnings forbid nothing. Here stands auto-invest against a rule that takes the same cash; others come with their own
issue.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.faults import Problem
from ledger.money import format_money
from rules.check_accounts import AccountTerms
from rules.document import Everything, Excess, Rule

_MOVING = ("ask", "auto")


def warn(rules: Sequence[Rule], accounts: Mapping[str, AccountTerms]) -> tuple[Problem, ...]:
    """Give every warning of a list that `rules.check` accepts, in the rules' order; paths begin with `rules.<place>`.

    Codes: `auto_invest_competes`.
    """
    return tuple(one for place, rule in enumerate(rules) for one in _against_auto_invest(place, rule, accounts))


def _against_auto_invest(place: int, rule: Rule, accounts: Mapping[str, AccountTerms]) -> Iterator[Problem]:
    """Warn of a rule that takes what is over a level from an account whose cash auto-invest takes too (ruling 25).

    A night's rules come first, so the rule wins of what lies there at night and auto-invest of what comes by day.
    """
    amount = rule.amount
    if rule.mode not in _MOVING or not isinstance(amount, Excess | Everything):
        return
    account = amount.account
    terms = accounts.get(account)
    if terms is None or not terms.auto_invest or account not in {source.account for source in rule.from_}:
        return
    level = amount.above if isinstance(amount, Excess) else amount.leave or 0
    keep = amount.keep if isinstance(amount, Excess) and amount.keep is not None else level
    low, high = format_money(level, grouped=True), format_money(level + 1, grouped=True)
    taken = format_money(level + 1 - keep, grouped=True)
    sentence = (
        f"{rule.id} and auto-invest of {account} want the same cash: with {high} there at night the rule takes {taken} "
        f"before auto-invest can; with {low} it takes nothing, and a window invests it. Switch auto-invest off, keep a "
        "minimum of cash in the account, or take the money from another account."
    )
    yield Problem(f"rules.{place}.amount", "auto_invest_competes", sentence)
