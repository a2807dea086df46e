"""Lists with a transfer added, replaced, paused, skipped or removed; and what is refused."""

import pytest

from engine.desk import ListVersion
from engine.recurring.changes import (
    added,
    in_mode,
    keeping,
    mode_before,
    named,
    recurring,
    removed,
    replaced,
    skipping,
)
from engine.recurring.shortform import as_rule, from_rule
from engine.rulebook import to_text
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.document import Rule
from rules.load import load_yaml
from tests.recurring.test_shortform import PLAIN, rent

DAY = parse_day("2027-01-01")
(SWEEP,) = load_yaml(PLAIN.replace("id: plain", "id: sweep") + "note: no transfer\n").rules
BEFORE = (SWEEP, as_rule(rent()))


def code(raised: pytest.ExceptionInfo[SluiceError]) -> str:
    return raised.value.code


def test_a_transfer_is_added_last_and_found_by_its_shape() -> None:
    rules = added(BEFORE, rent(name="Rent"))
    assert [rule.id for rule in rules] == ["sweep", "transfer_rent", "transfer_rent_2"]
    assert [(one.place, one.rule.id) for one in recurring(rules)] == [(1, "transfer_rent"), (2, "transfer_rent_2")]
    with pytest.raises(SluiceError) as raised:
        added(rules, rent(id="sweep"))
    assert code(raised) == "duplicate_id"
    with pytest.raises(SluiceError) as raised:
        added([SWEEP.model_copy(update={"id": f"r{n}"}) for n in range(50)], rent())
    assert code(raised) == "too_many"
    for rules_, told in ((BEFORE, "transfer_rent"), ((SWEEP,), "none yet")):
        with pytest.raises(SluiceError, match=told) as raised:
            named(rules_, "sweep")
        assert code(raised) == "recurring_unknown"


def test_it_is_replaced_in_its_place_and_removed() -> None:
    other = replaced((*BEFORE, SWEEP), "transfer_rent", rent(id="else", amount=5))
    assert [rule.id for rule in other] == ["sweep", "transfer_rent", "sweep"]
    assert named(other, "transfer_rent").transfer.amount == 5
    assert removed(BEFORE, "transfer_rent") == (SWEEP,)


def test_a_pause_remembers_the_mode_in_the_versions() -> None:
    paused = in_mode(BEFORE, "transfer_rent", "off")
    assert named(paused, "transfer_rent").transfer.mode == "off"
    lists = [(SWEEP,), BEFORE, paused, in_mode(paused, "transfer_rent", "off")]
    versions = [ListVersion(number, 1, DAY, to_text(rules)) for number, rules in enumerate(lists, start=1)]
    assert mode_before(versions, "transfer_rent") == "auto"
    assert mode_before(versions[:1], "transfer_rent") == mode_before([], "x") == "watch"


def test_dates_are_skipped_and_kept_after_all() -> None:
    skipped = skipping(BEFORE, "transfer_rent", parse_day("2027-02-01"), DAY)
    assert [str(day) for day in named(skipped, "transfer_rent").transfer.skip] == ["2027-02-01", "2027-03-01"]
    assert skipping(skipped, "transfer_rent", parse_day("2027-02-01"), DAY) == skipped
    later = skipping(skipped, "transfer_rent", parse_day("2027-04-01"), parse_day("2027-02-01"))
    assert [str(day) for day in named(later, "transfer_rent").transfer.skip] == ["2027-03-01", "2027-04-01"]
    kept = keeping(later, "transfer_rent", parse_day("2027-03-01"))
    assert [str(day) for day in named(kept, "transfer_rent").transfer.skip] == ["2027-04-01"]
    full: tuple[Rule, ...] = BEFORE
    for day in range(99):
        full = skipping(full, "transfer_rent", DAY + 100 + day, DAY)
    with pytest.raises(SluiceError) as raised:
        skipping(full, "transfer_rent", DAY + 5, DAY)
    assert code(raised) == "too_many"
    assert from_rule(named(full, "transfer_rent").rule) is not None
