"""A search engine of a few lines: records are words and facet values, and are looked at one by one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from mappings.analysis import fold
from mappings.fields import facet_term
from search.completion import Completion, CompletionRequest
from search.engine import GenerationName, WordFrequency
from search.facets import ordered_buckets
from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years
from search.request import FacetValue, SearchRequest
from search.results import Bucket, Fragment, Hit, SearchPage, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRecord:
    """A record whose title is its words. `facets` maps the facet's name to labels by id."""

    id: str
    words: str
    year: int | None = None
    facets: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])


class FakeEngine:
    """Implements `search.engine.SearchEngine`, and remembers what it was asked.

    `similar` gives for a folded word those that are like it; `completions` are what any
    beginning is completed to. A field in a query is ignored.
    """

    def __init__(
        self,
        *records: FakeRecord,
        similar: Mapping[str, Sequence[WordFrequency]] | None = None,
        completions: Sequence[Completion] = (),
    ) -> None:
        self._records = records
        self._similar = similar or {}
        self._completions = tuple(completions)
        self.completed: list[CompletionRequest] = []
        self.searched: list[SearchRequest] = []
        self.counted: list[SearchRequest] = []
        self.looked_up: list[str] = []

    def search(self, request: SearchRequest) -> SearchPage:
        self.searched.append(request)
        found = self._found(request)
        return SearchPage(
            query=request.query,
            total=len(found),
            page=request.page,
            size=request.size,
            hits=tuple(_hit(record) for record in found[request.offset : request.offset + request.size]),
            facets={facet: self._buckets(request, facet, request.facet_size) for facet in request.facets},
            generation=self.generation(),
        )

    def count(self, request: SearchRequest) -> int:
        self.counted.append(request)
        return len(self._found(request))

    def buckets(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...]:
        return self._buckets(request, facet, 10_000)

    def similar_words(self, word: str) -> Sequence[WordFrequency]:
        self.looked_up.append(word)
        return self._similar.get(fold(word), ())

    def complete(self, request: CompletionRequest) -> tuple[Completion, ...]:
        self.completed.append(request)
        return self._completions

    def generation(self) -> GenerationName:
        return GenerationName("fake")

    def product(self) -> str:
        return "fake 1.0"

    def _found(self, request: SearchRequest, *, without: str | None = None) -> list[FakeRecord]:
        filters = {name: values for name, values in request.filters.items() if name != without}
        return [record for record in self._records if _matches(record, request.query.tree) and _passes(record, filters)]

    def _buckets(self, request: SearchRequest, facet: str, size: int) -> tuple[Bucket, ...]:
        found = self._found(request, without=facet)
        terms = (facet_term(*pair) for record in found for pair in record.facets.get(facet, {}).items())
        return ordered_buckets(Counter(terms), facet=facet, size=size, chosen=request.filters.get(facet, ()))


def _passes(record: FakeRecord, filters: Mapping[str, tuple[FacetValue, ...]]) -> bool:
    return all(set(values) & record.facets.get(facet, {}).keys() for facet, values in filters.items())


def _matches(record: FakeRecord, node: Node) -> bool:
    words = fold(record.words)
    match node:
        case Word(text=text):
            return fold(text) in words.split()
        case Prefix(text=text):
            return any(word.startswith(fold(text)) for word in words.split())
        case Phrase(words=phrase):
            return f" {fold(' '.join(phrase))} " in f" {words} "
        case Years(first=first, last=last):
            return record.year is not None and (first or 0) <= record.year <= (9999 if last is None else last)
        case All(operands=operands):
            return all(_matches(record, operand) for operand in operands)
        case Some(operands=operands, required=required):
            return sum(_matches(record, operand) for operand in operands) >= required
        case Not(operand=operand):
            return not _matches(record, operand)
        case Everything():
            return True
        case _:
            assert_never(node)


def _hit(record: FakeRecord) -> Hit:
    shown = Shown(
        title=record.words,
        contributors=(),
        responsibility=None,
        publishers=(),
        date=str(record.year) if record.year else None,
        type=None,
        themes=(),
        abstract=None,
        link=None,
        language=None,
    )
    return Hit(id=record.id, version=1, shown=shown, title=(Fragment(text=record.words, marked=False),), passage=())
