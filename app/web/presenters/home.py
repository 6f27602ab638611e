"""The first page: the newest records and the ways in, from one answer to a search for everything.

While search is not answering there are still the newest records, from the catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web import wording
from app.web.links import filtered_address
from app.web.presenters.histogram import HistogramView, present_histogram
from app.web.presenters.hits import HitView, icon_for, present_hit, present_record_as_hit
from catalogue.record import Record
from mappings.fields import NONE_GIVEN
from search.request import SearchRequest
from search.results import Bucket, SearchPage


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """A theme or type with the number of its records; `icon` names a picture."""

    label: str
    address: str
    count: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """What the first page shows."""

    total: str
    newest: tuple[HitView, ...]
    themes: tuple[WayIn, ...]
    types: tuple[WayIn, ...]
    histogram: HistogramView | None
    searchable: bool = True


def present_home(request: SearchRequest, page: SearchPage) -> HomeView:
    """The first page from the newest records and the facets of the whole library."""
    return HomeView(
        total=wording.resources(page.total),
        newest=tuple(present_hit(hit) for hit in page.hits),
        themes=_ways_in("theme", page.facets.get("theme", ())),
        types=_ways_in("type", page.facets.get("type", ())),
        histogram=present_histogram(request, page.facets.get("year", ())),
    )


def present_home_without_search(total: int, newest: Sequence[Record]) -> HomeView:
    """The first page from what the catalogue knows: nothing is counted, so there are no ways in."""
    return HomeView(
        total=wording.resources(total),
        newest=tuple(present_record_as_hit(record) for record in newest),
        themes=(),
        types=(),
        histogram=None,
        searchable=False,
    )


def _ways_in(facet: str, buckets: Sequence[Bucket]) -> tuple[WayIn, ...]:
    return tuple(
        WayIn(
            label=wording.facet_value_label(facet, bucket.value, bucket.label),
            address=filtered_address(facet, bucket.value),
            count=wording.number(bucket.count),
            icon=icon_for(bucket.label),
        )
        for bucket in buckets
        if bucket.value != NONE_GIVEN
    )
