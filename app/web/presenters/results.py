"""A page of results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.web import wording
from app.web.links import address, search_address, search_parameters
from app.web.presenters.filters import ChosenPart, FacetView, RefusedYears, present_chosen, present_facets
from app.web.presenters.hits import HitView, present_hit
from app.web.presenters.paging import Paging, Step, last_page, present_paging
from search.discovery import Removal
from search.language.leaves import positive_leaves
from search.request import SearchRequest, Sort
from search.results import SearchPage

# Longer queries are cut in headings; the box has them whole.
LONGEST_HEADING: Final = 90

_SORT_LABELS: Final = {
    Sort.RELEVANCE: "Best match",
    Sort.NEWEST: "Newest",
    Sort.OLDEST: "Oldest",
    Sort.TITLE: "Title",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Another search that finds something, and how much."""

    label: str
    address: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsView:
    """Everything that the page of results shows."""

    page_title: str
    heading: str
    relaxed: str | None
    text: str
    sort: str
    showing: str | None
    chosen: tuple[ChosenPart, ...]
    clear: str
    reading: str | None
    notes: tuple[str, ...]
    suggestion: WayOut | None
    removals: tuple[WayOut, ...]
    hits: tuple[HitView, ...]
    first_number: int
    last_page: str | None
    sorts: tuple[Step, ...]
    paging: Paging | None
    facets: tuple[FacetView, ...]
    refused: str | None
    canonical: str
    as_json: str


def present_results(
    request: SearchRequest, page: SearchPage, removals: Sequence[Removal] = (), refused: RefusedYears | None = None
) -> ResultsView:
    """The page for a search and its answer; the removals are those of a search that found nothing.

    Where a year was refused the answer is the one without it, and says so.
    """
    last = last_page(page.total, page.size)
    return ResultsView(
        page_title=_page_title(request, page, last),
        heading=_heading(request, page),
        relaxed=_relaxed(page),
        text=request.query.text,
        sort="" if request.sort is Sort.RELEVANCE else request.sort.value,
        showing=_showing(page),
        chosen=present_chosen(request, page),
        clear=search_address(request, filters={}),
        reading=page.query.reading if page.query.notes else None,
        notes=page.query.notes,
        suggestion=_suggestion(request, page),
        removals=tuple(_removal(request, removal) for removal in removals),
        hits=tuple(present_hit(hit) for hit in page.hits),
        first_number=(page.page - 1) * page.size + 1,
        last_page=search_address(request, page=last) if page.total and not page.hits else None,
        sorts=_sorts(request),
        paging=present_paging(page.page, last, lambda number: search_address(request, page=number)),
        facets=present_facets(request, page, refused),
        refused=wording.no_year(refused.value) if refused is not None else None,
        canonical=search_address(request, page=request.page),
        as_json=address("/api/v1/search", search_parameters(request, page=request.page)),
    )


def shortened(text: str) -> str:
    """A query as a heading shows it: whole, or its beginning."""
    return text if len(text) <= LONGEST_HEADING else text[: LONGEST_HEADING - 1].rstrip() + "…"


def _page_title(request: SearchRequest, page: SearchPage, last: int) -> str:
    what = shortened(request.query.text) or "All resources"
    chosen = [part.label for part in present_chosen(request, page)]
    parts = [what, *([wording.listed(chosen)] if chosen else [])]
    return " – ".join([*parts, f"page {page.page} of {last}"] if last > 1 else parts)


def _heading(request: SearchRequest, page: SearchPage) -> str:
    text = shortened(request.query.text)
    if page.found_as_asked is not None and page.total:
        return _found_as_asked(page.found_as_asked)
    found = wording.resources(page.total) if page.total else "No resources"
    return f"{found} for “{text}”" if text else found


def _found_as_asked(found: int) -> str:
    if not found:
        return "No resource has all of these words"
    return f"Only {wording.resources(found)} {'has' if found == 1 else 'have'} most of these words"


def _relaxed(page: SearchPage) -> str | None:
    if page.found_as_asked is None or not page.total:
        return None
    return f"{wording.number(page.total)} {'has' if page.total == 1 else 'have'} some of them:"


def _showing(page: SearchPage) -> str | None:
    if not page.hits or len(page.hits) == page.total:
        return None
    first = (page.page - 1) * page.size + 1
    return f"Showing {wording.number(first)} to {wording.number(first + len(page.hits) - 1)}"


def _suggestion(request: SearchRequest, page: SearchPage) -> WayOut | None:
    suggestion = page.suggestion
    if suggestion is None:
        return None
    return WayOut(
        label=suggestion.text,
        address=search_address(request, text=suggestion.text),
        found=wording.resources(suggestion.total),
    )


def _removal(request: SearchRequest, removal: Removal) -> WayOut:
    bucket = removal.bucket
    return WayOut(
        label=wording.facet_value_label(removal.facet, bucket.value, bucket.label),
        address=search_address(request.without_filter(removal.facet, bucket.value)),
        found=wording.resources(removal.total),
    )


def _sorts(request: SearchRequest) -> tuple[Step, ...]:
    """The orders to choose from. Where no words are looked for, the newest stand in for the best match."""
    has_words = next(positive_leaves(request.query.tree), None) is not None
    orders = [sort for sort in _SORT_LABELS if has_words or sort is not Sort.RELEVANCE]
    current = Sort.NEWEST if request.sort is Sort.RELEVANCE and not has_words else request.sort
    return tuple(
        Step(text=_SORT_LABELS[sort], address=search_address(request, sort=sort), current=sort is current)
        for sort in orders
    )
