"""The page that lists every value of a facet."""

from dataclasses import dataclass

from app.web import wording
from app.web.links import Parameters, facet_address, search_address, search_parameters
from app.web.presenters.filters import Option, option
from app.web.presenters.paging import Paging, present_paging
from app.web.presenters.results import shortened
from search.discovery import FacetPage
from search.request import SearchRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetPageView:
    """What the page shows.

    `kept` are the parameters of the search, without the values that stand there to be ticked. `also_chosen` says how
    many of them are values of this facet.
    """

    page_title: str
    heading: str
    facet: str
    place: str
    found: str
    containing: str
    without_containing: str
    kept: Parameters
    within: bool
    also_chosen: str | None
    options: tuple[Option, ...]
    paging: Paging | None
    back: str


def present_facet_page(request: SearchRequest, facet: str, containing: str, page: FacetPage) -> FacetPageView:
    """One page of the values of a facet under the rest of a search."""
    last = max(1, -(-page.total // page.size))
    plural = wording.FACET_PLURALS[facet]
    found = _found(page.total, plural, containing)
    parameters = search_parameters(request)
    listed = {bucket.value for bucket in page.buckets}
    elsewhere = sum(1 for value in request.filters.get(facet, ()) if value not in listed)
    return FacetPageView(
        page_title=_page_title(request, found if containing else f"All {plural}", page.page, last),
        heading=f"All {plural}",
        facet=facet,
        place=facet_address(request, facet),
        found=found,
        containing=containing,
        without_containing=facet_address(request, facet),
        kept=[(name, value) for name, value in parameters if name != facet or value not in listed],
        within=any(name != facet for name, _ in parameters),
        also_chosen=_also_chosen(elsewhere),
        options=tuple(option(facet, bucket) for bucket in page.buckets),
        paging=present_paging(
            page.page, last, lambda number: facet_address(request, facet, containing=containing, page=number)
        ),
        back=search_address(request),
    )


def _page_title(request: SearchRequest, what: str, page: int, last: int) -> str:
    text = shortened(request.query.text)
    title = f"{what} for “{text}”" if text else what
    return f"{title} – page {page} of {last}" if last > 1 else title


def _also_chosen(elsewhere: int) -> str | None:
    if not elsewhere:
        return None
    return f"{wording.number(elsewhere)} more {'is' if elsewhere == 1 else 'are'} ticked, and not among these."


def _found(total: int, plural: str, containing: str) -> str:
    count = wording.number(total) if total else "No"
    return f"{count} {plural} with “{shortened(containing)}” in the name" if containing else f"{count} {plural}"
