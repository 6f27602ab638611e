"""Migrations of the catalogue's tables, run by Alembic from the scripts in `catalogue/migrations`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from catalogue.errors import CatalogueUnavailable


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision, inside the connection's transaction.

    Raises CatalogueUnavailable where a newer release of this service has migrated the database.
    """
    try:
        command.upgrade(_config(connection), revision)
    except CommandError as error:
        raise CatalogueUnavailable(
            f"The catalogue's tables are at revision {current(connection)}, which this release does not know. "
            f"Run the newer release, or restore the backup from before it: {error}"
        ) from error


def downgrade(connection: Connection, revision: str) -> None:
    """Take the tables back to a revision ("base": no tables), inside the connection's transaction."""
    command.downgrade(_config(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision that the tables are at, None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision that this release knows."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def revisions() -> list[str]:
    """Every revision that this release knows, the oldest first."""
    scripts = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return [script.revision for script in scripts][::-1]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config
