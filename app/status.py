"""How the service is: how much it holds, and how far the index is behind the catalogue."""

from datetime import UTC, datetime
from typing import TypedDict

from bootstrap.services import Services
from catalogue import pending, records
from search.engine import GenerationName, SearchEngine
from search.errors import EngineError
from search.language.reader import read_query
from search.request import SearchRequest


class Status(TypedDict):
    """The fields of `app.api.schemas.StatusSchema`. `index` is None where there is none that can be searched."""

    records: int
    index: GenerationName | None
    pending: int
    oldest_pending_seconds: float | None


def read_status(services: Services) -> Status:
    """The status now. Raises CatalogueUnavailable."""
    with services.catalogue.read() as session:
        waiting = pending.status(session)
        total = records.count(session)
    try:
        generation = searchable_generation(services.engine)
    except EngineError:
        generation = None
    age = datetime.now(UTC) - waiting.oldest_since if waiting.oldest_since is not None else None
    return Status(
        records=total,
        index=generation,
        pending=waiting.count,
        oldest_pending_seconds=round(age.total_seconds(), 1) if age is not None else None,
    )


def searchable_generation(engine: SearchEngine) -> GenerationName:
    """The generation that answers, which was asked something. Raises EngineError with what keeps it from that."""
    engine.count(SearchRequest(query=read_query("")))
    return engine.generation()
