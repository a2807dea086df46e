"""The JSON API under /api/v1: one operation table, its handlers, and the OpenAPI document made from it (ruling 36)."""
