"""What programs send about pies, orders and previews: strict documents, read by the one loader (ruling 19)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.invest.pies.pie import PieTree
from engine.invest.pies.terms import PieTerms
from rules.values import Document, Handle, Money, refusal, whole

Path = Annotated[str, Field(max_length=300)]
"""A slice or an inner pie: names joined with strokes, such as core/VTI; empty for the whole pie."""

Units = Annotated[str, Field(pattern=r"^[0-9]{1,16}(\.[0-9]{1,14})?$")]
MAX_LOT = 10**15


class PieBody(Document):
    """An account's pie with its terms.

    `pie` may name models of the gallery, as the whole ({"model": "three_fund"}) or as a slice ({"model": "three_fund",
    "weight": "20%"}). `removed` are paths of slices to be sold in the next window, `moved` new paths by old ones.
    """

    pie: PieTree
    terms: PieTerms = PieTerms()
    removed: tuple[Path, ...] = Field(default=(), max_length=200)
    moved: dict[str, Path] = Field(default_factory=dict, max_length=200)


class LotPart(Document):
    """Units of one lot, by its number."""

    lot: Annotated[int, whole(1, MAX_LOT)]
    units: Units


class OrderTerms(Document):
    """What an order says besides its account: see `OrderBody`."""

    kind: Literal["buy", "sell", "rebalance", "remove", "raise"]
    path: Path = ""
    amount: Money = 0
    lots: tuple[LotPart, ...] = Field(default=(), max_length=100)
    destination: Handle | None = None
    slot: Annotated[int, whole(0, 2)] = 0


class OrderBody(OrderTerms):
    """An order for the next window. An `amount` of "0.00" sells everything; a raise pays into `destination`."""

    account: Handle


class PiePreviewBody(Document):
    """What to preview: the next window as it stands, with an order, or with cash that is still to come."""

    order: OrderTerms | None = None
    new_cash: Money = 0
    cash_only: bool = False

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if self.order is not None and self.cash_only:
            raise refusal("one_thing", "Cash only is a preview without an order; leave one of the two out.", "order")
        return self
