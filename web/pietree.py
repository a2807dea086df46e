"""A pie as a tree with numbers: what each slice should be and is, level by level, and the charts of one level.

Shares are basis points of the pie that a slice lies in and total 10,000 where anything is held.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.invest.core.bands import Bands, breached
from engine.invest.lots.splitting import split_by_units
from engine.invest.lots.worth import half_even
from engine.invest.pies.paths import JOINT, home, inner_pies
from engine.invest.pies.pie import Pie
from engine.invest.records import SliceState
from ledger.faults import SluiceError
from ledger.money import quoted
from ledger.rounding import WHOLE_BP
from web.charts.drift import DriftChart, DriftSlice, drift
from web.charts.ring import Ring, RingSlice, ring
from web.investing import Invested

STATE_WORDS: Final = {SliceState.LEFT: "left the pie", SliceState.REMOVING: "sold in the next window"}


@dataclass(frozen=True, slots=True)
class Node:
    """A slice or a pie. `value` and `actual_bp` are None where a price is missing; `next_buy` is cents, less sales.

    `weight_bp` is its part of the pie it lies in; `why` says why it cannot be traded, or where it stands.
    """

    path: str
    label: str
    title: str
    symbol: str
    weight_bp: int
    actual_bp: int | None
    value: int | None
    units: int
    scale: int
    next_trade: int
    outside: bool
    blocked: str
    state: int
    synthetic: bool
    model: str
    children: tuple["Node", ...]

    @property
    def drift_bp(self) -> int | None:
        """Actual less weight."""
        return None if self.actual_bp is None else self.actual_bp - self.weight_bp

    @property
    def state_words(self) -> str:
        """Where a slice stands that is no longer part of the pie; empty for one that is."""
        return STATE_WORDS.get(SliceState(self.state), "")


@dataclass(frozen=True, slots=True)
class _Leaf:
    symbol: str
    units: int
    scale: int
    value: int | None
    blocked: str
    state: int
    outside: bool


def tree(own: Invested) -> Node:
    """The whole pie of an account that has one, with what the next window would do."""
    pie = own.pie
    if pie is None:
        raise SluiceError("no_pie", f"{own.account.name} has no pie yet; make one first.")
    known = _leaves(own)
    trades = _trades(own)
    leaving: dict[str, list[str]] = {}
    pies = dict(inner_pies(pie))
    for path, leaf in known.items():
        if leaf.state != SliceState.HELD:
            leaving.setdefault(home(path, pies), []).append(path)
    return _Growing(own, known, trades, leaving).pie(pie, "", WHOLE_BP)


def _leaves(own: Invested) -> dict[str, _Leaf]:
    now, slices = own.now, own.slices
    accounts = now.accounts
    flags, _ = breached(now.pies(now.value, now.everything()), Bands(accounts.absolute_bp, accounts.relative_bp))
    found = {}
    for at, (path, symbol) in enumerate(zip(slices.path, own.symbols, strict=True)):
        units, blocked = int(slices.units[at]), bool(now.blocked[at])
        value = None if blocked and units else int(now.value[at])
        why = own.quotes.missing.get(symbol, f"{symbol} has no price.") if blocked else ""
        state, scale = int(slices.state[at]), int(now.scale[at])
        found[path] = _Leaf(symbol, units, scale, value, why, state, bool(flags[at]))
    return found


def _trades(own: Invested) -> Mapping[str, int]:
    """Cents that the next window would buy of each slice, less what it would sell."""
    found: dict[str, int] = {}
    for bought in own.planned.buys:
        if bought.account == own.account.account:
            found[bought.path] = found.get(bought.path, 0) + bought.amount
    for sold in own.planned.sells:
        if sold.account == own.account.account:
            found[sold.path] = found.get(sold.path, 0) - sold.amount
    return found


@dataclass(frozen=True, slots=True)
class _Growing:
    own: Invested
    known: Mapping[str, _Leaf]
    trades: Mapping[str, int]
    leaving: Mapping[str, Sequence[str]]

    def pie(self, pie: Pie, path: str, weight_bp: int) -> Node:
        """A pie with everything inside."""
        inside = [self._slice(one.pie, one.label, _join(path, one.label), one.weight) for one in pie.slices]
        inside += [self._leaf(at, at.rpartition(JOINT)[2], 0) for at in self.leaving.get(path, ())]
        values = [one.value for one in inside]
        actual = shares(values)
        children = tuple(replace(one, actual_bp=share) for one, share in zip(inside, actual, strict=True))
        return Node(
            path=path,
            label=pie.name,
            title=pie.title or pie.name.replace("_", " "),
            symbol="",
            weight_bp=weight_bp,
            actual_bp=None,
            value=None if None in values else sum(one or 0 for one in values),
            units=0,
            scale=0,
            next_trade=sum(one.next_trade for one in children),
            outside=any(one.outside for one in children),
            blocked="",
            state=SliceState.HELD,
            synthetic=any(one.synthetic for one in children),
            model=pie.model.name if pie.model is not None else "",
            children=children,
        )

    def _slice(self, inner: Pie | None, label: str, path: str, weight_bp: int) -> Node:
        return self._leaf(path, label, weight_bp) if inner is None else self.pie(inner, path, weight_bp)

    def _leaf(self, path: str, label: str, weight_bp: int) -> Node:
        leaf = self.known[path]
        listing = self.own.listings.get(leaf.symbol)
        return Node(
            path=path,
            label=label,
            title=leaf.symbol if listing is None else listing.name,
            symbol=leaf.symbol,
            weight_bp=weight_bp,
            actual_bp=None,
            value=leaf.value,
            units=leaf.units,
            scale=leaf.scale,
            next_trade=self.trades.get(path, 0),
            outside=leaf.outside,
            blocked=leaf.blocked,
            state=leaf.state,
            synthetic=listing is not None and listing.synthetic,
            model="",
            children=(),
        )


def _join(path: str, label: str) -> str:
    return f"{path}{JOINT}{label}" if path else label


def shares(values: Sequence[int | None]) -> list[int | None]:
    """Basis points of the sum by largest remainder; None for all where one is unknown, zeros where nothing is held."""
    known = [one for one in values if one is not None]
    if len(known) < len(values):
        return [None] * len(values)
    if sum(known) == 0:
        return [0] * len(values)
    return list(split_by_units(WHOLE_BP, known))


def node_at(root: Node, path: str) -> Node:
    """The node at a path. Raises SluiceError `slice_unknown`."""
    for one in walk(root):
        if one.path == path:
            return one
    raise SluiceError("slice_unknown", f"There is no slice or inner pie {quoted(path)} in this pie.")


def walk(root: Node) -> Iterator[Node]:
    """A node and everything inside, the outer first."""
    yield root
    for one in root.children:
        yield from walk(one)


def crumbs(root: Node, path: str) -> list[Node]:
    """The pies on the way to a node, the outermost first, the node itself left out."""
    return [
        one
        for one in walk(root)
        if one.children and one.path != path and (not one.path or path.startswith(one.path + JOINT))
    ]


def ring_of(node: Node, href: Callable[[str], str]) -> Ring:
    """The picture of one pie: its slices and theirs."""
    return ring(node.title, [_ring_slice(one, href, 1) for one in node.children])


def _ring_slice(node: Node, href: Callable[[str], str], deep: int) -> RingSlice:
    inside = tuple(_ring_slice(one, href, deep - 1) for one in node.children) if deep else ()
    label = node.symbol or node.title
    return RingSlice(node.path, label, href(node.path), node.weight_bp, node.actual_bp, node.value, inside)


def drift_of(node: Node, href: Callable[[str], str], bands: tuple[int | None, int | None]) -> DriftChart:
    """The drift bars of one pie; `bands` are (absolute, relative) in basis points, shown for slices of the whole."""
    found = [
        DriftSlice(one.path, one.symbol or one.title, href(one.path), one.drift_bp, _band(one, bands), one.outside)
        for one in node.children
    ]
    return drift(node.title, found)


def _band(node: Node, bands: tuple[int | None, int | None]) -> int | None:
    """How far a security of the outermost pie may drift; None where the band is not one of its own pie."""
    if not node.symbol or JOINT in node.path or not node.weight_bp:
        return None
    absolute, relative = bands
    limits = [] if absolute is None else [absolute]
    limits += [] if relative is None else [relative * node.weight_bp // WHOLE_BP]
    return min(limits, default=None)


def drift_bp(own: Invested) -> int | None:
    """The largest drift of a security from its part of the whole pie, in basis points; None where a price is missing.

    Half-even to the basis point for people; rules compare it exactly (ruling 23).
    """
    now, held = own.now, own.slices.units > 0
    if bool((now.blocked & held).any()):
        return None
    value, weight = now.value[~now.blocked].tolist(), own.slices.weight[~now.blocked].tolist()
    total, weights = sum(value), sum(weight)
    if not total or not weights:
        return 0
    gaps = (abs(worth * weights - part * total) for worth, part in zip(value, weight, strict=True))
    return half_even(max(gaps, default=0) * WHOLE_BP, total * weights)


def bands_of(own: Invested) -> tuple[int | None, int | None]:
    """The account's bands, (absolute, relative) in basis points."""
    bands = own.terms.bands
    return (None, None) if bands is None else (bands.absolute, bands.relative)
