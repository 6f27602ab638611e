"""`belong resync`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from app.cli.frame import as_json_too, opened_services
from app.cli.progress import progress
from app.cli.refusals import end_marking, known_letters

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.resync import Selection


class _Moment(click.ParamType[datetime]):
    """A date or a time in UTC that is not in the future."""

    name = "date"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Called by click."""
        if isinstance(value, datetime):
            return value
        moment = _parsed(value)
        if moment is None or moment > datetime.now(UTC):
            limit = "a date that is not in the future, such as 2026-03-01, or a time such as 2026-03-01T09:30 (UTC)"
            self.fail(f"it is {value!r}, but has to be {limit}", param, ctx)
        return moment


@click.command()
@click.argument("records", nargs=-1, metavar="[ID]...")
@click.option("--theme", "themes", multiple=True, help="All about a theme or one below it; its id or label.")
@click.option("--type", "types", multiple=True, help="All of a type.")
@click.option("--author", "authors", multiple=True, help="All by a person or an organisation.")
@click.option("--publisher", "publishers", multiple=True, help="All of a publisher.")
@click.option("--since", type=_Moment(), help="All that changed since a date, or a time in UTC.")
@click.option("--detach", is_flag=True, help="Leave it to a running server or worker, and do not wait.")
@as_json_too
def resync(
    records: tuple[str, ...],
    *,
    themes: tuple[str, ...],
    types: tuple[str, ...],
    authors: tuple[str, ...],
    publishers: tuple[str, ...],
    since: datetime | None,
    detach: bool,
    as_json: bool,
) -> None:
    """Write records to the index again: those with these IDs, and all that any option names.

    For records of which the index shows something else than the catalogue. Exit status: 0; 1 if the index refused any;
    2 where something named is not known, and then nothing is done, or the index takes nothing just now.
    """
    from catalogue.resync import Selection

    if not (records or themes or types or authors or publishers or since):
        raise click.UsageError("Name records, or say which by an option. All of them: belong reindex.")
    wanted = Selection(records=records, themes=themes, types=types, authors=authors, publishers=publishers, since=since)
    with opened_services() as services:
        before = known_letters(services)
        marked = _mark(services, wanted)
        end_marking(services, marked, before, key="marked", told="to be indexed again", detach=detach, as_json=as_json)


def _mark(services: "Services", wanted: "Selection") -> int:
    from catalogue import resync

    with services.catalogue.read() as session:
        ids = resync.selected(session, wanted)
    with progress() as line:
        for done in resync.mark(services.catalogue, ids):
            line.show("Marking", done, len(ids))
    return len(ids)


def _parsed(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
