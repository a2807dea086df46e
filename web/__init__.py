"""People and programs: pages, forms and the JSON API, over what `engine.services.Services` hands in (ruling 32)."""

from web.wiring import register

__all__ = ["register"]
