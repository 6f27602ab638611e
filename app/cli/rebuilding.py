"""`belong reindex`."""

import json

import click

from app.cli.following import follow
from app.cli.frame import as_json_too, opened_services


@click.command()
@as_json_too
def reindex(*, as_json: bool) -> None:
    """Make the index anew from the catalogue. Searches go on meanwhile.

    Exit status: 0; 2 where it cannot be made: the old index is in use as before.
    """
    from catalogue import runs
    from catalogue.runs import RunKind

    with opened_services() as services:
        with services.catalogue.write() as session:
            number = runs.start(session, RunKind.REBUILD, started_by=_who())
        run = follow(services, number)
        done = {"run": number, "index": run.generation, "records": run.done}
    click.echo(json.dumps(done) if as_json else f"{run.done:,} records are indexed anew, as {run.generation}.")


def _who() -> str:
    """Who gives this command, as the history of runs will say."""
    import getpass

    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):  # a user without a name
        return "the command line"
