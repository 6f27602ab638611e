"""What all commands have in common: the services they run on, how they end, and what they answer in."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from bootstrap.services import Services

# Exit statuses, as the texts of --help tell them. 2 is also click's for a wrong command line.
REFUSED: Final = 1
DRIFT: Final = 1
FAILED: Final = 2
INTERRUPTED: Final = 128 + signal.SIGINT

as_json_too = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@contextmanager
def opened_services() -> "Generator[Services]":
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
        fail(str(e))
    except OSError as e:
        fail(f"{e.filename}: {e.strerror}" if e.filename else str(e))
    except KeyboardInterrupt:
        click.echo("\nbelong: stopped. What was done is kept; the same command goes on.", err=True)
        sys.exit(INTERRUPTED)


def fail(message: str) -> NoReturn:
    """End with exit status 2 and a sentence on standard error."""
    click.echo(f"belong: {message}", err=True)
    sys.exit(FAILED)


def who() -> str:
    """Who gives this command, as the history of runs and the audit log will say."""
    import getpass

    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):  # a user without a name
        return "the command line"
