"""The fact `ltv`: exact, the same in preview, night and explanation, and unknown where nobody knows (rules.md 3)."""

from __future__ import annotations

from pathlib import Path

from tests.borrow.lent import lent
from tests.borrow.test_books import BEFORE, IDLE, TUESDAY, WEDNESDAY
from tests.engine.asking import brief, fixed, rule
from tests.trading.test_facing import Ruled, ending
from tests.trading.world import HALVES, MONDAY, prices

GUARD = rule(
    {"kind": "payoff", "account": "borrow"},
    "cash",
    "borrow",
    id="guard",
    when=[{"fact": "ltv(borrow)", "above": "38%"}],
)
WHOLE = rule(fixed("1.00"), "checking", "cash", id="whole", when=[{"fact": "ltv(borrow)", "between": ["40%", "40%"]}])
MORE = rule(fixed("100.00"), "borrow", "checking", id="more")


def test_a_rule_guards_the_loan_as_its_preview_says(tmp_path: Path) -> None:
    moving = prices(VTI={BEFORE: "100", TUESDAY: "90"}, BND="50")
    with lent(tmp_path, moving, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(3_600_00)
        house.world.pay_in(400_00, "savings", "cash")
        ruled = Ruled(house.world)
        ruled.rule(GUARD, WHOLE, MORE)
        told = ruled.night(TUESDAY, house.world.market)
        assert [brief(one) for one in told] == [
            "nothing condition_false 0.00 0.00",  # 3,600 of 9,500
            "nothing condition_false 0.00 0.00",
            "moved in_full 100.00 100.00",
        ]
        assert [brief(one) for one in ruled.night(WEDNESDAY, house.world.market)] == [
            "moved limited 3700.00 400.00 sources",
            "nothing condition_false 0.00 0.00",
            "moved in_full 100.00 100.00",
        ]


def test_what_it_is_owed_on_has_to_be_known(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(4_000_00)
        ruled = Ruled(house.world)
        ruled.rule(GUARD, WHOLE)
        usual = house.world.market
        assert [one["outcome"] for one in ruled.night(TUESDAY, usual)] == ["nothing", "moved"]
        gone = ending(usual, "VTI", MONDAY)
        assert [one["reason"] for one in ruled.night(WEDNESDAY, gone)] == ["unknown_fact"] * 2
