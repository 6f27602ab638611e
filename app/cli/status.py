"""`belong status`."""

import json
from typing import TYPE_CHECKING

import click

from app.cli.frame import as_json_too, opened_services
from app.cli.progress import progress_text
from app.durations import duration

if TYPE_CHECKING:
    from app.status import Status
    from bootstrap.services import Services


@click.command()
@as_json_too
def status(*, as_json: bool) -> None:
    """Say how many records there are, and how far the index is behind.

    Exit status: 0; 2 where the catalogue cannot be read.
    """
    from app.status import read_status

    with opened_services() as services:
        index, trouble = _searchable(services)
        now = read_status(services.catalogue, index=index, place=services.settings.index_place)
    if as_json:
        click.echo(json.dumps({**now, "trouble": trouble}))
    else:
        click.echo("\n".join([*_told(now, trouble), f"Data: {services.settings.data}"]))


def _searchable(services: "Services") -> tuple[str | None, str | None]:
    """The generation that answers searches, or else why none does."""
    from app.status import searchable_generation
    from search.errors import EngineError

    try:
        return searchable_generation(services.engine), None
    except EngineError as e:
        return None, str(e)


def _told(now: "Status", trouble: str | None) -> list[str]:
    lines = [f"Records: {now['records']:,}", f"Index: {now['index'] or 'none'}", f"Freshness: {_freshness(now)}"]
    if trouble is not None:
        lines.append(f"Trouble: {trouble}")
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
    if now["outdated"]:
        return "searches show an older state of the library until the index is rebuilt"
    if now["index"] is None:
        return f"there is no index that can be searched{f'; {_waiting(now)}' if now['pending'] else ''}"
    return _waiting(now) if now["pending"] else "the index is up to date"


def _waiting(now: "Status") -> str:
    changes = "1 change is on its way" if now["pending"] == 1 else f"{now['pending']:,} changes are on their way"
    return f"{changes}, the oldest for {duration(now['oldest_pending_seconds'] or 0.0)}"
