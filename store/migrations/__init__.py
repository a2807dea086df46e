"""The revisions of the tables, and what alembic needs to run them."""
