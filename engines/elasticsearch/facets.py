"""Facet counts by filter aggregations, all in the one search request."""

import re
from collections.abc import Mapping
from typing import Any, Final

from elasticsearch.dsl import Q

from engines.elasticsearch.queries import filtered, possible
from mappings.fields import NONE_GIVEN, facet_term
from search.facets import ordered_buckets
from search.request import SearchRequest
from search.results import Bucket

# The most buckets that are asked for: Elasticsearch's own limit on one answer (search.max_buckets).
MOST_BUCKETS: Final = 65_000

_LARGEST: Final = "largest"
_PICKED: Final = "picked"


def aggregations(request: SearchRequest) -> dict[str, Any]:
    """What is asked for the facets that the request names, each under every filter but its own."""
    return {facet: _under_other_filters(request, facet, request.facet_size) for facet in request.facets}


def all_values(request: SearchRequest, facet: str) -> dict[str, Any]:
    """What is asked for every value of one facet."""
    return {facet: _under_other_filters(request, facet, MOST_BUCKETS)}


def read_buckets(
    request: SearchRequest, answer: Mapping[str, Any], *, size: int | None = None
) -> dict[str, tuple[Bucket, ...]]:
    """The buckets of the answered aggregations; `size` of each, or as many as the request says."""
    return {
        facet: ordered_buckets(
            _counts(found),
            facet=facet,
            size=size or request.facet_size,
            chosen=request.filters.get(facet, ()),
        )
        for facet, found in answer.items()
    }


def _under_other_filters(request: SearchRequest, facet: str, size: int) -> dict[str, Any]:
    others = filtered(request.filters, without_facet=facet) or Q("match_all")
    return {"filter": others.to_dict(), "aggs": _terms(request, facet, size)}


def _terms(request: SearchRequest, facet: str, size: int) -> dict[str, Any]:
    # One more than is shown: "none given" may be among the largest, and is shown apart.
    asked = MOST_BUCKETS if facet == "year" else min(size + 1, MOST_BUCKETS)
    picked = [NONE_GIVEN, *possible(request.filters.get(facet, ()))]
    # Of equal counts the first by id, as everywhere.
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {
        _LARGEST: {"terms": {"field": facet, "size": asked, "order": order, "shard_size": MOST_BUCKETS}},
        **{
            f"{_PICKED}{at}": {"terms": {"field": facet, "size": 10, "include": _with_any_label(value)}}
            for at, value in enumerate(picked)
        },
    }


def _with_any_label(value: str) -> str:
    """Lucene's regular expression for the terms of an id: all but letters and digits is escaped."""
    return re.sub(r"([^A-Za-z0-9])", r"\\\1", facet_term(value, "")) + ".*"


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {
        bucket["key"]: bucket["doc_count"]
        for name, answer in found.items()
        if name == _LARGEST or name.startswith(_PICKED)
        for bucket in answer["buckets"]
    }
