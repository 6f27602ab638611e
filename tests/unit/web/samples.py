"""Values that the tests of the pages are made of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from catalogue.record import (
    Agent,
    AgentId,
    AgentKind,
    Concept,
    ConceptId,
    Contributor,
    PartialDate,
    Record,
    RecordId,
    Role,
    Vocabulary,
)
from mappings.fields import FACET_NAMES
from search.language.tree import Everything, Word
from search.request import FacetValue, Query, SearchRequest
from search.results import Bucket, Fragment, Hit, Named, SearchPage, Shown


def a_query(text: str = "", **parts: Any) -> Query:
    tree = Word(text=text) if text else Everything()
    return Query(text=text, tree=tree, reading=text, **parts)


def a_request(text: str = "", *, filters: Mapping[str, tuple[str, ...]] | None = None, **parts: Any) -> SearchRequest:
    chosen = {name: tuple(FacetValue(value) for value in values) for name, values in (filters or {}).items()}
    return SearchRequest(query=a_query(text), filters=chosen, facets=FACET_NAMES, **parts)


def a_bucket(value: str, count: int = 1, label: str | None = None, *, chosen: bool = False) -> Bucket:
    return Bucket(value=FacetValue(value), label=label, count=count, chosen=chosen)


def a_hit(**shown: Any) -> Hit:
    base = Shown(
        title="A Handbook",
        contributors=(Named(id="ann-lee", label="Ann Lee", role="author"),),
        responsibility="Ann Lee",
        publishers=(Named(id="demos", label="Demos"),),
        date="2017-04",
        type=Named(id="guide", label="Guide"),
        themes=(Named(id="integration", label="Integration"),),
        abstract="Lessons.",
        link=None,
        language="en",
    )
    whole = replace(base, **shown)
    title = (Fragment(text=whole.title, marked=False),)
    return Hit(id="a-handbook", version=1, shown=whole, title=title, passage=())


def a_page(request: SearchRequest, *, total: int = 0, **parts: Any) -> SearchPage:
    facets: dict[str, tuple[Bucket, ...]] = dict.fromkeys(FACET_NAMES, ())
    facets.update(parts.pop("facets", {}))
    answer: dict[str, Any] = {"query": request.query, "hits": tuple(a_hit() for _ in range(min(total, request.size)))}
    return SearchPage(
        total=total, page=request.page, size=request.size, facets=facets, generation="g1", **{**answer, **parts}
    )


def a_concept(identity: str, label: str, *broader: Concept, vocabulary: Vocabulary = Vocabulary.THEME) -> Concept:
    return Concept(id=ConceptId(identity), vocabulary=vocabulary, label=label, broader=broader)


def a_contributor(name: str, role: Role = Role.AUTHOR) -> Contributor:
    agent = Agent(id=AgentId(name.lower().replace(" ", "-")), name=name, kind=AgentKind.PERSON)
    return Contributor(agent=agent, role=role)


def a_record(**parts: Any) -> Record:
    moment = datetime(2024, 3, 5, 12, tzinfo=UTC)
    base = Record(
        id=RecordId("a-handbook"),
        version=1,
        title="A Handbook",
        contributors=(a_contributor("Ann Lee"),),
        responsibility="Ann Lee",
        publishers=(Agent(id=AgentId("demos"), name="Demos", kind=AgentKind.ORGANISATION),),
        date=PartialDate(year=2017, month=4),
        type=a_concept("guide", "Guide", vocabulary=Vocabulary.TYPE),
        themes=(a_concept("integration", "Integration"),),
        abstract="Lessons.",
        link="https://www.example.org/a.pdf",
        language="en",
        doi=None,
        isbn=None,
        deleted=False,
        created_at=moment,
        updated_at=moment,
    )
    return replace(base, **parts)
