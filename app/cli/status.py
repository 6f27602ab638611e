"""`belong status`."""

import json

import click

from app.cli.frame import as_json_too, opened_services


@click.command()
@as_json_too
def status(*, as_json: bool) -> None:
    """Say how many records there are, and how far the index is behind.

    Exit status: 0; 2 where the catalogue cannot be read.
    """
    from app.status import read_status

    with opened_services() as services:
        now = read_status(services)
    if as_json:
        click.echo(json.dumps(now))
        return
    click.echo(f"Records: {now['records']:,}\nIndex: {now['index'] or 'none'}")
    behind = f"{now['pending']:,} changes are on their way" if now["pending"] else "the index is up to date"
    click.echo(f"Data: {services.settings.data}")
    click.echo(f"Freshness: {behind if now['index'] else 'there is no index that can be searched'}")
