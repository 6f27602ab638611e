"""Carries out the next step of whatever run is due: any number of workers may call it."""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, assert_never

from structlog.contextvars import bound_contextvars

from catalogue import runs
from catalogue.database import Catalogue
from catalogue.errors import CatalogueUnavailable, Collision, Conflict
from catalogue.runs import Run, RunKind, RunState
from indexer import rebuild, reconcile, rollback
from indexer.leases import give_back, renewed
from indexer.synchronise import LEASE, RETRY_AFTER
from search.engine import IndexWriter
from search.errors import EngineError, EngineFault, EngineForbidden, IndexIncompatible, IndexMissing

_log: Final = logging.getLogger(__name__)

# A step that killed its worker so many times is not tried again. More than a rebuild takes to leave out one record.
_MOST_LOSSES: Final = 10


def advance(catalogue: Catalogue, writer: IndexWriter, *, lease: timedelta = LEASE) -> bool:
    """Whether there was a step to carry out.

    A step that fails because the engine cannot be reached waits and is done again; any other failure ends the run, and
    the index is in use as before. Raises EngineError and CatalogueError.
    """
    moment = datetime.now(UTC)
    with catalogue.read() as session:
        if not runs.is_any_due(session, now=moment):
            return False
    with catalogue.write() as session:
        run = runs.claim(session, now=moment, lease=lease)
    if run is None:
        return False
    if run.losses > _MOST_LOSSES:
        _fail(catalogue, run, f"Whoever carried out its step died, {run.losses} times in a row")
        return True
    with bound_contextvars(run=run.id), renewed(lambda: _renew(catalogue, run, lease), lease):
        try:
            _step(catalogue, writer, run, lease)
        except Collision as e:  # somebody else's work in the catalogue, and no fault of the run
            give_back(partial(_postpone, catalogue, run, str(e)))
        except (IndexMissing, IndexIncompatible, EngineFault, EngineForbidden, Conflict) as e:
            give_back(partial(_fail, catalogue, run, str(e)))
        except (EngineError, CatalogueUnavailable) as e:
            give_back(partial(_postpone, catalogue, run, str(e)))
            raise
        except Exception as e:
            give_back(partial(_fail, catalogue, run, str(e)))
            raise
    return True


def _step(catalogue: Catalogue, writer: IndexWriter, run: Run, lease: timedelta) -> None:
    match run.kind:
        case RunKind.REBUILD:
            rebuild.step(catalogue, writer, run, lease=lease)
        case RunKind.ROLLBACK:
            rollback.step(catalogue, writer, run)
        case RunKind.RECONCILE:
            reconcile.step(catalogue, writer, run)
        case _:
            assert_never(run.kind)


def _renew(catalogue: Catalogue, run: Run, lease: timedelta) -> bool:
    with catalogue.write() as session:
        return runs.renew(session, run, now=datetime.now(UTC), lease=lease)


def _fail(catalogue: Catalogue, run: Run, reason: str) -> None:
    with catalogue.write() as session:
        if runs.finish(session, run, RunState.FAILED, error=reason):
            _log.error("The %s number %d failed: %s", run.kind, run.id, reason)
        else:
            runs.forgive(session, run)


def _postpone(catalogue: Catalogue, run: Run, reason: str) -> None:
    with catalogue.write() as session:
        if not runs.postpone(session, run, retry_at=datetime.now(UTC) + RETRY_AFTER, reason=reason):
            runs.forgive(session, run)
