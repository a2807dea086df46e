"""A pie without a slice: what is left is scaled to 100%, and a model is locked."""

import pytest

from engine.invest.pies.removing import without
from ledger.faults import SluiceError
from tests.trading.world import pie


def test_slices_of_a_model_are_locked() -> None:
    text = (
        '{name: all, slices: [{symbol: BND, weight: "40%"}, {weight: "60%", pie: {name: three, model: {name: three, '
        'version: 1}, slices: [{symbol: VTI, weight: "50%"}, {symbol: VXUS, weight: "50%"}]}}]}'
    )
    for path, code in (("three/VTI", "model_locked"), ("none/VTI", "slice_unknown"), ("VTI", "slice_unknown")):
        with pytest.raises(SluiceError) as raised:
            without(pie(text), path)
        assert raised.value.code == code
    assert [one.label for one in without(pie(text), "three").slices] == ["BND"]


def test_weights_that_are_left_are_scaled_by_largest_remainder() -> None:
    thirds = pie(
        '{name: t, slices: [{symbol: A, weight: "25%"}, {symbol: B, weight: "25%"}, {symbol: C, weight: "25%"}, '
        '{symbol: D, weight: "25%"}]}'
    )
    assert [one.weight for one in without(thirds, "B").slices] == [3334, 3333, 3333]
