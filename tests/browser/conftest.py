"""The site of tests/web, for these tests too."""

from tests.web.conftest import built, client, site

__all__ = ["built", "client", "site"]
