"""What Alpaca's client makes of silence, nonsense and refused keys: unknown is not failed, and no secret comes out."""

import json
import logging
import time
from collections.abc import Callable, Iterator

import pytest

from engine.invest.market import BrokerFill, BrokerSilentError, OrderState
from ledger.faults import SluiceError
from market.alpaca import AlpacaBroker
from market.http import Http, Reply, Request
from tests.market.alpaca_double import KEY, SECRET, Double, Mishap
from tests.market.alpaca_floor import Refused
from tests.market.alpaca_orders import NOW, PATIENCE, buy, hasty, sell, trading

UNTOLD = [Mishap.FAIL, Mishap.CUT, Mishap.SHORT, Mishap.GARBAGE, Mishap.HUGE]


@pytest.fixture
def both() -> Iterator[tuple[Double, AlpacaBroker]]:
    with trading() as pair:
        yield pair


@pytest.fixture
def double(both: tuple[Double, AlpacaBroker]) -> Double:
    return both[0]


@pytest.fixture
def broker(both: tuple[Double, AlpacaBroker]) -> AlpacaBroker:
    return both[1]


class Scripted(Http):
    """A door that gives answers written by the test, and keeps what was asked."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__()
        self.replies = list(replies)
        self.asked: list[str] = []

    def send(self, request: Request, *, timeout: float) -> Reply:
        self.asked.append(f"{request.method} {request.path}")
        return self.replies.pop(0)


def scripted(*answers: tuple[int, object]) -> AlpacaBroker:
    replies = [Reply(status, json.dumps(value).encode()) for status, value in answers]
    return AlpacaBroker(KEY, SECRET, "https://broker.example", PATIENCE, Scripted(*replies))


@pytest.mark.parametrize("mishap", UNTOLD)
def test_an_order_of_unknown_fate_is_found_again(double: Double, broker: AlpacaBroker, mishap: Mishap) -> None:
    double.next("POST", mishap)
    with pytest.raises(BrokerSilentError):
        broker.submit(buy(), NOW)
    assert double.count("POST") == 1  # nothing was sent again by itself
    double.floor.trade()
    assert broker.status("b1", NOW) == BrokerFill(OrderState.FILLED, 10**9, 10**8)
    assert broker.submit(buy(), NOW).state is OrderState.FILLED
    assert len(double.floor.orders) == 1


def test_a_time_out_after_the_order_arrived_is_unknown_then_found(double: Double, broker: AlpacaBroker) -> None:
    double.next("POST", Mishap.HANG)
    start = time.monotonic()
    with hasty(double) as impatient, pytest.raises(BrokerSilentError):
        impatient.submit(sell(), NOW)
    assert time.monotonic() - start < 5
    assert broker.status("s1", NOW) == BrokerFill(OrderState.SENT)


def test_an_answer_that_drips_is_cut_off(double: Double) -> None:
    double.next("POST", Mishap.DRIP)
    start = time.monotonic()
    with hasty(double) as impatient, pytest.raises(BrokerSilentError):
        impatient.submit(sell(), NOW)
    assert time.monotonic() - start < 5


def test_a_time_out_before_the_order_arrived_is_unknown_until_asked(double: Double, broker: AlpacaBroker) -> None:
    double.next("POST", Mishap.HANG_BEFORE)
    with hasty(double) as impatient, pytest.raises(BrokerSilentError):
        impatient.submit(buy(), NOW)
    assert broker.status("b1", NOW) is None
    assert broker.submit(buy(), NOW) == BrokerFill(OrderState.SENT)


def test_a_redirect_is_not_followed(double: Double, broker: AlpacaBroker) -> None:
    double.next("POST", Mishap.BOUNCE_BEFORE)
    with pytest.raises(BrokerSilentError, match="307"):
        broker.submit(buy(), NOW)
    assert (double.count("POST"), double.floor.orders) == (1, {})


def test_too_many_requests_are_a_rejection_only_once_the_order_is_surely_not_there(
    double: Double, broker: AlpacaBroker
) -> None:
    double.next("POST", Mishap.BUSY_BEFORE)
    assert broker.submit(buy(), NOW) == BrokerFill(OrderState.REJECTED, reason="rate limit exceeded")
    double.next("POST", Mishap.BUSY_BEFORE)
    double.next("GET", Mishap.BUSY_BEFORE)
    with pytest.raises(BrokerSilentError, match="429"):
        broker.submit(buy(), NOW)


@pytest.mark.parametrize("mishap", [*UNTOLD, Mishap.BUSY_BEFORE])
@pytest.mark.parametrize("ask", ["status", "cancel", "events"])
def test_a_question_without_an_answer_is_silence(
    double: Double, broker: AlpacaBroker, mishap: Mishap, ask: str
) -> None:
    broker.submit(buy(), NOW)
    asking: dict[str, Callable[[], object]] = {
        "status": lambda: broker.status("b1", NOW),
        "cancel": lambda: broker.cancel("b1", NOW),
        "events": lambda: broker.events(0),
    }
    double.next("GET", mishap)
    with pytest.raises(BrokerSilentError):
        asking[ask]()
    asking[ask]()  # the next answer is not mixed up with the broken one


@pytest.mark.parametrize("status,body", [(401, {"message": "unauthorized."}), (403, {"message": "forbidden."})])
def test_a_refused_key_is_a_fault_of_its_own(status: int, body: object) -> None:
    asking: list[Callable[[AlpacaBroker], object]] = [
        lambda broker: broker.submit(buy(), NOW),
        lambda broker: broker.status("b1", NOW),
        lambda broker: broker.cancel("b1", NOW),
        lambda broker: broker.events(0),
    ]
    for ask in asking:
        with pytest.raises(SluiceError) as caught:
            ask(scripted((status, body)))
        assert caught.value.code == "broker_refused_key"


def test_a_wrong_secret_is_refused_and_nothing_is_ordered(double: Double) -> None:
    http = Http()
    try:
        wrong = AlpacaBroker(KEY, "another", double.url, PATIENCE, http)
        with pytest.raises(SluiceError) as caught:
            wrong.submit(buy(), NOW)
    finally:
        http.close()
    assert (caught.value.code, double.floor.orders) == ("broker_refused_key", {})


@pytest.mark.parametrize(
    "answers",
    [
        [(404, {"code": 40410000, "message": "endpoint not found."})],  # speaks of the address, not of an order
        [(404, "Not Found")],
        [(408, {"code": 40810000, "message": "order timed out"})],
        [(200, {"id": "no order"})],
        [(200, [])],
        [(204, None)],
    ],
)
def test_what_surely_is_no_answer_about_the_order_is_silence(answers: list[tuple[int, object]]) -> None:
    with pytest.raises(BrokerSilentError):
        scripted(*answers).status("b1", NOW)


def test_a_client_id_that_is_taken_and_not_shown_is_unknown() -> None:
    taken, absent = (
        {"code": 40010001, "message": "client_order_id must be unique"},
        {
            "code": 40410000,
            "message": "order not found for b1",
        },
    )
    with pytest.raises(BrokerSilentError, match="knows the client id"):
        scripted((422, taken), (404, absent)).submit(buy(), NOW)


def test_an_answer_about_another_order_is_none(double: Double, broker: AlpacaBroker) -> None:
    broker.submit(buy("b2"), NOW)
    other = double.floor.by_client("b2")
    with pytest.raises(BrokerSilentError, match="another order"):
        scripted((200, other)).submit(buy("b1"), NOW)


def test_an_order_that_disappears_while_it_is_cancelled_is_unknown(double: Double, broker: AlpacaBroker) -> None:
    broker.submit(buy(), NOW)
    shown, absent = double.floor.by_client("b1"), {"code": 40410000, "message": "order not found for b1"}
    with pytest.raises(BrokerSilentError, match="no longer"):
        scripted((200, shown), (404, absent), (404, absent)).cancel("b1", NOW)


@pytest.mark.parametrize("rows", [{}, [{"order_id": "../account"}], ["x"]])
def test_a_list_of_fills_that_cannot_be_read_is_silence(rows: object) -> None:
    with pytest.raises(BrokerSilentError, match="list of fills"):
        scripted((200, rows)).events(0)


def test_a_page_that_comes_again_ends_the_reading(double: Double, broker: AlpacaBroker) -> None:
    broker.submit(buy(), NOW)
    double.floor.trade()
    page = double.floor.activities({"direction": "asc", "page_size": "100", "after": ""}) * 100
    with pytest.raises(BrokerSilentError, match="same page"):
        scripted((200, page), (200, double.floor.by_client("b1")), (200, page)).events(0)


def test_the_reading_of_fills_is_bounded(double: Double, broker: AlpacaBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.alpaca.PAGE", 1)
    monkeypatch.setattr("market.alpaca.MAX_PAGES", 2)
    for name in ("a", "b", "c"):
        broker.submit(buy(name), NOW)
    double.floor.trade()
    assert [fill.client_id for fill in broker.events(0)] == ["a", "b"]


def test_the_key_is_in_no_repr_message_or_log(
    double: Double, broker: AlpacaBroker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    double.next("POST", Mishap.ECHO_BEFORE)
    rejected = broker.submit(buy(), NOW)
    assert rejected.reason.startswith("badheaders … … !!")
    assert len(rejected.reason) == 200
    double.next("POST", Mishap.CUT)
    with pytest.raises(BrokerSilentError) as silent:
        broker.submit(buy(), NOW)
    double.floor.refusals["VTI"] = Refused(401, 40110000, f"not {SECRET}")
    with pytest.raises(SluiceError) as refused:
        broker.submit(buy(), NOW)
    request = Request("GET", double.url, "/", {"APCA-API-SECRET-KEY": SECRET}, KEY.encode())
    causes = [silent.value.__cause__, silent.value.__context__, refused.value.__cause__, refused.value.__context__]
    for thing in (broker, rejected, request, silent.value, refused.value, *causes):
        for text in (repr(thing), str(thing)):
            assert SECRET not in text
            assert KEY not in text
    assert "POST /v2/orders" in caplog.text
    assert SECRET not in caplog.text
    assert KEY not in caplog.text
    assert SECRET not in str(double.seen)


@pytest.mark.parametrize(
    "key,secret", [("", SECRET), (KEY, ""), (KEY, f"{SECRET}\r\nX: y"), (KEY, "schlüssel"), (KEY, f" {SECRET}")]
)
def test_a_key_that_no_header_can_hold_is_refused_without_repeating_it(key: str, secret: str) -> None:
    with pytest.raises(SluiceError) as caught:
        AlpacaBroker(key, secret, "https://broker.example", PATIENCE)
    assert caught.value.code == "broker_key"
    assert SECRET not in str(caught.value)


def lie() -> None:
    """Run a double that gives an order of a status that there is not."""
    with trading() as (double, broker):
        broker.submit(buy(), NOW)
        double.floor.end("b1", "vanished")
        with pytest.raises(BrokerSilentError):
            broker.status("b1", NOW)


def test_a_double_that_gives_what_the_sdk_refuses_fails_its_test() -> None:
    with pytest.raises(AssertionError, match="status"):
        lie()
