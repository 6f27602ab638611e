"""`belong import`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.following import bring_up_to_date
from app.cli.frame import REFUSED, as_json_too, opened_services
from app.cli.progress import progress
from app.cli.refusals import known_letters, refused_by_index, refused_since

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.intake.report import ImportReport


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@as_json_too
def import_command(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Add the records of FILE (JSON Lines or CSV) to the catalogue, and to the index.

    A record that is there already is changed, or left as it is. An import that was interrupted can be repeated. Exit
    status: 0; 1 if any line was refused, or a record by the index; 2 where FILE or the catalogue cannot be used, or the
    index takes nothing just now: what was imported is kept, and indexed later.
    """
    from catalogue.intake.report import render

    with opened_services() as services:
        before = known_letters(services)
        report = import_with_progress(services, file, dry_run=dry_run)
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if as_json else render(report))
        if not dry_run:
            bring_up_to_date(services)
        refused = 0 if dry_run else refused_since(services, before)
    if refused:
        click.echo(refused_by_index(refused), err=True)
    sys.exit(REFUSED if report.refused.total or refused else 0)


def import_with_progress(services: "Services", file: Path, *, dry_run: bool = False) -> "ImportReport":
    """What an import did, shown as it goes on. Raises OSError and CatalogueError."""
    from catalogue.intake.importer import import_file

    with progress() as line:
        return import_file(
            services.catalogue, file, dry_run=dry_run, on_progress=lambda done: line.show("Importing", done)
        )
