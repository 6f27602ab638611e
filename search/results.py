"""What a search answers, the same from every engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from search.request import FacetValue, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A piece of text, and whether it is one of the words that were looked for."""

    text: str
    marked: bool


# A text in its pieces: joined, they give the text (or, for a passage, the part of it that is shown).
MarkedText: TypeAlias = tuple[Fragment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with an id and a name for people: a theme, a type, a contributor, a publisher.

    `role` is set for contributors only: "author", "editor", "contributor".
    """

    id: str
    label: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a result shows of its record, as the index holds it.

    `date` is as precise as it is known: 2017, 2017-04, 2017-04-18, or None.
    `responsibility` is the statement of responsibility as printed.
    """

    title: str
    contributors: tuple[Named, ...]
    responsibility: str | None
    publishers: tuple[Named, ...]
    date: str | None
    type: Named | None
    themes: tuple[Named, ...]
    abstract: str | None
    link: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found record. `title` is whole; `passage` is the part of the abstract that shows most of the words."""

    id: str
    version: int
    shown: Shown
    title: MarkedText
    passage: MarkedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A value of a facet with the number of records that have it under every filter but the facet's own.

    `label` is None where no counted record has the value: the catalogue may still know its name.
    """

    value: FacetValue
    label: str | None
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Another spelling of the query, and how many records it finds under the same filters. Never 0."""

    text: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of results.

    `total` is exact. `facets` maps a facet's name to its buckets: the largest first, years in rising order, then the
    value "none given" if any record lacks one, and chosen values even at 0.
    `found_as_asked` is None, or where any of the words sufficed: how many records have all of them, or of many words
    most; too few to stop there. `generation` names the index that answered.
    """

    query: Query
    total: int
    page: int
    size: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Bucket, ...]]
    generation: str
    found_as_asked: int | None = None
    suggestion: Suggestion | None = None
