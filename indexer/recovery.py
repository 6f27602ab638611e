"""Finds out whether searches have an index to go to that the catalogue knows, and sees to it that they get one.

Where the engine and the catalogue disagree about which generation is active, the engine is believed.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue import generations, runs
from catalogue.database import Catalogue
from catalogue.errors import AlreadyRunning
from catalogue.generations import Generation, GenerationState
from catalogue.runs import RunKind, RunState
from indexer.rebuild import KEPT_FOR
from search.engine import GenerationName, IndexWriter
from search.errors import IndexIncompatible

_log: Final = logging.getLogger(__name__)

# After a rebuild that failed or was cancelled nobody begins another one by himself for so long.
_PATIENCE: Final = timedelta(seconds=60)


def recover(catalogue: Catalogue, writer: IndexWriter) -> None:
    """Mend what is wrong with the active generation, or ask for a rebuild. Raises EngineError and CatalogueError.

    An alias that was lost is put back; a move that a killed worker did not note is noted; an index that is missing,
    damaged, of another format or unknown to the catalogue is made anew, and so is one with other fields.
    """
    found = writer.active()
    with catalogue.read() as session:
        known = {generation.name: generation for generation in generations.all_generations(session)}
        moving = any(run.state is RunState.ACTIVATING for run in runs.unfinished(session))
    expected = next((g for g in known.values() if g.state is GenerationState.ACTIVE), None)
    if moving:
        return  # the run says itself where searches go
    if found is not None and found in known:
        _believe(catalogue, known[found])
        if not writer.is_current(found):
            _rebuild(catalogue, f"the index {found} has other fields than this release")
    elif not _put_back(writer, found, expected):
        _give_up(catalogue, expected)
        _rebuild(catalogue, "there is no sound index that the catalogue knows")


def _believe(catalogue: Catalogue, active: Generation) -> None:
    if active.state is not GenerationState.ACTIVE:
        _log.warning("Searches go to %s, which the catalogue has as %s: noted", active.name, active.state)
        with catalogue.write() as session:
            generations.activate(session, active.name, keep_until=datetime.now(UTC) + KEPT_FOR)


def _put_back(writer: IndexWriter, found: GenerationName | None, expected: Generation | None) -> bool:
    """Let searches go to the index again that the catalogue says they go to, if only the way to it was lost."""
    if found is not None or expected is None or expected.frozen_at is not None:
        return False
    name = GenerationName(expected.name)
    if name not in writer.generations():
        return False
    try:
        writer.activate(name)
    except IndexIncompatible:  # what an earlier release made is no way back
        return False
    return writer.active() == name


def _give_up(catalogue: Catalogue, lost: Generation | None) -> None:
    if lost is not None and lost.frozen_at is None:
        _log.warning("The index %s is lost, damaged or of another format", lost.name)
        with catalogue.write() as session:
            generations.freeze(session, lost.name)


def _rebuild(catalogue: Catalogue, reason: str) -> None:
    with catalogue.read() as session:
        last = next(iter(runs.latest(session, kind=RunKind.REBUILD, limit=1)), None)
    if last is not None:
        if not last.is_ended:
            return
        failed = last.state is not RunState.DONE
        if failed and last.finished_at is not None and datetime.now(UTC) < last.finished_at + _PATIENCE:
            return
    _log.info("The index is made anew: %s", reason)
    try:
        with catalogue.write() as session:
            runs.start(session, RunKind.REBUILD, started_by="the indexer")
    except AlreadyRunning as e:
        _log.info("%s", e)
