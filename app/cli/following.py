"""Waits for the index: this process does the work, or follows the one that does."""

import time
from typing import TYPE_CHECKING, Final

from app.cli.frame import fail
from app.cli.progress import Progress, progress

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.pending import PendingStatus
    from catalogue.runs import Run

_LOOK_EVERY: Final = 0.2  # seconds


def bring_up_to_date(services: "Services") -> None:
    """Index what is pending, or follow the process that does; what comes in from now on is not waited for."""
    from datetime import UTC, datetime

    until = datetime.now(UTC)
    first = 0
    with progress("Indexing") as on_progress:
        while True:
            worked = services.indexer.catch_up(lambda: show_run(services, on_progress))
            waiting = _pending(services)
            if worked or waiting.oldest_since is None or waiting.oldest_since > until:
                return
            first = max(first, waiting.count)
            on_progress(first - waiting.count, first)
            time.sleep(_LOOK_EVERY)


def follow(services: "Services", number: int) -> "Run":
    """The run when it has ended well: whoever is the indexer carries it out, or this process if nobody is."""
    from catalogue import runs
    from catalogue.runs import RunState

    with progress("Indexing") as on_progress:
        while True:
            with services.catalogue.read() as session:
                run = runs.get(session, number)
            on_progress(run.done, run.total or 0)
            if run.is_ended:
                break
            if not services.indexer.catch_up(lambda: show_run(services, on_progress)):
                time.sleep(_LOOK_EVERY)
    if run.state is not RunState.DONE:
        fail(f"The {run.kind} number {run.id} is {run.state}{f': {run.error}' if run.error else ''}")
    return run


def show_run(services: "Services", on_progress: Progress) -> None:
    """How far the oldest run under way is."""
    from catalogue import runs

    with services.catalogue.read() as session:
        for run in runs.unfinished(session)[:1]:
            on_progress(run.done, run.total or 0)


def _pending(services: "Services") -> "PendingStatus":
    from catalogue import pending

    with services.catalogue.read() as session:
        return pending.status(session)
