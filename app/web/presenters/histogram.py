"""The histogram of years inside the filter: bars on an even scale of time, each a link, with the same numbers as rows.

Geometry is in units of the picture's own viewBox, so that the page needs no style attribute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.web import wording
from app.web.links import Filters, search_address
from search.request import FacetValue, SearchRequest, is_year, year_range
from search.results import Bucket

# More bars than this are too thin to hit in a column of 280 px: several years then share one.
MOST_BARS: Final = 24

_SPANS: Final = (1, 2, 5, 10, 20, 50, 100, 500)  # years per bar

_SLOT: Final = 28  # from one bar to the next
_GAP: Final = 4
_TALLEST: Final = 72
_MARK_TOP: Final = _TALLEST + 4
_MARK_HEIGHT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. `slot_x` and `slot_width` are the whole place it stands in; a bar of no records has no height."""

    slot_x: int
    slot_width: int
    x: int
    y: float
    width: int
    height: float
    name: str
    address: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A year with its count in the table."""

    year: str
    count: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramView:
    """The picture and its table. `first` and `last` are the years at its ends; `name` says what it shows."""

    width: int
    height: int
    baseline: int
    mark_top: int
    mark_height: int
    bars: tuple[Bar, ...]
    rows: tuple[Row, ...]
    first: str
    last: str
    name: str


def present_histogram(request: SearchRequest, buckets: Sequence[Bucket]) -> HistogramView | None:
    """The histogram of the buckets of "year"; None where no record has a year."""
    counts = {int(bucket.value): bucket.count for bucket in buckets if is_year(bucket.value)}
    if not any(counts.values()):
        return None
    first, last = min(counts), max(counts)
    span = next((size for size in _SPANS if (last - first) // size < MOST_BARS), _SPANS[-1])
    start = first - first % span
    starts = range(start, last + 1, span)
    totals = [sum(counts.get(year, 0) for year in range(at, at + span)) for at in starts]
    bars = tuple(
        _bar(request, slot, (at, at + span - 1), total, max(totals))
        for slot, (at, total) in enumerate(zip(starts, totals, strict=True))
    )
    return HistogramView(
        width=len(bars) * _SLOT,
        height=_MARK_TOP + _MARK_HEIGHT,
        baseline=_TALLEST,
        mark_top=_MARK_TOP,
        mark_height=_MARK_HEIGHT,
        bars=bars,
        rows=tuple(_row(request, year, count) for year, count in sorted(counts.items())),
        first=f"{start:04}",
        last=f"{start + len(bars) * span - 1:04}",
        name=f"Resources by year, {start:04} to {start + len(bars) * span - 1:04}",
    )


def is_chosen(request: SearchRequest, first: int, last: int) -> bool:
    """Whether a chosen year or range of years touches the years from first to last."""
    return any(_touches(value, first, last) for value in request.filters.get("year", ()))


def _bar(request: SearchRequest, slot: int, years: tuple[int, int], total: int, most: int) -> Bar:
    first, last = years
    # A single record beside thousands still shows.
    height = max(round(_TALLEST * total / most, 1), 2.0) if total else 0.0
    value = f"{first:04}" if first == last else f"{first:04}..{last:04}"
    words = wording.years_in_words(f"{first:04}", f"{last:04}")
    alone = request.filters.get("year", ()) == (value,)
    action = "chosen, show all years" if alone else "show only these"
    return Bar(
        slot_x=slot * _SLOT,
        slot_width=_SLOT,
        x=slot * _SLOT + _GAP // 2,
        y=_TALLEST - height,
        width=_SLOT - _GAP,
        height=height,
        name=f"{words}: {wording.resources(total)}, {action}",
        address=_address(request, value),
        count=total,
        chosen=is_chosen(request, first, last),
    )


def _row(request: SearchRequest, year: int, count: int) -> Row:
    value = f"{year:04}"
    return Row(
        year=value,
        count=wording.number(count),
        address=_address(request, value),
        chosen=is_chosen(request, year, year),
    )


def _address(request: SearchRequest, value: str) -> str:
    """The search limited to these years, or to no years where it is limited to just these already."""
    others: Filters = {name: values for name, values in request.filters.items() if name != "year"}
    if request.filters.get("year", ()) == (value,):
        return search_address(request, filters=others)
    return search_address(request, filters={**others, "year": (FacetValue(value),)})


def _touches(value: str, first: int, last: int) -> bool:
    if is_year(value):
        return first <= int(value) <= last
    years = year_range(FacetValue(value))
    return years is not None and (years.first or 0) <= last and first <= (9999 if years.last is None else years.last)
