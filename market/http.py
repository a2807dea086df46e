"""The one door to the network on the market's side: a call over urllib3 that demands a time-out and bounds the answer.

No redirect is followed, nothing is sent twice, no proxy is read from the environment, certificates are verified, and
plain `http` reaches this machine alone. What comes back is a status and bytes, or `NoReplyError`: whether the other
side acted is then unknown (design.md, idea 4).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from ledger.faults import SluiceError

MAX_BODY: Final = 1 << 20
"""The most bytes that an answer may have."""

MAX_TIMEOUT: Final = 60
"""The longest time-out in seconds."""

_CHUNK: Final = 1 << 16
_HOST: Final = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?"
_ADDRESS: Final = re.compile(rf"(?:https://{_HOST}|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{{1,5}})?)")


@dataclass(frozen=True, slots=True)
class Request:
    """A call to make. Headers and body stay out of its repr: they may hold secrets."""

    method: str
    base: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: status and body."""

    status: int
    body: bytes = field(repr=False)


class NoReplyError(Exception):
    """No whole answer came: the other side may or may not have acted."""


def checked_base(url: str) -> str:
    """Give an address back without a closing slash: https with a host, or http on loopback, and nothing after it.

    Raises SluiceError `http_address`; the sentence does not repeat the address, which may hold a password.
    """
    bare = url.removesuffix("/")
    if _ADDRESS.fullmatch(bare) is None:
        sentence = (
            "The address is not one to call; write https:// and a host, without user, path or query, or http:// with "
            "127.0.0.1, [::1] or localhost."
        )
        raise SluiceError("http_address", sentence)
    return bare


def checked_timeout(seconds: float) -> float:
    """Give a time-out back. Raises SluiceError `http_timeout` unless it is above zero and at most 60 seconds."""
    if not 0 < seconds <= MAX_TIMEOUT:  # also false for NaN
        sentence = f"A time-out of {seconds} seconds is none; write a number above 0 and at most {MAX_TIMEOUT}."
        raise SluiceError("http_timeout", sentence)
    return seconds


class Http:
    """A pool of connections, for all threads. `close` ends them."""

    def __init__(self, max_body: int = MAX_BODY) -> None:
        """Answers longer than `max_body` bytes count as none."""
        self._max_body = max_body
        self._pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", retries=False)

    def send(self, request: Request, *, timeout: float) -> Reply:
        """Make a call once and give the answer, whatever its status.

        `timeout`, in seconds, bounds connecting, each wait for bytes, and the sum of both with the body's last wait.
        Raises NoReplyError where no whole answer came, SluiceError `http_address` or `http_timeout` before any call.
        """
        url = checked_base(request.base) + request.path
        ends = time.monotonic() + checked_timeout(timeout)
        try:
            response = self._pool.urlopen(
                request.method,
                url,
                body=request.body,
                headers=request.headers,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(total=timeout),
                preload_content=False,
                decode_content=False,
            )
            try:
                body = self._read(response, ends)
            except BaseException:
                response.close()  # what is left of the answer must not be taken for the next one
                raise
            response.release_conn()
        except (HTTPError, HTTPException, OSError) as error:
            raise NoReplyError(f"no answer: {type(error).__name__}") from error
        return Reply(response.status, body)

    def _read(self, response: urllib3.BaseHTTPResponse, ends: float) -> bytes:
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self._max_body:
                raise NoReplyError(f"an answer of more than {self._max_body} bytes")
            if time.monotonic() > ends:
                raise NoReplyError("the answer did not end in time")
        return bytes(body)

    def close(self) -> None:
        """End all connections that are idle."""
        for key in self._pool.pools.keys():  # noqa: SIM118 - urllib3's container knows no other way to look
            self._pool.pools[key].close()
        self._pool.clear()  # by itself it leaves the closing to whenever the pools are collected
