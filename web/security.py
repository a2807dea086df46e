"""Who may ask and what every answer carries: the loopback gate of ruling 61 and the headers of ruling 40."""

import re
from ipaddress import ip_address
from typing import Final

from flask import Flask, Response, request

from ledger.faults import SluiceError

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_DENIED: Final = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
    *("gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "usb"),
)
_ALLOWED: Final = ("publickey-credentials-create", "publickey-credentials-get")

HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([f"{name}=()" for name in _DENIED] + [f"{name}=(self)" for name in _ALLOWED]),
    "Vary": "Cookie, X-Fragment",
}
"""On every response, errors and static files included."""

_HOST: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
_REFUSED: Final = 400
_READS: Final = frozenset({"GET", "HEAD"})


class ForbiddenError(SluiceError):
    """A request that the gate refuses, whatever it asks for."""


def register_gate(app: Flask) -> None:
    """Refuse strangers before anything else is looked at; put the headers on every answer."""
    app.before_request(_gate)
    app.after_request(_secured)


def _gate() -> None:
    """Let in a loopback peer that names a loopback host and comes from no other site."""
    if not _loopback(request.remote_addr or ""):
        raise ForbiddenError("loopback_only", "Sluice answers this machine only until sign-in exists.")
    host = request.headers.get("Host", "")
    if _HOST.fullmatch(host) is None:
        raise ForbiddenError(
            "host_refused", "Open Sluice as localhost, 127.0.0.1 or [::1]; it answers to no other name."
        )
    site = request.headers.get("Sec-Fetch-Site")
    typed = site == "none" and request.method in _READS
    if site not in {None, "same-origin"} and not typed:
        raise ForbiddenError("cross_site", "Another site sent this request; open Sluice in a tab of its own.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"{request.scheme}://{host}".lower():
        raise ForbiddenError("cross_site", "Another site sent this request; open Sluice in a tab of its own.")


def _loopback(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _secured(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static" or response.status_code >= _REFUSED:
        response.headers["Cache-Control"] = "no-store"
    return response
