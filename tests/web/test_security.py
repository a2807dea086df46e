"""The gate of ruling 61, the CSRF token, and the headers of ruling 40 on every answer."""

import pytest
from flask.testing import FlaskClient

from tests.web.site import Site, post
from web.security import HEADERS

EXPECTED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ANSWERS = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/h/home/", 200),
    ("GET", "/h/nobody/", 404),
    ("GET", "/nothing", 404),
    ("POST", "/h/home/pause", 400),
    ("DELETE", "/h/home/", 405),
    ("GET", "/static/css/tokens.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/api/v1/customers", 200),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1/nothing", 404),
    ("POST", "/api/v1/preview", 415),
]


@pytest.mark.parametrize("method, path, status", ANSWERS)
def test_headers_are_on_every_answer(client: FlaskClient, method: str, path: str, status: int) -> None:
    told = client.open(path, method=method, buffered=True)
    assert told.status_code == status
    assert {name: told.headers.getlist(name) for name in HEADERS} == {name: [text] for name, text in HEADERS.items()}
    assert told.headers["Content-Security-Policy"] == EXPECTED_POLICY
    assert told.headers["Referrer-Policy"] == "same-origin"
    assert told.headers["Vary"] == "Cookie, X-Fragment"
    assert "publickey-credentials-get=(self)" in told.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in told.headers
    cached = status == 200 and path.startswith("/static/")
    assert told.headers["Cache-Control"] == ("no-cache" if cached else "no-store")
    for name in ("Server", "X-Powered-By"):
        assert name not in told.headers


def test_hsts_is_sent_under_tls_only(client: FlaskClient) -> None:
    assert "max-age" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]


def test_a_broken_server_keeps_headers_and_says_so(site: Site) -> None:
    site.app.config["SERVICES"].books.close()

    def broken() -> str:
        raise ZeroDivisionError

    site.app.add_url_rule("/api/broken", "api_broken", broken)
    site.app.add_url_rule("/broken", "broken", broken)
    client = site.app.test_client()
    for path, kind in (("/api/broken", "application/problem+json"), ("/broken", "text/html; charset=utf-8")):
        told = client.get(path)
        assert (told.status_code, told.content_type) == (500, kind)
        assert "ZeroDivision" not in told.get_data(as_text=True)
        assert told.headers["Content-Security-Policy"] == EXPECTED_POLICY


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.2", "sluice", "localhost:99999999", "", "a b", "[::2]"]
)
def test_other_hosts_are_refused(client: FlaskClient, host: str) -> None:
    for path in ("/", "/api/v1/customers"):
        told = client.get(path, headers={"Host": host})
        assert told.status_code == 403
        assert told.headers["Content-Security-Policy"] == EXPECTED_POLICY


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "127.0.0.1:5000", "[::1]", "[::1]:80", "LOCALHOST"])
def test_loopback_hosts_are_served(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("peer", ["10.0.0.1", "192.168.1.9", "8.8.8.8", "::2", "::ffff:10.0.0.1", "", "x"])
def test_other_peers_are_refused(client: FlaskClient, peer: str) -> None:
    told = client.get("/", environ_base={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": "127.0.0.1"})
    assert told.status_code == 403


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_peers_are_served(client: FlaskClient, peer: str) -> None:
    assert client.get("/", environ_base={"REMOTE_ADDR": peer}).status_code == 200


@pytest.mark.parametrize(
    "headers, reads, writes",
    [
        ({}, 200, 415),
        ({"Sec-Fetch-Site": "same-origin"}, 200, 415),
        ({"Sec-Fetch-Site": "none"}, 200, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403, 403),
        ({"Origin": "http://localhost"}, 200, 415),
        ({"Origin": "http://localhost:3000"}, 403, 403),
        ({"Origin": "https://localhost"}, 403, 403),
        ({"Origin": "null"}, 403, 403),
        ({"Origin": "https://evil.example"}, 403, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403, 403),
    ],
)
def test_other_sites_are_refused(client: FlaskClient, headers: dict[str, str], reads: int, writes: int) -> None:
    assert client.get("/", headers=headers).status_code == reads
    assert client.post("/api/v1/preview", headers=headers).status_code == writes


def test_a_post_without_its_token_is_refused(site: Site) -> None:
    client = site.app.test_client()
    assert client.post("/h/home/pause", data={"do": "pause"}).status_code == 400
    assert client.post("/h/home/pause", data={"do": "pause", "csrf_token": "made-up"}).status_code == 400
    stranger = post(site.app.test_client(), "/h/home/pause", do="pause")
    assert stranger.status_code == 303
    token = client.get("/h/home/").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    other = site.app.test_client()
    other.get("/h/home/")
    assert other.post("/h/home/pause", data={"do": "pause", "csrf_token": token}).status_code == 400


def test_the_cookie_is_strict(client: FlaskClient) -> None:
    cookie = client.get("/h/home/").headers["Set-Cookie"]
    assert cookie.startswith("sluice=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_the_api_ignores_cookies(client: FlaskClient) -> None:
    client.get("/h/home/")
    told = client.get("/api/v1/customers")
    assert told.status_code == 200
    assert "Set-Cookie" not in told.headers
