"""The gallery: the model pies of `market/models`, one strict document each, and what every security in them is.

A model is locked: a customer takes it whole or as a slice and follows its versions (investing.md 1, products.md 1.3).
`market/listings.yaml` names each security and says what class of asset it is, so that a synthetic feed can price it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from engine.invest.pies.pie import Pie, PieTree
from ledger.faults import SluiceError
from rules.decode import Decoded, Read, join_path, read_document
from rules.values import Document, LongText, Name, ShortText, Symbol, refusal, whole
from rules.yamltext import decode_yaml

Category = Literal[
    "general",
    "retirement",
    "stocks_bonds",
    "income",
    "classic",
    "international",
    "factor",
    "sectors",
    "responsible",
]

CATEGORIES: Final[Mapping[Category, str]] = MappingProxyType(
    {
        "general": "General, by risk",
        "retirement": "Retirement, by year",
        "stocks_bonds": "Stocks and bonds, by ratio",
        "income": "Income",
        "classic": "Classic portfolios",
        "international": "International",
        "factor": "Factors",
        "sectors": "Sectors",
        "responsible": "Responsible",
    }
)
"""The headings of the categories, in the order in which they are shown."""

MAX_VERSION: Final = 10**6


def _said(value: str) -> str:
    if not value.strip():
        raise refusal("text", "This text is empty; a beginner reads it, so write at least one sentence.")
    return value


Said = Annotated[LongText, AfterValidator(_said)]
"""A text that is there."""


class Model(Document):
    """One model: a pie under the model's own name and title, and what to tell a beginner about it.

    `source` says where the weights come from: the published book or page, or Sluice's own reasons. Whoever changes the
    weights counts `version` up; accounts that follow the model are shown the difference first.
    """

    name: Name
    title: ShortText
    category: Category
    description: Said
    source: Said
    version: Annotated[int, whole(1, MAX_VERSION)]
    pie: PieTree

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        for key, own, said in (("name", self.name, self.pie.name), ("title", self.title, self.pie.title)):
            if own != said:
                sentence = f"The pie of a model bears the model's {key}; write {key}: {own} here too."
                raise refusal("model_name", sentence, join_path("pie", key))
        return self

    @model_validator(mode="after")
    def _no_model_inside(self) -> Self:
        for path, pie in pies_of(self.pie, "pie"):
            if pie.model is not None:
                sentence = "A model is made of securities and pies of its own; take the line model out."
                raise refusal("model_inside", sentence, join_path(path, "model"))
        return self


class Listing(Document):
    """A security of some model: the name its issuer gave it, its kind, and the class of asset it holds."""

    symbol: Symbol
    name: ShortText
    kind: Literal["etf", "stock", "crypto"]
    asset_class: Literal["stock", "bond", "short_bond", "gold", "real_estate", "commodity", "crypto"] = Field(
        alias="class"
    )


_MODEL: Final = TypeAdapter(Model)
_LISTINGS: Final[TypeAdapter[tuple[Listing, ...]]] = TypeAdapter(tuple[Listing, ...])


def load_model(text: str | bytes) -> Read[Model]:
    """Read a model from YAML; whatever is wrong becomes a problem with its path. Never raises."""
    return load_decoded(decode_yaml(text))


def load_decoded(decoded: Decoded) -> Read[Model]:
    """Read a model from a plain value; never raises."""
    return Read(None, decoded.problems) if decoded.problems else read_document(_MODEL, decoded.value)


@cache
def gallery() -> Mapping[str, Model]:
    """Give every model by its name, sorted by category, as `CATEGORIES` has them, and by name."""
    found = [entry for entry in files("market").joinpath("models").iterdir() if entry.name.endswith(".yaml")]
    order = tuple(CATEGORIES)
    models = [read_file(entry.name, entry.read_bytes()) for entry in found]
    models.sort(key=lambda model: (order.index(model.category), model.name))
    return MappingProxyType({model.name: model for model in models})


@cache
def symbols() -> Mapping[str, Listing]:
    """Give what every security of the gallery is, by its symbol."""
    return read_listings(files("market").joinpath("listings.yaml").read_bytes())


def symbols_of(model: Model) -> tuple[str, ...]:
    """Give the symbols of a model's securities in display order, each once."""
    found = (one.symbol for _, pie in pies_of(model.pie) for one in pie.slices if one.symbol is not None)
    return tuple(dict.fromkeys(found))


def pies_of(pie: Pie, path: str = "") -> Iterator[tuple[str, Pie]]:
    """Give a pie and every pie inside it with its path, the outer before the inner."""
    yield path, pie
    for place, one in enumerate(pie.slices):
        if one.pie is not None:
            yield from pies_of(one.pie, join_path(path, "slices", place, "pie"))


def read_file(name: str, data: bytes) -> Model:
    """Read the file of one model, called as the model is.

    Raises SluiceError `model`, with the first problem, for a file that is broken or bears another model's name.
    """
    read = load_model(data)
    if read.document is None:
        problem = read.problems[0]
        raise SluiceError("model", f"{name}: {problem.sentence}", problem.path)
    if name != f"{read.document.name}.yaml":
        sentence = f"{name}: the model in it is {read.document.name}; call the file {read.document.name}.yaml."
        raise SluiceError("model", sentence, "name")
    return read.document


def read_listings(data: bytes) -> Mapping[str, Listing]:
    """Read the list of securities. Raises SluiceError `listings` for a broken one or a symbol that stands twice."""
    decoded = decode_yaml(data)
    read = read_document(_LISTINGS, decoded.value)
    if read.document is None:
        problem = (*decoded.problems, *read.problems)[0]
        raise SluiceError("listings", f"listings.yaml: {problem.sentence}", problem.path)
    found: dict[str, Listing] = {}
    for place, one in enumerate(read.document):
        if found.setdefault(one.symbol, one) is not one:
            sentence = f"listings.yaml: {one.symbol} is listed already; keep one of the two."
            raise SluiceError("listings", sentence, str(place))
    return MappingProxyType(found)
