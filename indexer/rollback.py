"""Lets searches go back to the generation that was active before.

Every change was written to both, so that nothing is older afterwards than before.
"""

from sqlalchemy.orm import Session

from catalogue import generations, runs
from catalogue.database import Catalogue
from catalogue.errors import Conflict
from catalogue.generations import GenerationState
from catalogue.runs import Run, RunState
from indexer.compare import compare
from indexer.rebuild import is_still_ours
from search.engine import GenerationName, IndexWriter


def target(session: Session) -> GenerationName:
    """The generation that a rollback would go to. Raises Conflict where there is none that is up to date."""
    kept = generations.in_state(session, GenerationState.KEPT)
    if kept is None:
        raise Conflict("There is no index to go back to: one is kept for a day after a rebuild")
    if kept.frozen_at is not None:
        missed = generations.changes_since(session, kept.frozen_at)
        raise Conflict(
            f"The index {kept.name} cannot be gone back to: it was last written on {kept.frozen_at:%-d %B %Y at %H:%M} "
            f"UTC, and {missed:,} records have changed since. It is lost, or of another format"
        )
    return GenerationName(kept.name)


def step(catalogue: Catalogue, writer: IndexWriter, run: Run) -> None:
    """Carry out the next step of a rollback that the caller holds. Raises EngineError and CatalogueError."""
    if run.generation is None:
        with catalogue.read() as session:
            name = target(session)
        _require_no_drift(catalogue, writer, name)
        with catalogue.write() as session:
            runs.advance(session, run, RunState.ACTIVATING, generation=name)
        return
    with catalogue.read() as session:
        if run.generation not in generations.written(session).names:
            raise Conflict(f"The index {run.generation} is written no more, and cannot be gone back to")
    if not is_still_ours(catalogue, run):
        return
    writer.activate(GenerationName(run.generation))
    with catalogue.write() as session:
        if runs.is_held(session, run):
            generations.activate(session, run.generation)
            runs.finish(session, run, RunState.DONE)


def _require_no_drift(catalogue: Catalogue, writer: IndexWriter, name: GenerationName) -> None:
    """Raises Conflict where a generation is not as it should be: made from a catalogue that was lost, for example."""
    drift = compare(catalogue, writer, name)
    if drift.total:
        raise Conflict(
            f"The index {name} cannot be gone back to: it differs from the catalogue in {drift.total:,} records, "
            f"{', '.join([*drift.ahead, *drift.ghosts, *drift.stale, *drift.missing][:10])}"
        )
