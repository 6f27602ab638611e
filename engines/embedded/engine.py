"""The reading side of the embedded engine."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from engines.embedded.completion import Completer
from engines.embedded.errors import translated
from engines.embedded.facets import FacetCounter
from engines.embedded.generations import ChangedAt, GenerationFolders, OpenIndex
from engines.embedded.highlight import Highlighter
from engines.embedded.keys import FacetTerms
from engines.embedded.queries import QueryCompiler
from engines.embedded.ranking import Address, ranked_addresses, total_of
from engines.embedded.schema import plain_analyzer, words_field
from mappings.analysis import searchable
from mappings.fields import EVERYTHING
from search.completion import Completion, CompletionRequest
from search.engine import MOST_EDITS, GenerationName, WordFrequency
from search.errors import EngineError, IndexMissing
from search.passages import mark, passage
from search.request import SearchRequest
from search.results import Bucket, Hit, SearchPage
from search.shown import from_json

_plain: Final = plain_analyzer()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """One commit of one generation, open for reading."""

    generation: GenerationName
    changed_at: ChangedAt
    opened: OpenIndex
    searcher: tantivy.Searcher
    compiler: QueryCompiler
    terms: FacetTerms

    def counter(self) -> FacetCounter:
        """Counts facets in this commit."""
        return FacetCounter(self.searcher, self.compiler, self.terms)


class EmbeddedEngine:
    """Implements `search.engine.SearchEngine` on the active generation. Threads may share it."""

    def __init__(self, generations: GenerationFolders) -> None:
        """Nothing is opened until the first search."""
        self._generations = generations
        self._snapshot: _Snapshot | None = None
        self._lock = threading.Lock()

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of results."""
        with translated():
            snapshot = self._current()
            total, addresses = ranked_addresses(snapshot.searcher, snapshot.compiler, request)
            facets = snapshot.counter().count(request)
            return SearchPage(
                query=request.query,
                total=total,
                page=request.page,
                size=request.size,
                hits=_hits(snapshot, request, addresses),
                facets=facets,
                generation=snapshot.generation,
            )

    def count(self, request: SearchRequest) -> int:
        """How many records match."""
        with translated():
            snapshot = self._current()
            return total_of(snapshot.searcher.search(snapshot.compiler.counted(request), limit=1))

    def buckets(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...]:
        """Every value of one facet."""
        with translated():
            snapshot = self._current()
            return snapshot.counter().count_all(request, facet)

    def similar_words(self, word: str) -> Sequence[WordFrequency]:
        """Words with the same first letter within two edits."""
        with translated():
            match _plain.analyze(searchable(word)):
                case [folded]:
                    return _similar(self._current(), folded)
                case _:
                    return ()

    def complete(self, request: CompletionRequest) -> tuple[Completion, ...]:
        """Names and titles that fit what was typed."""
        with translated():
            snapshot = self._current()
            return Completer(snapshot.searcher, snapshot.opened.index.schema, snapshot.compiler).complete(request)

    def generation(self) -> GenerationName:
        """The active generation."""
        with translated():
            active = self._generations.active()
        if active is None:
            raise IndexMissing("There is no search index yet")
        return active

    def product(self) -> str:
        """The name and version of the library."""
        return f"tantivy {version('tantivy')}"

    def _current(self) -> _Snapshot:
        """The newest commit of the active generation: a look at two files, and a reload if they have changed."""
        generation = self.generation()
        try:
            return self._newest_of(generation)
        except (EngineError, ValueError, OSError):
            if self.generation() == generation:
                raise
            return self._current()  # another generation took over meanwhile, and this one was deleted

    def _newest_of(self, generation: GenerationName) -> _Snapshot:
        changed_at = self._generations.changed_at(generation)
        snapshot = self._snapshot
        if snapshot is not None and (snapshot.generation, snapshot.changed_at) == (generation, changed_at):
            return snapshot
        with self._lock:
            self._snapshot = self._opened(self._snapshot, generation, changed_at)
            return self._snapshot

    def _opened(self, last: _Snapshot | None, generation: GenerationName, changed_at: ChangedAt) -> _Snapshot:
        same = last is not None and last.generation == generation
        opened = last.opened if last is not None and same else self._generations.open(generation)
        index = opened.index
        index.reload()
        self._generations.check(generation)
        searcher = index.searcher()
        return _Snapshot(
            generation=generation,
            changed_at=changed_at,
            opened=opened,
            searcher=searcher,
            compiler=QueryCompiler(index.schema, searcher, opened.fields),
            terms=FacetTerms(index.schema, searcher),
        )


def _similar(snapshot: _Snapshot, word: str) -> list[WordFrequency]:
    # No field has more words, or a word in more documents, than the one that holds the words of all.
    field = words_field(EVERYTHING)
    documents = dict(snapshot.searcher.terms_with_prefix(field, word[0]))
    if word in documents:  # the dictionary counts documents that were replaced as well
        itself = tantivy.Query.term_query(snapshot.opened.index.schema, field, word, "basic")
        documents[word] = total_of(snapshot.searcher.search(itself, limit=1))
    near = process.extract(word, documents.keys(), scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None)
    return [
        WordFrequency(word=known, edits=int(edits), documents=documents[known])
        for known, edits, _ in near
        if edits <= min(len(word), len(known)) and documents[known]
    ]


def _hits(snapshot: _Snapshot, request: SearchRequest, addresses: Sequence[Address]) -> tuple[Hit, ...]:
    highlighter = Highlighter(request.query.tree, snapshot.opened.fields)
    versions = snapshot.searcher.fast_field_values("version", list(addresses))
    return tuple(
        _hit(snapshot.searcher.doc(address), int(version or 0), highlighter)
        for address, version in zip(addresses, versions, strict=True)
    )


def _hit(document: tantivy.Document, version: int, highlighter: Highlighter) -> Hit:
    shown = from_json(bytes(document["shown"][0]))
    abstract = shown.abstract or ""
    return Hit(
        id=document["id"][0],
        version=version,
        shown=shown,
        title=mark(shown.title, highlighter.spans("title", shown.title)),
        passage=passage(abstract, highlighter.spans("abstract", abstract)),
    )
