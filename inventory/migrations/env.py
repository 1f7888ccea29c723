"""What Alembic runs: our connection, our metadata, tables rebuilt where SQLite can't alter."""

from alembic import context

from inventory.migrations.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
