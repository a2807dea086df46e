"""Values of every kind: what is read, what is shown again, what is refused and what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dated.catalogue import CATALOGUE, entry_of, named
from engine.dated.kinds import EXAMPLES, MAX_TIERS, WHOLE_RATE, Kind, Tier, read_value, show_value
from ledger.faults import SluiceError


@pytest.mark.parametrize(
    "kind,text,value",
    [
        (Kind.RATE, "3.10%", 3_100_000),
        (Kind.RATE, "0.00278%", 2_780),
        (Kind.RATE, "100.00%", WHOLE_RATE),
        (Kind.TIERS, "0.00: 3.10%, 25000.00: 3.50%", (Tier(0, 3_100_000), Tier(25_000_00, 3_500_000))),
        (Kind.MONEY, "50000.00", 50_000_00),
        (Kind.PRICE, "0.000166", 166),
        (Kind.PRICE, "12.50", 12_500_000),
        (Kind.BASIS_POINTS, "40%", 4_000),
        (Kind.DAYS, "3", 3),
        (Kind.COUNT, "50", 50),
        (Kind.FLAG, "yes", 1),
        (Kind.FLAG, "no", 0),
        (Kind.DAY_OF_YEAR, "04-15", 415),
        (Kind.TIME, "09:30", 570),
    ],
)
def test_a_text_is_an_exact_number_and_back(kind: Kind, text: str, value: object) -> None:
    read = read_value(kind, text)
    assert read == value
    assert show_value(kind, read) == text


@pytest.mark.parametrize(
    "kind,text,right",
    [
        (Kind.RATE, "3.10", "3.10%"),
        (Kind.RATE, "3,10%", "3.10%"),
        (Kind.RATE, "3.1234567%", "3.10%"),
        (Kind.TIERS, "0.00 3.10%", "0.00: 3.10%"),
        (Kind.TIERS, "0.00: 3.10", "0.00: 3.10%"),
        (Kind.PRICE, "1e-4", "0.000166"),
        (Kind.DAYS, "-1", "3"),
        (Kind.COUNT, "2.5", "50"),
        (Kind.FLAG, "true", "write yes or no"),
        (Kind.DAY_OF_YEAR, "02-29", "04-15"),
        (Kind.DAY_OF_YEAR, "15 April", "04-15"),
        (Kind.TIME, "24:00", "09:30"),
        (Kind.TIME, "9:30", "09:30"),
    ],
)
def test_another_text_is_refused_with_one_that_is_right(kind: Kind, text: str, right: str) -> None:
    with pytest.raises(SluiceError) as refused:
        read_value(kind, text)
    assert refused.value.code == "config_value"
    assert text in refused.value.sentence
    assert right in refused.value.sentence


@pytest.mark.parametrize(
    "text,sentence",
    [
        ("10.00: 3.10%", "begin at 0.00"),
        ("0.00: 3.10%, 50.00: 3.50%, 50.00: 4.00%", "both begin at 50.00"),
        ("0.00: 3.10%, 50.00: 3.50%, 20.00: 4.00%", "from the lowest amount upwards"),
        (", ".join(f"{place}.00: 1.00%" for place in range(MAX_TIERS + 1)), f"at most {MAX_TIERS}"),
    ],
)
def test_tiers_that_overlap_or_stand_out_of_order_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(SluiceError) as refused:
        read_value(Kind.TIERS, text)
    assert refused.value.code == "tiers"
    assert sentence in refused.value.sentence


@pytest.mark.parametrize("text,code", [("x: 3.10%", "money"), ("-5.00: 3.10%", "money")])
def test_a_tier_begins_at_an_amount_of_money(text: str, code: str) -> None:
    with pytest.raises(SluiceError) as refused:
        read_value(Kind.TIERS, text)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["cash_apy", "borrow_apr"])
@pytest.mark.parametrize("text", ["-0.01%", "100.000001%", "250%"])
def test_a_rate_below_zero_or_above_the_whole_is_refused(name: str, text: str) -> None:
    with pytest.raises(SluiceError) as refused:
        entry_of(name).read(text)
    assert refused.value.code == "config_bounds"
    assert refused.value.sentence == f'"{text}" is out of bounds for {name}; write a value from 0.00% to 100.00%.'


def test_every_tier_keeps_the_bounds() -> None:
    with pytest.raises(SluiceError) as refused:
        entry_of("cash_apy").read("0.00: 3.10%, 5.00: 101%")
    assert refused.value.code == "config_bounds"


def test_none_ends_a_promotion_or_an_exception_and_nothing_else() -> None:
    assert entry_of("cash_apy_promotion").read("none") is None
    assert entry_of("cash_apy_promotion").show(None) == "none"
    assert entry_of("hold_days").read("none", exception=True) is None
    for name in ("cash_apy", "hold_days"):
        with pytest.raises(SluiceError):
            entry_of(name).read("none")


@given(data=st.data())
def test_what_is_shown_reads_the_same(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(CATALOGUE))
    number = st.integers(entry.lowest, entry.highest)
    if entry.kind is Kind.TIERS:
        starts = sorted(data.draw(st.sets(st.integers(1, 10**15), max_size=MAX_TIERS - 1)))
        value = tuple(Tier(start, data.draw(number)) for start in (0, *starts))
        assert entry.read(entry.show(value)) == value
    elif entry.kind is not Kind.DAY_OF_YEAR:
        drawn = data.draw(number)
        assert entry.read(entry.show(drawn)) == drawn


@given(text=st.text(max_size=12) | st.from_regex(r"-?[0-9]{1,4}[.:,-]?[0-9]{0,3}%?", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    codes = set()
    for entry in CATALOGUE:
        try:
            value = entry.read(text)
        except SluiceError as fault:
            codes.add(fault.code)
            continue
        assert entry.read(entry.show(value)) == value
    assert codes <= {"config_value", "config_bounds", "tiers", "money", "percent"}


@pytest.mark.parametrize(
    "text,written",
    [
        ("cash_apy", "cash_apy"),
        ("hold_days(ach,in , cash,any)", "hold_days(ach, in, cash, any)"),
        ("maintenance_requirement (BRK.B)", "maintenance_requirement(BRK.B)"),
    ],
)
def test_a_name_is_written_one_way(text: str, written: str) -> None:
    assert named(text)[0] == written


@pytest.mark.parametrize(
    "text,right",
    [
        ("Cash APY", "cash_apy or hold_days"),
        ("cash_apr", "did you mean cash_apy?"),
        ("zzz", "docs/config.md"),
        ("cash_apy(VTI)", "write cash_apy."),
        ("hold_days(ach)", "write hold_days or hold_days(ach|wire, in, "),
        ("hold_days(ach, in, cash, car)", "any, bank, cash"),
        ("maintenance_requirement(usd)", "capital letters"),
        ("maintenance_requirement()", "symbol"),
    ],
)
def test_another_name_is_refused_with_one_that_is_right(text: str, right: str) -> None:
    with pytest.raises(SluiceError) as refused:
        named(text)
    assert refused.value.code == "config_name"
    assert right in refused.value.sentence


def test_the_catalogue_says_each_name_once_and_in_sentences() -> None:
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE)
    assert [entry.name for entry in CATALOGUE if not entry.sentence.endswith(".") or not entry.unit] == []
    assert {entry.kind for entry in CATALOGUE} == set(Kind) == set(EXAMPLES)
    assert {entry.name for entry in CATALOGUE if entry.accrues} == {"cash_apy", "cash_apy_promotion", "borrow_apr"}
