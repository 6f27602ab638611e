"""What people are answered: an engine's page, and what helps where it found nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from mappings.analysis import fold
from mappings.completion import never_suggested
from mappings.fields import NONE_GIVEN
from search.completion import Completion, CompletionRequest, marked, mixed, read_beginning
from search.engine import SearchEngine
from search.language.leaves import positive_leaves
from search.request import FacetValue, SearchRequest, Sort
from search.results import Bucket, SearchPage
from search.spelling import suggest_spelling

# The length of a page of one facet's values.
FACET_PAGE_SIZE: Final = 100

# Removals are counted one by one: past this many chosen values only "clear all" is offered.
_MOST_REMOVALS: Final = 12


class FacetLabels(Protocol):
    """The names of facet values, from whoever knows them."""

    def labels(self, facet: str, values: Sequence[FacetValue]) -> Mapping[FacetValue, str]:
        """The labels of those values that exist."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetPage:
    """A page of one facet's values. `total` counts the values that contain what was asked for."""

    facet: str
    buckets: tuple[Bucket, ...]
    total: int
    page: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A chosen value, and how many records there would be without it."""

    facet: str
    bucket: Bucket
    total: int


class Discovery:
    """Searches that help further where nothing is found."""

    def __init__(self, engine: SearchEngine, labels: FacetLabels) -> None:
        """Labels are asked for only where no found record carries them."""
        self._engine = engine
        self._labels = labels

    def search(self, request: SearchRequest) -> SearchPage:
        """A page of results; where too few records have the words, of those with any of them.

        A spelling is suggested only where nothing was found as asked. A query without words has no relevance: newest
        first.
        """
        request = _with_sensible_sort(request)
        page = self._engine.search(request)
        found = page.total
        if self._has_to_relax(request, found):
            page = replace(self._engine.search(_relaxed(request)), query=request.query, found_as_asked=found)
        return replace(
            page,
            facets={facet: self._labelled(facet, buckets) for facet, buckets in page.facets.items()},
            suggestion=suggest_spelling(self._engine, request) if found == 0 else None,
        )

    def complete(
        self, text: str, *, filters: Mapping[str, tuple[FacetValue, ...]] | None = None, limit: int
    ) -> tuple[Completion, ...]:
        """What somebody who has typed a text may be about to type: a mix of names and titles, best first, marked."""
        beginning = read_beginning(text)
        if beginning is None:
            return ()
        request = CompletionRequest(beginning=beginning, limit=limit, filters=filters or {}, without=never_suggested())
        chosen = mixed(self._engine.complete(request), limit)
        return tuple(replace(each, marked=marked(each.label, beginning)) for each in chosen)

    def facet_page(self, request: SearchRequest, facet: str, *, containing: str = "", page: int = 1) -> FacetPage:
        """One page of a facet's values whose labels contain a text, whatever its case and accents."""
        if self._has_to_relax(request, self._engine.count(request)):
            request = _relaxed(request)
        found = self._labelled(facet, self._engine.buckets(request, facet))
        wanted = fold(containing).split()
        matching = [b for b in found if all(part in fold(b.label or b.value) for part in wanted)]
        start = (page - 1) * FACET_PAGE_SIZE
        return FacetPage(
            facet=facet,
            buckets=tuple(matching[start : start + FACET_PAGE_SIZE]),
            total=len(matching),
            page=page,
            size=FACET_PAGE_SIZE,
        )

    def removals(self, request: SearchRequest, page: SearchPage) -> tuple[Removal, ...]:
        """For each chosen value, how many records there would be without it."""
        chosen = [(facet, bucket) for facet, found in page.facets.items() for bucket in found if bucket.chosen]
        return tuple(
            Removal(facet=facet, bucket=bucket, total=self._total(request.without_filter(facet, bucket.value)))
            for facet, bucket in chosen[:_MOST_REMOVALS]
        )

    def _total(self, request: SearchRequest) -> int:
        """How many records `search` would find."""
        total = self._engine.count(request)
        return self._engine.count(_relaxed(request)) if self._has_to_relax(request, total) else total

    def _has_to_relax(self, request: SearchRequest, found: int) -> bool:
        """Whether too few records have the words. Filters do not count: choosing one must not widen the words."""
        query = request.query
        # Only the best match first keeps the few that have most of the words above the many that have some.
        enough = query.relaxed_below if request.sort is Sort.RELEVANCE else 1
        if query.relaxed is None or found >= enough:
            return False
        return not request.filters or self._engine.count(replace(request, filters={})) < enough

    def _labelled(self, facet: str, found: Sequence[Bucket]) -> tuple[Bucket, ...]:
        nameless = [bucket.value for bucket in found if bucket.label is None and bucket.value != NONE_GIVEN]
        if not nameless:
            return tuple(found)
        known = self._labels.labels(facet, nameless)
        return tuple(replace(b, label=b.label or known.get(b.value)) for b in found)


def _relaxed(request: SearchRequest) -> SearchRequest:
    """The request that any of its words satisfies."""
    return replace(request, query=replace(request.query, tree=request.query.relaxed or request.query.tree))


def _with_sensible_sort(request: SearchRequest) -> SearchRequest:
    if request.sort is Sort.RELEVANCE and next(positive_leaves(request.query.tree), None) is None:
        return replace(request, sort=Sort.NEWEST)
    return request
