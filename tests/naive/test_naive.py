"""The naive evaluator against small examples computed by hand from the rules page."""

import pytest

from tests.naive.asking import account, ask, brief, fixed, legs, rule
from tests.naive.money import cents, shown, split


@pytest.mark.parametrize("text, amount", [("25", 2500), ("0.01", 1), ("-12.5", -1250), ("-0.05", -5), ("0", 0)])
def test_money_is_read_exactly(text: str, amount: int) -> None:
    assert cents(text) == amount
    assert cents(shown(amount)) == amount


def test_missing_cents_go_to_the_largest_remainders_ties_to_the_earlier() -> None:
    assert split(10_000, [3333, 3333, 3334]) == [3333, 3333, 3334]
    assert split(100, [3333, 3333, 3334]) == [33, 33, 34]
    assert split(101, [3333, 3333, 3334]) == [34, 33, 34]
    assert split(1, [5000, 5000]) == [1, 0]


def test_the_whole_answer_has_the_words_of_the_page() -> None:
    accounts = {"checking": account("100.00", "checking"), "cash": account("0.00")}
    assert ask(accounts, rule(fixed("25"))) == [
        {
            "rule": "r",
            "outcome": "moved",
            "reason": "in_full",
            "wanted": "25.00",
            "amount": "25.00",
            "limited_by": [],
            "legs": [{"from": "checking", "to": "cash", "amount": "25.00"}],
        },
    ]


ACCOUNTS = {
    "checking": account("2750.00", "checking", pending_in="40.00", pending_out="50.00"),
    "cash": account("9000.00"),
    "borrow": account("-1200.00", "borrow", floor="-5000.00", ceiling="0.00", pending_in="200.00"),
    "vacation": account("1000.00"),
    "roth": account("0.00", "ira"),
}


@pytest.mark.parametrize(
    "amount, wanted",
    [
        ({"kind": "excess", "account": "checking", "above": "2700.00"}, "0.00"),  # balance 2,700: not above
        ({"kind": "excess", "account": "checking", "above": "2699.99"}, "0.01"),
        ({"kind": "excess", "account": "checking", "above": "2699.99", "keep": "2000"}, "700.00"),
        ({"kind": "refill", "account": "checking", "below": "2740.00"}, "0.00"),  # expected 2,740: not below
        ({"kind": "refill", "account": "checking", "below": "2740.01"}, "0.01"),
        ({"kind": "refill", "account": "checking", "below": "2740.01", "up_to": "3000.00"}, "260.00"),
        ({"kind": "percent_of", "fact": "deposits(checking)", "percent": "25%"}, "308.64"),  # 1,234.59 x 0.25, floored
        ({"kind": "fact", "fact": "round_ups(checking)", "times": 2}, "3.14"),
        ({"kind": "everything", "account": "checking"}, "2700.00"),
        ({"kind": "everything", "account": "checking", "leave": "2700.01"}, "0.00"),
        ({"kind": "payoff", "account": "borrow"}, "1000.00"),  # 200 of 1,200 are on their way
        ({"kind": "fact", "fact": "owed(borrow)"}, "1200.00"),
        ({"kind": "fact", "fact": "room(borrow)"}, "3800.00"),
        ({"kind": "goal", "account": "vacation", "target": "1000.01", "by": "2026-11-20"}, "0.01"),
        ({"kind": "goal", "account": "vacation", "target": "1100.00", "by": "2026-11-22"}, "33.34"),  # over 3 nights
        ({"kind": "goal", "account": "vacation", "target": "1100.00", "by": "2026-11-19"}, "0.00"),
    ],
)
def test_each_amount_wants_what_the_page_says(amount: dict[str, str], wanted: str) -> None:
    facts = {"deposits(checking)": "1234.59", "round_ups(checking)": "1.57"}
    (decision,) = ask(ACCOUNTS, rule(amount, "checking", "roth"), facts=facts)
    assert decision["wanted"] == wanted
    assert (decision["reason"] == "amount_zero") == (wanted == "0.00")


@pytest.mark.parametrize(
    "condition, true",
    [
        ({"fact": "balance(cash)", "above": "9000.00"}, False),
        ({"fact": "balance(cash)", "above": "8999.99"}, True),
        ({"fact": "balance(cash)", "below": "9000.00"}, False),
        ({"fact": "balance(cash)", "between": ["9000.00", "9000.00"]}, True),
        ({"fact": "balance(borrow)", "between": ["-1200.00", "-1199.99"]}, True),
        ({"fact": "expected(borrow)", "below": "-1000.00"}, False),
        ({"fact": "posted(checking)", "above": "2749.99"}, True),
        ({"not": {"fact": "balance(cash)", "above": "9000.00"}}, True),
        ({"any": [{"fact": "balance(cash)", "above": "9000"}, {"fact": "spent(checking, 30)", "above": "0"}]}, True),
        ({"any": [{"fact": "balance(cash)", "above": "9000"}, {"not": {"fact": "owed(borrow)", "above": "0"}}]}, False),
    ],
)
def test_conditions_are_strict_and_between_is_inclusive(condition: dict[str, object], *, true: bool) -> None:
    (decision,) = ask(ACCOUNTS, rule(fixed("1.00"), when=[condition]), facts={"spent(checking,30)": "5.00"})
    assert decision["reason"] == ("in_full" if true else "condition_false")


def test_an_unknown_fact_blocks_even_where_any_is_already_true() -> None:
    either = {"any": [{"fact": "balance(cash)", "above": "1"}, {"fact": "deposits(cash)", "above": "1"}]}
    (decision,) = ask(ACCOUNTS, rule(fixed("1.00"), when=[either]))
    assert brief(decision) == "blocked unknown_fact 0.00 0.00"


def test_the_first_problem_in_the_fixed_order_is_the_reason() -> None:
    accounts = ACCOUNTS | {"cash": account("1", problem="stale_balance"), "roth": account("0", "ira", problem="frozen")}
    two_ends = rule(fixed("1.00"), "cash", "roth")
    assert brief(ask(accounts, two_ends)[0]) == "blocked frozen 0.00 0.00"
    assert brief(ask(accounts, two_ends, paused=True)[0]) == "blocked paused 0.00 0.00"
    read_only = rule(fixed("1.00"), "checking", "vacation", when=[{"fact": "balance(cash)", "above": "0"}])
    assert brief(ask(accounts, read_only)[0]) == "blocked stale_balance 0.00 0.00"


def test_moved_of_an_earlier_rule_makes_an_else_chain() -> None:
    first = rule(fixed("10.00"), id="first")
    second = rule(fixed("20.00"), id="second", when=[{"fact": "moved(first)", "below": "0.01"}])
    assert [d["reason"] for d in ask(ACCOUNTS, first, second)] == ["in_full", "condition_false"]
    assert [d["outcome"] for d in ask(ACCOUNTS, first | {"mode": "ask"}, second)] == ["proposed", "moved"]
    blocked = first | {"when": [{"fact": "deposits(cash)", "above": "0"}]}
    assert [d["reason"] for d in ask(ACCOUNTS, blocked, second)] == ["unknown_fact", "unknown_fact"]


def test_the_tightest_limit_binds_and_the_first_listed_wins_a_tie() -> None:
    caps = [{"per": "month", "amount": "50.00"}, {"per": "year", "amount": "90.00", "counter": "ira"}]
    used = [{"rule": "r", "per": "month", "amount": "10.00"}, {"counter": "ira", "per": "year", "amount": "50.00"}]
    capped = rule(fixed("100.00"), caps=caps, max_transfer="60.00")
    assert brief(ask(ACCOUNTS, capped, used=used)[0]) == "moved limited 100.00 40.00 cap:month"
    tighter = [used[0], {"counter": "ira", "per": "year", "amount": "50.01"}]
    assert brief(ask(ACCOUNTS, capped, used=tighter)[0]) == "moved limited 100.00 39.99 cap:year:ira"
    over = [used[0], {"counter": "ira", "per": "year", "amount": "90.00"}]
    assert brief(ask(ACCOUNTS, capped, used=over)[0]) == "nothing cap_used_up 100.00 0.00 cap:year:ira"
    assert brief(ask(ACCOUNTS, capped | {"amount": fixed("40.00")}, used=used)[0]) == "moved in_full 40.00 40.00"


def test_a_counter_counts_once_each_rule_that_names_it_and_no_others() -> None:
    shared = [{"per": "month", "amount": "30.00", "counter": "a"}, {"per": "year", "amount": "30.00", "counter": "a"}]
    first = rule(fixed("20.00"), id="a", caps=shared)
    own = rule(fixed("20.00"), id="b", caps=[{"per": "month", "amount": "30.00"}])
    last = rule(fixed("20.00"), id="c", caps=[{"per": "day", "amount": "30.00", "counter": "a"}])
    assert [d["amount"] for d in ask(ACCOUNTS, first, own, last)] == ["20.00", "20.00", "10.00"]
    assert [d["amount"] for d in ask(ACCOUNTS, first | {"mode": "watch"}, own, last)] == ["20.00", "20.00", "20.00"]


def test_keep_checking_full_takes_from_cash_and_then_from_the_borrow_line() -> None:
    accounts = {
        "checking": account("200.00", "checking", pending_in="100.00"),
        "cash": account("900.00", floor="50.00"),
        "borrow": account("-100.00", "borrow", floor="-700.00", ceiling="0.00"),
    }
    refill = {"kind": "refill", "account": "checking", "below": "1000.00", "up_to": "1500.00"}
    sources = [{"account": "cash", "leave": "500.00"}, {"account": "borrow", "at_most": "2000.00"}]
    (decision,) = ask(accounts, rule(refill, "cash", "checking", from_=sources))
    assert brief(decision) == "moved limited 1200.00 1000.00 sources"
    assert legs(decision) == ["cash>checking 400.00", "borrow>checking 600.00"]


def test_if_short_compares_with_the_amount_after_the_limits() -> None:
    short = rule(fixed("9000.00"), "checking", "cash", if_short="nothing")
    assert brief(ask(ACCOUNTS, short)[0]) == "nothing short 9000.00 0.00"
    assert brief(ask(ACCOUNTS, short | {"max_transfer": "2700"})[0]) == "moved limited 9000.00 2700.00 max_transfer"


def test_why_nothing_moved() -> None:
    accounts = ACCOUNTS | {"full": account("10.00", ceiling="10.00"), "empty": account("5.00", floor="5.00")}
    assert brief(ask(accounts, rule(fixed("1.00"), "empty", "full"))[0]) == "nothing sources_empty 1.00 0.00"
    assert brief(ask(accounts, rule(fixed("1.00"), "cash", "full"))[0]) == "nothing no_room 1.00 0.00"
    least = rule(fixed("24.99"), min_transfer="25.00")
    assert brief(ask(accounts, least)[0]) == "nothing below_minimum 24.99 0.00"
    assert brief(ask(accounts, least | {"amount": fixed("25.00")})[0]) == "moved in_full 25.00 25.00"


def test_split_the_rest_gives_each_share_its_cents_and_the_full_one_no_more() -> None:
    accounts = {"cash": account("8000.02"), "a": account("0", "invest"), "b": account("0", "invest", ceiling="600")}
    accounts["vacation"] = account("0")
    excess = {"kind": "excess", "account": "cash", "above": "8000.00", "keep": "6000.00"}
    shares = zip(["a", "b", "vacation"], ["33.33%", "33.33%", "33.34%"], strict=True)
    split_rule = rule(excess, "cash", to=[{"account": handle, "share": share} for handle, share in shares])
    (decision,) = ask(accounts, split_rule)
    assert brief(decision) == "moved limited 2000.02 1933.42 room"
    assert legs(decision) == ["cash>a 666.61", "cash>b 600.00", "cash>vacation 666.81"]


def test_fill_in_order_and_legs_are_two_runs_side_by_side() -> None:
    accounts = {"x": account("70.00"), "y": account("100.00"), "tax": account("10.00"), "rest": account("0.00")}
    in_order = rule(fixed("120.00"), from_=[{"account": "x"}, {"account": "y"}])
    in_order["to"] = [{"account": "tax", "fill_to": "30.00"}, {"account": "rest"}]
    (decision,) = ask(accounts, in_order)
    assert brief(decision) == "moved in_full 120.00 120.00"
    assert legs(decision) == ["x>tax 20.00", "x>rest 50.00", "y>rest 50.00"]


def test_ira_room_is_shared_and_only_moves_lower_it() -> None:
    accounts = {"cash": account("900.00"), "roth": account("0", "ira"), "sep": account("0", "ira")}
    both = rule(fixed("100.00"), "cash", to=[{"account": "roth", "share": "60%"}, {"account": "sep", "share": "40%"}])
    again = rule(fixed("100.00"), "cash", "sep", id="again")
    first, second = ask(accounts, both, again, ira_room="75.00")
    assert brief(first) == "moved limited 100.00 75.00 room"
    assert legs(first) == ["cash>roth 60.00", "cash>sep 15.00"]
    assert brief(second) == "nothing no_room 100.00 0.00"
    assert brief(ask(accounts, both | {"mode": "watch"}, again, ira_room="75.00")[1]).endswith("75.00 room")
    assert brief(ask(accounts, both, again)[1]) == "moved in_full 100.00 100.00"


def test_a_leg_with_a_bank_is_pending_for_later_rules() -> None:
    accounts = {"bank": account("100.00", "bank"), "cash": account("10.00"), "vacation": account("0.00")}
    pull = rule(fixed("60.00"), "bank", "cash", id="pull")
    send_on = rule({"kind": "everything", "account": "cash"}, "cash", "vacation", id="send_on")
    refill = rule({"kind": "refill", "account": "cash", "below": "70.00"}, "bank", "cash", id="refill")
    facts = [{"fact": "posted(bank)", "between": ["100.00", "100.00"]}, {"fact": "balance(bank)", "below": "40.01"}]
    decisions = ask(accounts, pull, refill, send_on | {"when": facts})
    assert [brief(d) for d in decisions[1:]] == ["nothing amount_zero 0.00 0.00", "moved in_full 10.00 10.00"]


def test_a_move_between_own_accounts_is_posted_at_once() -> None:
    accounts = {"checking": account("60.00", "checking"), "cash": account("0.00"), "vacation": account("0.00")}
    onward = rule({"kind": "everything", "account": "cash"}, "cash", "vacation", id="onward")
    assert [d["amount"] for d in ask(accounts, rule(fixed("60.00")), onward)] == ["60.00", "60.00"]


def test_modes_and_what_stays_as_it_was() -> None:
    everything = rule({"kind": "everything", "account": "checking"})
    for more, outcome in [({"mode": "watch"}, "would_move"), ({"mode": "ask"}, "proposed"), ({}, "moved")]:
        first, second = ask(ACCOUNTS, everything | more, everything | {"id": "second"})
        assert brief(first) == f"{outcome} in_full 2700.00 2700.00"
        assert brief(second).startswith("nothing" if outcome == "moved" else "moved")
    assert brief(ask(ACCOUNTS, everything | {"ask_above": "2699.99"})[0]).startswith("proposed")
    assert brief(ask(ACCOUNTS, everything | {"ask_above": "2700.00"})[0]).startswith("moved")
    no_mode = {name: value for name, value in everything.items() if name != "mode"}
    assert brief(ask(ACCOUNTS, no_mode)[0]).startswith("would_move")


def test_stop_stops_only_when_it_moved() -> None:
    first, second = rule(fixed("1.00"), id="first", then="stop"), rule(fixed("1.00"), id="second")
    off = rule(fixed("1.00"), id="third", mode="off")
    stopped = [d["reason"] for d in ask(ACCOUNTS, first, second, off)]
    assert stopped == ["in_full", "stopped", "off"]
    assert [d["reason"] for d in ask(ACCOUNTS, first | {"mode": "ask"}, second)] == ["in_full", "in_full"]


def test_pay_down_borrow_gives_no_more_than_is_owed_and_not_on_its_way() -> None:
    excess = {"kind": "excess", "account": "cash", "above": "3000.00"}
    (decision,) = ask(ACCOUNTS, rule(excess, "cash", "borrow", min_transfer="25.00"))
    assert brief(decision) == "moved limited 6000.00 1000.00 room"
