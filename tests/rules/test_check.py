"""Every error that forbids saving a list of rules: its path, its code, and what would be right (rules.md 7)."""

from typing import Any

import pytest
from hypothesis import given

from rules.check import AccountTerms, check
from rules.load import load_rules
from tests.rules.one_rule import ACCOUNTS, a_rule
from tests.strategies.cases import cases
from tests.strategies.drawing import Document


def to(*destinations: dict[str, str]) -> dict[str, Any]:
    return {"to": list(destinations)}


def from_(**source: str) -> dict[str, Any]:
    return {"from_": [source]}


def amount(kind: str, **keys: str) -> dict[str, Any]:
    return {"amount": {"kind": kind} | keys}


def when(fact: str) -> dict[str, Any]:
    return {"when": [{"any": [{"not": {"fact": fact, "above": "1.00"}}]}]}


def goal(**keys: str) -> dict[str, Any]:
    return amount("goal", by="2027-01-01", **keys)


TAX, CASH, VACATION, BORROW = ({"account": handle} for handle in ("tax", "cash", "vacation", "borrow"))
HALF, ALL, NONE = {"share": "50%"}, {"share": "100%"}, {"share": "0%"}

REFUSED: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("unknown source", from_(account="gold"), "from.0.account", "unknown_account",
     "no account gold; use one of checking"),
    ("unknown destination", to({"account": "gold"}), "to.0.account", "unknown_account", "gold"),
    ("unknown in amount", amount("excess", account="gold", above="1"), "amount.account", "unknown_account", "gold"),
    ("unknown in amount's fact", amount("fact", fact="deposits(gold)"), "amount.fact", "unknown_account", "gold"),
    ("unknown in condition", when("spent(gold, 3)"), "when.0.any.0.not.fact", "unknown_account", "gold"),
    ("closed", from_(account="old"), "from.0.account", "account_closed", "old is closed"),
    ("both sides", to({"account": "checking"}), "to.0.account", "account_both_sides",
     "cannot move from an account to itself"),
    ("source twice", {"from_": [TAX, TAX]}, "from.1.account", "account_twice", "name every source once"),
    ("destination twice", to(TAX, CASH, TAX), "to.2.account", "account_twice", "name every destination once"),
    ("cap twice", {"caps": [{"per": "day", "amount": "1"}, {"per": "day", "amount": "2"}]}, "caps.1",
     "cap_twice", "per day"),
    ("counter's cap twice", {"caps": [{"per": "day", "amount": "1", "counter": "c"}] * 2}, "caps.1",
     "cap_twice", "counter c"),
    ("IRA as source", from_(account="roth"), "from.0.account", "ira_source", "never takes money out"),
    ("shares of 99.99%", to(TAX | HALF, CASH | {"share": "49.99%"}), "to", "shares_sum",
     "are 99.99% together; make them 100%"),
    ("shares of 150%", to(TAX | HALF, CASH | ALL), "to", "shares_sum", "150%"),
    ("a share of 0%", to(TAX | ALL, CASH | NONE), "to.1.share", "share_zero", "never receive"),
    ("some have shares", to(TAX | ALL, CASH), "to.1.share", "share_missing", "every destination a share"),
    ("keep above above", amount("excess", account="cash", above="1", keep="1.01"), "amount.keep",
     "keep_above", "at most 1.00"),
    ("up_to below below", amount("refill", account="cash", below="2", up_to="1.99"), "amount.up_to",
     "up_to_below", "at least 2.00"),
    ("bounds swapped", {"when": [{"fact": "balance(cash)", "between": ["2", "1"]}]}, "when.0.between",
     "between_order", "1.00"),
    ("min above max", {"min_transfer": "2", "max_transfer": "1.99"}, "min_transfer", "min_above_max",
     "of at most 1.99"),
    ("fixed zero", amount("fixed", amount="0"), "amount.amount", "zero", "nothing could ever move"),
    ("cap of zero", {"caps": [{"per": "day", "amount": "0"}]}, "caps.0.amount", "zero", "nothing could ever move"),
    ("max_transfer of zero", {"max_transfer": "0", "min_transfer": "0"}, "max_transfer", "zero", "above zero"),
    ("at_most of zero", from_(account="checking", at_most="0"), "from.0.at_most", "zero", "above zero"),
    ("target of zero", goal(account="cash", target="0"), "amount.target", "zero", "above zero"),
    ("below of zero", amount("refill", account="cash", below="0"), "amount.below", "zero", "above zero"),
    ("fill_to of zero", to(CASH | {"fill_to": "0"}), "to.0.fill_to", "zero", "above zero"),
    ("0%", amount("percent_of", fact="deposits(cash)", percent="0%"), "amount.percent", "percent_range",
     "from 0.01% to 100%"),
    ("101%", amount("percent_of", fact="deposits(cash)", percent="101%"), "amount.percent", "percent_range", "101%"),
    ("leave on borrow", from_(account="borrow", leave="1"), "from.0.leave", "leave_on_borrow",
     "at_most or its credit limit"),
    ("everything but of borrow", amount("everything", account="borrow", leave="1"), "amount.leave",
     "leave_on_borrow", "borrow"),
    ("payoff of cash", amount("payoff", account="cash"), "amount.account", "payoff_kind", "name a borrow line"),
    ("owed of cash", when("owed(cash)"), "when.0.any.0.not.fact", "fact_kind", "use balance(cash)"),
    ("ltv of cash", {"when": [{"fact": "ltv(cash)", "above": "35%"}]}, "when.0.fact", "fact_kind",
     "name a borrow line."),
    ("room of cash", amount("fact", fact="room(cash)"), "amount.fact", "fact_kind", "use balance(cash)"),
    ("value of cash", amount("fact", fact="value(cash)"), "amount.fact", "fact_kind",
     "invest accounts and IRAs only; name one, or use balance(cash)"),
    ("drift of cash", {"when": [{"fact": "drift(cash)", "above": "1%"}]}, "when.0.fact", "fact_kind", "; name one."),
    ("invest_drift of cash", amount("invest_drift", account="cash"), "amount.account", "invest_drift_kind",
     "name an invest account or an IRA"),
    ("percent bounds swapped", {"when": [{"fact": "drift(roth)", "between": ["2%", "1%"]}]}, "when.0.between",
     "between_order", "lower bound 2% is above the upper bound 1%"),
    ("drift of gold", {"when": [{"fact": "drift(gold)", "above": "1%"}]}, "when.0.fact", "unknown_account", "gold"),
    ("invest_drift of gold", amount("invest_drift", account="gold"), "amount.account", "unknown_account", "gold"),
    ("two currencies", to({"account": "euros"}), "to.0.account", "currencies",
     "euros is in EUR but checking is in USD"),
    ("currency of a fact", when("balance(euros)"), "when.0.any.0.not.fact", "currencies", "one currency"),
    ("moved of itself", when("moved(plain)"), "when.0.any.0.not.fact", "moved_order", "the rule itself"),
    ("moved of nobody", when("moved(nobody)"), "when.0.any.0.not.fact", "moved_order", "not in the list"),
    ("moved of nobody as amount", amount("fact", fact="moved(nobody)"), "amount.fact", "moved_order",
     "earlier rule by its id"),
    ("no date", {"schedule": {}}, "schedule", "schedule_without_date", "add month_days, weekdays, every or dates"),
    ("no date but business days", {"schedule": {"month_days": [], "business_days": "skip"}}, "schedule",
     "schedule_without_date", "leave the schedule out"),
]  # fmt: skip


@pytest.mark.parametrize("changed, path, code, words", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(changed: dict[str, Any], path: str, code: str, words: str) -> None:
    (problem,) = check([a_rule(**changed)], ACCOUNTS)
    assert (problem.path, problem.code) == (f"rules.0.{path}", code)
    assert words in problem.sentence
    assert problem.sentence.endswith(".")


ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("keep at above", amount("excess", account="cash", above="1", keep="1")),
    ("excess above zero", amount("excess", account="cash", above="0")),
    ("up_to at below", amount("refill", account="cash", below="1", up_to="1")),
    ("equal bounds", {"when": [{"fact": "balance(cash)", "between": ["1", "1"]}]}),
    ("min at max", {"min_transfer": "1", "max_transfer": "1"}),
    ("no minimum", {"min_transfer": "0"}),
    ("everything must ask", {"mode": "auto", "ask_above": "0"}),
    ("0.01%", amount("percent_of", fact="deposits(cash)", percent="0.01%")),
    ("100%", amount("percent_of", fact="deposits(cash)", percent="100%")),
    ("an IRA as destination", to({"account": "roth"})),
    ("caps that differ", {"caps": [{"per": "day", "amount": "1"}, {"per": "day", "amount": "1", "counter": "plain"}]}),
    ("leave nothing", from_(account="checking", leave="0")),
    ("fill a borrow line to zero", to(BORROW | {"fill_to": "0"})),
    ("pay a borrow line down by a date", to(BORROW) | goal(account="borrow", target="0")),
    ("keep a borrow line at zero", to(BORROW) | amount("refill", account="borrow", below="0")),
    ("everything of a borrow line", from_(account="borrow") | amount("everything", account="borrow")),
    ("payoff", to(BORROW) | amount("payoff", account="borrow")),
    ("value and drift of a pie", {"when": [{"fact": "drift(roth)", "above": "1%"}]}
     | amount("fact", fact="value(invest.growth)")),
    ("what a pie lacks", to({"account": "roth"}) | amount("invest_drift", account="roth")),
    ("a security is no account", {"when": [{"fact": "drawdown(VTI, 252)", "above": "15%"}]}),
    ("owed and room of a borrow line", when("owed(borrow)") | amount("fact", fact="room(borrow)")),
    ("accounts in another currency alone", from_(account="euros") | to({"account": "francs"})),
    *((f"a schedule of {key}", {"schedule": {key: [one]}})
      for key, one in (("month_days", "last"), ("weekdays", "mon"), ("dates", "2026-11-20"))),
    ("a schedule of weeks", {"schedule": {"every": {"weeks": 1, "from": "2026-11-20"}}}),
]  # fmt: skip


@pytest.mark.parametrize("changed", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(changed: dict[str, Any]) -> None:
    assert check([a_rule(**changed)], ACCOUNTS | {"francs": AccountTerms("cash", "EUR")}) == ()


def test_moved_of_an_earlier_rule_is_allowed_and_of_a_later_one_refused() -> None:
    asked, asks = a_rule(), a_rule(id="asks", **when("moved(plain)"))
    assert check([asked, asks], ACCOUNTS) == ()
    (problem,) = check([asks, asked], ACCOUNTS)
    assert (problem.path, problem.code) == ("rules.0.when.0.any.0.not.fact", "moved_order")
    assert problem.sentence == "moved(plain) asks about a later rule; put plain before this rule."


def test_ids_are_unique_and_rules_at_most_fifty() -> None:
    problems = check([a_rule()] * 51, ACCOUNTS)
    assert (problems[0].path, problems[0].code) == ("rules", "too_many")
    assert {problem.code for problem in problems[1:]} == {"duplicate_id"}
    assert problems[1].path == "rules.1.id"


def test_the_accounts_offered_are_open_and_not_too_many() -> None:
    assert "open one first" in check([a_rule(amount={"kind": "fixed", "amount": "1"})], {})[0].sentence
    assert ", old" not in check([a_rule(**from_(account="gold"))], ACCOUNTS)[0].sentence
    many = {f"pot{place}": AccountTerms("cash", "USD") for place in range(30)}
    assert check([a_rule()], many)[0].sentence.endswith("pot10, pot11, ….")


def test_every_problem_of_a_list_is_given_at_once() -> None:
    problems = check([a_rule(max_transfer="0", min_transfer="0"), a_rule(id="b", **to({"account": "gold"}))], ACCOUNTS)
    assert [problem.path for problem in problems] == ["rules.0.max_transfer", "rules.1.to.0.account"]


@given(cases())
def test_lists_made_to_pass_do_pass(case: Document) -> None:
    accounts = case["accounts"]
    assert isinstance(accounts, dict)
    loaded = load_rules(case["rules"])
    terms = {handle: AccountTerms(str(account["kind"]), "USD") for handle, account in accounts.items()}
    assert check(loaded.rules, terms) == ()
