"""A rule list as words: an example to learn the format from, tallies, and what a list has in common with its parts."""

from datetime import date

from ledger.days import day_number
from ledger.seal import asset_number
from rules.compile import TallyKey, compile_list, merged_blackouts, tallies_of
from rules.shapes import FAR_FUTURE, FAR_PAST, HIGH, LOW, Head, read_shape
from tests.rules.one_rule import a_rule

SLOTS = {"checking": 0, "cash": 1, "tax": 2, "borrow": 3}
NUMBERS = 5  # words before the numbers of a list of one rule without tallies


def numbers_of(**changed: object) -> list[int]:
    """The numbers of one rule without its tallies."""
    rule = a_rule(**changed)
    words: list[int] = compile_list([rule], SLOTS, {}).words.tolist()
    return words[NUMBERS + len(tallies_of([rule])) :]


def part(place: str, count: int, **changed: object) -> list[int]:
    """So many numbers from one part of the layout on."""
    (text,) = compile_list([a_rule(**changed)], SLOTS, {}).shapes.values()
    first: int = getattr(read_shape(text).layout, place)
    return numbers_of(**changed)[first : first + count]


def test_the_words_of_the_plain_rule() -> None:
    program = compile_list([a_rule()], SLOTS, {})
    ((number, text),) = program.shapes.items()
    head = [1, HIGH, FAR_PAST, FAR_FUTURE, FAR_PAST, HIGH, 1, 0, 0, 0, -1]
    assert program.words.tolist() == [
        *(1, 0, NUMBERS + read_shape(text).layout.size),
        *(number, NUMBERS),
        *head,
        *(0, 0, 2_500, 0),
        *(0, LOW, HIGH),
        *(1, 0, HIGH),
    ]
    assert program.tallies == ()


def test_an_empty_list_is_a_header() -> None:
    assert compile_list([], SLOTS, {}).words.tolist() == [0, 0, 3]


def test_the_head() -> None:
    rule = a_rule(
        mode="auto", ask_above="10.00", starts="2026-01-01", ends="2026-12-31", max_transfer="5.00",
        min_transfer="0.50", if_short="nothing", then="stop", cool_down_days=7,
    )  # fmt: skip
    program = compile_list([rule], SLOTS, {"plain": date(2025, 12, 1)})
    head = program.words.tolist()[NUMBERS + 1 :][: len(Head)]
    starts, ends, saved = (day_number(d) for d in (date(2026, 1, 1), date(2026, 12, 31), date(2025, 12, 1)))
    assert head == [3, 1_000, starts, ends, saved, 500, 50, 1, 1, 7, 0]


def test_a_schedule_is_bits_weeks_and_dates() -> None:
    schedule = {"month_days": [1, 15, "last", 1], "weekdays": ["mon", "sun"], "dates": ["1970-01-03", "1970-01-02"]}
    every = {"every": {"weeks": 2, "from": "1970-01-11"}, "business_days": "after"}
    assert part("schedule", 7, schedule=schedule | every) == [1 << 0 | 1 << 14 | 1 << 31, 1 | 1 << 6, 2, 10, 2, 1, 2]
    assert part("schedule", 5, schedule={"weekdays": ["tue"]}) == [0, 2, 0, 0, 0]


def test_bounds_of_conditions() -> None:
    fact = "spent(tax, 30)"
    when = [{"fact": fact, "above": "1.00"}, {"fact": fact, "below": "1.00"}, {"fact": fact, "between": ["-1", "1"]}]
    assert part("leaves", 12, when=when) == [2, 30, 100, HIGH, 2, 30, LOW, 100, 2, 30, -100, 100]


def test_bounds_of_percents_are_half_steps_and_securities_are_assets() -> None:
    vti = asset_number("VTI")
    between = {"fact": "price_to_average(VTI, 200)", "between": ["-1%", "98.2%"]}
    when = [{"fact": "drawdown(VTI, 252)", "above": "15%"}, {"fact": "drift(tax)", "below": "0.01%"}, between]
    assert part("leaves", 12, when=when) == [
        *(vti, 252, 3_000, HIGH),
        *(2, 0, LOW, 2),
        *(vti, 200, -200, 19_640),
    ]


def test_amounts() -> None:
    by = day_number(date(2027, 6, 30))
    expected = [
        ({"kind": "fixed", "amount": "1.00"}, [0, 0, 100, 0]),
        ({"kind": "excess", "account": "tax", "above": "3.00"}, [2, 0, 300, 300]),
        ({"kind": "excess", "account": "tax", "above": "3.00", "keep": "0.00"}, [2, 0, 300, 0]),
        ({"kind": "refill", "account": "tax", "below": "3.00"}, [2, 0, 300, 300]),
        ({"kind": "refill", "account": "tax", "below": "3.00", "up_to": "4.00"}, [2, 0, 300, 400]),
        ({"kind": "percent_of", "fact": "balance(cash)", "percent": "12.5%"}, [1, 0, 1_250, 0]),
        ({"kind": "invest_drift", "account": "tax"}, [2, 0, 0, 0]),
        ({"kind": "fact", "fact": "spent(cash, 7)", "times": 3}, [1, 7, 3, 0]),
        ({"kind": "everything", "account": "cash"}, [1, 0, 0, 0]),
        ({"kind": "everything", "account": "cash", "leave": "1.00"}, [1, 0, 100, 0]),
        ({"kind": "payoff", "account": "borrow"}, [3, 0, 0, 0]),
        ({"kind": "goal", "account": "tax", "target": "9.00", "by": "2027-06-30"}, [2, 0, 900, by]),
    ]
    for amount, numbers in expected:
        assert part("amount", 4, amount=amount) == numbers, amount


def test_sources_and_destinations() -> None:
    sources = [{"account": "cash", "leave": "1.00"}, {"account": "borrow", "at_most": "2.00"}]
    assert part("sources", 6, from_=sources, to=[{"account": "tax"}]) == [1, 100, HIGH, 3, LOW, 200]
    places = [{"account": "cash", "share": "33.33%", "fill_to": "7.00"}, {"account": "tax", "share": "66.67%"}]
    assert part("destinations", 6, to=places) == [1, 3_333, 700, 2, 6_667, HIGH]


def test_overlapping_and_neighbouring_blackouts_are_one() -> None:
    periods = [("1970-01-08", "1970-01-09"), ("1970-01-02", "1970-01-05"), ("1970-01-03", "1970-01-04"),
               ("1970-01-06", "1970-01-06")]  # fmt: skip
    rule = a_rule(blackout=[{"first": first, "last": last} for first, last in periods])
    assert merged_blackouts(rule) == [(1, 5), (7, 8)]
    assert part("blackouts", 4, blackout=[{"first": first, "last": last} for first, last in periods]) == [1, 5, 7, 8]


def test_tallies_stand_in_the_order_in_which_rules_need_them() -> None:
    pot = {"amount": "9.00", "counter": "pot"}
    first = a_rule(id="first", cool_down_days=3, caps=[{"per": "day", "amount": "1.00"}, {"per": "year", **pot}])
    second = a_rule(id="second", caps=[{"per": "month", **pot}, {"per": "year", **pot}])
    third = a_rule(id="pot", caps=[{"per": "year", "amount": "2.00"}])
    rules = [first, second, third]
    assert tallies_of(rules) == (
        TallyKey("", "first", "moved"),
        TallyKey("", "first", "day"),
        TallyKey("pot", "", "year"),
        TallyKey("pot", "", "month"),
        TallyKey("", "pot", "year"),
    )
    words = compile_list(rules, SLOTS, {}).words.tolist()
    assert words[3:8] == [0, 1, 5, 3, 5]
    ends = [words[11], words[13], words[2]]
    assert words[words[9] :][: ends[0] - words[9]][-7:] == [1, 100, 2, 900, 1, 2, 3]
    assert words[ends[0] : ends[1]][-6:] == [3, 900, 2, 900, 2, 3]
    assert words[ends[1] : ends[2]][-3:] == [4, 200, 4]


def test_moved_is_stored_as_the_rank_of_the_earlier_rule() -> None:
    rules = [a_rule(id="one"), a_rule(id="two"), a_rule(id="three", amount={"kind": "fact", "fact": "moved(two)"})]
    words = compile_list(rules, SLOTS, {}).words.tolist()
    assert words[words[8] + len(Head) :][:4] == [2, 0, 1, 0]
