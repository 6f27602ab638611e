"""What two engines answer to the same request, side by side."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from search.completion import CompletionRequest, read_beginning
from search.engine import SearchEngine
from search.errors import EngineUnavailable
from search.language.leaves import positive_leaves
from search.request import MAX_PAGE_SIZE, MAX_RESULT_WINDOW, SearchRequest, Sort
from search.results import Hit, SearchPage
from search.spelling import suggest_spelling

# How many of the first results are compared as ranks.
TOP: Final = 10

# On a machine that is busy with other tests an engine may take too long: that is no difference.
_TRIES: Final = 5

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Where two engines differ, in words; nothing if they agree.

    `overlap` is the part of the first ten results that both have, None where their order is not a matter of scores or
    no more than ten are there.
    """

    request: SearchRequest
    differences: tuple[str, ...]
    total: int
    overlap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Two engines that hold the same records."""

    one: SearchEngine
    other: SearchEngine

    def compare(self, request: SearchRequest, *, whole: bool) -> Comparison:
        """The page that a request asks for with its total and facets; if `whole` all results, page by page."""
        first, second = self._both(lambda engine: engine.search(request))
        by_score = _is_by_score(request)
        found = [*_told("total", first.total, second.total), *_facet_differences(first, second)]
        hits = [list(page.hits) for page in (first, second)]
        if whole and not found:
            hits = self._both(lambda engine: list(_all_hits(engine, request, first.total)))
        found += _hit_differences(*hits, is_whole=len(hits[0]) == first.total, in_order=not by_score)
        return Comparison(
            request=request,
            differences=tuple(found),
            total=first.total,
            overlap=_overlap(first, second) if by_score and len(first.hits) > TOP and request.page == 1 else None,
        )

    def compare_facet(self, request: SearchRequest, facet: str) -> Comparison:
        """Every value of one facet, and the total without a page."""
        found = _told(f"all of {facet}", *self._both(lambda engine: engine.buckets(request, facet)))
        counts = self._both(lambda engine: engine.count(request))
        return Comparison(request=request, differences=(*found, *_told("count", *counts)), total=counts[0])

    def compare_spelling(self, request: SearchRequest, word: str) -> Comparison:
        """The words that are like a word, and what is suggested for a request."""
        similar = self._both(lambda engine: {(found.word, found.edits) for found in engine.similar_words(word)})
        suggested = self._both(lambda engine: suggest_spelling(engine, request))
        found = [*_told(f"like {word!r}", *similar), *_told("suggestion", *suggested)]
        return Comparison(request=request, differences=tuple(found), total=len(similar[0]))

    def compare_completion(self, request: SearchRequest, limit: int) -> Comparison:
        """What the text of a request is completed to under its filters, kind by kind."""
        beginning = read_beginning(request.query.text)
        if beginning is None:
            return Comparison(request=request, differences=(), total=0)
        asked = CompletionRequest(
            beginning=beginning, limit=limit, filters=request.filters, without=frozenset({"cohesion"})
        )
        completed = self._both(lambda engine: engine.complete(asked))
        return Comparison(request=request, differences=tuple(_told("completed", *completed)), total=len(completed[0]))

    def _both(self, ask: Callable[[SearchEngine], _Answer]) -> list[_Answer]:
        return [_patiently(ask, engine) for engine in (self.one, self.other)]


def told(comparisons: Sequence[Comparison]) -> str:
    """The first few of those that differ, for people."""
    return "\n".join(_told_of(each) for each in comparisons[:10])


def _told_of(comparison: Comparison) -> str:
    request = comparison.request
    asked = f"{request.query.text!r} read as {request.query.reading!r}, {dict(request.filters)}, by {request.sort}"
    return "\n    ".join([asked, *(difference[:600] for difference in comparison.differences[:3])])


def _patiently(ask: Callable[[SearchEngine], _Answer], engine: SearchEngine) -> _Answer:
    for _ in range(_TRIES - 1):
        try:
            return ask(engine)
        except EngineUnavailable:
            time.sleep(2.0)  # as long as it is left alone after failures
    return ask(engine)


def _is_by_score(request: SearchRequest) -> bool:
    return request.sort is Sort.RELEVANCE and next(positive_leaves(request.query.tree), None) is not None


def _all_hits(engine: SearchEngine, request: SearchRequest, total: int) -> Iterator[Hit]:
    """All results that can be had, without facets."""
    pages = -(-min(total, MAX_RESULT_WINDOW) // MAX_PAGE_SIZE)
    for page in range(1, pages + 1):
        yield from engine.search(replace(request, page=page, size=MAX_PAGE_SIZE, facets=())).hits


def _facet_differences(first: SearchPage, second: SearchPage) -> Iterator[str]:
    for facet in first.facets.keys() | second.facets.keys():
        yield from _told(facet, first.facets.get(facet), second.facets.get(facet))


def _hit_differences(first: list[Hit], second: list[Hit], *, is_whole: bool, in_order: bool) -> Iterator[str]:
    """Of what was found by both, what is shown and marked has to be the same."""
    if in_order:
        yield from _told("order", [hit.id for hit in first], [hit.id for hit in second])
    elif is_whole:
        yield from _told("records", sorted(hit.id for hit in first), sorted(hit.id for hit in second))
    of_second = {hit.id: hit for hit in second}
    for hit in first:
        yield from _told(f"hit {hit.id}", hit, of_second.get(hit.id, hit))


def _told(what: str, one: Any, other: Any) -> Iterator[str]:
    """One sentence if two answers differ."""
    if one != other:
        yield f"{what}: {one!r}\n    but {other!r}"


def _overlap(first: SearchPage, second: SearchPage) -> float:
    tops = [{hit.id for hit in page.hits[:TOP]} for page in (first, second)]
    return len(tops[0] & tops[1]) / TOP
