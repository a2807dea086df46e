"""Alpaca's trading API as a broker: orders by client id, never sent twice, asked again when unknown (rulings 26–31).

A refusal is believed only after Alpaca says that it does not know the client id: an order sent twice may be refused
the second time for what its first self did. Everything that is not a readable answer is silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from engine.invest.market import FINAL, BlockOrder, BrokerFill, BrokerSilentError, OrderState, Side
from ledger.faults import SluiceError
from market.alpaca_wire import (
    AlpacaOrder,
    FillEvent,
    Refusal,
    UnreadableError,
    after_text,
    filled_order,
    order_body,
    read_fill,
    read_json,
    read_order,
    read_refusal,
)
from market.http import Http, NoReplyError, Reply, Request, checked_base, checked_timeout

PAGE: Final = 100
"""Fills a page: the most that Alpaca gives."""

MAX_PAGES: Final = 200
"""Pages read by one call of `events`."""

_REASON: Final = 200
_KEY: Final = re.compile(r"[!-~]{1,256}")
_OK, _NO_CONTENT, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _REQUEST_TIMEOUT, _UNPROCESSABLE = (
    *(200, 204, 401, 403, 404, 408, 422),
)
_REFUSALS: Final = range(400, 500)


class AlpacaBroker:
    """One Alpaca account. Its key appears in no repr, message or log; `instant` arguments are not needed here."""

    def __init__(self, key_id: str, secret: str, base_url: str, timeout: float, http: Http | None = None) -> None:
        """`base_url` is https (or http on loopback), `timeout` seconds a call.

        Raises SluiceError `broker_key`, `http_address`, `http_timeout`.
        """
        if not (_KEY.fullmatch(key_id) and _KEY.fullmatch(secret)):
            raise SluiceError(
                "broker_key", "The broker's key or its secret is empty or not plain text; copy both anew."
            )
        self._hidden = (secret, key_id)
        self._base = checked_base(base_url)
        self._timeout = checked_timeout(timeout)
        self._http = Http() if http is None else http

    def __repr__(self) -> str:
        return f"AlpacaBroker({self._base})"

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """Send an order once, or find the one with this client id; a rejection is an answer with its reason.

        Raises BrokerSilentError where its fate is unknown; SluiceError `broker_refused_key` for a bad key,
        `broker_order` for an order of no size, `broker_other_order` where the client id stands for another order.
        """
        del instant
        reply = self._ask("POST", "/v2/orders", order_body(order))
        if reply.status == _OK:
            found = self._order(reply, order.client_id)
        else:
            refusal = self._refusal(reply)
            known = self._find(order.client_id)
            if known is None and _is_duplicate(refusal):
                raise BrokerSilentError("The broker knows the client id and shows no order for it.")
            if known is None:
                return BrokerFill(OrderState.REJECTED, reason=self._shown(refusal.message))
            found = known
        if not _is_same(found, order):
            sentence = "The broker has another order under this client id; look at it there before anything is sent."
            raise SluiceError("broker_other_order", sentence)
        return found.fill

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """Ask what became of an order; None where Alpaca says that it does not know the client id.

        Raises BrokerSilentError, SluiceError `broker_refused_key`.
        """
        del instant
        found = self._find(client_id)
        return None if found is None else found.fill

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """Ask to take the rest of an order off, then ask how it stands: SENT while the request is on its way.

        None where Alpaca never saw the order. Raises BrokerSilentError, SluiceError `broker_refused_key`.
        """
        found = self._find(client_id)
        if found is None or found.fill.state in FINAL:
            return None if found is None else found.fill
        reply = self._ask("DELETE", f"/v2/orders/{found.id}")
        if reply.status not in {_OK, _NO_CONTENT}:
            self._refusal(reply)
            if reply.status not in {_NOT_FOUND, _UNPROCESSABLE}:  # those two: it ended meanwhile
                raise BrokerSilentError(f"The broker did not take the request to cancel: status {reply.status}.")
        now = self.status(client_id, instant)
        if now is None:
            raise BrokerSilentError("The broker no longer shows an order that it has shown.")
        return now

    def events(self, since: int) -> list[FillEvent]:
        """Fills from an instant (microseconds) on, oldest first, those of that instant included.

        At most 20,000 a call: go on from the last one's instant, and drop by `id` what was seen. Fills may appear
        late: ask from a little before the last one. Raises BrokerSilentError, SluiceError `broker_refused_key`.
        """
        clients: dict[str, str] = {}
        found: list[FillEvent] = []
        query = {"after": after_text(since), "direction": "asc", "page_size": str(PAGE)}
        for _ in range(MAX_PAGES):
            page = self._page(query, clients)
            found += [fill for fill in page if fill.instant >= since]
            if len(page) < PAGE:
                break
            if page[-1].id == query.get("page_token"):
                raise BrokerSilentError("The broker gives the same page of fills again.")
            query["page_token"] = page[-1].id
        return found

    def _page(self, query: Mapping[str, str], clients: dict[str, str]) -> list[FillEvent]:
        """One page of fills; `clients`, client ids by Alpaca's order ids, is filled on the way."""
        rows = self._value(self._ask("GET", f"/v2/account/activities/FILL?{urlencode(query)}"))
        if not isinstance(rows, list):
            raise BrokerSilentError("The broker's list of fills cannot be read.")
        try:
            for order_id in map(filled_order, rows):
                if order_id not in clients:
                    answer = self._value(self._ask("GET", f"/v2/orders/{order_id}"))
                    clients[order_id] = read_order(answer).client_id
            return [read_fill(row, clients[filled_order(row)]) for row in rows]
        except UnreadableError as error:
            raise BrokerSilentError(f"The broker's list of fills cannot be read: {error}.") from None

    def _find(self, client_id: str) -> AlpacaOrder | None:
        reply = self._ask("GET", f"/v2/orders:by_client_order_id?{urlencode({'client_order_id': client_id})}")
        if reply.status == _NOT_FOUND and "order" in self._refusal(reply).message.lower():
            return None  # a 404 that speaks of no order is one about the address
        return self._order(reply, client_id)

    def _order(self, reply: Reply, client_id: str) -> AlpacaOrder:
        try:
            order = read_order(self._value(reply))
        except UnreadableError as error:
            raise BrokerSilentError(f"The broker's answer cannot be read: {error}.") from None
        if order.client_id != client_id:
            raise BrokerSilentError("The broker answered about another order.")
        return order

    def _value(self, reply: Reply) -> object:
        """The JSON value of an answer; whatever else it is raises."""
        if reply.status != _OK:
            refusal = self._refusal(reply)
            raise BrokerSilentError(f"The broker answered {reply.status}: {self._shown(refusal.message)}")
        try:
            return read_json(reply.body)
        except UnreadableError as error:
            raise BrokerSilentError(f"The broker's answer cannot be read: {error}.") from None

    def _refusal(self, reply: Reply) -> Refusal:
        """What a refusing answer says. Raises for a refused key, and BrokerSilentError where it is no refusal."""
        said = read_refusal(reply.body)
        keyless = reply.status == _FORBIDDEN and said is not None and not said.code
        if reply.status == _UNAUTHORIZED or keyless:
            sentence = "The broker does not accept the key; check key, secret and whether they are of this address."
            raise SluiceError("broker_refused_key", sentence)
        if reply.status not in _REFUSALS or reply.status == _REQUEST_TIMEOUT or said is None:
            raise BrokerSilentError(f"The broker answered with status {reply.status} and nothing to go by.")
        return said

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Reply:
        secret, key_id = self._hidden
        headers = {"APCA-API-KEY-ID": key_id, "APCA-API-SECRET-KEY": secret, "Accept": "application/json"}
        sent = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            sent = json.dumps(body).encode()
        try:
            return self._http.send(Request(method, self._base, path, headers, sent), timeout=self._timeout)
        except NoReplyError as error:
            raise BrokerSilentError(f"{method} to the broker: {error}.") from error

    def _shown(self, message: str) -> str:
        """The broker's own words, for people: without the key, printable and short."""
        for hidden in self._hidden:
            message = message.replace(hidden, "…")
        return "".join(sign for sign in message if sign.isprintable())[:_REASON]


def _is_same(found: AlpacaOrder, order: BlockOrder) -> bool:
    """Tell whether an order is the one that was asked for; crypto pairs were once named without the stroke."""
    size = order.amount if order.side is Side.BUY else order.units
    there, here = (one.replace("/", "") for one in (found.symbol, order.symbol))
    return (there, found.side) == (here, order.side) and found.size in {None, size}


def _is_duplicate(refusal: Refusal) -> bool:
    return re.search(r"client.?order.?id must be unique", refusal.message, re.IGNORECASE) is not None
