"""How the service is: how much it holds, and how far the index is behind the catalogue."""

from datetime import UTC, datetime
from typing import TypedDict

from app.runs import RunBody, run_body
from catalogue import records
from catalogue.database import Catalogue
from catalogue.freshness import Freshness, read_freshness
from search.engine import GenerationName, SearchEngine
from search.language.reader import read_query
from search.request import SearchRequest


class StopBody(TypedDict):
    """Since when the index refuses everything, and why. The reason is for operators."""

    since: str
    reason: str


class FreshnessBody(TypedDict):
    """How far the index is behind, for operators."""

    pending: int
    oldest_pending_seconds: float | None
    dead_letters: int
    stopped: StopBody | None
    run: RunBody | None


class Status(FreshnessBody):
    """How the service is, for operators. `index` is None where there is none that can be searched.

    It is `outdated` where it is what the engine still held from before, and gets no changes.
    """

    records: int
    index: str | None
    outdated: bool


def read_status(catalogue: Catalogue, *, index: str | None, place: str) -> Status:
    """The status now, with the generation that answers in a place, which the caller has asked for.

    Raises CatalogueUnavailable.
    """
    with catalogue.read() as session:
        total = records.count(session)
        found = read_freshness(session, now=datetime.now(UTC), place=place)
    outdated = index is not None and found.index is None
    return Status(records=total, index=index, outdated=outdated, **freshness_body(found))


def freshness_body(found: Freshness) -> FreshnessBody:
    """Freshness in JSON."""
    stop, oldest = found.stop, found.oldest_seconds
    return FreshnessBody(
        pending=found.pending,
        oldest_pending_seconds=round(oldest, 1) if oldest is not None else None,
        dead_letters=found.dead,
        stopped=StopBody(since=stop.since.isoformat(), reason=stop.reason) if stop is not None else None,
        run=run_body(found.run, found.at) if found.run is not None else None,
    )


def searchable_generation(engine: SearchEngine) -> GenerationName:
    """The generation that answers, which was asked something. Raises EngineError with what keeps it from that."""
    engine.count(SearchRequest(query=read_query("")))
    return engine.generation()
