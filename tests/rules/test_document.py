"""The rule's document: what is read, what is written back, and every refusal with its path and its sentence."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from rules.decode import read_document
from rules.document import (
    AnyOf,
    Destination,
    Every,
    Fact,
    FactAmount,
    Fixed,
    Goal,
    Leaf,
    Not,
    PercentOf,
    Rule,
    RuleList,
    Schedule,
    Source,
    leaves,
)
from tests.rules.one_rule import PLAIN, a_rule, document, refusals
from tests.strategies.cases import cases
from tests.strategies.drawing import Document as Drawn

LEAF = {"fact": "balance(cash)", "above": "1.00"}


def test_a_plain_rule_has_the_defaults_of_the_language() -> None:
    rule = a_rule()
    assert (rule.mode, rule.cool_down_days, rule.min_transfer, rule.if_short, rule.then) == (
        "watch",
        0,
        1,
        "partial",
        "continue",
    )
    assert (rule.when, rule.caps, rule.blackout, rule.schedule, rule.max_transfer) == ((), (), (), None, None)
    assert rule.amount == Fixed(kind="fixed", amount=2_500)


def test_a_rule_can_be_made_in_python_with_cents_and_dates() -> None:
    rule = Rule(
        id="made",
        when=(AnyOf(any=(Not(not_=Leaf(fact=Fact("balance", "cash"), above=-5)),)),),
        schedule=Schedule(month_days=(1, "last"), every=Every(weeks=2, from_=date(2026, 11, 6))),
        amount=Goal(kind="goal", account="vacation", target=600_000, by=date(2027, 6, 30)),
        from_=(Source(account="cash", leave=100),),
        to=(Destination(account="vacation", share=10_000),),
    )
    written = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert written["when"] == [{"any": [{"not": {"fact": "balance(cash)", "above": "-0.05"}}]}]
    assert written["schedule"] == {"month_days": [1, "last"], "every": {"weeks": 2, "from": "2026-11-06"}}
    assert written["amount"] == {"kind": "goal", "account": "vacation", "target": "6000.00", "by": "2027-06-30"}
    assert written["from"] == [{"account": "cash", "leave": "1.00"}]
    assert written["to"] == [{"account": "vacation", "share": "100%"}]
    assert read_document(TypeAdapter(Rule), written).document == rule
    assert Rule.model_validate(dict(rule)) == rule


@pytest.mark.parametrize(
    "field, value",
    [
        ("amount", -1),
        ("amount", 10**15 + 1),
        ("amount", True),
        ("by", "2026-11-20x"),
        ("by", 20_777),
        ("percent", -1),
        ("percent", 10**8 + 1),
        ("percent", True),
    ],
)
def test_values_made_in_python_are_held_to_the_same_limits(field: str, value: Any) -> None:
    given_: dict[str, tuple[type, dict[str, Any]]] = {
        "amount": (Fixed, {"kind": "fixed"}),
        "by": (Goal, {"kind": "goal", "account": "cash", "target": 1}),
        "percent": (PercentOf, {"kind": "percent_of", "fact": Fact("balance", "cash")}),
    }
    model, others = given_[field]
    with pytest.raises(ValidationError):
        model(**others, **{field: value})


def test_bounds_of_percents_are_written_back_as_percents() -> None:
    bounds: list[dict[str, Any]] = [{"above": "5%"}, {"below": "-0.25%"}, {"between": ["-1%", "12.5%"]}]
    when = [{"fact": "drift(invest.growth)", **bound} for bound in bounds]
    rule = a_rule(when=[*when, {"fact": "value(invest.growth)", "above": "5"}])
    assert [(leaf.above, leaf.below, leaf.between) for leaf in leaves(rule.when)] == [
        *((500, None, None), (None, -25, None), (None, None, (-100, 1_250))),
        (500, None, None),
    ]
    written = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)["when"]
    assert written == [*when, {"fact": "value(invest.growth)", "above": "5.00"}]
    assert Leaf(fact=Fact("drift", "a"), above=-5) == a_rule(when=[{"fact": "drift(a)", "above": "-0.05%"}]).when[0]


@given(cases())
def test_every_rule_is_written_back_as_it_was_read(case: Drawn) -> None:
    assert isinstance(case["rules"], list)
    for given_document in case["rules"]:
        read = read_document(TypeAdapter(Rule), given_document)
        assert read.problems == ()
        assert read.document is not None
        written = read.document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        assert read_document(TypeAdapter(Rule), written).document == read.document
        assert Rule.model_validate_json(read.document.model_dump_json(by_alias=True)) == read.document


def test_leaves_are_those_inside_any_and_not_too() -> None:
    rule = a_rule(when=[LEAF, {"not": LEAF}, {"any": [{"not": LEAF}, LEAF]}])
    assert [leaf.above for leaf in leaves(rule.when)] == [100] * 4


def changed(**keys: Any) -> dict[str, Any]:
    return document(**keys)


def amount(**keys: Any) -> dict[str, Any]:
    return document(amount=keys)


def fixed(cents: object) -> dict[str, Any]:
    return amount(kind="fixed", amount=cents)


def times(number: object) -> dict[str, Any]:
    return amount(kind="fact", fact="balance(cash)", times=number)


def percent_of(percent: object) -> dict[str, Any]:
    return amount(kind="percent_of", fact="balance(cash)", percent=percent)


def goal(by: object) -> dict[str, Any]:
    return amount(kind="goal", account="a", target="1", by=by)


def every(**keys: Any) -> dict[str, Any]:
    return changed(schedule={"every": keys})


def leaf(**keys: Any) -> dict[str, Any]:
    return document(when=[{"fact": "balance(cash)"} | keys])


NINE = [LEAF] * 9
REFUSED = [
    ("no mapping", "plain", "", "mapping_expected", "A mapping of keys"),
    ("nothing at all", {}, "id", "missing", "id is missing; add it."),
    ("an unknown key", changed(amont=1), "amont", "unknown_key", "did you mean amount?"),
    ("a key like no other", changed(zzzzz=1), "zzzzz", "unknown_key", "remove it or correct its spelling"),
    ("a key that begins like a tag", changed(**{"~fixed": 1}), "~fixed", "unknown_key", '"~fixed" is not a key'),
    ("the name Python uses for from", PLAIN | {"from_": []}, "from_", "unknown_key", "did you mean from?"),
    ("an id with capitals", changed(id="Tax"), "id", "id", "start with a lower-case letter"),
    ("an id of 41 letters", changed(id="a" * 41), "id", "id", "at most 40"),
    ("an id that is a number", changed(id=5), "id", "text_expected", "put it in quotes"),
    ("a name of 81 letters", changed(name="a" * 81), "name", "text", "at most 80"),
    ("a name with a line break", changed(name="a\nb"), "name", "text", "cannot be shown"),
    ("a note with a zero byte", changed(note="a\0b"), "note", "text", "cannot be shown"),
    ("a mode there is not", changed(mode="on"), "mode", "choice", "use one of off, watch, ask, auto."),
    ("a mode as boolean", changed(mode=False), "mode", "choice", '"False" is none of the choices'),
    ("money as a number", fixed(25), "amount.amount", "money", "text in quotes"),
    ("money with a point, unquoted", fixed(25.5), "amount.amount", "money", "text in quotes"),
    ("money as boolean", fixed(True), "amount.amount", "money", "text in quotes"),
    ("money below zero", fixed("-1"), "amount.amount", "money", 'such as "1"'),
    ("money with three decimals", fixed("1.005"), "amount.amount", "money", "two decimals"),
    ("too much money", fixed("1" + "0" * 14), "amount.amount", "money", "too large"),
    ("a percent as money", fixed("5%"), "amount.amount", "money", "is a percent"),
    ("no amount", changed(amount=None), "amount", "mapping_expected", "a mapping with a kind"),
    ("an amount without kind", amount(amount="1"), "amount.kind", "missing", "use one of fixed, excess"),
    ("an amount of an unknown kind", amount(kind="half"), "amount.kind", "choice", '"half" is not a kind'),
    ("an amount whose kind is a list", amount(kind=[]), "amount.kind", "choice", '"[]" is not a kind'),
    ("invest_drift without its account", amount(kind="invest_drift"), "amount.account", "missing", "add it"),
    ("a percent amount of a percent", amount(kind="percent_of", fact="drift(a)", percent="5%"), "amount.fact", "fact",
     "an amount is money"),
    ("money on a percent fact", changed(when=[{"fact": "drift(a)", "above": "5.00"}]), "when.0.above", "percent",
     "is not a percent"),
    ("a number on a percent fact", changed(when=[{"fact": "drift(a)", "above": 5}]), "when.0.above", "percent",
     "with a % at its end"),
    ("half a percent and half money", changed(when=[{"fact": "drift(a)", "between": ["5%", "6"]}]), "when.0.between.1",
     "percent", "is not a percent"),
    ("two minus signs", changed(when=[{"fact": "drift(a)", "below": "--5%"}]), "when.0.below", "percent", '"-5%"'),
    ("a bound beside no fact", changed(when=[{"fact": "drift(A)", "below": "5%"}]), "when.0.fact", "fact", "handle"),
    ("money beside no fact", changed(when=[{"fact": "drift(A)", "below": "5"}]), "when.0.fact", "fact", "handle"),
    ("another kind's key", amount(kind="fixed", amount="1", above="1"), "amount.above", "unknown_key", "above"),
    ("times beyond ten", times(11), "amount.times", "whole_number", "1 to 10"),
    ("times in quotes", times("2"), "amount.times", "whole_number", "quotes"),
    ("a percent without sign", percent_of("5"), "amount.percent", "percent", "12.5%"),
    ("a percent as number", percent_of(5), "amount.percent", "percent", "quotes"),
    ("a date of no calendar", goal("2026-02-29"), "amount.by", "date", "existing day"),
    ("a date as number", goal(20777), "amount.by", "date", "2026-11-20"),
    ("a date too far", goal("2200-01-01"), "amount.by", "date", "2199-12-31"),
    ("no source", changed(from_=[]), "from", "too_few", "This list has 0 entries; write at least 1."),
    ("sources as mapping", changed(from_={}), "from", "list_expected", "A list belongs here"),
    ("nine sources", changed(from_=[{"account": "a"}] * 9), "from", "too_many", "write at most 8 entries"),
    ("nine destinations", changed(to=[{"account": "a"}] * 9), "to", "too_many", "write at most 8 entries"),
    ("a handle with a space", changed(to=[{"account": "my cash"}]), "to.0.account", "handle", "lower-case"),
    ("a handle of 41 letters", changed(to=[{"account": "a" * 41}]), "to.0.account", "handle", "at most 40"),
    ("a source that is a word", changed(from_=["cash"]), "from.0", "mapping_expected", "{account: checking}"),
    ("seven caps", changed(caps=[{"per": "day", "amount": "1"}] * 7), "caps", "too_many", "write at most 6 entries"),
    ("a cap per hour", changed(caps=[{"per": "hour", "amount": "1"}]), "caps.0.per", "choice", "use one of day, week"),
    ("nine leaves", changed(when=NINE), "when", "too_many", "at most 8 conditions"),
    ("nine leaves in any", changed(when=[{"any": NINE}]), "when.0.any", "too_many", "write at most 8 entries"),
    ("five and five", changed(when=[{"any": NINE[:5]}, *NINE[:5]]), "when", "too_many", "this has 10"),
    ("an empty any", changed(when=[{"any": []}]), "when.0.any", "too_few", "at least 1"),
    ("any inside any", changed(when=[{"any": [{"any": [LEAF]}]}]), "when.0.any.0.any", "unknown_key", "any"),
    ("not inside not", changed(when=[{"not": {"not": LEAF}}]), "when.0.not.not", "unknown_key", '"not" is not a key'),
    ("a leaf without bound", leaf(), "when.0", "one_bound", "exactly one of above, below and between"),
    ("a leaf with two bounds", leaf(above="1", below="2"), "when.0", "one_bound", "exactly one"),
    ("a bound as percent", leaf(above="35%"), "when.0.above", "money", "is a percent, but this is an amount"),
    ("between three", leaf(between=["1", "2", "3"]), "when.0.between", "too_many", "at most 2"),
    ("between one", leaf(between=["1"]), "when.0.between.1", "missing", "Entry 2 of this list is missing"),
    ("a bad bound deep inside", changed(when=[{"any": [LEAF, {"not": {"fact": "balance(a)", "above": "x"}}]}]),
     "when.0.any.1.not.above", "money", "not an amount of money"),
    ("the 32nd", changed(schedule={"month_days": [32]}), "schedule.month_days.0", "month_day", "1 to 31, or last"),
    ("the first in quotes", changed(schedule={"month_days": ["1"]}), "schedule.month_days.0", "month_day", "or last"),
    ("a day that is true", changed(schedule={"month_days": [True]}), "schedule.month_days.0", "month_day", "or last"),
    ("a weekday in full", changed(schedule={"weekdays": ["friday"]}), "schedule.weekdays.0", "choice", "mon, tue"),
    ("every 0 weeks", every(weeks=0, **{"from": "2026-01-01"}), "schedule.every.weeks", "whole_number", "1 to 520"),
    ("every without from", every(weeks=1), "schedule.every.from", "missing", "from is missing"),
    ("367 dates", changed(schedule={"dates": ["2026-01-01"] * 367}), "schedule.dates", "too_many", "at most 366"),
    ("a half blackout", changed(blackout=[{"first": "2026-01-01"}]), "blackout.0.last", "missing", "last is missing"),
    ("a cool-down of ages", changed(cool_down_days=3661), "cool_down_days", "whole_number", "0 to 3660"),
    ("a cool-down below zero", changed(cool_down_days=-1), "cool_down_days", "whole_number", "0 to 3660"),
]  # fmt: skip


@pytest.mark.parametrize("value, path, code, words", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(value: object, path: str, code: str, words: str) -> None:
    found = {(problem.path, problem.code): problem.sentence for problem in refusals(value)}
    assert (path, code) in found
    assert words in found[path, code]


@pytest.mark.parametrize("value", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_refusal_is_one_finished_sentence_with_no_tag_in_its_path(value: object) -> None:
    for problem in refusals(value):
        assert problem.sentence[-1] in ".?"
        assert "~" not in problem.path or problem.path == "~fixed"


def test_a_bad_entry_does_not_also_make_its_list_too_short() -> None:
    assert [problem.path for problem in refusals(changed(from_=[{"account": "A"}]))] == ["from.0.account"]


def test_every_problem_of_a_document_is_found_at_once() -> None:
    value = changed(id="X", mode="on", amount={"kind": "fixed", "amount": 1}, to=[{"account": "cash", "share": 5}])
    assert [problem.path for problem in refusals(value)] == ["id", "mode", "amount.amount", "to.0.share"]


def test_a_list_of_rules_has_at_most_fifty_with_ids_of_their_own() -> None:
    rules = TypeAdapter(RuleList)
    fifty = [changed(id=f"r{place}") for place in range(50)]
    assert len(read_document(rules, fifty).document or ()) == 50
    assert read_document(rules, [*fifty, PLAIN], "rules").problems[0].code == "too_many"
    (problem,) = read_document(rules, [PLAIN, PLAIN], "rules").problems
    assert (problem.path, problem.code) == ("rules.1.id", "duplicate_id")


def test_the_schema_for_programs_speaks_of_text_where_documents_have_text() -> None:
    schema = json.dumps(TypeAdapter(RuleList).json_schema())
    assert "~refused" not in schema
    assert '"pattern": "^[0-9]+(\\\\.[0-9]{1,2})?$"' in schema
    assert FactAmount.model_json_schema()["properties"]["fact"]["type"] == "string"
