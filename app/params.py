"""The query string as a `SearchRequest`: one schema for pages and API, which differ in what they forgive."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from mappings.fields import FACET_NAMES, NONE_GIVEN
from search.completion import DEFAULT_COMPLETIONS, MAX_COMPLETIONS
from search.errors import InvalidRequest
from search.language.policy import MAX_QUERY_LENGTH
from search.language.reader import read_query
from search.request import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    MAX_RESULT_WINDOW,
    FacetValue,
    SearchRequest,
    Sort,
    is_year,
    year_range,
)

_MOST_VALUES: Final = 50
_LONGEST_VALUE: Final = 300
_LONGEST_CONTAINING: Final = 200

# What an answer repeats of a value that was too long.
_LONGEST_SHOWN: Final = 100

# The shape of a member's public id. Which ids are known is not looked at here: a search box goes on in any case.
_MEMBER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")

# As `is_year_value` has it.
_YEAR_VALUES: Final = rf"^([0-9]{{4}}|[0-9]{{4}}\.\.([0-9]{{4}})?|\.\.[0-9]{{4}}|{NONE_GIVEN})?$"

_SORTS: Final = [sort.value for sort in Sort]


class WholeNumber(fields.Integer):
    """A whole number in plain digits, within bounds. marshmallow's own also takes "1_000", " 5 " and "٣"."""

    def __init__(self, lowest: int, highest: int, **options: Any) -> None:  # noqa: ANN401 - marshmallow's
        """The bounds belong to the range."""
        limit = f"a whole number from {lowest:,} to {highest:,}"
        self._limit: Final = limit
        super().__init__(validate=validate.Range(lowest, highest, error=limit), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:  # noqa: ANN401, ARG002
        # Nine digits are more than any bound: a longer number must not reach int(), which refuses thousands of them.
        if not isinstance(value, str) or not re.fullmatch("[0-9]{1,9}", value):
            raise ValidationError(self._limit)
        return int(value)


def is_year_value(value: str) -> bool:
    """Whether a value of the facet "year" means any year: four digits, a range of years, or none given."""
    return is_year(value) or value == NONE_GIVEN or year_range(value) is not None


def _check_year(value: str) -> None:
    """An unknown id may be one that is no longer used, and finds nothing. What is no year was never one."""
    if value and not is_year_value(value):  # an empty value is left out, as that of any facet
        raise ValidationError("a year of four digits such as 2017, a range such as 2016..2018, or none")


def _facet_values(facet: str, example: str) -> fields.List[Any]:
    """The values of one facet, each an id."""
    length = validate.Length(max=_LONGEST_VALUE, error=f"at most {_LONGEST_VALUE} characters long")
    checks: list[Callable[[str], object]] = [length, _check_year] if facet == "year" else [length]
    also = ", or a range such as 2016..2018" if facet == "year" else ""
    pattern = {"pattern": _YEAR_VALUES} if facet == "year" else {}
    says = f"Only records with one of these values of the facet {facet}: ids, not labels; none: none given{also}."
    return fields.List(
        fields.String(validate=checks, metadata=pattern),
        validate=validate.Length(max=_MOST_VALUES, error=f"given at most {_MOST_VALUES} times"),
        metadata={"description": f"{says} May be repeated.", "example": [example]},
    )


class SearchParameters(Schema):
    """What a search page understands in its query string."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=MAX_QUERY_LENGTH, error=f"at most {MAX_QUERY_LENGTH:,} characters long"),
        metadata={"description": "The query, in the query language.", "example": "social cohesion"},
    )
    sort = fields.String(
        load_default=Sort.RELEVANCE.value,
        validate=validate.OneOf(_SORTS, error=f"one of {', '.join(_SORTS)}"),
        metadata={"description": "The order of the results. Without words in the query, relevance is newest first."},
    )
    page = WholeNumber(1, MAX_RESULT_WINDOW, load_default=1, metadata={"description": "The page, counted from 1."})
    theme = _facet_values("theme", "integration")
    type = _facet_values("type", "report")
    year = _facet_values("year", "2016..2018")
    author = _facet_values("author", "dominic-abrams")
    publisher = _facet_values("publisher", "none")


class ApiSearchParameters(SearchParameters):
    """What a search of the API understands."""

    size = WholeNumber(
        1,
        MAX_PAGE_SIZE,
        load_default=DEFAULT_PAGE_SIZE,
        metadata={"description": "How many results a page has."},
    )
    member = fields.String(
        load_default=None,
        validate=validate.Regexp(_MEMBER, error="the public id of a member, such as neighbours-together"),
        metadata={
            "description": "Whose page asks: the public id of a member organisation. The answer is the same.",
            "example": "neighbours-together",
        },
    )


class SuggestParameters(SearchParameters):
    """What completion understands."""

    class Meta:
        """There is one page, in an order of its own."""

        exclude = ("sort", "page")

    q = fields.String(
        load_default="",
        validate=validate.Length(max=MAX_QUERY_LENGTH, error=f"at most {MAX_QUERY_LENGTH:,} characters long"),
        metadata={"description": "What has been typed so far.", "example": "integ"},
    )
    limit = WholeNumber(
        1,
        MAX_COMPLETIONS,
        load_default=DEFAULT_COMPLETIONS,
        metadata={"description": "How many suggestions there are at most."},
    )


class FacetPaging(Schema):
    """Which of a facet's values are shown."""

    containing = fields.String(
        load_default="",
        validate=validate.Length(max=_LONGEST_CONTAINING, error=f"at most {_LONGEST_CONTAINING} characters long"),
        metadata={"description": "Only values whose label has these letters."},
    )
    page = WholeNumber(1, MAX_RESULT_WINDOW, load_default=1, metadata={"description": "The page of values."})


class FacetParameters(FacetPaging, SearchParameters):
    """What a page of a facet's values understands."""

    class Meta:
        """A facet's values have their own order."""

        exclude = ("sort",)


class ReindexesParameters(Schema):
    """Which rebuilds of the index are listed."""

    size = WholeNumber(1, MAX_PAGE_SIZE, load_default=DEFAULT_PAGE_SIZE, metadata={"description": "How many."})
    before = WholeNumber(
        1, 999_999_999, load_default=None, metadata={"description": "Only those with a lower number: the next page."}
    )


class UnknownParameter(InvalidRequest):
    """A parameter that does not exist."""

    def __init__(self, *, parameter: str, value: str, known: Iterable[str]) -> None:
        """The known ones are named in the message."""
        super().__init__(parameter=parameter, value=value, limit=f"one of the parameters {', '.join(known)}")

    def __str__(self) -> str:
        """What is wrong, and what would be right."""
        return f"{self.parameter!r} is no parameter here: it has to be {self.limit}"


_page_parameters: Final = SearchParameters(unknown=EXCLUDE)
_facet_paging: Final = FacetPaging(unknown=EXCLUDE)


def parse_page_request(args: MultiDict[str, str], *, facets: tuple[str, ...] = FACET_NAMES) -> SearchRequest:
    """The request of a page's address. Unknown and empty parameters are ignored: shared links carry all sorts.

    Of a repeated parameter that can be given once the first counts. Raises InvalidRequest.
    """
    return to_request(_loaded(_page_parameters, _given(args)), facets=facets)


def parse_facet_page(args: MultiDict[str, str], facet: str) -> tuple[SearchRequest, str, int]:
    """The search around the values of a facet, what their labels have to contain, and their page.

    As forgiving as `parse_page_request`. Raises InvalidRequest.
    """
    given = _given(args)
    paging = _loaded(_facet_paging, given)
    around = {name: value for name, value in given.items() if name != "page"}
    request = to_request(_loaded(_page_parameters, around), facets=(facet,))
    return request, paging["containing"].strip(), paging["page"]


def _given(args: MultiDict[str, str]) -> dict[str, str | list[str]]:
    """What is not empty; of what can be given once the first."""
    given = {name: [value for value in values if value] for name, values in args.lists()}
    return {name: values if name in FACET_NAMES else values[0] for name, values in given.items() if values}


def load_strictly(schema: Schema, args: MultiDict[str, str]) -> dict[str, Any]:
    """What a schema reads in a query string where nothing is ignored.

    Raises InvalidRequest, also for a parameter that is repeated and may not be, and UnknownParameter.
    """
    known: Mapping[str, object] = cast("Any", schema).fields  # Field[?] in marshmallow's own words
    flat: dict[str, Any] = {}
    for name, values in args.lists():
        if name not in known:
            raise UnknownParameter(parameter=_shown(name), value=_shown(values[0]), known=known)
        repeats = isinstance(known[name], fields.List)
        if len(values) > 1 and not repeats:
            raise InvalidRequest(parameter=name, value=_shown(values), limit="given once")
        flat[name] = values if repeats else values[0]
    return _loaded(schema, flat)


def _loaded(schema: Schema, flat: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", schema.load(flat))
    except ValidationError as e:
        raise _first_problem(cast("dict[str, Any]", e.normalized_messages()), flat) from e


def to_request(loaded: Mapping[str, Any], *, facets: tuple[str, ...] = FACET_NAMES) -> SearchRequest:
    """The request of parameters that a schema has loaded. Raises InvalidRequest for a page beyond the last."""
    request = SearchRequest(
        query=read_query(loaded["q"]),
        filters=to_filters(loaded),
        sort=Sort(loaded["sort"]),
        page=loaded["page"],
        size=loaded.get("size", DEFAULT_PAGE_SIZE),
        facets=facets,
    )
    if request.offset + request.size > MAX_RESULT_WINDOW:
        last = MAX_RESULT_WINDOW // request.size
        limit = f"at most {last:,}: only the first {MAX_RESULT_WINDOW:,} results can be paged through"
        raise InvalidRequest(parameter="page", value=str(request.page), limit=limit)
    return request


def to_filters(loaded: Mapping[str, Any]) -> dict[str, tuple[FacetValue, ...]]:
    """The chosen values of each facet in the parameters that a schema has loaded."""
    chosen = {facet: _distinct(loaded.get(facet, ())) for facet in FACET_NAMES}
    return {facet: values for facet, values in chosen.items() if values}


def _first_problem(messages: Mapping[str, Any], given: Mapping[str, Any]) -> InvalidRequest:
    """The first of marshmallow's messages, with the parameter and the value that it is about."""
    parameter, about = next(iter(messages.items()))
    value: object = given.get(parameter, "")
    while isinstance(about, Mapping):  # of a list: index -> messages
        at, about = next(iter(cast("Mapping[int, Any]", about).items()))
        value = cast("list[object]", value)[at]
    return InvalidRequest(parameter=parameter, value=_shown(value), limit=str(next(iter(about))))


def _distinct(values: Iterable[str]) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(value) for value in dict.fromkeys(values) if value)


def _shown(value: object) -> str:
    text = ", ".join(cast("list[str]", value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
