"""`belong engine`."""

import json
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import as_json_too, opened_services

if TYPE_CHECKING:
    from bootstrap.services import Services
    from bootstrap.settings import Settings

_TO_SWITCH: Final = {
    "embedded": "To switch: set ENGINE=elasticsearch and ELASTICSEARCH_URL, and start again: the index is made anew.",
    "elasticsearch": "To switch: set ENGINE=embedded without REDIS_URL, and start again: the index is made anew.",
}


@click.command()
@as_json_too
def engine(*, as_json: bool) -> None:
    """Say which engine searches, where it is, and how to change to the other one.

    Exit status: 0, also where the engine does not answer; 2 where the settings or the catalogue cannot be used.
    """
    with opened_services() as services:
        found = _described(services)
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(f"Engine: {found['engine']}, {found['product'] or 'which does not answer'}")
    click.echo(f"Address: {found['address']}")
    click.echo(f"Index: {found['index'] or 'none'}")
    if found["trouble"] is not None:
        click.echo(f"Trouble: {found['trouble']}")
    click.echo(_TO_SWITCH[str(found["engine"])])


def _described(services: "Services") -> dict[str, str | None]:
    from search.errors import EngineError

    found: dict[str, str | None] = {
        "engine": services.settings.engine.value,
        "address": _address(services.settings),
        "product": None,
        "index": None,
        "trouble": None,
    }
    try:
        found["product"] = services.engine.product()
        found["index"] = services.engine.generation()
    except EngineError as e:
        found["trouble"] = str(e)
    return found


def _address(settings: "Settings") -> str:
    from bootstrap.settings import EngineName

    if settings.engine is EngineName.EMBEDDED:
        return str(settings.index_folder)
    return f"{settings.elasticsearch.address}, alias {settings.elasticsearch.alias}"
