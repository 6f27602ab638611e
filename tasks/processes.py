"""Celery's two kinds of process: workers, and the one that keeps the schedule."""

import logging
from typing import Any, Final

from celery import Celery, signals

from bootstrap.settings import Settings
from tasks.app import make_app

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# What Celery and the cluster's client say of each message and request that went well.
_CHATTY: Final = ("celery.app.trace", "celery.beat", "celery.worker.strategy", "elastic_transport")


def run_worker(settings: Settings, *, processes: int) -> int:
    """Index whatever is due until SIGTERM, which lets tasks under way finish; the exit status. Raises SettingsError."""
    worker = _logging(make_app(settings)).Worker(
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
    app = _logging(make_app(settings))
    app.Beat(scheduler_cls="celery.beat:Scheduler", remote_control=True, quiet=True).run()


def _logging(app: Celery) -> Celery:
    """The application, whose processes write what is worth reading to standard error and nothing else."""

    def set_up(**_: Any) -> None:  # noqa: ANN401 - the signal's
        logging.basicConfig(level=logging.INFO, format=_FORMAT)
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING if name != "elastic_transport" else logging.ERROR)

    signals.setup_logging.connect(set_up, weak=False)
    return app
