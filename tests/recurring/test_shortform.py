"""Expanding and contracting are inverse; what the short form cannot say is not shown in it."""

import json
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings

from engine.recurring.document import RecurringTransfer, read_transfer
from engine.recurring.patterns import recognised
from engine.recurring.shortform import as_rule, from_rule, own_problem, with_id
from ledger.faults import Problem
from rules.decode import decode_json
from rules.formtext import decode_form
from rules.load import load_rules, load_yaml
from rules.wording import sentence
from rules.yamltext import decode_yaml
from tests.recurring.drawing import transfers
from tests.strategies.cases import random_case

RENT = """
name: Rent
from: checking
to: bank
amount: "1450.00"
schedule: {monthly: [1], business_days: before}
start: 2026-12-01
end: 2027-12-01
skip: [2027-03-01]
mode: auto
"""


def rent(**more: object) -> RecurringTransfer:
    read = read_transfer(decode_yaml(RENT))
    assert read.document is not None, read.problems
    return read.document.model_copy(update=more)


def ways(schedule: str, more: str = "") -> RecurringTransfer:
    """A transfer with this schedule."""
    read = read_transfer(decode_yaml(f'{{from: a, to: b, amount: "5.00", schedule: {{{schedule}}}{more}}}'))
    assert read.document is not None, read.problems
    return read.document


def test_the_short_form_is_a_rule_with_a_fixed_amount() -> None:
    rule = as_rule(rent())
    (spelled,) = load_yaml("""
id: transfer_rent
name: Rent
mode: auto
schedule: {month_days: [1], business_days: before}
starts: 2026-12-01
ends: 2027-12-01
blackout: [{first: 2027-03-01, last: 2027-03-01}]
amount: {kind: fixed, amount: "1450.00"}
from: [{account: checking}]
to: [{account: bank}]
if_short: nothing
""").rules
    assert rule == spelled
    assert sentence(rule) == (
        "On the 1st of the month (or the business day before), move 1,450.00 from checking to bank, the whole amount "
        "or nothing, starting 2026-12-01, until 2027-12-01, not on 2027-03-01."
    )


@pytest.mark.parametrize(
    "schedule,words",
    [
        ("once: 2026-12-24", "On 2026-12-24, move"),
        ("daily: true", "Every night, move"),
        ("weekly: [fri]", "Every Friday, move"),
        ("every: {weeks: 2, from: 2026-11-06}", "Every 2 weeks counted from 2026-11-06, move"),
        ("monthly: [last]", "On the last day of the month, move"),
        ("monthly: [1, 15]", "On the 1st and the 15th of the month, move"),
        ("dates: [2026-12-24, 2027-01-08]", "On 2026-12-24 and 2027-01-08, move"),
        ("monthly: [1], weekly: [fri]", "On the 1st of the month and every Friday, move"),
        (
            "every: {weeks: 2, from: 2026-11-06}, once: 2026-12-24, weekly: [mon]",
            "Every Monday, every 2 weeks counted from 2026-11-06 and on 2026-12-24, move",
        ),
        ("weekly: [mon], business_days: skip", "Every Monday (only on business days), move"),
    ],
)
def test_every_schedule_is_worded_as_its_rule(schedule: str, words: str) -> None:
    transfer = ways(schedule).model_copy(update={"mode": "auto"})
    assert sentence(as_rule(transfer)).startswith(words)
    assert from_rule(as_rule(transfer)) == with_id(transfer, ())


def test_quarters_and_weekdays_of_months_are_dates() -> None:
    span = ", start: 2026-12-10, end: 2027-08-31"
    assert [str(one) for one in (as_rule(ways("quarterly: 31", span)).schedule or pytest.fail("none")).dates or ()] == [
        "2026-12-31", "2027-03-31", "2027-06-30",
    ]  # fmt: skip
    second = ways("nth_weekday: {nth: second, weekday: tue}", span)
    assert [str(one) for one in second.dates()][:3] == ["2027-01-12", "2027-02-09", "2027-03-09"]
    last = ways("nth_weekday: {nth: last, weekday: fri}", span)
    assert [str(one) for one in last.dates()][:3] == ["2026-12-25", "2027-01-29", "2027-02-26"]
    for transfer in (second, last):
        assert from_rule(as_rule(transfer)) == with_id(transfer, ())


@settings(max_examples=200)
@given(transfers())
def test_expanding_and_contracting_gives_the_same(transfer: RecurringTransfer) -> None:
    assert from_rule(as_rule(transfer)) == transfer


@settings(max_examples=150)
@given(transfers(dated=True))
def test_lists_of_dates_keep_their_dates(transfer: RecurringTransfer) -> None:
    rule = as_rule(transfer)
    short = from_rule(rule)
    assert short is not None
    assert as_rule(short) == rule
    told = transfer.schedule.nth_weekday is not None or transfer.schedule.quarterly not in {None, 31}
    if told and len(transfer.dates()) > 11:  # in fewer months the fourth is sometimes the last, and the 30th too
        assert short == transfer


def test_any_rule_is_shown_as_itself_or_not_at_all() -> None:
    source = Random(7)
    shown = 0
    for _ in range(300):
        for rule in load_rules(random_case(source)["rules"]).rules:
            short = from_rule(rule)
            assert short is None or as_rule(short) == rule
            shown += short is not None
    assert shown


PLAIN = 'id: plain\namount: {kind: fixed, amount: "5.00"}\nfrom: [{account: a}]\nto: [{account: b}]\n'


@pytest.mark.parametrize(
    "more",
    [
        "", "schedule: {weekdays: [fri]}", "starts: 2026-12-01", "schedule: {weekdays: [fri], month_days: [1]}",
        "blackout: [{first: 2026-12-24, last: 2026-12-24}]", "schedule: {dates: [2026-12-24]}",
    ],
)  # fmt: skip
def test_a_rule_is_recognised_by_its_shape(more: str) -> None:
    (rule,) = load_yaml(PLAIN + more).rules
    short = from_rule(rule)
    assert short is not None
    assert (short.id, short.if_short) == ("plain", "partial")


@pytest.mark.parametrize(
    "more",
    [
        "note: mine", "cool_down_days: 3", 'max_transfer: "1.00"', "then: stop", 'min_transfer: "1.00"',
        'when: [{fact: balance(a), above: "1.00"}]', "blackout: [{first: 2026-12-24, last: 2026-12-26}]",
        "schedule: {weekdays: [fri], dates: []}", "schedule: {}", 'caps: [{per: day, amount: "1.00"}]',
        "schedule: {weekdays: [fri], month_days: []}", 'ask_above: "1.00"',
        "starts: 2027-01-01\nends: 2026-01-01",
    ],
)  # fmt: skip
def test_a_rule_that_says_more_is_not_shown(more: str) -> None:
    (rule,) = load_yaml(PLAIN + more).rules
    assert from_rule(rule) is None


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"kind": "everything", "account": "a"}},
        {"from": [{"account": "a", "leave": "5.00"}]},
        {"from": [{"account": "a"}, {"account": "c"}]},
        {"to": [{"account": "b"}, {"account": "c"}]},
    ],
)
def test_other_amounts_and_more_accounts_are_no_transfer(change: dict[str, object]) -> None:
    document = {"id": "x", "amount": {"kind": "fixed", "amount": "5.00"}, "from": [{"account": "a"}]}
    (rule,) = load_rules([document | {"to": [{"account": "b"}]} | change]).rules
    assert from_rule(rule) is None


SOME = {"nth": "first", "weekday": "mon"}
BASE = {"from": "a", "to": "b", "amount": "5.00", "schedule": {"daily": True}}


@pytest.mark.parametrize(
    "change,path,code",
    [
        ({"to": "a"}, "to", "accounts_same"),
        ({"amount": "0.00"}, "amount", "amount_not_positive"),
        ({"amount": 5}, "amount", "money"),
        ({"schedule": {}}, "schedule", "one_schedule"),
        ({"schedule": {"daily": True, "weekly": ["fri"]}}, "schedule", "one_schedule"),
        ({"schedule": {"once": "2026-12-24", "quarterly": 1}}, "schedule", "one_schedule"),
        ({"schedule": {"weekly": ["fri"], "quarterly": 1}}, "start", "dates_open"),
        ({"schedule": {"daily": True, "business_days": "skip"}}, "schedule.business_days", "daily_shift"),
        ({"schedule": {"daily": "true"}}, "schedule.daily", "choice"),
        ({"schedule": {"dates": ["2026-12-24"]}}, "schedule.dates", "too_few"),
        ({"start": "2027-01-02", "end": "2027-01-01"}, "end", "end_before_start"),
        ({"schedule": {"quarterly": 1}, "end": "2027-01-01"}, "start", "dates_open"),
        ({"schedule": {"quarterly": 1}, "start": "2027-01-01"}, "end", "dates_open"),
        (
            {"schedule": {"quarterly": 9}, "start": "2027-01-10", "end": "2027-02-01"},
            "end",
            "schedule_without_date",
        ),
        (
            {"schedule": {"nth_weekday": SOME}, "start": "2027-01-01", "end": "2059-01-01"},
            "end",
            "too_many",
        ),
        ({"days": 3}, "days", "unknown_key"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(change: dict[str, object], path: str, code: str) -> None:
    read = read_transfer(decode_json(json.dumps(BASE | change).encode()))
    assert read.document is None
    assert (path, code) in [(one.path, one.code) for one in read.problems]


def test_other_values_are_no_transfer() -> None:
    assert [one.code for one in read_transfer(decode_json(b"[]")).problems] == ["mapping_expected"]
    assert [one.code for one in read_transfer(decode_json(b"{")).problems] == ["json"]


def test_a_form_reads_as_the_document() -> None:
    fields = {"from": "checking", "to": "bank", "amount": "1450", "schedule.monthly.0": "1", "mode": "auto"}
    fields |= {"schedule.business_days": "before", "start": "2026-12-01", "end": "2027-12-01", "skip.3": "2027-03-01"}
    assert read_transfer(decode_form(fields | {"name": "Rent"})).document == rent()
    daily = read_transfer(decode_form({"from": "a", "to": "b", "amount": "5", "schedule.daily": "true"}))
    assert daily.document is not None
    assert daily.document.schedule.daily
    bad = read_transfer(decode_form(fields | {"skip.3": "soon"}))
    assert [one.path for one in bad.problems] == ["skip.3"]


def test_ids_are_made_from_names_and_free() -> None:
    first = with_id(rent(), ())
    assert first.id == "transfer_rent"
    assert with_id(rent(), [as_rule(first)]).id == "transfer_rent_2"
    assert with_id(rent(name=None), ()).id == "transfer_checking_to_bank"
    assert with_id(first, [as_rule(first)]) is first


@pytest.mark.parametrize(
    "path,own",
    [
        ("rules.2.from.0.account", "from"), ("rules.2.to.0.account", "to"), ("rules.2.amount.amount", "amount"),
        ("rules.2.schedule.dates.3", "schedule"), ("rules.2.starts", "start"), ("rules.2.ends", "end"),
        ("rules.2.blackout.0", "skip"), ("rules.2.mode", "mode"), ("rules.1.mode", "rules.1.mode"),
        ("rules.20.mode", "rules.20.mode"),
        ("", ""),
    ],
)  # fmt: skip
def test_problems_of_the_list_are_told_at_the_short_forms_fields(path: str, own: str) -> None:
    assert own_problem(Problem(path, "code", "Sentence."), 2).path == own


def test_dates_that_follow_no_pattern_stay_dates() -> None:
    days = [date(2027, 1, 4), date(2027, 1, 9)]
    assert recognised(days, (date(2027, 1, 1), date(2027, 2, 1))) is None
    assert recognised(days[:1], (date(2027, 1, 1), date(2027, 2, 1))) is None
