"""A small stand-in for Alpaca on loopback: it keeps orders, trades them when told to, and can misbehave.

Every order and fill that it gives is first read by the models of Alpaca's SDK; one that they refuse is kept in `lies`
and fails the test at its end.
"""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from tests.market.alpaca_floor import Floor, Refused
from tests.market.alpaca_schemas import Json

KEY, SECRET = "PKTESTKEY0000001", "s3cret-of-nobody-0123456789"


class Mishap(Enum):
    """What goes wrong with one answer. The request is acted upon first, but for those that say otherwise."""

    HANG = auto()  # no answer at all
    HANG_BEFORE = auto()  # the same, and nothing was done
    FAIL = auto()  # 500
    CUT = auto()  # the connection ends without an answer
    SHORT = auto()  # it ends in the middle of the answer
    GARBAGE = auto()  # 200 with a page for people
    HUGE = auto()  # 200 with more than anyone wants
    DRIP = auto()  # an answer a byte at a time
    BOUNCE_BEFORE = auto()  # 307 to the same address, nothing was done
    BUSY_BEFORE = auto()  # 429, nothing was done
    ECHO_BEFORE = auto()  # 422 whose sentence repeats the key, nothing was done


class Double:
    """The double's state, seen by the test and by the handler's threads."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.mishaps: deque[tuple[str, Mishap]] = deque()
        self.seen: list[tuple[str, str, Json]] = []
        self.lies: list[str] = []
        self.over = threading.Event()
        self.url = ""

    def next(self, method: str, mishap: Mishap) -> None:
        """Misbehave at the next request of this method."""
        self.mishaps.append((method, mishap))

    def count(self, method: str) -> int:
        """How many requests of this method came."""
        return len([one for one, _, _ in self.seen if one == method])

    def mishap_of(self, method: str) -> Mishap | None:
        """Take the mishap that is due for a request."""
        return self.mishaps.popleft()[1] if self.mishaps and self.mishaps[0][0] == method else None

    def answer(self, method: str, target: str, body: Json) -> tuple[int, object]:
        """Act upon a request; gives status and JSON value (None: no body)."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        try:
            value = self._act(method, parts.path.split("/")[1:], query, body)
        except Refused as refused:
            return refused.status, refused.body
        except ValueError as error:  # pydantic's among them
            self.lies.append(str(error))
            raise
        return (200, value) if value is not None else (204, None)

    def _act(self, method: str, path: list[str], query: dict[str, str], body: Json) -> object:
        match method, path:
            case "POST", ["v2", "orders"]:
                return self.floor.place(body)
            case "GET", ["v2", "orders:by_client_order_id"]:
                return self.floor.by_client(query["client_order_id"])
            case "GET", ["v2", "orders", order_id]:
                return self.floor.by_id(order_id)
            case "GET", ["v2", "account", "activities", "FILL"]:
                return self.floor.activities(query)
            case "DELETE", ["v2", "orders", order_id]:
                self.floor.cancel(order_id)
                return None
            case _:
                raise Refused(404, 40410000, "endpoint not found.")


class Handler(BaseHTTPRequestHandler):
    """One request at a time of one connection."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    disable_nagle_algorithm = True
    double: Double

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        """Say nothing."""

    def _serve(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = cast("Json", json.loads(sent)) if sent else {}
        self.double.seen.append((self.command, self.path, body))
        mishap = self.double.mishap_of(self.command)
        keys = (self.headers["APCA-API-KEY-ID"], self.headers["APCA-API-SECRET-KEY"])
        if keys != (KEY, SECRET):
            self._give(401, {"code": 40110000, "message": "request is not authorized"})
        elif mishap is not None and mishap.name.endswith("_BEFORE"):
            self._misbehave(mishap, 0, b"")
        else:
            status, value = self.double.answer(self.command, self.path, body)
            if mishap is None:
                self._give(status, value)
            else:
                self._misbehave(mishap, status, json.dumps(value).encode())

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names are the standard library's

    def _give(self, status: int, value: object) -> None:
        self._raw(status, b"" if value is None else json.dumps(value).encode())

    def _raw(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _misbehave(self, mishap: Mishap, status: int, body: bytes) -> None:
        match mishap:
            case Mishap.HANG | Mishap.HANG_BEFORE:
                self.double.over.wait(10)
                self.close_connection = True
            case Mishap.CUT:
                self.close_connection = True
            case Mishap.SHORT | Mishap.DRIP:
                self._part(status, body, drips=mishap is Mishap.DRIP)
            case Mishap.FAIL:
                self._give(500, {"code": 50010000, "message": "internal server error occurred"})
            case Mishap.GARBAGE:
                self._raw(200, b"<html>We are back soon</html>")
            case Mishap.HUGE:
                self._raw(200, b"[" + b"1," * (1 << 20) + b"1]")
            case Mishap.BOUNCE_BEFORE:
                self._raw(307, b"", Location=self.path)
            case Mishap.BUSY_BEFORE:
                self._give(429, {"code": 42910000, "message": "rate limit exceeded"})
            case Mishap.ECHO_BEFORE:
                self._give(422, {"code": 40010001, "message": f"bad\nheaders {SECRET} {KEY} " + "!" * 999})

    def _part(self, status: int, body: bytes, *, drips: bool) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        for place in range(len(body) // 2, len(body) if drips else 0):
            if self.double.over.wait(0.05):
                return
            self.wfile.write(body[place : place + 1])


class Server(ThreadingHTTPServer):
    """Its threads end with it, and a client that went away is no error."""

    daemon_threads = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what is wrong is in `lies`, or missing from the answer."""


@contextmanager
def running() -> Iterator[Double]:
    """Start a double on a free port, stop it and its threads at the end, and fail if it ever lied."""
    double = Double()
    handler = type("OneHandler", (Handler,), {"double": double})
    with Server(("127.0.0.1", 0), handler) as server:
        double.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield double
        finally:
            double.over.set()
            server.shutdown()
            thread.join()
    assert double.lies == [], double.lies
