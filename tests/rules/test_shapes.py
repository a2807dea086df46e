"""Shapes: rules that differ in numbers and names alone share one, and its text says all of it."""

from random import Random
from typing import Any

from hypothesis import given

from rules.compile import compile_list
from rules.document import Rule
from rules.shapes import Head, LeafShape, Shape, read_shape
from tests.engine.joined import case_of
from tests.rules.one_rule import a_rule
from tests.strategies.cases import cases, random_book

SLOTS = {"checking": 0, "cash": 1, "tax": 2}


def shape_of(rule: Rule) -> Shape:
    (text,) = compile_list([rule], SLOTS, {}).shapes.values()
    return read_shape(text)


def test_the_plain_rule_has_the_plain_shape() -> None:
    shape = shape_of(a_rule())
    assert shape.text == '[-1,0,[],"fixed","",1,1,0,0,0]'
    assert not shape.scheduled
    assert not shape.reads_moved
    assert shape.layout.size == len(Head) + 4 + 3 + 3


def test_numbers_names_and_accounts_are_no_part_of_the_shape() -> None:
    other = a_rule(
        id="other", name="Another", mode="auto", amount={"kind": "fixed", "amount": "1.00"}, from_=[{"account": "tax"}]
    )
    assert shape_of(other) == shape_of(a_rule())
    assert shape_of(other).number == shape_of(a_rule()).number


def test_steps_are_the_shape() -> None:
    fact = "deposits(checking)"
    condition = [{"fact": fact, "above": "1.00"}, {"any": [{"not": {"fact": fact, "below": "1.00"}}]}]
    rule = a_rule(
        when=condition,
        amount={"kind": "percent_of", "fact": fact, "percent": "5%"},
        schedule={"dates": ["2026-11-20", "2026-11-27"]},
        blackout=[{"first": "2026-12-01", "last": "2026-12-02"}],
        to=[{"account": "cash", "share": "50%"}, {"account": "tax", "share": "50%"}],
        caps=[{"per": "month", "amount": "10.00"}, {"per": "year", "amount": "20.00", "counter": "pot"}],
    )
    assert shape_of(rule) == Shape(
        dates=2,
        blackouts=1,
        when=((LeafShape("deposits", "above", negated=False),), (LeafShape("deposits", "below", negated=True),)),
        amount="percent_of",
        fact="deposits",
        sources=1,
        destinations=2,
        shared=True,
        caps=2,
        adds=2,
    )
    layout = shape_of(rule).layout
    assert (layout.blackouts, layout.schedule, layout.dates, layout.leaves) == (11, 13, 18, 20)
    assert (layout.amount, layout.sources, layout.destinations, layout.caps) == (28, 32, 35, 41)
    assert (layout.adds, layout.size) == (45, 47)


def test_a_rule_reads_what_another_moved_in_a_condition_or_in_its_amount() -> None:
    shape = shape_of(a_rule())
    by_amount = Shape(**{**vars(shape), "amount": "fact", "fact": "moved"})
    by_condition = Shape(**{**vars(shape), "when": ((LeafShape("moved", "below", negated=False),),)})
    assert by_amount.reads_moved
    assert by_condition.reads_moved


@given(cases())
def test_a_shape_is_read_back_from_its_text(document: dict[str, Any]) -> None:
    for number, text in case_shapes(document).items():
        shape = read_shape(text)
        assert shape.text == text
        assert shape.number == number
        assert read_shape(shape.text) == shape


def test_different_texts_have_different_numbers() -> None:
    texts: dict[int, str] = {}
    for document in random_book(Random("shapes"), 500):
        for number, text in case_shapes(document).items():
            assert texts.setdefault(number, text) == text
    assert len(set(texts.values())) == len(texts) > 500


def case_shapes(document: object) -> dict[int, str]:
    return {shape.number: shape.text for shape in case_of(document).snapshot.programs.shapes()}
