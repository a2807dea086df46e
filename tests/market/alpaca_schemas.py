"""The schemas of Alpaca's own SDK, for tests alone: what it would send, what it takes as an answer (ruling 31)."""

import warnings
from typing import Any

with warnings.catch_warnings():  # the SDK imports a part of websockets that is marked as old
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    from alpaca.trading.enums import OrderStatus
    from alpaca.trading.models import Order, TradeActivity
    from alpaca.trading.requests import MarketOrderRequest

Json = dict[str, Any]

STATUSES = frozenset(one.value for one in OrderStatus)
"""Every status that an order can have."""


def as_order(answer: Json) -> Json:
    """Give an order back if the SDK reads it; raises pydantic's ValidationError."""
    Order(**answer)
    return answer


def as_fill(answer: Json) -> Json:
    """Give a fill activity back if the SDK reads it. The SDK's model is the one for platforms: it wants an account."""
    TradeActivity(**answer, account_id="00000000-0000-4000-8000-000000000000")
    return answer


def as_request(body: Json) -> MarketOrderRequest:
    """Give a request's body as the SDK's own market order; raises pydantic's ValidationError."""
    return MarketOrderRequest(**{name: value for name, value in body.items() if name != "type"})
