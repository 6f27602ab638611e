"""What Alembic runs for every command: migrates over the connection that `catalogue.schema` hands in."""

from alembic import context

from catalogue.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite too: the catalogue begins its transactions itself
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
