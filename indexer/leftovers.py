"""Deletes what is left of generations that nobody searches any more."""

from contextlib import suppress
from datetime import UTC, datetime

from catalogue import dead_letters, generations, runs
from catalogue.database import Catalogue
from catalogue.generations import Generation, GenerationState
from search.engine import GenerationName, IndexWriter
from search.errors import EngineError


def tidy(catalogue: Catalogue, writer: IndexWriter) -> None:
    """Delete what is kept no longer, and what killed rebuilds left; only while the caller holds a rebuild."""
    remove_retired(catalogue, writer)
    there = writer.generations()  # before the catalogue is asked: it is told of each before it is made
    with catalogue.read() as session:
        known = {generation.name for generation in generations.all_generations(session)}
        known |= {run.generation for run in runs.unfinished(session) if run.generation is not None}
    active = writer.active()
    for name in there:
        if name not in known and name != active:
            try_remove(writer, name)


def remove_retired(catalogue: Catalogue, writer: IndexWriter) -> None:
    """Delete generations that were given up, or whose time to be gone back to is over. Anybody may, at any time."""
    moment = datetime.now(UTC)
    with catalogue.read() as session:
        wanted = {run.generation for run in runs.unfinished(session)}
        found = generations.all_generations(session)
    over = [
        generation
        for generation in found
        if generation.name not in wanted
        and (generation.state is GenerationState.BUILDING or _is_kept_no_longer(generation, moment))
    ]
    if over:
        with catalogue.write() as session:
            over = [generation for generation in over if generations.retire(session, generation)]
    retired = [generation for generation in found if generation.state is GenerationState.RETIRED]
    for generation in [*over, *retired]:
        if try_remove(writer, GenerationName(generation.name)):
            with catalogue.write() as session:
                dead_letters.drop(session, generation.name)
                generations.forget(session, generation.name)


def try_remove(writer: IndexWriter, name: GenerationName) -> bool:
    """Whether a generation is gone. Not where searches still go to it, or a disk is busy: the next who tidies tries."""
    with suppress(EngineError):
        writer.remove(name)
        return True
    return False


def _is_kept_no_longer(generation: Generation, moment: datetime) -> bool:
    until = generation.keep_until
    return generation.state is GenerationState.KEPT and until is not None and until <= moment
