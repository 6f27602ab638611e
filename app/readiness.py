"""Whether the parts that the service needs are there, found out in less time than whoever asks will wait."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Final, TypeAlias

from app.status import freshness_body, searchable_generation
from bootstrap.services import Services
from catalogue import records
from catalogue.database import Catalogue
from catalogue.errors import CatalogueError
from catalogue.freshness import Freshness, read_freshness
from search.engine import SearchEngine
from search.errors import EngineError

# Those who watch over services often wait for one second only. A part that takes longer counts as down.
PATIENCE: Final = 0.8  # seconds

# Who asks for the status wants all else that it tells, and soon.
LESS_PATIENCE: Final = 0.3  # seconds

# What a part tells of itself.
Details: TypeAlias = Mapping[str, object]


@unique
class State(StrEnum):
    """How the service is as a whole."""

    READY = "ready"
    DEGRADED = "degraded"  # searches are refused, or show no changes any more; all else works
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part; the reason, for operators, is None where it is up."""

    reason: str | None
    details: Details


class Readiness:
    """Asks the catalogue, the search engine and how indexing goes, each at most once at a time.

    Whoever else asks meanwhile waits too.
    """

    def __init__(self, services: Services) -> None:
        """Nothing is asked yet."""
        self._questions: Final[Mapping[str, Callable[[], Part]]] = {
            "catalogue": lambda: _ask_catalogue(services.catalogue),
            "search": lambda: _ask_engine(services.engine),
            "indexing": lambda: _ask_indexing(services.catalogue, services.settings.index_place),
        }
        self._under_way: dict[str, Future[Part]] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=len(self._questions), thread_name_prefix="readiness")

    def read(self) -> dict[str, Part]:
        """Every part by its name, after at most 0.8 seconds."""
        asked = {name: self._asked(name) for name in self._questions}
        wait(asked.values(), timeout=PATIENCE)
        return {name: _part(future) for name, future in asked.items()}

    def generation(self, *, patience: float = LESS_PATIENCE) -> str | None:
        """The generation that answers searches; None where none does within so many seconds."""
        asked = self._asked("search")
        wait([asked], timeout=patience)
        index = _part(asked).details.get("index")
        return str(index) if index is not None else None

    def _asked(self, name: str) -> Future[Part]:
        with self._lock:
            future = self._under_way.get(name)
            if future is None or future.done():
                future = self._under_way[name] = self._submitted(self._questions[name])
            return future

    def _submitted(self, question: Callable[[], Part]) -> Future[Part]:
        """A question that another thread asks, or this one where the process is ending and starts none any more."""
        try:
            return self._threads.submit(question)
        except RuntimeError:
            asked: Future[Part] = Future()
            try:
                asked.set_result(question())
            except (CatalogueError, EngineError) as e:
                asked.set_exception(e)
            return asked


def state_of(parts: Mapping[str, Part]) -> State:
    """The state of the whole. Without the catalogue there is nothing left that a person could use for long."""
    if parts["catalogue"].reason is not None:
        return State.DOWN
    return State.READY if all(part.reason is None for part in parts.values()) else State.DEGRADED


def _part(future: Future[Part]) -> Part:
    if not future.done():
        return Part(reason=f"It did not answer within {PATIENCE} seconds", details={})
    error = future.exception()
    if error is None:
        return future.result()
    return Part(reason=str(error) or type(error).__name__, details={})


def _ask_catalogue(catalogue: Catalogue) -> Part:
    with catalogue.read() as session:
        records.is_empty(session)
    return Part(reason=None, details={})


def _ask_engine(engine: SearchEngine) -> Part:
    return Part(reason=None, details={"index": searchable_generation(engine)})


def _ask_indexing(catalogue: Catalogue, place: str) -> Part:
    with catalogue.read() as session:
        found = read_freshness(session, now=datetime.now(UTC), place=place)
    return Part(reason=_why_nothing_is_shown(found), details={**freshness_body(found)})


def _why_nothing_is_shown(found: Freshness) -> str | None:
    """What keeps changes from the index that answers searches. None: they come to it."""
    if found.stop is not None:
        return f"The index refuses what it is sent: {found.stop.reason}"
    if found.index is None:
        return "The index is not made yet: until then searches have none, or an older one (belong reindex status)"
    return None
