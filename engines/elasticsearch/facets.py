"""Facet counts by filter aggregations, all in the one search request."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engines.elasticsearch.queries import filtered, possible
from mappings.fields import NONE_GIVEN, facet_term
from search.facets import ordered_buckets
from search.request import SearchRequest
from search.results import Bucket

# The most buckets that are asked for: Elasticsearch's own limit on one answer (search.max_buckets).
MOST_BUCKETS: Final = 65_000

# The names of aggregations: under one of filters "theme.largest", "theme.none", "theme.picked0" and so on.
_LARGEST: Final = "largest"
_NONE: Final = "none"
_PICKED: Final = "picked"

# The filters of all facets of which nothing is chosen: they are the same, and evaluated once.
_ALL_FILTERS: Final = "all_filters"


def aggregations(request: SearchRequest) -> dict[str, Any]:
    """What is asked for the facets that the request names, each under every filter but its own."""
    asked: dict[str, Any] = {}
    for facet in request.facets:
        under = facet if facet in request.filters else _ALL_FILTERS
        if under not in asked:
            asked[under] = _under_other_filters(request, facet)
        asked[under]["aggs"] |= _terms(request, facet, request.facet_size)
    return asked


def all_values(request: SearchRequest, facet: str) -> dict[str, Any]:
    """What is asked for every value of one facet."""
    return {facet: {**_under_other_filters(request, facet), "aggs": _terms(request, facet, MOST_BUCKETS)}}


def read_buckets(
    request: SearchRequest, answer: Mapping[str, Any], facets: Sequence[str], *, size: int
) -> dict[str, tuple[Bucket, ...]]:
    """The buckets of these facets, which were asked for, in their order; the `size` largest of each."""
    counts = _counts(answer)
    return {
        facet: ordered_buckets(
            counts[facet],
            facet=facet,
            size=size,
            chosen=request.filters.get(facet, ()),
        )
        for facet in facets
    }


def _under_other_filters(request: SearchRequest, facet: str) -> dict[str, Any]:
    others = filtered(request.filters, without_facet=facet)
    return {"filter": others.to_dict() if others is not None else {"match_all": {}}, "aggs": {}}


def _terms(request: SearchRequest, facet: str, size: int) -> dict[str, Any]:
    # One more than is shown: "none given" may be among the largest, and is shown apart.
    asked = MOST_BUCKETS if facet == "year" else min(size + 1, MOST_BUCKETS)
    # Of equal counts the first by id, as everywhere.
    order = [{"_count": "desc"}, {"_key": "asc"}]
    picked = possible(request.filters.get(facet, ()))
    return {
        f"{facet}.{_LARGEST}": _counted(facet, size=asked, order=order, shard_size=MOST_BUCKETS),
        # Named in full, for it has no label: a regular expression for it took a tenth of the whole search.
        f"{facet}.{_NONE}": _counted(facet, size=1, include=[facet_term(NONE_GIVEN, "")]),
        **{
            f"{facet}.{_PICKED}{at}": _counted(facet, size=10, include=_with_any_label(value))
            for at, value in enumerate(picked)
        },
    }


def _counted(facet: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - those of a terms aggregation
    return {"terms": {"field": facet, **options}}


def _with_any_label(value: str) -> str:
    """Lucene's regular expression for the terms of an id: all but letters and digits is escaped."""
    return re.sub(r"([^A-Za-z0-9])", r"\\\1", facet_term(value, "")) + ".*"


def _counts(answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts of each facet's terms, by facet. The largest, none and the picked ones may name a term twice."""
    counts: dict[str, dict[str, int]] = {}
    for group in answer.values():
        for name, found in group.items():
            facet, dot, _ = name.partition(".")
            if dot:  # beside "doc_count"
                counts.setdefault(facet, {}).update({each["key"]: each["doc_count"] for each in found["buckets"]})
    return counts
