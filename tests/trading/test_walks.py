"""D13.6: whatever people and brokers do, units, lots and money agree after every window, and a replay is the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings

from tests.trading.steps import Plan, plans
from tests.trading.walking import walking

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(max_examples=16, suppress_health_check=SLOW)
@given(plans())
def test_everything_agrees_after_every_window(plan: Plan) -> None:
    note(repr(plan))
    with walking(plan) as walk:
        walk.go()


@settings(max_examples=4, suppress_health_check=SLOW)
@given(plans())
def test_a_replay_gives_the_same_seal(plan: Plan) -> None:
    note(repr(plan))
    heads = []
    for _ in range(2):
        with walking(plan) as walk:
            heads.append(walk.go())
    assert heads[0] == heads[1]


@pytest.mark.long
@settings(max_examples=1_000, suppress_health_check=SLOW)
@given(plans())
def test_everything_agrees_after_every_window_of_many(plan: Plan) -> None:
    note(repr(plan))
    with walking(plan) as walk:
        walk.go()
