"""The two fields for a span of years, and what is said where a year cannot be read."""

from typing import Final

from werkzeug.datastructures import MultiDict

from app.params import is_year_value, parse_page_request
from app.web.links import search_address
from search.errors import InvalidRequest
from search.request import SearchRequest, is_year

SPAN_FIELDS: Final = ("year_from", "year_to")

# What an answer repeats of a value that was too long.
_LONGEST_SHOWN: Final = 100


def has_span(args: MultiDict[str, str]) -> bool:
    """Whether anything stands in the two fields."""
    return any(args.get(name) for name in SPAN_FIELDS)


def span_address(args: MultiDict[str, str]) -> str:
    """The address of the search with the two fields as one range of years. Raises InvalidRequest."""
    first, last = (args.get(name, "").strip() for name in SPAN_FIELDS)
    for name, year in zip(SPAN_FIELDS, (first, last), strict=True):
        if year and not is_year(year):
            shown = year[:_LONGEST_SHOWN]
            raise InvalidRequest(parameter=name, value=shown, limit="a year of four digits, such as 2017")
    if first and last:
        first, last = sorted((first, last))
    span = first if first == last else f"{first}..{last}"
    others = [(name, value) for name, value in args.items(multi=True) if name not in SPAN_FIELDS]
    return search_address(parse_page_request(MultiDict([*others, ("year", span)])))


def is_about_years(error: InvalidRequest) -> bool:
    """Whether it is a year that cannot be read."""
    return error.parameter in {"year", *SPAN_FIELDS}


def request_without_span(args: MultiDict[str, str]) -> SearchRequest:
    """The search without the two fields and without the years that cannot be read. Raises InvalidRequest."""
    kept = [
        (name, value)
        for name, value in args.items(multi=True)
        if name not in SPAN_FIELDS and not (name == "year" and not is_year_value(value))
    ]
    return parse_page_request(MultiDict(kept))
