"""The Celery application: its settings, its tasks and its schedule.

    index       work on whatever is due, for some seconds; sent after each commit, and by itself while there is more
    sweep       the same every 15 seconds: finds what a lost message left, and what has become due since; asks for a
                comparison where the last one is more than a day old, as after a night without beat
    reconcile   every night, ask for a comparison of the index with the catalogue

What there is to do stands in the catalogue, never in a message: one that is lost, or that comes twice, changes nothing.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any, Final

from celery import Celery
from celery.schedules import crontab
from kombu.exceptions import OperationalError

from bootstrap.services import Services, build_services
from bootstrap.settings import Settings, SettingsError
from catalogue import runs
from catalogue.errors import AlreadyRunning, CatalogueError
from catalogue.runs import RunKind
from indexer.requests import is_comparison_overdue
from search.errors import EngineError

_log: Final = logging.getLogger(__name__)

INDEX: Final = "belong.index"
SWEEP: Final = "belong.sweep"
RECONCILE: Final = "belong.reconcile"

# For how long a task works before it gives others a chance: many batches, and far from the end of its visibility.
_TURN: Final = 10.0  # seconds

_EVERY: Final = timedelta(seconds=15)

# When few people search, in UTC.
_AT_NIGHT: Final = crontab(hour="3", minute="0")

# A message that nobody has taken for so long tells nothing that a later one does not. Far more than clocks differ.
_STALE: Final = 3_600  # seconds

# Longer than most tasks take: 10 s, and then what was begun by then. On a slow cluster that may take longer (a write to
# each of three generations has 30 s), and so may a comparison of millions of records. A message that is not
# acknowledged within it comes again, which costs a look at the catalogue: leases keep two from the same work.
_VISIBILITY: Final = 120  # seconds

# A comparison of a million records takes a minute: a task that is at it for so long hangs.
_HANGS: Final = 3_600  # seconds

# How long Redis may take. Waiting for messages is not concerned.
_PATIENCE: Final = 5.0  # seconds


def make_app(settings: Settings, *, patience: float = _PATIENCE) -> Celery:
    """The application on the Redis of these settings; nothing is connected yet.

    `patience` is for how many seconds Redis is waited for. Raises SettingsError where none is set.
    """
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL is not set, but has to be the address of a Redis, as redis://127.0.0.1:6379/0")
    app = Celery("belong", broker=settings.redis_url, set_as_current=False)
    app.conf.update(_configuration(patience))
    _add_tasks(app, settings)
    return app


def _configuration(patience: float) -> dict[str, Any]:
    return {
        "task_default_queue": "belong",
        # A message is done with when its task is: what a dead worker had goes to another one.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_time_limit": _HANGS,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "timezone": "UTC",
        # A message is sent once, and nobody waits for Redis to come back: the schedule sends another one.
        "task_publish_retry": False,
        # A task goes on when Redis is gone: the catalogue's leases keep others from the same work.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": _VISIBILITY,
            # Redelivery took 91 s with kombu's own 10 and 10.
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": patience,
            "socket_connect_timeout": patience,
            "socket_keepalive": True,
            # A worker found out after 50 s, with kombu's own 25, that its connection led nowhere any more.
            "health_check_interval": 5,
            "max_retries": 0,  # else kombu connects anew without end, whatever the setting above says
        },
        "beat_schedule": {
            "sweep": {"task": SWEEP, "schedule": _EVERY, "options": {"expires": _STALE}},
            "reconcile": {"task": RECONCILE, "schedule": _AT_NIGHT},
        },
    }


def send_index(app: Celery) -> None:
    """Let a worker look at the catalogue. Raises kombu's OperationalError where Redis does not take the message."""
    app.send_task(INDEX, expires=_STALE)


def _add_tasks(app: Celery, settings: Settings) -> None:
    @cache  # in each process, when its first task comes: connections do not survive a fork
    def services() -> Services:
        return build_services(settings)

    def work() -> None:
        if _is_more_due(services()):
            with suppress(OperationalError):  # the next sweep goes on
                send_index(app)

    def sweep() -> None:
        _ask_for_overdue_reconciliation(services())
        work()

    def reconcile() -> None:
        _ask_for_reconciliation(services())
        work()

    for name, task in ((INDEX, work), (SWEEP, sweep), (RECONCILE, reconcile)):
        app.task(name=name, shared=False)(task)  # another application, with other settings, has its own


def _is_more_due(services: Services) -> bool:
    """Work for some seconds. Where that is not possible the next sweep tries again: its reason is all to be said."""
    try:
        return services.indexer.work_for(_TURN)
    except (EngineError, CatalogueError) as e:
        _log.warning("Indexing waits: %s", e)
        return False


def _ask_for_overdue_reconciliation(services: Services) -> None:
    try:
        is_overdue = is_comparison_overdue(services.catalogue)
    except CatalogueError as e:
        _log.warning("Whether a comparison is overdue is not known: %s", e)
    else:
        if is_overdue:
            _ask_for_reconciliation(services)


def _ask_for_reconciliation(services: Services) -> None:
    try:
        with services.catalogue.write() as session:
            runs.start(session, RunKind.RECONCILE, started_by="the schedule", repair=True)
    except AlreadyRunning as e:
        _log.info("%s", e)
    except CatalogueError as e:  # the next sweep finds that it is overdue
        _log.warning("No comparison was asked for: %s", e)
