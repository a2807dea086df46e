"""Sources give in turn, no more than they have and no more than is asked."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.waterfall import Sources, drawn, pour
from ledger.money import MAX_AMOUNT


@given(st.integers(0, 2**32))
def test_the_columns_equal_one_source_after_the_other(seed: int) -> None:
    random = Random(seed)
    most = random.choice([3, 100, MAX_AMOUNT])
    count, many = random.randint(1, 4), random.randint(0, 12)
    amounts = [random.randint(-most // 5, most) for _ in range(count)]
    rows = [(random.randrange(count), random.randint(0, 2), random.randint(-most // 5, most)) for _ in range(many)]
    left = [max(0, one) for one in amounts]
    paid = [0] * many
    for at in sorted(range(many), key=lambda at: (rows[at][1], at)):
        owner, _, available = rows[at]
        paid[at] = min(max(0, available), left[owner])
        left[owner] -= paid[at]
    columns = np.array(rows, np.int64).reshape(many, 3).T
    assert drawn(np.array(amounts, np.int64), Sources(*columns)).tolist() == paid


def test_nobody_gives_to_no_amounts() -> None:
    none = np.zeros(0, np.int64)
    assert pour(none, none, none).tolist() == []
