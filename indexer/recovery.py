"""Finds out whether searches have an index to go to that the catalogue knows, and sees to it that they get one.

Where the engine and the catalogue disagree about which generation is active, the engine is believed.
"""

import logging
from typing import Final

from catalogue import generations, index_place, runs
from catalogue.database import Catalogue
from catalogue.generations import Generation, GenerationState
from catalogue.runs import RunKind, RunState
from indexer.requests import request_rebuild
from search.engine import GenerationName, IndexWriter
from search.errors import IndexIncompatible, IndexMissing

_log: Final = logging.getLogger(__name__)


def recover(catalogue: Catalogue, writer: IndexWriter, place: str) -> None:
    """Mend what is wrong with the active generation, or ask for a rebuild. Raises EngineError and CatalogueError.

    The writer writes the index in this place. Where the catalogue's generations are in another one the engine was
    changed: they are struck out, and the index is made anew here, whatever this engine still has from before.

    An alias that was lost is put back; a move that a killed worker did not note is noted; an index that is missing,
    damaged, of another format or unknown to the catalogue is made anew, and so is one with other fields, or one that
    was not written for a while.
    """
    found = writer.active()
    with catalogue.read() as session:
        is_here = index_place.present(session) == place
    if not is_here:
        _settle_in(catalogue, place)
    with catalogue.read() as session:
        known = {generation.name: generation for generation in generations.all_generations(session)}
        moving = any(run.state is RunState.ACTIVATING for run in runs.unfinished(session))
    expected = next((g for g in known.values() if g.state is GenerationState.ACTIVE), None)
    if moving:
        return  # the run says itself where searches go
    if (expected is None or found != expected.name) and writer.active() != found:
        return  # a run has moved them between the two looks: what differs may be put right already
    if found is not None and found in known:
        _believe(catalogue, known[found])
        if known[found].frozen_at is not None or known[found].state is GenerationState.RETIRED:
            request_rebuild(catalogue, f"the index {found} misses changes: for a while it was not written")
        elif (
            known[found].state is GenerationState.ACTIVE
            and not writer.is_current(found)
            and not _was_gone_back_to(catalogue)
        ):
            request_rebuild(catalogue, f"the index {found} has other fields than this release")
    elif not _put_back(writer, found, expected):
        _give_up(catalogue, expected)
        request_rebuild(catalogue, "the present one cannot be searched" if known else "there is none yet")


def _settle_in(catalogue: Catalogue, place: str) -> None:
    with catalogue.write() as session:
        is_change = index_place.move(session, place)
    if is_change:
        _log.info("The engine was changed: the index is made anew in %s", place)


def _was_gone_back_to(catalogue: Catalogue) -> bool:
    """Whether a person chose the active index over the one that came after it, with whatever fields it has."""
    with catalogue.read() as session:
        move = runs.last(session, RunKind.REBUILD, RunKind.ROLLBACK, state=RunState.DONE)
    return move is not None and move.kind is RunKind.ROLLBACK


def _believe(catalogue: Catalogue, active: Generation) -> None:
    if active.state is not GenerationState.ACTIVE:
        _log.warning("Searches go to %s, which the catalogue has as %s: noted", active.name, active.state)
        with catalogue.write() as session:
            generations.activate(session, active.name)


def _put_back(writer: IndexWriter, found: GenerationName | None, expected: Generation | None) -> bool:
    """Let searches go to the index again that the catalogue says they go to, if only the way to it was lost."""
    if found is not None or expected is None or expected.frozen_at is not None:
        return False
    name = GenerationName(expected.name)
    if name not in writer.generations():
        return False
    try:
        writer.activate(name)
    except (IndexMissing, IndexIncompatible) as e:  # what an earlier release made is no way back
        _log.warning("The index %s cannot be searched: %s", name, e)
        return False
    return writer.active() == name


def _give_up(catalogue: Catalogue, lost: Generation | None) -> None:
    if lost is not None and lost.frozen_at is None:
        _log.warning("The index %s is lost, damaged or of another format: it is made anew", lost.name)
        with catalogue.write() as session:
            generations.freeze(session, lost.name)
