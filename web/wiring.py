"""Put the pages, the API, the gate and the error pages on a Flask application."""

from typing import Final

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from engine.services import Services
from web.api.dispatch import api_blueprint
from web.faults import register_faults
from web.investwords import register_invest_words
from web.pages.routes import pages_blueprint
from web.present import register_filters
from web.security import register_gate

MAX_BODY: Final = 1024 * 1024
MAX_PARTS: Final = 1000


def register(app: Flask, services: Services) -> None:
    """Serve everything from `app`, which must be named "web" and have its secret key set.

    Loopback only until sign-in exists (ruling 61): see `web.security`.
    """
    app.config.update(
        SERVICES=services,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_PARTS,
        SESSION_COOKIE_NAME="sluice",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    register_gate(app)
    api = api_blueprint(services)
    CSRFProtect(app).exempt(api)
    app.register_blueprint(api)
    app.register_blueprint(pages_blueprint(services))
    register_filters(app, services)
    register_invest_words(app)
    register_faults(app)
