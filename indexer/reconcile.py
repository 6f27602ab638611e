"""Compares the active generation with the catalogue, and mends what differs if that is asked for."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from catalogue import generations, runs
from catalogue.database import Catalogue
from catalogue.runs import Run, RunState
from indexer.compare import Drift, compare
from indexer.rebuild import repair
from indexer.requests import request_rebuild
from search.engine import GenerationName, IndexWriter
from search.errors import IndexMissing

_log: Final = logging.getLogger(__name__)

# How many ids of each kind a report names; the counts are always whole.
_NAMED: Final = 1_000


def step(catalogue: Catalogue, writer: IndexWriter, run: Run) -> None:
    """Carry out a reconciliation that the caller holds: one step. Raises EngineError and CatalogueError.

    Where the index has newer versions than the catalogue, the catalogue was restored from an older backup: what else
    the index shows of the lost time can't be told from versions, so that it is made anew.
    """
    with catalogue.read() as session:
        written = generations.written(session)
    if written.active is None:
        raise IndexMissing("There is no index to compare with")
    drift = compare(catalogue, writer, GenerationName(written.active))
    if run.repair and drift.ahead:
        reason = f"it has newer versions than the catalogue, of {', '.join(list(drift.ahead)[:10])}"
        request_rebuild(catalogue, reason, started_by="a reconciliation")
    elif run.repair:
        repair(catalogue, writer, drift, written.names)
    with catalogue.write() as session:
        runs.finish(session, run, RunState.DONE, report=report(drift, generation=written.active, repaired=run.repair))
    if drift.total:
        _log.error(
            "The index differs from the catalogue: %d missing, %d stale, %d ahead, %d ghosts",
            *(len(kind) for kind in (drift.missing, drift.stale, drift.ahead, drift.ghosts)),
        )


def report(drift: Drift, *, generation: str, repaired: bool) -> Mapping[str, Any]:
    """A drift in JSON: for each kind the count, and the first thousand ids with their versions.

    `held` has the index's versions of those among them that are stale or ahead.
    """
    kinds = {"missing": drift.missing, "stale": drift.stale, "ahead": drift.ahead, "ghosts": drift.ghosts}
    named = {kind: dict(list(found.items())[:_NAMED]) for kind, found in kinds.items()}
    return {
        "generation": generation,
        "repaired": repaired,
        "counts": {kind: len(found) for kind, found in kinds.items()},
        "records": named,
        "held": {id_: drift.held[id_] for id_ in [*named["stale"], *named["ahead"]]},
    }
