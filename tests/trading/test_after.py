"""Slices as steps that are not written yet will leave them."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.invest.nights.after import slices_after
from engine.invest.nights.steps import Steps
from engine.invest.records import Slices


def test_weights_that_no_column_holds_stay_whole_numbers() -> None:
    one, huge = np.array([1], np.int64), np.array([10**30], np.object_)
    columns = dict.fromkeys(("account", "slice", "customer", "asset", "place", "state", "units"), one)
    slices = Slices(**columns, weight=huge, path=["VTI"])
    idle: Any = SimpleNamespace(rows={}, units={})
    after = slices_after(slices, Steps(20_000, (idle,)))
    assert (after.weight.tolist(), after.units.tolist(), after.path) == ([10**30], [1], ["VTI"])
