"""A returned deposit in words: on its way, arrived, and partly gone."""

import pytest

from engine.holds.wording import return_sentence
from engine.holds.work import ReturnRow
from ledger.days import parse_day

BELOW = "it is below its floor until money comes in."
NAMES = {1: "Outside bank", 2: "Cash"}


def row(**parts: int) -> ReturnRow:
    """A deposit of 300.00 that the bank took back."""
    posted = sum(parts.values()) > 0
    return ReturnRow("00", 7, 2, 1, 300_00, "R01", parse_day("2026-11-19"), posted, 5, **parts)  # type: ignore[arg-type]  # whole numbers, the flag left out


@pytest.mark.parametrize(
    "parts,said",
    [
        ({}, "it had not arrived yet, and will not."),
        ({"from_layers": 300_00}, "300.00 that was still under its hold."),
        (
            {"from_layers": 100_00, "from_free": 150_00, "forced": 50_00},
            "100.00 that was still under its hold; 150.00 of other money; 50.00 that the account did not have: "
            + BELOW,
        ),
    ],
)
def test_the_sentence_says_out_of_what_it_went(parts: dict[str, int], said: str) -> None:
    told = return_sentence(row(**parts), NAMES)
    assert told == f"Outside bank took back 300.00 from Cash on Thu 19 Nov 2026 (R01, not enough money): {said}"
