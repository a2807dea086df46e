"""The platform fee: cycles, samples, waivers, and what a move does to a waiver (ruling 30)."""

from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fees.cycle import NO_SAMPLE, Cycles, FeeTerms, Loss, Night, bill, next_start, registering, waiver_lost
from engine.fees.reasons import Fee, Waived, charged, waived_words
from ledger.days import date_of, day_number, format_day, parse_day
from tests.borrow.lines import column

TERMS = FeeTerms(fee=3_00, waiver_value=10_000_00, free_days=90)
ENOUGH, LITTLE = 10_000_00, 9_999_99


def cycles(registered: str, start: str, best: int = NO_SAMPLE) -> Cycles:
    return Cycles(column(parse_day(registered)), column(parse_day(start)), column(best))


def night(day: str, value: int, exempt: int = 0) -> Night:
    return Night(parse_day(day), column(value), column(exempt))


@pytest.mark.parametrize(
    "registered,day,begins",
    [
        ("2025-01-15", "2025-01-15", "2025-02-15"),
        ("2025-01-15", "2025-02-14", "2025-02-15"),
        ("2025-01-28", "2025-02-28", "2025-03-28"),
        ("2025-01-29", "2025-01-29", "2025-02-01"),
        ("2025-01-31", "2025-02-01", "2025-03-01"),
        ("2024-12-01", "2024-12-31", "2025-01-01"),
        ("2024-12-31", "2024-12-31", "2025-01-01"),
    ],
)
def test_cycles_begin_on_the_registration_days_day_of_the_month(registered: str, day: str, begins: str) -> None:
    found = next_start(column(parse_day(registered)), column(parse_day(day)))
    assert format_day(int(found[0])) == begins


def test_the_first_cycle_that_ends_ninety_days_after_registration_is_charged() -> None:
    young = bill(cycles("2025-01-15", "2025-03-15"), night("2025-04-14", LITTLE), TERMS, TERMS)
    assert young.today.waived.tolist() == [Waived.YOUNG]  # 89 days
    assert young.today.fee.tolist() == [0]
    old = bill(cycles("2025-01-30", "2025-04-01"), night("2025-04-30", LITTLE), TERMS, TERMS)
    assert old.today.fee.tolist() == [3_00]  # 90 days
    assert old.today.waived.tolist() == [Waived.NONE]
    assert old.cycles.start.tolist() == [parse_day("2025-05-01")]
    assert old.cycles.best.tolist() == [NO_SAMPLE]


def test_a_single_night_with_enough_waives_the_fee() -> None:
    running = cycles("2024-01-15", "2025-03-15")
    for day, value in [("2025-03-15", 0), ("2025-03-16", ENOUGH), ("2025-04-13", -5)]:
        found = bill(running, night(day, value), TERMS, TERMS)
        assert found.today.ended.tolist() == [0]
        assert found.overdue.ended.tolist() == [0]
        running = found.cycles
    last = bill(running, night("2025-04-14", LITTLE), TERMS, TERMS)
    assert last.today.waived.tolist() == [Waived.VALUE]
    assert bill(running, night("2025-04-14", LITTLE, 1), TERMS, TERMS).today.waived.tolist() == [Waived.EXEMPT]


def test_the_sample_of_the_last_night_counts() -> None:
    running = cycles("2024-01-15", "2025-03-15", LITTLE)
    assert bill(running, night("2025-04-14", ENOUGH), TERMS, TERMS).today.fee.tolist() == [0]
    assert bill(running, night("2025-04-14", LITTLE), TERMS, TERMS).today.fee.tolist() == [3_00]


def test_a_night_that_did_not_run_is_made_up_for_without_the_new_cycles_sample() -> None:
    running = cycles("2024-01-15", "2025-03-15", LITTLE)
    late = bill(running, night("2025-04-20", ENOUGH), TERMS, TERMS)
    assert late.overdue.fee.tolist() == [3_00]
    assert late.overdue.ended.tolist() == [parse_day("2025-04-14")]
    assert late.cycles.start.tolist() == [parse_day("2025-04-15")]
    assert late.cycles.best.tolist() == [ENOUGH]
    both = bill(running, night("2025-05-14", LITTLE), TERMS, TERMS)
    assert both.overdue.ended.tolist() == [parse_day("2025-04-14")]
    assert both.today.ended.tolist() == [parse_day("2025-05-14")]
    assert (both.overdue.fee + both.today.fee).tolist() == [6_00]
    unseen = bill(cycles("2024-01-15", "2025-03-15"), night("2025-08-01", LITTLE), TERMS, TERMS)
    assert unseen.overdue.waived.tolist() == [Waived.UNSAMPLED]
    assert unseen.cycles.start.tolist() == [parse_day("2025-07-15")]


def test_a_preview_says_when_a_move_costs_a_waiver() -> None:
    before, after = night("2025-04-01", ENOUGH), column(LITTLE)
    running = cycles("2024-01-15", "2025-03-15")
    assert waiver_lost(running, before, after, TERMS).tolist() == [Loss.THIS_CYCLE]
    safe = cycles("2024-01-15", "2025-03-15", ENOUGH)
    assert waiver_lost(safe, before, after, TERMS).tolist() == [Loss.NEXT_CYCLE]
    assert waiver_lost(running, before, column(ENOUGH), TERMS).tolist() == [Loss.NONE]
    assert waiver_lost(running, night("2025-04-01", LITTLE), after, TERMS).tolist() == [Loss.NONE]
    assert waiver_lost(running, night("2025-04-01", ENOUGH, 1), after, TERMS).tolist() == [Loss.NONE]
    young = cycles("2025-02-15", "2025-02-15")
    assert waiver_lost(young, night("2025-02-20", ENOUGH), after, TERMS).tolist() == [Loss.NONE]
    next_one = cycles("2025-01-15", "2025-03-15")
    assert waiver_lost(next_one, before, after, TERMS).tolist() == [Loss.NEXT_CYCLE]


def test_fees_and_waivers_are_worded() -> None:
    day = parse_day("2025-04-14")
    fee = charged(Fee.PLATFORM, 3_00, day)
    assert fee is not None
    assert fee.reason == "Platform fee for the month that ended on 2025-04-14: 3.00."
    assert charged(Fee.WIRE, 0, day) is None
    assert all(charged(kind, 1, day) for kind in Fee)
    assert waived_words(Waived.NONE, 90, ENOUGH) == ""
    assert "90 days" in waived_words(Waived.YOUNG, 90, ENOUGH)
    assert "10,000.00 or more" in waived_words(Waived.VALUE, 90, ENOUGH)
    assert all(waived_words(why, 90, ENOUGH) for why in Waived if why)


def begins_on(registered: date, day: date) -> bool:
    return day.day == (registered.day if registered.day <= 28 else 1)


@given(st.integers(0, 2**32))
def test_the_columns_equal_a_customer_day_by_day(seed: int) -> None:
    random = Random(seed)
    registered = day_number(date(2024, 1, 1)) + random.randrange(366)
    running = registering(column(registered))
    last = registered + 200
    best, seen, fees, expected = NO_SAMPLE, False, [], []
    for day in range(registered, last + 2):
        if day > registered and begins_on(date_of(registered), date_of(day)):
            if day - 1 - registered >= 90 and seen and best < ENOUGH:
                expected.append(day - 1)
            best, seen = NO_SAMPLE, False
        if day == last or (day < last and random.random() < 0.7):
            value = random.choice([0, LITTLE, LITTLE, LITTLE, ENOUGH]) if random.random() < 0.05 else LITTLE
            best, seen = max(best, value), True
            found = bill(running, Night(day, column(value), column(0)), TERMS, TERMS)
            running = found.cycles
            ended = [*found.overdue.ended[found.overdue.fee > 0], *found.today.ended[found.today.fee > 0]]
            fees += [int(one) for one in ended]
    assert fees == expected
    assert np.array_equal(running.registered, column(registered))
