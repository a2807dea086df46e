"""The terms of an invest account's pie: auto-invest, bands, lots, windows, dividends, as a strict document."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from engine.invest.records import NO_BAND_BP, Dividends, LotOrder, PieMode
from rules.decode import Decoded, Read, read_document
from rules.values import Document, Money, Percent, ShortText, Symbol, refusal, whole

Mode = Literal["flattened", "level_by_level"]
Lots = Literal["m1", "fifo", "lifo", "hifo", "least_tax"]
Slot = Literal["morning", "afternoon"]
Paid = Literal["cash", "reinvest", "sweep"]

EVERY: Final = ("never", "month", "quarter", "year")
"""How often an account is rebalanced by the calendar, by its number."""

SLOTS: Final = ("morning", "afternoon")
"""The windows of a session; slot 1 is the first."""

THRESHOLD: Final = 25_00
"""Cents above the minimum cash from which auto-invest invests (investing.md 1), where nothing is configured."""


class BandTerms(Document):
    """How far a leaf may drift: points of the whole, or a part of its own weight, or the tighter of both."""

    absolute: Percent | None = None
    relative: Percent | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.absolute is None and self.relative is None:
            raise refusal("band", "A band is absolute, relative or both; write at least one, or leave bands out.")
        return self


class PieTerms(Document):
    """Everything of an account's pie but the slices.

    `rebalance_on` bands sells and buys by itself once a leaf is outside after idle cash was invested; `every` does it
    by the calendar. `symbols` overrides the dividends of single securities. `short_rate` and `long_rate` are the
    household's own tax rates, used by the lot order `least_tax` and by estimates in previews.
    """

    auto_invest: bool = True
    minimum_cash: Money = 0
    threshold: Money = THRESHOLD
    mode: Mode = "flattened"
    small_orders: Literal["re_solve", "leave_cash"] = "re_solve"
    bands: BandTerms | None = None
    rebalance_on: Literal["request", "bands"] = "request"
    every: Literal["never", "month", "quarter", "year"] = "never"
    cooldown_days: Annotated[int, whole(0, 366)] = 0
    lots: Lots = "m1"
    windows: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=2)] = SLOTS
    dividends: Paid = "cash"
    symbols: dict[Symbol, Paid] = Field(default_factory=dict)
    short_rate: Percent = 0
    long_rate: Percent = 0
    broker: ShortText = "paper"

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.rebalance_on == "bands" and self.bands is None:
            raise refusal("band", "Rebalancing on bands needs bands; write them, such as {absolute: 5%}.", "bands")
        if len(set(self.windows)) < len(self.windows):
            raise refusal("choice", "A window stands here twice; name each once.", "windows")
        return self

    def usual(self, threshold: int) -> Self:
        """The terms with the configured threshold where the document names none."""
        return self if "threshold" in self.model_fields_set else self.model_copy(update={"threshold": threshold})

    def columns(self) -> dict[str, int | str]:
        """The terms as the columns of `InvestAccounts`."""
        bands = self.bands or BandTerms.model_construct(absolute=None, relative=None)
        return {
            "auto": int(self.auto_invest),
            "minimum_cash": self.minimum_cash,
            "threshold": self.threshold,
            "mode": int(PieMode[self.mode.upper()]),
            "leave_cash": int(self.small_orders == "leave_cash"),
            "absolute_bp": NO_BAND_BP if bands.absolute is None else bands.absolute,
            "relative_bp": NO_BAND_BP if bands.relative is None else bands.relative,
            "on_bands": int(self.rebalance_on == "bands"),
            "every": EVERY.index(self.every),
            "cooldown_days": self.cooldown_days,
            "lot_order": int(LotOrder[self.lots.upper()]),
            "slots": sum(1 << SLOTS.index(slot) for slot in self.windows),
            "dividends": int(Dividends[self.dividends.upper()]),
            "short_bp": self.short_rate,
            "long_bp": self.long_rate,
            "broker": self.broker,
        }

    def paid(self, symbol: str) -> Dividends:
        """Where the dividend of a security goes."""
        return Dividends[self.symbols.get(symbol, self.dividends).upper()]


_TERMS: Final[TypeAdapter[PieTerms]] = TypeAdapter(PieTerms)


def load_terms(decoded: Decoded, prefix: str = "", context: Mapping[str, bool] | None = None) -> Read[PieTerms]:
    """Read terms from a plain value; never raises. `context` is that of a form."""
    if decoded.problems:
        return Read(None, decoded.problems)
    return read_document(_TERMS, decoded.value, prefix, context=context)


def terms_of(text: str) -> PieTerms:
    """Terms as they were stored."""
    return PieTerms.model_validate_json(text)


def shown(terms: PieTerms) -> Mapping[str, object]:
    """Terms as a plain document."""
    return terms.model_dump(mode="json")
