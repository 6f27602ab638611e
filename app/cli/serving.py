"""`belong serve`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from app.cli.following import show_work
from app.cli.frame import fail, opened_services
from app.cli.importing import import_with_progress
from app.cli.progress import progress

if TYPE_CHECKING:
    from bootstrap.services import Services


@click.command()
def serve() -> None:
    """Serve the library at HOST and PORT, until SIGTERM or Ctrl+C.

    An empty catalogue gets the sample library first, and an index that is missing, damaged or of an older format is
    made anew: with REDIS_URL by the workers. Exit status: 0 after SIGTERM or Ctrl+C; 2 where it cannot be served.
    """
    from app.listening import CannotListen, open_listener
    from app.server import Server
    from bootstrap.logs import set_up_logging
    from bootstrap.secret_key import secret_key_of

    with opened_services() as services:
        settings = services.settings
        secret_key_of(settings)  # or each of the processes would fail, and be started again
        try:
            # First of all: whoever starts a second server by mistake is told so at once.
            listener = open_listener(settings.host, settings.port)
        except CannotListen as e:
            fail(str(e))
        _prepare(services)
    set_up_logging(settings)
    Server(settings, listener).run()


def _prepare(services: "Services") -> None:
    """Fill an empty catalogue, and bring the index up to date unless another process is at it."""
    from catalogue.intake.sample import SAMPLE
    from search.errors import EngineError

    if _is_empty(services):
        click.echo("The catalogue is empty: loading the sample library.", err=True)
        import_with_progress(services, SAMPLE)
        if not _has_administrator(services):
            click.echo("Nobody can sign in at /staff/ yet: belong user add NAME --role administrator", err=True)
    if services.settings.redis_url is not None:
        return  # the workers do it
    if _has_no_index(services):
        click.echo("The index is made from the catalogue: about a minute for 30,000 records.", err=True)
    try:
        with progress() as line:
            services.indexer.catch_up(lambda: show_work(services, line))
    except EngineError as e:  # record pages work without it, and the server's own indexer tries again
        click.echo(f"belong: search is not ready: {e}", err=True)


def _is_empty(services: "Services") -> bool:
    from catalogue import records

    with services.catalogue.read() as session:
        return records.is_empty(session)


def _has_no_index(services: "Services") -> bool:
    """Whether the engine has none that changes come to: at the first start, or after it was changed."""
    from catalogue.freshness import read_freshness

    with services.catalogue.read() as session:
        return read_freshness(session, now=datetime.now(UTC), place=services.settings.index_place).index is None


def _has_administrator(services: "Services") -> bool:
    from catalogue import accounts

    with services.catalogue.read() as session:
        return accounts.has_administrator(session)
