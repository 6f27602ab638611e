"""Which documents stand on a page: tantivy's order, with ties by id."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final, TypeAlias

import tantivy

from search.request import MAX_RESULT_WINDOW, SearchRequest, Sort

Address: TypeAlias = tantivy.DocAddress

# tantivy orders equal scores by where a document happens to lie. This many hits more than needed are fetched, so that
# ties at the end of a page can be ordered by id.
_SPARE: Final = 20


def ranked_addresses(
    searcher: tantivy.Searcher, query: tantivy.Query, request: SearchRequest
) -> tuple[int, list[Address]]:
    """The exact total, and the documents of the page in order.

    Ties in relevance that reach from one page beyond the last result that can be asked for are not ordered by id.
    """
    if request.sort is Sort.RELEVANCE:
        return _by_relevance(searcher, query, request)
    field = {Sort.NEWEST: "newest", Sort.OLDEST: "oldest", Sort.TITLE: "by_title"}[request.sort]
    return _by_field(searcher, query, request, field)


def _by_field(
    searcher: tantivy.Searcher, query: tantivy.Query, request: SearchRequest, field: str
) -> tuple[int, list[Address]]:
    found = searcher.search(
        query, limit=request.size, offset=request.offset, order_by_field=field, order=tantivy.Order.Asc
    )
    return total_of(found), [address for _, address in found.hits]


def _by_relevance(
    searcher: tantivy.Searcher, query: tantivy.Query, request: SearchRequest
) -> tuple[int, list[Address]]:
    end = request.offset + request.size
    limit = min(end + _SPARE, MAX_RESULT_WINDOW)
    while True:
        found = searcher.search(query, limit=limit)
        if limit == MAX_RESULT_WINDOW or not _ends_within_tie(found.hits, end, limit):
            break
        limit = min(limit * 8, MAX_RESULT_WINDOW)
    total = total_of(found)
    if total > limit and found.hits and found.hits[0][0] == found.hits[-1][0]:
        return _by_field(searcher, query, request, "id")  # everything ties
    return total, _ties_by_id(searcher, found.hits, request.offset, end)


def _ends_within_tie(hits: Sequence[tuple[float, Address]], end: int, limit: int) -> bool:
    return len(hits) == limit and hits[-1][0] == hits[end - 1][0]


def _ties_by_id(
    searcher: tantivy.Searcher, hits: Sequence[tuple[float, Address]], start: int, end: int
) -> list[Address]:
    """Hits start to end, after the groups of equal score that overlap them were ordered by id."""
    ordered: list[Address] = []
    for _, group in groupby(hits, key=lambda hit: hit[0]):
        tied = [address for _, address in group]
        overlaps = len(ordered) < end and len(ordered) + len(tied) > start
        if len(tied) > 1 and overlaps:
            tied.sort(key=lambda address: searcher.doc(address)["id"][0])
        ordered += tied
        if len(ordered) >= end:
            break
    return ordered[start:end]


def total_of(found: tantivy.SearchResult) -> int:
    """The exact total of a search."""
    return int(getattr(found, "count"))  # noqa: B009 - the library's type stubs lack it
