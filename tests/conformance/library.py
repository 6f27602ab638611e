"""An index to search, filled through the ports of any engine."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.record import Record
from mappings.form import IndexForm
from search.engine import GenerationName, IndexWriter, Operation, Outcome, Remove, SearchEngine
from search.language.reader import read_query
from search.request import FacetValue, SearchRequest
from search.results import Bucket, MarkedText, SearchPage
from tests.conformance.records import a_put

# Twice what the port allows between a write and a search that finds it.
PATIENCE = 2.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineUnderTest:
    """Both sides of one engine over one empty place, and names for generations that are not in use there.

    `in_release` gives the same place as a release sees it that makes indices in another form.
    """

    engine: SearchEngine
    writer: IndexWriter
    fresh_name: Callable[[], GenerationName]
    in_release: "Callable[[IndexForm], EngineUnderTest]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One generation, which searches go to."""

    engine: SearchEngine
    writer: IndexWriter
    generation: GenerationName

    def put(self, *records: Record) -> None:
        """Write records in one batch."""
        self.write(*map(a_put, records))

    def remove(self, id_: str, *, version: int) -> None:
        """Remove a record."""
        self.write(Remove(id=id_, version=version))

    def write(self, *operations: Operation) -> None:
        """Write a batch, every operation of which has to be done, or late."""
        results = self.writer.write(self.generation, operations)
        assert [result.id for result in results] == [operation.id for operation in operations]
        assert {result.outcome for result in results} <= {Outcome.DONE, Outcome.NEWER}

    def settle(self) -> None:
        """Wait until all that was written can be searched, changes of records that were there before included."""
        written = dict(self.writer.versions(self.generation))
        assert eventually(lambda: self.count() == len(written))

    def search(self, text: str = "", filters: Mapping[str, Sequence[str]] | None = None, **parts: Any) -> SearchPage:
        """A page of results."""
        return self.engine.search(a_request(text, filters, **parts))

    def count(self, text: str = "", filters: Mapping[str, Sequence[str]] | None = None) -> int:
        """How many records match."""
        return self.engine.count(a_request(text, filters))

    def ids(self, text: str = "", filters: Mapping[str, Sequence[str]] | None = None, **parts: Any) -> list[str]:
        """The ids of the first hundred results in their order. The total has to agree with them and with `count`."""
        request = a_request(text, filters, **{"size": 100, **parts})
        page = self.engine.search(request)
        # Unless what was just written became visible between the two questions.
        assert page.total == self.engine.count(request) or page.total != self.engine.search(request).total
        assert len(page.hits) == max(0, min(request.size, page.total - request.offset))
        return [hit.id for hit in page.hits]

    def titles(self, text: str) -> dict[str, str]:
        """The titles of the results by id, with the marked words in brackets."""
        return {hit.id: bracketed(hit.title) for hit in self.search(text, size=100).hits}

    def passages(self, text: str) -> dict[str, str]:
        """The passages of the results by id, with the marked words in brackets."""
        return {hit.id: bracketed(hit.passage) for hit in self.search(text, size=100).hits}

    def facet(self, name: str, text: str = "", **parts: Any) -> list[tuple[str, int]]:
        """The values of one facet with their counts, in their order."""
        return [(bucket.value, bucket.count) for bucket in self.buckets(name, text, **parts)]

    def buckets(self, name: str, text: str = "", **parts: Any) -> tuple[Bucket, ...]:
        """The buckets of one facet as a page of results has them."""
        return self.search(text, facets=(name,), **parts).facets[name]


def a_request(text: str = "", filters: Mapping[str, Sequence[str]] | None = None, **parts: Any) -> SearchRequest:
    """A request for what somebody typed and chose."""
    chosen = {name: tuple(map(FacetValue, values)) for name, values in (filters or {}).items()}
    return SearchRequest(query=read_query(text), filters=chosen, **parts)


def bracketed(marked: MarkedText) -> str:
    """A text with its marked words in brackets."""
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in marked)


def plain(marked: MarkedText) -> str:
    """A text without its marks."""
    return "".join(piece.text for piece in marked)


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something becomes true before patience runs out."""
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
