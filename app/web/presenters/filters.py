"""The facets as people choose from them, and what they have chosen as a sentence of removable parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.web import wording
from app.web.links import facet_address, search_address
from app.web.presenters.histogram import HistogramView, present_histogram
from mappings.fields import FACET_NAMES, NONE_GIVEN
from search.request import FacetValue, SearchRequest, year_range
from search.results import Bucket, SearchPage

# Years to tick; the histogram, its table and the page of all years have the rest.
MOST_YEARS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value to tick, with how many records have it."""

    value: str
    label: str
    count: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedYears:
    """What was typed that is no year: in which parameter, and what stood in the two fields of a span of years."""

    parameter: str
    value: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSpan:
    """What stands in the two fields of a span of years, and what is wrong with it."""

    first: str
    last: str
    problem: str | None = None
    wrong_first: bool = False
    wrong_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetView:
    """One facet. `more` leads to the page of all its values, where there are more than are shown."""

    name: str
    label: str
    options: tuple[Option, ...]
    more: str | None
    more_label: str
    histogram: HistogramView | None = None
    span: YearSpan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPart:
    """One chosen value in the sentence: words before it, its label, and the search without it."""

    lead: str
    label: str
    remove: str


def present_facets(
    request: SearchRequest, page: SearchPage, refused: RefusedYears | None = None
) -> tuple[FacetView, ...]:
    """The facets that were counted, in their order; one without any value is left out.

    Years that were refused stand in their fields as they were typed.
    """
    views = (_present_facet(request, name, page.facets[name], refused) for name in FACET_NAMES if name in page.facets)
    return tuple(view for view in views if view.options or view.histogram or view.span)


def present_chosen(request: SearchRequest, page: SearchPage) -> tuple[ChosenPart, ...]:
    """The chosen values in the order of the facets: "about Integration", "or Migration", "from 2016 to 2018"."""
    parts: list[ChosenPart] = []
    for name in FACET_NAMES:
        labels = {bucket.value: bucket.label for bucket in page.facets.get(name, ())}
        for at, value in enumerate(request.filters.get(name, ())):
            without = request.without_filter(name, value)
            parts.append(
                ChosenPart(
                    lead="or" if at else wording.lead_words(name, value),
                    label=wording.facet_value_label(name, value, labels.get(value)),
                    remove=search_address(without),
                )
            )
    return tuple(parts)


def option(facet: str, bucket: Bucket) -> Option:
    """A bucket as a value to tick."""
    return Option(
        value=bucket.value,
        label=wording.facet_value_label(facet, bucket.value, bucket.label),
        count=wording.number(bucket.count),
        chosen=bucket.chosen,
    )


def _present_facet(
    request: SearchRequest, name: str, buckets: Sequence[Bucket], refused: RefusedYears | None
) -> FacetView:
    if name == "year":
        return _present_years(request, buckets, refused)
    found = sum(1 for bucket in buckets if bucket.value != NONE_GIVEN)
    return FacetView(
        name=name,
        label=wording.FACET_LABELS[name],
        options=tuple(option(name, bucket) for bucket in buckets),
        # As many as were asked for: there may be more.
        more=facet_address(request, name) if found >= request.facet_size else None,
        more_label=f"All {wording.FACET_PLURALS[name]}",
    )


def _present_years(request: SearchRequest, buckets: Sequence[Bucket], refused: RefusedYears | None) -> FacetView:
    """The newest years to tick, every chosen one, and two fields for a span, which hold the first chosen range."""
    spans = [value for value in request.filters.get("year", ()) if year_range(value)]
    years = sorted((b for b in buckets if year_range(b.value) is None and b.value != NONE_GIVEN), key=_by_value)[::-1]
    shown = [year for at, year in enumerate(years) if at < MOST_YEARS or year.chosen]
    others = [b for b in buckets if b.value == NONE_GIVEN or (b.value in spans[1:])]
    return FacetView(
        name="year",
        label=wording.FACET_LABELS["year"],
        options=tuple(option("year", bucket) for bucket in (*shown, *others)),
        more=facet_address(request, "year") if len(shown) < len(years) else None,
        more_label=f"All {wording.FACET_PLURALS['year']}",
        histogram=present_histogram(request, buckets),
        span=_span(spans[0] if spans else None, refused) if years or spans or refused else None,
    )


def _span(value: FacetValue | None, refused: RefusedYears | None) -> YearSpan:
    if refused is not None:
        return YearSpan(
            first=refused.first,
            last=refused.last,
            problem=wording.no_year(refused.value),
            wrong_first=refused.parameter == "year_from",
            wrong_last=refused.parameter == "year_to",
        )
    first, _, last = (value or "").partition("..")
    return YearSpan(first=first, last=last)


def _by_value(bucket: Bucket) -> str:
    return bucket.value
