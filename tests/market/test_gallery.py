"""The model pies as data, each sound and said in words; and documents that are no model, refused with their path."""

import re
from collections import Counter
from fractions import Fraction
from typing import get_args

import pytest

from engine.invest.core.flatten import flatten
from ledger.faults import SluiceError
from market.gallery import (
    CATEGORIES,
    Category,
    Listing,
    Model,
    gallery,
    load_model,
    pies_of,
    read_file,
    read_listings,
    symbols,
    symbols_of,
)
from rules.yamltext import decode_yaml

ALL = tuple(gallery().values())

PLAIN = """
name: plain
title: Plain
category: general
description: Half and half.
source: Sluice, own composition
version: 1
pie: {name: plain, title: Plain, slices: [{symbol: VTI, weight: 50%}, {symbol: BND, weight: 50%}]}
"""
INNER = "pie: {name: plain, title: Plain, slices: [{weight: 100%, pie: {name: q, slices: "

PUBLISHED = {
    "all_seasons": "VTI 30, TLT 40, IEF 15, GLD 7.5, DBC 7.5",
    "coffeehouse": "VOO 10, VTV 10, VB 10, VBR 10, VXUS 10, VNQ 10, BND 40",
    "core_four": "VTI 48, VXUS 24, BND 20, VNQ 8",
    "couch_potato": "VTI 50, TIP 50",
    "cowards": "VOO 15, VTV 10, VB 5, VBR 10, VNQ 5, VGK 5, VPL 5, VWO 5, BSV 40",
    "desert": "VTI 30, VGIT 60, IAU 10",
    "golden_butterfly": "VTI 20, IJS 20, TLT 20, SHY 20, GLD 20",
    "ivy": "VTI 20, VEU 20, IEF 20, VNQ 20, DBC 20",
    "larry": "AVUV 15, AVDV 7.5, AVES 7.5, VGIT 70",
    "margarita": "VTI 33.33, VXUS 33.33, TIP 33.34",
    "ninety_ten": "VOO 90, VGSH 10",
    "no_brainer": "VOO 25, VB 25, VEA 25, BSV 25",
    "permanent": "VTI 25, TLT 25, GLD 25, BIL 25",
    "pinwheel": "VTI 15, IJS 10, VEA 15, VWO 10, VGIT 15, BIL 10, VNQ 15, IAU 10",
    "sandwich": "VV 20, IJR 8, VEU 6, SCZ 10, VWO 6, IEI 30, BNDX 11, BIL 4, VNQ 5",
    "second_grader": "VTI 60, VEU 30, BND 10",
    "seven_twelve": (
        "VOO 8.33, IJH 8.33, IJR 8.33, VEA 8.33, VWO 8.33, VNQ 8.33, GNR 8.33, DBC 8.33, BND 8.33, TIP 8.33, "
        "BNDX 8.33, BIL 8.37"
    ),
    "sixty_forty": "VTI 60, BND 40",
    "swensen": "VTI 30, VEA 15, VWO 5, VNQ 20, IEF 15, TIP 15",
    "three_equal_funds": "VTI 33.33, VXUS 33.33, BND 33.34",
    "three_fund": "VTI 64, VXUS 16, BND 20",
    "two_fund": "VT 60, BND 40",
    "ultimate": ("VOO 6, VTV 6, VB 6, VBR 6, VNQ 6, VEA 6, EFV 6, SCZ 6, AVDV 6, VWO 6, VGIT 20, VGSH 12, VTIP 8"),
}
"""What the sources of the classic models say, in the funds chosen for them."""


def weights(model: Model) -> dict[str, Fraction]:
    """What part of the whole each security is, exactly."""
    flattened = flatten(model.pie)
    found: Counter[str] = Counter()
    for leaf in flattened.leaves:
        found[leaf.symbol] += leaf.weight
    return {symbol: Fraction(weight, flattened.whole) for symbol, weight in found.items()}


def said(text: str) -> dict[str, Fraction]:
    """Weights written as percents, such as "VTI 60, BND 40"."""
    pairs = (part.split() for part in text.split(", "))
    return {symbol: Fraction(percent) / 100 for symbol, percent in pairs}


def test_there_are_at_least_eighty_under_names_and_titles_of_their_own() -> None:
    assert len(ALL) >= 85
    assert len({model.title for model in ALL}) == len(ALL)
    assert all(name == model.name for name, model in gallery().items())


def test_they_come_by_category_and_then_by_name() -> None:
    assert get_args(Category) == tuple(CATEGORIES)
    assert list(dict.fromkeys(model.category for model in ALL)) == list(CATEGORIES)
    for category in CATEGORIES:
        names = [model.name for model in ALL if model.category == category]
        assert names == sorted(names)


def test_every_category_has_a_choice() -> None:
    least = {"general": 10, "retirement": 10, "stocks_bonds": 11, "income": 8, "sectors": 12, "responsible": 6}
    least |= {"international": 8, "factor": 8, "classic": 14}
    found = Counter(str(model.category) for model in ALL)
    assert {category: min(found[category], count) for category, count in least.items()} == least
    assert set(found) == set(least)


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_a_model_is_whole_and_explains_itself(model: Model) -> None:
    assert sum(weights(model).values()) == 1
    assert min(weights(model).values()) >= Fraction(1, 100)  # products.md 1.3: a slice is at least 1%
    assert model.version >= 1
    assert 60 <= len(model.description) <= 600
    sentences = re.findall(r"[.!?](?= [A-Z]|$)", model.description)
    assert 2 <= len(sentences) <= 4
    assert model.description.endswith(".")
    assert "\n" not in model.description
    assert len(model.source) >= 40


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_a_source_is_published_for_a_classic_and_reasoned_for_our_own(model: Model) -> None:
    assert (model.category == "classic") == bool(re.search(r"https?://[a-z.]+/\S", model.source))
    assert (model.category != "classic") == model.source.startswith("Sluice, own composition: ")


def test_no_two_models_are_the_same_pie() -> None:
    seen: dict[frozenset[tuple[str, Fraction]], str] = {}
    for model in ALL:
        first = seen.setdefault(frozenset(weights(model).items()), model.name)
        assert first == model.name


def test_some_show_pies_inside_pies_and_leave_room_to_be_slices_themselves() -> None:
    depths = [max(path.count("slices") for path, _ in pies_of(model.pie)) for model in ALL]
    assert max(depths) == 1
    assert sum(depths) >= 5
    assert all(inner.title for model in ALL for _, inner in pies_of(model.pie))


def test_every_symbol_is_listed_and_every_listed_symbol_is_used() -> None:
    used = {symbol for model in ALL for symbol in symbols_of(model)}
    assert used == set(symbols())
    assert list(symbols()) == sorted(symbols())
    assert len({one.name for one in symbols().values()}) == len(symbols())
    assert all(len(symbol) <= 8 and symbol != "USD" for symbol in used)


def test_a_listing_says_what_a_security_is() -> None:
    assert symbols()["GLD"] == Listing(symbol="GLD", name="SPDR Gold Shares", kind="etf", asset_class="gold")
    classes = {"VTI": "stock", "BND": "bond", "SGOV": "short_bond", "VNQ": "real_estate", "DBC": "commodity"}
    assert {symbol: symbols()[symbol].asset_class for symbol in classes} == classes


@pytest.mark.parametrize("name,published", PUBLISHED.items())
def test_published_weights_are_kept(name: str, published: str) -> None:
    assert weights(gallery()[f"classic_{name}"]) == said(published)


def test_every_classic_is_checked_against_what_was_published() -> None:
    assert {f"classic_{name}" for name in PUBLISHED} == {model.name for model in ALL if model.category == "classic"}


def share_in_stocks(name: str) -> Fraction:
    found = weights(gallery()[name]).items()
    return sum((weight for symbol, weight in found if symbols()[symbol].asset_class == "stock"), Fraction(0))


def test_stocks_grow_step_by_step_where_the_name_promises_it() -> None:
    ratios = [share_in_stocks(f"stocks_{percent:03}") for percent in range(0, 101, 10)]
    assert ratios == [Fraction(tenth, 10) for tenth in range(11)]
    years = [share_in_stocks(f"retirement_{year}") for year in range(2025, 2071, 5)]
    assert years == sorted(set(years))
    risks = [share_in_stocks(model.name) for model in ALL if model.category == "general"]
    assert len(risks) == 10
    assert risks == sorted(set(risks))


def test_symbols_come_once_and_in_display_order() -> None:
    nested = PLAIN.replace("{symbol: BND,", "{pie: {name: q, slices: [{symbol: VTI, weight: 100%}]},")
    read = load_model(nested)
    assert read.document is not None
    assert symbols_of(read.document) == ("VTI",)
    assert symbols_of(gallery()["world_home_and_away"]) == ("VTI", "VB", "VGK", "VPL", "VWO")


def test_a_plain_model_is_read_and_written_back() -> None:
    read = load_model(PLAIN.encode())
    assert isinstance(read.document, Model)
    again = read.document.model_dump(mode="json", exclude_none=True)
    assert decode_yaml(PLAIN).value == again


@pytest.mark.parametrize(
    "old,new,path,code",
    [
        ("name: plain\ntitle", "name: Plain!\ntitle", "name", "id"),
        ("version: 1", "", "version", "missing"),
        ("version: 1", 'version: "1"', "version", "whole_number"),
        ("version: 1", "version: 0", "version", "whole_number"),
        ("version: 1", "version: 1\nauthor: me", "author", "unknown_key"),
        ("version: 1", "version: 1\nversion: 2", "version", "duplicate_key"),
        ("category: general", "category: crypto", "category", "choice"),
        ("source: Sluice, own composition", 'source: " "', "source", "text"),
        ("description: Half and half.", "description: [a]", "description", "text_expected"),
        ("description: Half and half.", 'description: "a\\u0000b"', "description", "text"),
        ("{name: plain,", "{name: other,", "pie.name", "model_name"),
        ("title: Plain,", "", "pie.title", "model_name"),
        ("title: Plain,", "title: Plain, model: {name: plain, version: 1},", "pie.model", "model_inside"),
        ("weight: 50%}]", "weight: 49%}]", "pie.slices", "weights_total"),
        ("weight: 50%}]", "weight: 0%}]", "pie.slices.1.weight", "zero_weight"),
        ("symbol: BND", "symbol: NINELONGX", "pie.slices.1.symbol", "symbol"),
        ("symbol: BND", "symbol: USD", "pie.slices.1.symbol", "symbol"),
        ("symbol: BND", "symbol: VTI", "pie.slices.1", "duplicate_slice"),
        (
            "pie: {",
            f"{INNER}[{{symbol: VTI, weight: 1%}}]}}}}]}}\nrest: {{",
            "pie.slices.0.pie.slices",
            "weights_total",
        ),
        ("pie: {", "pie: 1\nrest: {", "pie", "mapping_expected"),
        ("name: plain\n", "name: &a plain\n", "name", "yaml"),
    ],
)
def test_what_is_no_model_is_refused_with_its_path(old: str, new: str, path: str, code: str) -> None:
    assert old in PLAIN
    read = load_model(PLAIN.replace(old, new, 1))
    assert read.document is None
    assert (path, code) in [(problem.path, problem.code) for problem in read.problems]


def test_a_model_inside_a_model_is_found_at_any_depth() -> None:
    inside = PLAIN.replace(
        "{symbol: BND,",
        "{pie: {name: q, model: {name: stocks_060, version: 1}, slices: [{symbol: BND, weight: 100%}]},",
    )
    assert [(problem.path, problem.code) for problem in load_model(inside).problems] == [
        ("pie.slices.1.pie.model", "model_inside")
    ]


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"name: [", b"{}", b"a: &b 1", b"- " * 3000])
def test_hostile_bytes_are_refused_and_never_raise(data: bytes) -> None:
    read = load_model(data)
    assert read.document is None
    assert read.problems


def test_a_broken_file_is_a_fault_that_names_it() -> None:
    assert read_file("plain.yaml", PLAIN.encode()).name == "plain"
    with pytest.raises(SluiceError, match=r"^plain\.yaml: ") as broken:
        read_file("plain.yaml", PLAIN.replace("50%}]", "49%}]").encode())
    assert (broken.value.code, broken.value.field) == ("model", "pie.slices")
    with pytest.raises(SluiceError, match=r"call the file plain\.yaml") as misnamed:
        read_file("other.yaml", PLAIN.encode())
    assert (misnamed.value.code, misnamed.value.field) == ("model", "name")


@pytest.mark.parametrize(
    "data,field",
    [
        (b"- {symbol: VTI, name: A, kind: etf}", "0.class"),
        (b"- {symbol: VTI, name: A, kind: fund, class: stock}", "0.kind"),
        (b"- {symbol: usd, name: A, kind: etf, class: stock}", "0.symbol"),
        (b"- {symbol: VTI, name: A, kind: etf, class: stock}\n- {symbol: VTI, name: B, kind: etf, class: bond}", "1"),
        (b"- [", ""),
    ],
)
def test_a_broken_list_of_securities_is_a_fault(data: bytes, field: str) -> None:
    with pytest.raises(SluiceError, match=r"^listings\.yaml: ") as caught:
        read_listings(data)
    assert (caught.value.code, caught.value.field) == ("listings", field)
