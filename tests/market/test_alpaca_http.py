"""The door to the network: which addresses and time-outs it takes."""

import math

import pytest

from ledger.faults import SluiceError
from market.http import Http, NoReplyError, Request, checked_base, checked_timeout
from tests.market.alpaca_double import KEY, SECRET, running


@pytest.mark.parametrize(
    "url",
    [
        "https://paper-api.broker.example",
        "https://broker.example:8443/",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://[::1]:80",
    ],
)
def test_https_or_loopback_is_taken(url: str) -> None:
    assert checked_base(url) == url.removesuffix("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "broker.example",
        "http://broker.example",
        "http://127.0.0.1.broker.example",
        "http://127.0.0.1@broker.example",
        "https://me:pass-word@broker.example",
        "https://broker.example/v2",
        "https://broker.example?x=1",
        "https://broker.example#x",
        "https://broker.example//",
        "https://broker.example\r\nX: y",
        "https:// broker.example",
        "ftp://broker.example",
        "file:///etc/hosts",
    ],
)
def test_any_other_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SluiceError) as caught:
        checked_base(url)
    assert caught.value.code == "http_address"
    assert "pass-word" not in str(caught.value)


@pytest.mark.parametrize("seconds", [0, -1, 61, math.nan, math.inf])
def test_a_call_without_an_end_is_refused(seconds: float) -> None:
    with pytest.raises(SluiceError) as caught:
        checked_timeout(seconds)
    assert caught.value.code == "http_timeout"
    with pytest.raises(SluiceError):
        Http().send(Request("GET", "http://127.0.0.1:1", "/", {}), timeout=seconds)


def test_nobody_at_the_address_is_no_reply() -> None:
    with running() as double:
        gone = double.url
    with pytest.raises(NoReplyError):
        Http().send(Request("GET", gone, "/", {}), timeout=5)


def test_an_answer_is_bounded_by_what_the_caller_wants() -> None:
    keys = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    small, enough = Http(max_body=10), Http()
    try:
        with running() as double:
            request = Request("GET", double.url, "/v2/nothing", keys)
            reply = enough.send(request, timeout=5)
            assert (reply.status, b"endpoint not found" in reply.body) == (404, True)
            with pytest.raises(NoReplyError, match="10 bytes"):
                small.send(request, timeout=5)
            enough.close()
            small.close()
    finally:
        enough.close()
        small.close()
