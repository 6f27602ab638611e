"""Celery's two kinds of process: workers, and the one that keeps the schedule."""

from typing import Any

from celery import Celery, signals

from bootstrap.logs import set_up_logging
from bootstrap.settings import Settings
from tasks.app import make_app


def run_worker(settings: Settings, *, processes: int) -> int:
    """Index whatever is due until SIGTERM, which lets tasks under way finish; the exit status. Raises SettingsError."""
    worker = _logging(settings, make_app(settings)).Worker(
        hostname="worker@",  # and the machine's name: who asks whether it is well has to know it
        concurrency=processes,
        # Workers have nothing to say to each other: the catalogue's leases keep them apart.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def run_beat(settings: Settings) -> None:
    """Keep the schedule until SIGTERM. A second one does no harm: what it asks for twice is done once.

    Raises SettingsError.
    """
    # Without a file of its own: a restart repeats a sweep, and no night is missed by one.
    app = _logging(settings, make_app(settings))
    app.Beat(scheduler_cls="celery.beat:Scheduler", remote_control=True, quiet=True).run()


def _logging(settings: Settings, app: Celery) -> Celery:
    """The application, whose processes write their log as the servers do."""

    def set_up(**_: Any) -> None:  # noqa: ANN401 - the signal's
        set_up_logging(settings)

    signals.setup_logging.connect(set_up, weak=False)  # keeps Celery from setting up another one
    set_up()  # and before, for what it has to say as it starts
    return app
