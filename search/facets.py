"""Facet counts as buckets: which are shown and in which order, the same for every engine."""

from collections.abc import Mapping, Sequence

from mappings.fields import NONE_GIVEN, split_facet_term
from search.request import FacetValue, year_range
from search.results import Bucket


def ordered_buckets(
    counts: Mapping[str, int], *, facet: str, size: int, chosen: Sequence[FacetValue]
) -> tuple[Bucket, ...]:
    """The buckets of one facet, from the counts of its terms (`mappings.fields.facet_term`).

    First the `size` largest, equal ones by id; for "year" all, in rising order. Then "none given" unless it is 0.
    Then chosen values that are not among them, even at 0, and chosen ranges of years with the sum of their years.
    The counts have to hold all that could be among the largest, "none given" and every chosen value that is not 0.
    """
    totals: dict[str, int] = {}
    labels: dict[str, str] = {}
    for term, count in counts.items():
        value, label = split_facet_term(term)
        # While a renamed theme is on its way to the index, one id stands there with two labels.
        totals[value] = totals.get(value, 0) + count
        labels.setdefault(value, label)
    picked = frozenset(chosen)

    def bucket(value: str, count: int) -> Bucket:
        return Bucket(
            value=FacetValue(value), label=labels.get(value) or None, count=count, chosen=FacetValue(value) in picked
        )

    named = [value for value, count in totals.items() if value != NONE_GIVEN and count]
    largest = sorted(named, key=lambda value: (-totals[value], value))[:size]
    shown = sorted(named) if facet == "year" else largest
    if totals.get(NONE_GIVEN):
        shown.append(NONE_GIVEN)
    missing = [value for value in chosen if value not in shown]
    return (
        *(bucket(value, totals[value]) for value in shown),
        *(bucket(value, _total_of(value, totals, facet=facet)) for value in missing),
    )


def _total_of(value: FacetValue, totals: Mapping[str, int], *, facet: str) -> int:
    years = year_range(value) if facet == "year" else None
    if years is None:
        return totals.get(value, 0)
    first = f"{years.first or 0:04}"
    last = f"{9999 if years.last is None else years.last:04}"
    return sum(count for year, count in totals.items() if year != NONE_GIVEN and first <= year <= last)
