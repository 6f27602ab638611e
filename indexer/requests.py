"""Asks for a rebuild where somebody who works on the index finds that nothing less will do."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue import runs
from catalogue.database import Catalogue
from catalogue.errors import AlreadyRunning
from catalogue.runs import RunKind, RunState

_log: Final = logging.getLogger(__name__)

# After a rebuild that failed, or one of his own that a person cancelled, nobody begins another by himself for so long.
_PATIENCE: Final = timedelta(seconds=60)


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
        if ended_badly and datetime.now(UTC) < last.finished_at + _PATIENCE:
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
