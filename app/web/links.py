"""The addresses of the pages. Other people's links depend on them: they change by addition only."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

from mappings.fields import FACET_NAMES
from search.completion import Completion, CompletionKind
from search.request import FacetValue, SearchRequest, Sort

Filters: TypeAlias = Mapping[str, tuple[FacetValue, ...]]
Parameters: TypeAlias = list[tuple[str, str]]

STATIC_FOLDER: Final = Path(__file__).parent / "static"


def search_parameters(
    request: SearchRequest,
    *,
    text: str | None = None,
    filters: Filters | None = None,
    sort: Sort | None = None,
    page: int = 1,
) -> Parameters:
    """The query string of a search as pairs, defaults and empty values left out, always in the same order.

    What is None is as in the request. The page is not: whoever changes a search starts at its first page.
    """
    words = request.query.text if text is None else text
    order = request.sort if sort is None else sort
    pairs: Parameters = [("q", words)] if words else []
    pairs += filter_parameters(request.filters if filters is None else filters)
    if order is not Sort.RELEVANCE:
        pairs.append(("sort", order.value))
    if page != 1:
        pairs.append(("page", str(page)))
    return pairs


def filter_parameters(filters: Filters) -> Parameters:
    """The chosen values as pairs, in the order of the facets."""
    return [(name, value) for name in FACET_NAMES for value in filters.get(name, ())]


def search_address(
    request: SearchRequest,
    *,
    text: str | None = None,
    filters: Filters | None = None,
    sort: Sort | None = None,
    page: int = 1,
) -> str:
    """The address of a search's results; see `search_parameters`."""
    return address("/search", search_parameters(request, text=text, filters=filters, sort=sort, page=page))


def filtered_address(facet: str, value: str) -> str:
    """The address of all records that have one value of one facet."""
    return address("/search", [(facet, value)])


def completion_address(completion: Completion) -> str:
    """The address of what a completion names: a record, or all records that have a theme, an author or a publisher."""
    if completion.kind is CompletionKind.TITLE:
        return record_address(completion.id)
    return filtered_address(completion.kind.value, completion.id)


def facet_address(request: SearchRequest, facet: str, *, containing: str = "", page: int = 1) -> str:
    """The address of the page that lists every value of a facet, with the search that it belongs to.

    `page` counts pages of values: a list of values has no use for the page of results.
    """
    own = [("containing", containing)] if containing else []
    return address(f"/search/facets/{facet}", [*search_parameters(request, page=page), *own])


def record_address(record_id: str) -> str:
    """The address of a record's page."""
    return f"/records/{quote(record_id, safe='/:')}"


def api_record_address(record_id: str) -> str:
    """The address of a record as JSON."""
    return f"/api/v1/records/{quote(record_id, safe='/:')}"


def address(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """A path with a query string, or without one where there are no parameters."""
    query = urlencode(list(parameters))
    return f"{path}?{query}" if query else path


def doi_address(doi: str) -> str:
    """Where a DOI leads."""
    return f"https://doi.org/{quote(doi, safe='/:;()')}"


def outside_address(link: str | None) -> str | None:
    """The link if a browser may follow it: http or https with a host. Anything else is None and shown as text."""
    if link is None:
        return None
    try:
        parts = urlsplit(link.strip())
        host = parts.hostname
    except ValueError:  # a broken IPv6 address
        return None
    return link.strip() if parts.scheme in {"http", "https"} and host else None


def host_of(link: str) -> str:
    """The site that an outside address leads to, without "www."."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def contact_address(contact: str | None) -> str | None:
    """Where "contact us" leads: the setting is an address of mail or of a page. None where it is neither."""
    if contact and "@" in contact and "/" not in contact:
        return f"mailto:{quote(contact, safe='@')}"
    return outside_address(contact)


@cache
def static_address(filename: str) -> str:
    """The address of a file of ours with a hash of its content: it may be kept for ever.

    Raises OSError where there is no such file. Reckoned once per process.
    """
    digest = hashlib.sha256((STATIC_FOLDER / filename).read_bytes()).hexdigest()
    return f"/static/{filename}?v={digest[:12]}"
