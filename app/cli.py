"""The command `belong`. Its parts are imported late, so that --help is quick."""

import json
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.intake.report import ImportReport
    from catalogue.pending import PendingStatus
    from catalogue.runs import Run
    from search.request import Query

_LOOK_EVERY: Final = 0.2  # seconds

# Exit statuses, as the texts of --help tell them. 2 is also click's for a wrong command line.
_REFUSED: Final = 1
_FAILED: Final = 2
_INTERRUPTED: Final = 128 + signal.SIGINT

Progress = Callable[[int, int], None]

_as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The discovery service of the Belong library.

    Settings come from the environment: HOST, PORT, BELONG_DATA and those in docs/operations.md.

    Exit status: 0 done; 1 an import refused some lines; 2 not done, and standard error says why; 130 stopped by Ctrl+C.
    """


@main.command()
def serve() -> None:
    """Serve the library at HOST and PORT, until SIGTERM or Ctrl+C.

    An empty catalogue gets the sample library first, and an index that is missing, damaged or of an older format is
    made anew. Exit status: 0 after SIGTERM or Ctrl+C; 2 where it cannot be served.
    """
    from app.listening import CannotListen, open_listener
    from app.server import Server

    with _services() as services:
        settings = services.settings
        try:
            # First of all: whoever starts a second server by mistake is told so at once.
            listener = open_listener(settings.host, settings.port)
        except CannotListen as e:
            _fail(str(e))
        _prepare(services)
    Server(settings, listener).run()


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@_as_json
def import_command(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Add the records of FILE (JSON Lines or CSV) to the catalogue, and to the index.

    A record that is there already is changed, or left as it is. An import that was interrupted can be repeated. Exit
    status: 0; 1 if any line was refused; 2 where FILE or the catalogue cannot be used.
    """
    from catalogue.intake.report import render

    with _services() as services:
        report = _import(services, file, dry_run=dry_run)
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if as_json else render(report))
        if not dry_run:
            _bring_up_to_date(services)
    sys.exit(_REFUSED if report.refused.total else 0)


@main.command()
@_as_json
def reindex(*, as_json: bool) -> None:
    """Make the index anew from the catalogue. Searches go on meanwhile.

    Exit status: 0; 2 where it cannot be made: the old index is in use as before.
    """
    from catalogue import runs
    from catalogue.runs import RunKind

    with _services() as services:
        with services.catalogue.write() as session:
            number = runs.start(session, RunKind.REBUILD, started_by=_who())
        run = _follow(services, number)
        done = {"run": number, "index": run.generation, "records": run.done}
    click.echo(json.dumps(done) if as_json else f"{run.done:,} records are indexed anew, as {run.generation}.")


@main.command()
@click.argument("words", nargs=-1)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True, help="How many results.")
@_as_json
def search(words: tuple[str, ...], *, size: int, as_json: bool) -> None:
    """Search the library for WORDS, in the query language of the pages; without words, everything.

    Put -- before words that begin with a minus. Exit status: 0, also where nothing is found; 2 where search is not
    possible.
    """
    from app.api.bodies import search_body
    from search.errors import IndexMissing
    from search.request import SearchRequest

    query = _read_words(words)
    with _services() as services:
        try:
            page = services.discovery.search(SearchRequest(query=query, size=size))
        except IndexMissing as e:
            _fail(f"{e}: belong reindex makes one, and so does belong serve")
    if as_json:
        click.echo(json.dumps(search_body(page), ensure_ascii=False, indent=2))
        return
    if page.found_as_asked is not None:
        click.echo("These resources have some of the words only, the best first:")
    for hit in page.hits:
        byline = hit.shown.responsibility or ", ".join(c.label for c in hit.shown.contributors)
        click.echo(f"{hit.shown.title}\n    {' · '.join(filter(None, [byline, hit.shown.date, hit.id]))}")
    click.echo(f"{page.total:,} {'resource' if page.total == 1 else 'resources'}")
    if page.suggestion is not None:
        click.echo(f"Did you mean {page.suggestion.text}? ({page.suggestion.total:,})")


@main.command()
@_as_json
def status(*, as_json: bool) -> None:
    """Say how many records there are, and how far the index is behind.

    Exit status: 0; 2 where the catalogue cannot be read.
    """
    from app.status import read_status

    with _services() as services:
        now = read_status(services)
    if as_json:
        click.echo(json.dumps(now))
        return
    click.echo(f"Records: {now['records']:,}\nIndex: {now['index'] or 'none'}")
    behind = f"{now['pending']:,} changes are on their way" if now["pending"] else "the index is up to date"
    click.echo(f"Data: {services.settings.data}")
    click.echo(f"Freshness: {behind if now['index'] else 'there is no index that can be searched'}")


@contextmanager
def _services() -> "Generator[Services]":
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
    except BrokenPipeError:  # `belong search | head`: click ends quietly
        raise
    except (SettingsError, CatalogueError, SearchError) as e:
        _fail(str(e))
    except OSError as e:
        _fail(f"{e.filename}: {e.strerror}" if e.filename else str(e))
    except KeyboardInterrupt:
        click.echo("\nbelong: stopped. What was done is kept; the same command goes on.", err=True)
        sys.exit(_INTERRUPTED)


def _fail(message: str) -> NoReturn:
    click.echo(f"belong: {message}", err=True)
    sys.exit(_FAILED)


def _prepare(services: "Services") -> None:
    """Fill an empty catalogue, and bring the index up to date unless another process is at it."""
    from catalogue.intake.sample import SAMPLE
    from search.errors import EngineError

    if _is_empty(services):
        click.echo("The catalogue is empty: loading the sample library.", err=True)
        _import(services, SAMPLE)
    try:
        with _progress("Indexing") as on_progress:
            services.indexer.catch_up(lambda: _show_run(services, on_progress))
    except EngineError as e:  # record pages work without it, and the server's own indexer tries again
        click.echo(f"belong: search is not ready: {e}", err=True)


def _read_words(words: tuple[str, ...]) -> "Query":
    from search.language.policy import MAX_QUERY_LENGTH
    from search.language.reader import read_query

    text = " ".join(words)
    if len(text) > MAX_QUERY_LENGTH:
        _fail(f"The query has {len(text):,} characters, but can have {MAX_QUERY_LENGTH:,} at most")
    try:
        text.encode()
    except UnicodeEncodeError:
        _fail("The query is not text in UTF-8")
    return read_query(text)


def _import(services: "Services", file: Path, *, dry_run: bool = False) -> "ImportReport":
    from catalogue.intake.importer import import_file

    with _progress("Importing") as on_progress:
        return import_file(services.catalogue, file, dry_run=dry_run, on_progress=lambda done: on_progress(done, 0))


def _bring_up_to_date(services: "Services") -> None:
    """Index what is pending, or follow the process that does; what comes in from now on is not waited for."""
    from datetime import UTC, datetime

    until = datetime.now(UTC)
    first = 0
    with _progress("Indexing") as on_progress:
        while True:
            worked = services.indexer.catch_up(lambda: _show_run(services, on_progress))
            waiting = _pending(services)
            if worked or waiting.oldest_since is None or waiting.oldest_since > until:
                return
            first = max(first, waiting.count)
            on_progress(first - waiting.count, first)
            time.sleep(_LOOK_EVERY)


def _follow(services: "Services", number: int) -> "Run":
    """The run when it has ended well: whoever is the indexer carries it out, or this process if nobody is."""
    from catalogue import runs
    from catalogue.runs import RunState

    with _progress("Indexing") as on_progress:
        while True:
            with services.catalogue.read() as session:
                run = runs.get(session, number)
            on_progress(run.done, run.total or 0)
            if run.is_ended:
                break
            if not services.indexer.catch_up(lambda: _show_run(services, on_progress)):
                time.sleep(_LOOK_EVERY)
    if run.state is not RunState.DONE:
        _fail(f"The {run.kind} number {run.id} is {run.state}{f': {run.error}' if run.error else ''}")
    return run


def _show_run(services: "Services", on_progress: Progress) -> None:
    """How far the oldest run under way is."""
    from catalogue import runs

    with services.catalogue.read() as session:
        for run in runs.unfinished(session)[:1]:
            on_progress(run.done, run.total or 0)


def _who() -> str:
    """Who gives this command, as the history of runs will say."""
    import getpass

    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):  # a user without a name
        return "the command line"


def _pending(services: "Services") -> "PendingStatus":
    from catalogue import pending

    with services.catalogue.read() as session:
        return pending.status(session)


def _is_empty(services: "Services") -> bool:
    from catalogue import records

    with services.catalogue.read() as session:
        return records.is_empty(session)


@contextmanager
def _progress(what: str) -> Generator[Progress]:
    """A line on standard error that follows the work, at a terminal only."""
    shown = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if shown:
            share = f"{done:,} of {total:,}" if total else f"{done:,}"
            click.echo(f"\r{what}: {share}\033[K", nl=False, err=True)

    yield show
    if shown:
        click.echo("\r\033[K", nl=False, err=True)
