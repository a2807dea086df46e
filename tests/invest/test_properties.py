"""Invariants 1, 2, 4 and 5 of investing.md D13 on the columns: K 1..100, zeros, values up to 10**15 cents."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit, rebalance, withdraw
from tests.invest import model
from tests.invest.pies import batch, column, drawn_pies

FREE = Terms.alike(1)
SHARES = st.fractions(0, 1)
MONEY = st.one_of(st.integers(0, 200), st.integers(0, 10**15))


def bought(pie: model.Pie, cash: int) -> list[int]:
    trades: list[int] = deposit(batch([pie])[0], column(cash), FREE).trade.tolist()
    return trades


def sold(pie: model.Pie, amount: int) -> list[int]:
    trades: list[int] = withdraw(batch([pie])[0], column(amount), column(0), FREE).trade.tolist()
    return [-cents for cents in trades]


def traded(pie: model.Pie, cash: int) -> list[int]:
    trades: list[int] = rebalance(batch([pie])[0], column(cash), column(0), FREE).trade.tolist()
    return trades


def after(pie: model.Pie, trades: list[int]) -> model.Pie:
    return model.Pie(pie.weights, [value + cents for value, cents in zip(pie.values, trades, strict=True)])


def exact_buys(pie: model.Pie, cash: int) -> list[Fraction]:
    """The level by bisection over the breakpoints: the buys are piecewise linear in it."""
    weighed = [place for place, weight in enumerate(pie.weights) if weight]
    ratios = sorted({Fraction(pie.values[place], pie.weights[place]) for place in weighed})

    def cost(level: Fraction) -> Fraction:
        return sum((max(Fraction(0), level * pie.weights[p] - pie.values[p]) for p in weighed), start=Fraction(0))

    low, high = 0, len(ratios) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cost(ratios[middle]) <= cash else (low, middle - 1)
    filled = [p for p in weighed if Fraction(pie.values[p], pie.weights[p]) <= ratios[low]]
    level = Fraction(cash + pie.worth(filled), pie.weight(filled))
    return [max(Fraction(0), level * w - v) if w else Fraction(0) for v, w in zip(pie.values, pie.weights, strict=True)]


def spread_of(pie: model.Pie) -> tuple[Fraction, Fraction]:
    ratios = [Fraction(value, weight) for value, weight in zip(pie.values, pie.weights, strict=True) if weight]
    return min(ratios), max(ratios)


@given(drawn_pies(), MONEY)
def test_1_a_deposit_only_buys_all_of_it_each_within_a_cent_of_the_exact_answer(pie: model.Pie, cash: int) -> None:
    buys = bought(pie, cash)
    assert min(buys) >= 0
    assert sum(buys) == cash
    assert all(abs(cents - exact) < 1 for cents, exact in zip(buys, exact_buys(pie, cash), strict=True))


@given(drawn_pies(), SHARES)
def test_1_a_withdrawal_only_sells_exactly_that_and_no_more_than_is_held(pie: model.Pie, share: Fraction) -> None:
    amount = min(10**15, int(sum(pie.values) * share))
    sales = sold(pie, amount)
    assert sum(sales) == amount
    assert all(0 <= cents <= value for cents, value in zip(sales, pie.values, strict=True))


@given(drawn_pies(weightless=False), MONEY)
def test_2_relative_weights_move_inward_and_the_drift_left_is_the_least(pie: model.Pie, cash: int) -> None:
    held, total, whole = sum(pie.values), sum(pie.values) + cash, sum(pie.weights)
    then = after(pie, bought(pie, cash))
    cent = Fraction(1, min(pie.weights))
    low, high = spread_of(pie)
    new_low, new_high = spread_of(then)
    if held:
        assert (new_low + cent) * held >= low * total
        assert (new_high - cent) * held <= high * total
    targets = [Fraction(weight * total, whole) for weight in pie.weights]
    half = sum(abs(value - target) for value, target in zip(then.values, targets, strict=True)) / 2
    least = sum(max(Fraction(0), value - target) for value, target in zip(pie.values, targets, strict=True))
    assert least <= half <= least + Fraction(len(pie.values), 2)


@given(drawn_pies(), MONEY, MONEY)
def test_4_more_cash_buys_no_less_and_two_deposits_are_one(pie: model.Pie, first: int, second: int) -> None:
    second = min(second, 10**15 - first)
    once, early = bought(pie, first + second), bought(pie, first)
    late = bought(after(pie, early), second) if max(after(pie, early).values) <= 10**15 else None
    exact_early, exact_once = exact_buys(pie, first), exact_buys(pie, first + second)
    assert all(less <= more for less, more in zip(exact_early, exact_once, strict=True))
    assert all(less <= more + 1 for less, more in zip(early, once, strict=True))
    if late is not None:
        apart = [a + b - c for a, b, c in zip(early, late, once, strict=True)]
        assert max(map(abs, apart)) <= 1


@given(drawn_pies(), MONEY, st.integers(1, 1_000))
def test_4_scaling_all_money_scales_the_answer(pie: model.Pie, cash: int, times: int) -> None:
    values, cash = [value // 1_000 for value in pie.values], cash // 1_000
    small = bought(model.Pie(pie.weights, values), cash)
    large = bought(model.Pie(pie.weights, [value * times for value in values]), cash * times)
    assert all(abs(big - times * little) <= times for big, little in zip(large, small, strict=True))


@given(drawn_pies(), MONEY, st.randoms())
def test_4_the_order_of_slices_moves_no_more_than_the_cents_of_ties(pie: model.Pie, cash: int, random: object) -> None:
    order = list(range(len(pie.weights)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a random.Random under no public type
    shuffled = model.Pie([pie.weights[place] for place in order], [pie.values[place] for place in order])
    once, mixed = bought(pie, cash), bought(shuffled, cash)
    assert all(abs(once[place] - cents) <= 1 for place, cents in zip(order, mixed, strict=True))


@given(drawn_pies(), st.integers(-(10**9), 10**15))
def test_5_a_full_rebalance_places_the_cash_and_the_second_trades_nothing(pie: model.Pie, cash: int) -> None:
    cash = max(cash, -sum(pie.values))
    trades = traded(pie, cash)
    assert sum(trades) == cash
    then = after(pie, trades)
    if max(then.values) <= 10**15:
        assert not any(traded(then, 0))


@given(drawn_pies(), MONEY, st.integers(0, 100))
def test_5_a_slice_without_weight_and_value_changes_nothing(pie: model.Pie, cash: int, place: int) -> None:
    place %= len(pie.weights) + 1
    wider = model.Pie([*pie.weights[:place], 0, *pie.weights[place:]], [*pie.values[:place], 0, *pie.values[place:]])
    for do in (bought, traded, lambda one, money: sold(one, min(money, sum(one.values)))):
        plain = do(pie, cash)
        assert do(wider, cash) == [*plain[:place], 0, *plain[place:]]
