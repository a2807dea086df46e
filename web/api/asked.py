"""A request as its handler gets it: path, query, headers and a validated body; and an answer as it gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel

from engine.services import Services
from ledger.days import parse_day
from ledger.faults import SluiceError
from web.api.answers import Answer

PERSON: Final = "Sluice-Person"
"""The header that names who asks; until sign-in exists whoever reaches the loopback may say so."""

_MAX_DIGITS: Final = 18

Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `body` is the document of the operation, `raw` its bytes."""

    services: Services
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: BaseModel | None = None
    raw: bytes = b""

    @property
    def reference(self) -> str:
        """The household that the path names."""
        return self.path["reference"]

    @property
    def person(self) -> int | None:
        """The number of the person who asks, None for the household itself. Raises SluiceError `parameter`."""
        text = self.headers.get(PERSON)
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
            sentence = f"{PERSON} is the number of a person of the household, such as 1; leave it out for all of it."
            raise SluiceError("parameter", sentence, PERSON)
        return int(text)

    def body_as(self, kind: type[Body]) -> Body:
        """The body, of the kind that the operation declares."""
        if not isinstance(self.body, kind):
            message = f"the operation declares no body of {kind.__name__}"
            raise TypeError(message)
        return self.body

    def day(self, text: str) -> int:
        """A date of the path or the query. Raises SluiceError `parameter`."""
        try:
            return parse_day(text)
        except SluiceError as fault:
            raise SluiceError("parameter", fault.sentence, "date") from None

    def whole(self, name: str, default: int, highest: int) -> int:
        """A whole number of the query from 1 to `highest`. Raises SluiceError `parameter`."""
        text = self.query.get(name)
        if text is None:
            return default
        fits = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
        if not fits or not 1 <= int(text) <= highest:
            raise SluiceError("parameter", f"{name} is a whole number from 1 to {highest}.", name)
        return int(text)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler gives back: a model, or a JSON text that was stored; the status and further headers."""

    body: Answer | str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
