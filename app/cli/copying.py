"""`belong copy-catalogue`."""

import click

from app.cli.frame import opened_services
from app.cli.progress import progress


@click.command("copy-catalogue")
@click.argument("database_url")
def copy_catalogue(database_url: str) -> None:
    """Copy the catalogue into the empty database at DATABASE_URL: from SQLite to PostgreSQL, or back.

    Tables are made there first. Stop the service before, or what is changed meanwhile is not in the copy; then start
    it with the new DATABASE_URL, and it makes its index. A password need not stand in the address: PostgreSQL's
    ~/.pgpass is read. Exit status: 0; 2 where nothing was copied.
    """
    from catalogue import copying
    from catalogue.database import open_catalogue

    with opened_services() as services:
        target = open_catalogue(database_url)
        target.migrate()
        with progress() as line:
            count = copying.copy_catalogue(
                services.catalogue, target, lambda done, total: line.show("Copying", done, total)
            )
        target.dispose()
    click.echo(f"{count:,} records were copied, deleted ones included.")
