"""Paths of slices and inner pies as text: names joined by strokes, the outermost pie's name left out."""

from collections.abc import Iterator, Mapping

from engine.invest.core.flatten import flatten
from engine.invest.pies.pie import Pie

JOINT = "/"


def leaves(pie: Pie) -> Iterator[tuple[str, str, int]]:
    """Path, symbol and exact flattened weight of every leaf, in display order.

    A symbol may hold a stroke itself (BTC/USD); a path is compared as a whole and never taken apart.
    """
    for path, leaf in zip(_leaf_paths(pie, ""), flatten(pie).leaves, strict=True):
        yield path, leaf.symbol, leaf.weight


def _leaf_paths(pie: Pie, above: str) -> Iterator[str]:
    for one in pie.slices:
        if one.pie is None:
            yield above + one.label
        else:
            yield from _leaf_paths(one.pie, above + one.label + JOINT)


def inner_pies(pie: Pie, above: str = "") -> Iterator[tuple[str, Pie]]:
    """Path and document of every pie of a tree; that of the outermost is empty."""
    yield above, pie
    for one in pie.slices:
        if one.pie is not None:
            yield from inner_pies(one.pie, f"{above}{JOINT}{one.label}" if above else one.label)


def within(path: str, pie: str) -> bool:
    """Whether a slice lies in the inner pie (any depth); everything lies in the outermost."""
    return not pie or path.startswith(pie + JOINT)


def reaches(path: str, place: str) -> bool:
    """Whether a path, of a slice or an inner pie, means the slice at `place`; the empty path means every slice."""
    return path == place or within(place, path)


def home(path: str, pies: Mapping[str, Pie]) -> str:
    """The path of the innermost of these pies that a slice lies in."""
    return max((one for one in pies if within(path, one)), key=len)
