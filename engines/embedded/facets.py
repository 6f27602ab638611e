"""Facet counts by tantivy's terms aggregation over the numbers that stand for values."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import tantivy

from engines.embedded.keys import NONE_GIVEN_KEY, FacetTerms, key_of
from engines.embedded.queries import QueryCompiler
from engines.embedded.ranking import total_of
from engines.embedded.schema import key_field
from mappings.fields import NONE_GIVEN
from search.facets import ordered_buckets
from search.request import SearchRequest
from search.results import Bucket

# The most buckets that tantivy answers with. As `segment_size` it makes counts exact over several segments: without it
# each segment sends on its own largest buckets only.
_MOST_BUCKETS: Final = 65_000

# tantivy gives buckets of equal count in no order. More are fetched than are shown, so that ties at the cut can be
# ordered here; where even these end within a tie, all are fetched.
_SPARE: Final = 4

# What is counted of a facet that the index lacks.
_NOTHING: Final[Mapping[str, Any]] = {"buckets": (), "sum_other_doc_count": 0}


class FacetCounter:
    """Counts facets for one searcher."""

    def __init__(self, searcher: tantivy.Searcher, compiler: QueryCompiler, terms: FacetTerms) -> None:
        """The compiler and the terms belong to the same searcher."""
        self._searcher = searcher
        self._compiler = compiler
        self._terms = terms

    def count(self, request: SearchRequest) -> dict[str, tuple[Bucket, ...]]:
        """The buckets of every facet that the request names, each under every filter but its own."""
        unfiltered = [facet for facet in request.facets if facet not in request.filters]
        found = self._count_under(self._compiler.counted(request), unfiltered, request, request.facet_size)
        for facet in request.facets:
            if facet in request.filters:
                query = self._compiler.counted(request, without_facet=facet)
                found |= self._count_under(query, [facet], request, request.facet_size)
        return {facet: found[facet] for facet in request.facets}

    def count_all(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...]:
        """Every bucket of one facet under every filter but its own."""
        query = self._compiler.counted(request, without_facet=facet)
        return self._count_under(query, [facet], request, _MOST_BUCKETS)[facet]

    def _count_under(
        self, query: tantivy.Query, facets: Sequence[str], request: SearchRequest, size: int
    ) -> dict[str, tuple[Bucket, ...]]:
        known = [facet for facet in facets if self._compiler.has(facet)]
        answer: dict[str, Any] = dict.fromkeys(facets, _NOTHING)
        if known:
            answer |= self._aggregate(query, {facet: _largest(facet, size * _SPARE) for facet in known})
        cut = {facet: _largest(facet, _MOST_BUCKETS) for facet in facets if _is_cut_within_tie(answer[facet], size)}
        if cut:
            answer |= self._aggregate(query, cut)
        return {
            facet: ordered_buckets(
                self._counts(query, facet, answer[facet], request, size),
                facet=facet,
                size=size,
                chosen=request.filters.get(facet, ()),
            )
            for facet in facets
        }

    def _aggregate(self, query: tantivy.Query, asked: dict[str, Any]) -> dict[str, Any]:
        return cast("dict[str, Any]", self._searcher.aggregate(query, asked))  # pyright: ignore[reportUnknownMemberType]

    def _counts(
        self, query: tantivy.Query, facet: str, answer: Mapping[str, Any], request: SearchRequest, size: int
    ) -> dict[str, int]:
        """The counts of the terms that may be shown, so that no others are looked up."""
        found: dict[int, int] = {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]}
        if facet == "year":
            return {self._terms.term(facet, key): count for key, count in found.items()}
        wanted = {key_of(facet, value): str(value) for value in (NONE_GIVEN, *request.filters.get(facet, ()))}
        if answer["sum_other_doc_count"]:
            for key in wanted.keys() - found.keys():
                found[key] = total_of(self._searcher.search(self._compiler.having(query, facet, wanted[key]), limit=1))
        least = _least_shown(found, size)
        return {
            self._terms.term(facet, key): count
            for key, count in found.items()
            if count >= least or (count and key in wanted)
        }


def _largest(facet: str, size: int) -> dict[str, Any]:
    fetched = _MOST_BUCKETS if facet == "year" else min(size, _MOST_BUCKETS)
    return {"terms": {"field": key_field(facet), "size": fetched, "segment_size": _MOST_BUCKETS}}


def _is_cut_within_tie(answer: Mapping[str, Any], size: int) -> bool:
    """Whether a value that was not fetched may tie with the last of those that are shown."""
    named = [bucket["doc_count"] for bucket in answer["buckets"] if bucket["key"] != NONE_GIVEN_KEY]
    return bool(answer["sum_other_doc_count"] and len(named) > size and named[-1] >= named[size - 1])


def _least_shown(found: Mapping[int, int], size: int) -> int:
    """The count of the last value that is shown; those that tie with it are ordered by their ids."""
    named = sorted((count for key, count in found.items() if key != NONE_GIVEN_KEY), reverse=True)
    return max(1, named[size - 1]) if len(named) >= size else 1
