"""Facet counts by tantivy's terms aggregation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import tantivy

from engines.embedded.queries import QueryCompiler
from mappings.fields import NONE_GIVEN, facet_term
from search.facets import ordered_buckets
from search.request import SearchRequest
from search.results import Bucket

# The most buckets that tantivy answers with. As `segment_size` it makes counts exact over several segments: without it
# each segment sends on its own largest buckets only.
_MOST_BUCKETS: Final = 65_000

# tantivy gives buckets of equal count in no order. More are fetched than are shown, so that ties at the cut can be
# ordered here; where even these end within a tie, all are fetched.
_SPARE: Final = 4


class FacetCounter:
    """Counts facets for one searcher."""

    def __init__(self, searcher: tantivy.Searcher, compiler: QueryCompiler) -> None:
        """The compiler belongs to the same searcher."""
        self._searcher = searcher
        self._compiler = compiler

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
        if not facets:
            return {}
        picked = {facet: self._terms_of(facet, [*request.filters.get(facet, ()), NONE_GIVEN]) for facet in facets}
        asked = {facet: _largest(facet, size * _SPARE) for facet in facets}
        asked |= {_picked_name(facet): _only(facet, terms) for facet, terms in picked.items() if terms}
        answer = self._aggregate(query, asked)
        cut = {facet: _largest(facet, _MOST_BUCKETS) for facet in facets if _is_cut_within_tie(answer[facet], size)}
        if cut:
            answer |= self._aggregate(query, cut)
        return {
            facet: ordered_buckets(
                _counts(answer[facet]) | _counts(answer.get(_picked_name(facet), _NOTHING)),
                facet=facet,
                size=size,
                chosen=request.filters.get(facet, ()),
            )
            for facet in facets
        }

    def _aggregate(self, query: tantivy.Query, asked: dict[str, Any]) -> dict[str, Any]:
        return cast("dict[str, Any]", self._searcher.aggregate(query, asked))  # pyright: ignore[reportUnknownMemberType]

    def _terms_of(self, facet: str, values: Iterable[str]) -> list[str]:
        """The terms of the dictionary for some ids, whatever their labels."""
        return [term for value in values for term, _ in self._searcher.terms_with_prefix(facet, facet_term(value, ""))]


_NOTHING: Final[Mapping[str, Any]] = {"buckets": []}


def _picked_name(facet: str) -> str:
    return f"{facet}.picked"


def _largest(facet: str, size: int) -> dict[str, Any]:
    fetched = _MOST_BUCKETS if facet == "year" else min(size, _MOST_BUCKETS)
    return {"terms": {"field": facet, "size": fetched, "segment_size": _MOST_BUCKETS}}


def _only(facet: str, terms: list[str]) -> dict[str, Any]:
    return {"terms": {"field": facet, "size": _MOST_BUCKETS, "include": terms}}


def _is_cut_within_tie(answer: Mapping[str, Any], size: int) -> bool:
    buckets = answer["buckets"]
    if not answer["sum_other_doc_count"] or len(buckets) <= size:
        return False
    return bool(buckets[-1]["doc_count"] >= buckets[size - 1]["doc_count"])


def _counts(answer: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]}
