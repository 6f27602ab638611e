"""Finds out when a rebuild or a comparison is wanted that no person has asked for."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue import generations, runs
from catalogue.database import Catalogue
from catalogue.errors import AlreadyRunning
from catalogue.generations import GenerationState
from catalogue.runs import RunKind, RunState

_log: Final = logging.getLogger(__name__)

# After a rebuild that failed, or one of his own that a person cancelled, nobody begins another by himself for so long.
_PATIENCE: Final = timedelta(seconds=60)

# Where nobody has asked for a comparison every night. Longer than a day, so that each keeps its hour.
_OVERDUE: Final = timedelta(hours=25)


def request_rebuild(
    catalogue: Catalogue, reason: str, *, started_by: str = "the indexer", report_first: bool = False
) -> bool:
    """Whether a rebuild was asked for: not while one is under way, nor soon after one that ended badly.

    With `report_first` a reconciliation goes before it, so that what differed can be read afterwards.
    """
    with catalogue.read() as session:
        last = runs.last(session, RunKind.REBUILD)
    if last is not None:
        if last.finished_at is None:
            return False
        ended_badly = last.state is RunState.FAILED or (
            last.state is RunState.CANCELLED and last.started_by == started_by
        )
        if ended_badly and abs(datetime.now(UTC) - last.finished_at) < _PATIENCE:
            return False
    try:
        with catalogue.write() as session:
            if report_first and not runs.is_under_way(session, RunKind.RECONCILE):
                runs.start(session, RunKind.RECONCILE, started_by=started_by)
            runs.start(session, RunKind.REBUILD, started_by=started_by)
    except AlreadyRunning as e:
        _log.info("%s", e)
        return False
    _log.info("The index is made anew: %s", reason)
    return True


def is_comparison_overdue(catalogue: Catalogue) -> bool:
    """Whether no comparison of index and catalogue was asked for in more than a day, however the last one ended."""
    with catalogue.read() as session:
        last = runs.last(session, RunKind.RECONCILE)
        active = generations.in_state(session, GenerationState.ACTIVE)
    since = last.requested_at if last is not None else active.activated_at if active is not None else None
    return since is not None and abs(datetime.now(UTC) - since) > _OVERDUE
