"""What alembic runs: the revisions, on the connection and in the transaction that `store.migrate` opened."""

from __future__ import annotations

from alembic import context

from store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
