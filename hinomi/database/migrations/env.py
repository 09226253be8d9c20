"""Alembic's entry: the revisions run inside the transaction that `migration` holds, whole or not at all."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
