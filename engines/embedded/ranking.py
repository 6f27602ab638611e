"""Which documents stand on a page: tantivy's order, with ties settled exactly.

tantivy orders equal scores by where a document happens to lie, and orders by a text only slowly (page 50 by title took
a quarter of a second). So documents are ordered by score, or by a number made of the first bytes of the sort key; what
ties there by the numbers of the following bytes, and what ties even then by the key itself. Only ties that reach into
the page are looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

import tantivy

from engines.embedded.queries import QueryCompiler
from engines.embedded.schema import order_fields
from search.language.leaves import positive_leaves
from search.request import SearchRequest, Sort

Address: TypeAlias = tantivy.DocAddress

# So many hits more than needed are fetched at first, since a tie may reach beyond the end of the page.
_SPARE: Final = 20

# More are not fetched to settle a tie, some 0.2 s: where more documents than that score exactly alike (all the millions
# of a star after two letters), which of them come first is up to tantivy.
_MOST_FETCHED: Final = 200_000

_SORT_FIELDS: Final = {Sort.NEWEST: "newest", Sort.OLDEST: "oldest", Sort.TITLE: "by_title"}

# From some tied documents those that stand from the first to the last place, in order.
_Settle: TypeAlias = Callable[[list[Address], int, int], list[Address]]


def ranked_addresses(
    searcher: tantivy.Searcher, compiler: QueryCompiler, request: SearchRequest
) -> tuple[int, list[Address]]:
    """The exact total, and the documents of the page in order: by id where the index lacks what they are sorted by."""
    scored = request.sort is Sort.RELEVANCE and next(positive_leaves(request.query.tree), None) is not None
    field = _order_field(compiler, request.sort)
    end = request.offset + request.size
    found = _fetch(searcher, compiler.ranked(request), end, None if scored else order_fields(field)[0])
    return total_of(found), _settled(_tied(found), request.offset, end, _by_key(searcher, field))


def newest_addresses(
    searcher: tantivy.Searcher, compiler: QueryCompiler, query: tantivy.Query, count: int
) -> list[Address]:
    """So many of the documents that a query finds, the newest first."""
    field = _order_field(compiler, Sort.NEWEST)
    found = _fetch(searcher, query, count, order_fields(field)[0])
    return _settled(_tied(found), 0, count, _by_key(searcher, field))


def _order_field(compiler: QueryCompiler, sort: Sort) -> str:
    asked = _SORT_FIELDS.get(sort, "id")
    return asked if compiler.has(asked) else "id"


def _tied(found: tantivy.SearchResult) -> Iterator[list[Address]]:
    """The documents in order, those together that tie."""
    return ([address for _, address in tied] for _, tied in groupby(found.hits, key=itemgetter(0)))


def _fetch(searcher: tantivy.Searcher, query: tantivy.Query, end: int, field: str | None) -> tantivy.SearchResult:
    """The first documents by score or by a field, at least until `end` and until no tie reaches beyond them."""
    limit = end + _SPARE
    while True:
        order = tantivy.Order.Asc if field else tantivy.Order.Desc
        found = searcher.search(query, limit=limit, order_by_field=field, order=order)
        hits = found.hits
        if len(hits) < limit or limit >= _MOST_FETCHED or hits[-1][0] != hits[end - 1][0]:
            return found
        limit = min(limit * 8, _MOST_FETCHED)


def _settled(groups: Iterable[list[Address]], start: int, end: int, settle: _Settle) -> list[Address]:
    """The documents from start to end of tied groups, which are in order."""
    page: list[Address] = []
    before = 0
    for group in groups:
        first, last = max(0, start - before), min(end - before, len(group))
        if first < last:
            page += group if len(group) == 1 else settle(group, first, last)
        before += len(group)
        if before >= end:
            break
    return page


def _by_key(searcher: tantivy.Searcher, field: str) -> _Settle:
    """Settles ties by the numbers made of a field's bytes, then by the field itself."""

    def by_numbers(tied: list[Address], first: int, last: int) -> list[Address]:
        columns = [searcher.fast_field_values(name, tied) for name in order_fields(field)]
        keyed: list[tuple[Sequence[Any], int]] = sorted(zip(zip(*columns, strict=True), range(len(tied)), strict=True))
        groups = ([tied[at] for _, at in group] for _, group in groupby(keyed, key=itemgetter(0)))
        return _settled(groups, first, last, by_text)

    def by_text(tied: list[Address], first: int, last: int) -> list[Address]:
        return sorted(tied, key=lambda address: str(searcher.doc(address)[field][0]))[first:last]

    return by_numbers


def total_of(found: tantivy.SearchResult) -> int:
    """The exact total of a search."""
    return int(getattr(found, "count"))  # noqa: B009 - the library's type stubs lack it
