"""The trading floor of the double of Alpaca: orders by client id, and what becomes of them by symbol."""

import threading
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from tests.market.alpaca_schemas import Json, as_fill, as_order, as_request

NANO = Decimal("0.000000001")
OPEN = {"accepted", "partially_filled", "pending_cancel"}


class Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """A refusal as Alpaca words it."""

    def __init__(self, status: int, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"code": code, "message": message, **more}


@dataclass
class Floor:
    """Orders and fills. `portion` of a symbol is how much of an order `trade` fills, in hundredths; 100 is all."""

    prices: dict[str, str] = field(default_factory=dict)
    portion: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, Refused] = field(default_factory=dict)
    orders: dict[str, Json] = field(default_factory=dict)
    fills: list[Json] = field(default_factory=list)
    slow_cancel: bool = False
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def place(self, body: Json) -> Json:
        """Keep a new order, accepted and not yet traded."""
        as_request(body)
        with self._lock:
            if body["symbol"] in self.refusals:
                raise self.refusals[body["symbol"]]
            if body["client_order_id"] in self.orders:
                raise Refused(422, 40010001, "client_order_id must be unique")
            order = self._new(body)
            self.orders[body["client_order_id"]] = order
            return as_order(dict(order))

    def _new(self, body: Json) -> Json:
        self._count += 1
        crypto = "/" in body["symbol"]
        if body["time_in_force"] not in ({"gtc", "ioc"} if crypto else {"day"}):
            raise Refused(422, 42210000, "invalid time_in_force")
        now = self._time()
        return {
            "id": str(UUID(int=self._count)),
            "client_order_id": body["client_order_id"],
            **dict.fromkeys(("created_at", "updated_at", "submitted_at"), now),
            **dict.fromkeys(("filled_at", "expired_at", "canceled_at", "failed_at", "replaced_at"), None),
            **dict.fromkeys(("replaced_by", "replaces", "limit_price", "stop_price", "legs"), None),
            "asset_id": str(UUID(int=7)),
            "symbol": body["symbol"],
            "asset_class": "crypto" if crypto else "us_equity",
            "notional": body.get("notional"),
            "qty": body.get("qty"),
            "filled_qty": "0",
            "filled_avg_price": None,
            "order_class": "",
            "order_type": "market",
            "type": "market",
            "side": body["side"],
            "time_in_force": body["time_in_force"],
            "status": "accepted",
            "extended_hours": False,
        }

    def _time(self) -> str:
        count = self._count + len(self.fills)
        return f"2026-11-20T14:{30 + count // 60:02d}:{count % 60:02d}.{count % 10**6:06d}Z"

    def trade(self) -> None:
        """Fill what is open, as far as the symbol's portion goes."""
        with self._lock:
            for order in self.orders.values():
                portion = self.portion.get(order["symbol"], 100)
                if order["status"] in OPEN and portion:
                    self._fill(order, portion)

    def _fill(self, order: Json, portion: int) -> None:
        price = Decimal(self.prices.get(order["symbol"], "100"))
        whole = Decimal(order["qty"]) if order["qty"] else Decimal(order["notional"]) / price
        units = (whole * portion / 100).quantize(NANO, ROUND_DOWN) - Decimal(order["filled_qty"])
        if not units:
            return
        total = Decimal(order["filled_qty"]) + units
        status = "filled" if portion == 100 else "partially_filled"
        order |= {"filled_qty": f"{total:f}", "filled_avg_price": f"{price:f}", "status": status}
        order |= {"filled_at": self._time() if portion == 100 else None}
        place = len(self.fills)
        fill: dict[str, Any] = {
            "activity_type": "FILL",
            "id": f"20261120{place:09d}::{UUID(int=10**6 + place)}",
            "transaction_time": self._time(),
            "type": "fill" if portion == 100 else "partial_fill",
            "price": f"{price:f}",
            "qty": f"{units:f}",
            "side": order["side"],
            "symbol": order["symbol"],
            "leaves_qty": f"{whole.quantize(NANO, ROUND_DOWN) - total:f}",
            "order_id": order["id"],
            "cum_qty": f"{total:f}",
            "order_status": status,
        }
        self.fills.append(fill)

    def end(self, client_id: str, status: str) -> None:
        """Give an order a status from outside."""
        self.orders[client_id]["status"] = status

    def by_client(self, client_id: str) -> Json:
        """Give the order with this client id."""
        with self._lock:
            if client_id not in self.orders:
                raise Refused(404, 40410000, f"order not found for {client_id}")
            return as_order(dict(self.orders[client_id]))

    def by_id(self, order_id: str) -> Json:
        """Give the order with this id of Alpaca's."""
        with self._lock:
            return as_order(dict(self._by_id(order_id)))

    def _by_id(self, order_id: str) -> Json:
        for order in self.orders.values():
            if order["id"] == order_id:
                return order
        raise Refused(404, 40410000, f"order not found for {order_id}")

    def cancel(self, order_id: str) -> None:
        """Take the rest of an order off, at once or, with `slow_cancel`, some time later."""
        with self._lock:
            order = self._by_id(order_id)
            if order["status"] not in OPEN:
                raise Refused(422, 42210000, f'order is already in "{order["status"]}" state')
            order["status"] = "pending_cancel" if self.slow_cancel else "canceled"

    def activities(self, query: dict[str, str]) -> list[Json]:
        """Give a page of fills after an instant, the oldest first, from behind the page token on."""
        assert query["direction"] == "asc"
        with self._lock:
            rows = [row for row in self.fills if row["transaction_time"] > query["after"]]
            ids = [row["id"] for row in rows]
            start = ids.index(query["page_token"]) + 1 if "page_token" in query else 0
            return [as_fill(dict(row)) for row in rows[start : start + int(query["page_size"])]]
