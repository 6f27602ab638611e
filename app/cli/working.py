"""`belong worker` and `belong beat`."""

import sys

import click

from app.cli.frame import opened_services


@click.command()
@click.option(
    "--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="How many work at the same time."
)
def worker(*, processes: int) -> None:
    """Index what changes, as Celery's worker on REDIS_URL, until SIGTERM or Ctrl+C.

    Any number of workers may run, on any machine. Exit status: 0 after SIGTERM or Ctrl+C; 2 where the settings or the
    catalogue cannot be used.
    """
    with opened_services() as services:
        settings = services.settings
        from tasks.processes import run_worker

        services.catalogue.dispose()  # the worker forks
        sys.exit(run_worker(settings, processes=processes))


@click.command()
def beat() -> None:
    """Keep the workers' schedule: a sweep every 15 seconds, a comparison of index and catalogue every night.

    One is enough. Exit status: 0 after SIGTERM or Ctrl+C; 2 where the settings or the catalogue cannot be used.
    """
    with opened_services() as services:
        settings = services.settings
        from tasks.processes import run_beat

        run_beat(settings)
