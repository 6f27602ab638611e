"""What a search asks for, without a word of any engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, NewType

from search.language.tree import Node, Years

FacetValue = NewType("FacetValue", str)

# A page that begins past this many results is refused: an engine would have to rank all that lie before it.
MAX_RESULT_WINDOW: Final = 10_000
MAX_PAGE_SIZE: Final = 100
DEFAULT_PAGE_SIZE: Final = 20


def is_year(value: str) -> bool:
    """Whether a value of the facet "year" means one year: four digits."""
    return len(value) == 4 and value.isascii() and value.isdigit()


def year_range(value: str) -> Years | None:
    """The years that a value of the facet "year" spans if it is a range (2016..2018, 2016.., ..2018), else None."""
    first, dots, last = value.partition("..")
    if not dots or not (first or last):
        return None
    if not all(part == "" or (part.isascii() and part.isdigit() and len(part) <= 4) for part in (first, last)):
        return None
    return Years(first=int(first) if first else None, last=int(last) if last else None)


@unique
class Sort(StrEnum):
    """The orders in which results can be had. Ties are ordered by id; undated records come last."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as typed and as read.

    `reading` is the tree in the notation of the query language: shown to people as "how this was read".
    `notes` are sentences on what could not be read as syntax or was left out.
    `exact_title` is the folded title that the whole text would be, None where the text holds syntax.
    `relaxed` is the tree that any one of the words satisfies, None where that would be the same tree. It is searched
    where the tree itself finds fewer than `relaxed_below` records, whatever the filters; where the best match does not
    come first only if it finds none.
    """

    text: str
    tree: Node
    reading: str
    notes: tuple[str, ...] = ()
    exact_title: str | None = None
    relaxed: Node | None = None
    relaxed_below: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One page of results.

    `filters` maps a facet's name to the chosen values: any of the values, all of the facets. A value is an id from
    the catalogue, `mappings.fields.NONE_GIVEN`, or for "year" also a range such as 2016..2018.
    `page` counts from 1. `facets` names the facets to count, each with every filter but its own; `facet_size` is how
    many values of each are counted out, by falling count and then by id (years: all of them, in order).
    """

    query: Query
    filters: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=lambda: MappingProxyType({}))
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = DEFAULT_PAGE_SIZE
    facets: tuple[str, ...] = ()
    facet_size: int = 10

    @property
    def offset(self) -> int:
        """How many results lie before this page."""
        return (self.page - 1) * self.size

    def without_filter(self, facet: str, value: FacetValue) -> "SearchRequest":
        """The same request from its first page, with one chosen value of one facet taken away."""
        left = tuple(chosen for chosen in self.filters.get(facet, ()) if chosen != value)
        others = {name: values for name, values in self.filters.items() if name != facet}
        return replace(self, filters={**others, facet: left} if left else others, page=1)
