"""The pie as a document: a strict tree of slices, securities or pies, whose weights total 100% at every level.

Only what the tree shows by itself is refused here; whether a symbol exists is for the market to say. A slice of weight
zero is no document: a slice that leaves its pie is state of the account (ruling 24).
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from ledger.money import format_percent
from ledger.rounding import WHOLE_BP
from rules.decode import Decoded, Read, decode_json, join_path, read_document
from rules.formtext import decode_form
from rules.values import FORM, Document, Name, Percent, ShortText, Symbol, refusal, whole
from rules.yamltext import decode_yaml

MAX_SLICES: Final = 100
"""Slices that are securities, in the whole tree; so no pie of it has more slices than that either."""

MAX_LEVELS: Final = 6
"""Pies inside each other, the outermost counted."""


def _weight(value: int) -> int:
    if value == 0:
        raise refusal("zero_weight", "A slice of weight zero has no part in a pie; leave it out or give it a weight.")
    return value


Weight = Annotated[Percent, AfterValidator(_weight)]
"""Basis points of a slice's own pie, more than zero; text such as "12.5%" in documents."""


class Slice(Document):
    """One part of a pie: a security or another pie, and its weight."""

    symbol: Symbol | None = None
    pie: "Pie | None" = None
    weight: Weight

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.symbol is None) == (self.pie is None):
            raise refusal("one_thing", "A slice is either a security or a pie; write exactly one of symbol and pie.")
        return self

    @property
    def label(self) -> str:
        """The symbol, or the name of the pie: unique among the slices of one pie."""
        return self.pie.name if self.pie is not None else str(self.symbol)


class FromModel(Document):
    """The model pie that a pie is: its name in the gallery and the version that was taken."""

    name: Name
    version: Annotated[int, whole(1, 10**6)]


class Pie(Document):
    """Slices whose weights total 100%. The name is how pies are told apart; the title is for people.

    A pie with a `model` is locked: its slices are those of the gallery (`engine/invest/pies/models.py`).
    """

    name: Name
    title: ShortText | None = None
    model: FromModel | None = None
    slices: tuple[Slice, ...] = Field(min_length=1, max_length=MAX_SLICES)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        seen: dict[str, int] = {}
        for place, one in enumerate(self.slices):
            first = seen.setdefault(one.label, place)
            if first != place:
                sentence = (
                    f"{one.label} is already slice {first + 1} of this pie; keep one of the two and add their weights."
                )
                raise refusal("duplicate_slice", sentence, join_path("slices", place))
        return self

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = sum(one.weight for one in self.slices)
        if total != WHOLE_BP:
            apart = format_percent(abs(WHOLE_BP - total))
            right = f"give {apart} more" if total < WHOLE_BP else f"take {apart} away"
            sentence = f"The weights of this pie total {format_percent(total)}; {right}, so that they total 100%."
            raise refusal("weights_total", sentence, "slices")
        return self


def _tree(pie: Pie) -> Pie:
    leaves = 0
    for path, above, one in _walk(pie, (pie.name,), ()):
        inner = one.pie
        if inner is None:
            leaves += 1
        elif inner.name in above:
            sentence = f"The pie {inner.name} lies inside itself; take it out here, or name it otherwise."
            raise refusal("inside_itself", sentence, join_path(*path, "pie"))
        elif len(above) == MAX_LEVELS:
            sentence = f"Pies lie at most {MAX_LEVELS} deep, the outermost counted; move these slices one pie up."
            raise refusal("pie_too_deep", sentence, join_path(*path, "pie"))
    if leaves > MAX_SLICES:
        sentence = (
            f"The whole pie holds {leaves} securities; a pie holds at most {MAX_SLICES}, those inside it counted."
        )
        raise refusal("too_many", sentence, "slices")
    return pie


Path = tuple[str | int, ...]


def _walk(pie: Pie, above: tuple[str, ...], path: Path) -> Iterator[tuple[Path, tuple[str, ...], Slice]]:
    """Every slice in display order, depth first: its path, the names of the pies around it, and itself."""
    for place, one in enumerate(pie.slices):
        here = (*path, "slices", place)
        yield here, above, one
        if one.pie is not None:
            yield from _walk(one.pie, (*above, one.pie.name), (*here, "pie"))


PieTree = Annotated[Pie, AfterValidator(_tree)]
"""A whole tree, from the outermost pie."""

_TREE: Final[TypeAdapter[Pie]] = TypeAdapter(PieTree)


def load_yaml(text: str | bytes) -> Read[Pie]:
    """Read a pie from YAML (design.md 4, ruling 19)."""
    return load_decoded(decode_yaml(text))


def load_json(data: bytes) -> Read[Pie]:
    """Read a pie from JSON in UTF-8."""
    return load_decoded(decode_json(data))


def load_form(fields: Mapping[str, str]) -> Read[Pie]:
    """Read a pie from a form whose field names are paths such as `slices.0.weight`; problems carry those names."""
    form = decode_form(fields)
    if form.problems:
        return Read(None, form.problems)
    read = read_document(_TREE, form.value, context=FORM)
    return Read(read.document, tuple(form.renamed(problem) for problem in read.problems))


def load_decoded(decoded: Decoded, prefix: str = "") -> Read[Pie]:
    """Read a pie from a plain value, as one part of a larger document has it; never raises."""
    return Read(None, decoded.problems) if decoded.problems else read_document(_TREE, decoded.value, prefix)


def stored_pie(text: str) -> Pie:
    """Give a pie as it was stored."""
    return Pie.model_validate_json(text)
