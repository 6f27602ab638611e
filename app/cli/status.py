"""`belong status`."""

import json
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import as_json_too, opened_services
from app.cli.progress import duration, progress_text

if TYPE_CHECKING:
    from app.status import Status
    from bootstrap.services import Services

_NO_INDEX: Final = "there is no index that can be searched"


@click.command()
@as_json_too
def status(*, as_json: bool) -> None:
    """Say how many records there are, and how far the index is behind.

    Exit status: 0; 2 where the catalogue cannot be read.
    """
    from app.status import read_status

    with opened_services() as services:
        now = read_status(services.catalogue, index=_searchable(services))
    click.echo(json.dumps(now) if as_json else "\n".join([*_told(now), f"Data: {services.settings.data}"]))


def _searchable(services: "Services") -> str | None:
    from app.status import searchable_generation
    from search.errors import EngineError

    try:
        return searchable_generation(services.engine)
    except EngineError:
        return None


def _told(now: "Status") -> list[str]:
    lines = [
        f"Records: {now['records']:,}",
        f"Index: {now['index'] or 'none'}",
        f"Freshness: {_freshness(now) if now['index'] else _NO_INDEX}",
    ]
    if now["dead_letters"]:
        lines.append(f"Not taken by the index: {now['dead_letters']:,} (belong dead-letters list)")
    if now["stopped"] is not None:
        lines.append(f"Indexing is stopped since {now['stopped']['since']}: {now['stopped']['reason']}")
    if (run := now["run"]) is not None:
        share = progress_text(run["done"], run["total"] or 0, run["per_second"] or 0.0)
        waits = f", waits: {run['error']}" if run["error"] else ""
        lines.append(f"Under way: {run['kind']} number {run['number']}, {run['state']}, {share}{waits}")
    return lines


def _freshness(now: "Status") -> str:
    if not now["pending"]:
        return "the index is up to date"
    changes = "1 change is on its way" if now["pending"] == 1 else f"{now['pending']:,} changes are on their way"
    return f"{changes}, the oldest for {duration(now['oldest_pending_seconds'] or 0.0)}"
