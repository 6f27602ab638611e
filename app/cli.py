"""The command `belong`. Its parts are imported late, so that --help is quick."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from bootstrap.services import Services

_LOOK_EVERY: Final = 0.2  # seconds

Progress = Callable[[int, int], None]

_as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The discovery service of the Belong library.

    Settings come from the environment: HOST, PORT, BELONG_DATA and those in docs/operations.md.
    """


@main.command()
def serve() -> None:
    """Serve the library. An empty catalogue gets the sample library first."""
    from app.server import Server
    from catalogue.intake.sample import SAMPLE

    with _services() as services:
        if _is_empty(services):
            click.echo("The catalogue is empty: loading the sample library.", err=True)
            _import(services, SAMPLE)
        with _progress("Indexing") as on_progress:
            services.indexer.try_work(on_progress)
        settings = services.settings
    Server(settings).run()


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@_as_json
def import_command(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Add the records of FILE (JSON Lines or CSV) to the catalogue, and to the index.

    A record that is there already is changed, or left as it is. Exit status: 0, or 1 if any line was refused.
    """
    with _services() as services:
        report = _import(services, file, dry_run=dry_run)
        from catalogue.intake.report import render

        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if as_json else render(report))
        if not dry_run:
            _bring_up_to_date(services)
    sys.exit(1 if report.refused.total else 0)


@main.command()
@_as_json
def reindex(*, as_json: bool) -> None:
    """Make the index anew from the catalogue. Searches go on meanwhile."""
    with _services() as services:
        with _progress("Indexing") as on_progress:
            if not services.indexer.try_work(on_progress, anew=True):
                _follow_rebuild(services, on_progress)
        generation = services.engine.generation()
        done = {"index": generation, "records": _count(services)}
    click.echo(json.dumps(done) if as_json else f"{done['records']:,} records are indexed anew, as {generation}.")


@main.command()
@click.argument("words", nargs=-1)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True, help="How many results.")
@_as_json
def search(words: tuple[str, ...], *, size: int, as_json: bool) -> None:
    """Search the library for WORDS, in the query language of the pages."""
    from app.api.bodies import search_body
    from search.language.reader import read_query
    from search.request import SearchRequest

    with _services() as services:
        request = SearchRequest(query=read_query(" ".join(words)), size=size)
        page = services.discovery.search(request)
    if as_json:
        click.echo(json.dumps(search_body(page), ensure_ascii=False, indent=2))
        return
    if page.found_as_asked is not None:
        click.echo("These resources have some of the words only, the best first:")
    for hit in page.hits:
        byline = hit.shown.responsibility or ", ".join(c.label for c in hit.shown.contributors)
        click.echo(f"{hit.shown.title}\n    {' · '.join(filter(None, [byline, hit.shown.date, hit.id]))}")
    click.echo(f"{page.total:,} {'resource' if page.total == 1 else 'resources'}")


@main.command()
@_as_json
def status(*, as_json: bool) -> None:
    """Say how many records there are, and how far the index is behind."""
    from app.status import read_status

    with _services() as services:
        now = read_status(services)
    if as_json:
        click.echo(json.dumps(now))
        return
    click.echo(f"Records: {now['records']:,}\nIndex: {now['index'] or 'none'}")
    behind = f"{now['pending']:,} changes are on their way" if now["pending"] else "the index is up to date"
    click.echo(f"Freshness: {behind}")


@contextmanager
def _services() -> "Iterator[Services]":
    """The services, with a migrated catalogue; what goes wrong is one sentence and exit status 2."""
    from bootstrap.services import build_services
    from bootstrap.settings import SettingsError, read_settings
    from catalogue.errors import CatalogueError
    from search.errors import SearchError

    try:
        settings = read_settings()
        settings.data.mkdir(parents=True, exist_ok=True)
        services = build_services(settings)
        services.catalogue.migrate()
        try:
            yield services
        finally:
            services.catalogue.dispose()
    except (SettingsError, CatalogueError, SearchError, OSError) as e:
        click.echo(f"belong: {e}", err=True)
        sys.exit(2)


def _import(services: "Services", file: Path, *, dry_run: bool = False) -> Any:  # noqa: ANN401
    from catalogue.intake.importer import import_file

    with _progress("Importing") as on_progress:
        return import_file(
            services.catalogue, file, dry_run=dry_run, on_progress=lambda done: on_progress(done, 0)
        )


def _bring_up_to_date(services: "Services") -> None:
    """Index what is pending, or follow the process that does."""
    with _progress("Indexing") as on_progress:
        if services.indexer.try_work(on_progress):
            return
        first = left = _pending(services)
        while left:
            first = max(first, left)
            on_progress(first - left, first)
            time.sleep(_LOOK_EVERY)
            left = _pending(services)


def _follow_rebuild(services: "Services", on_progress: Progress) -> None:
    """Ask the process that is the indexer for a rebuild, and wait for its end."""
    from catalogue import requests
    from catalogue.requests import RequestState

    with services.catalogue.write() as session:
        number = requests.request_rebuild(session)
    while True:
        with services.catalogue.read() as session:
            request = requests.get(session, number)
        on_progress(request.done, request.total or 0)
        if request.state is RequestState.DONE:
            return
        if request.state is RequestState.FAILED:
            raise click.ClickException(f"The rebuild failed: {request.error}")
        time.sleep(_LOOK_EVERY)


def _pending(services: "Services") -> int:
    from catalogue import pending

    with services.catalogue.read() as session:
        return pending.status(session).count


def _count(services: "Services") -> int:
    from catalogue import records

    with services.catalogue.read() as session:
        return records.count(session)


def _is_empty(services: "Services") -> bool:
    from catalogue import records

    with services.catalogue.read() as session:
        return records.is_empty(session)


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    """A line on standard error that follows the work, at a terminal only."""
    shown = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if shown:
            share = f"{done:,} of {total:,}" if total else f"{done:,}"
            click.echo(f"\r{what}: {share}\033[K", nl=False, err=True)

    yield show
    if shown:
        click.echo("\r\033[K", nl=False, err=True)
