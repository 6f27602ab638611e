"""Searches that help further where nothing is found, over an engine that looks at records one by one."""

from collections.abc import Mapping, Sequence

import pytest

from mappings.fields import FACET_NAMES
from search.discovery import FACET_PAGE_SIZE, Discovery
from search.engine import WordFrequency
from search.language.reader import read_query
from search.request import FacetValue, SearchRequest, Sort
from tests.fakes.engine import FakeEngine, FakeRecord

FAITH = {"theme": {"faith": "Faith"}}
TRUST = {"theme": {"trust": "Trust"}}

LONG = "trust faith hope love music"


class KnownLabels:
    """Implements `search.discovery.FacetLabels`, and remembers what it was asked."""

    def __init__(self, **labels: str) -> None:
        self._labels = labels
        self.asked: list[tuple[str, list[FacetValue]]] = []

    def labels(self, facet: str, values: Sequence[FacetValue]) -> Mapping[FacetValue, str]:
        self.asked.append((facet, list(values)))
        return {value: self._labels[value] for value in values if value in self._labels}


def a_request(text: str = "", *, facets: tuple[str, ...] = (), **filters: Sequence[str]) -> SearchRequest:
    chosen = {facet: tuple(map(FacetValue, values)) for facet, values in filters.items()}
    return SearchRequest(query=read_query(text), filters=chosen, facets=facets)


def a_library(*texts: str) -> FakeEngine:
    return FakeEngine(*(FakeRecord(id=f"r{n:03}", words=text, facets=FAITH) for n, text in enumerate(texts)))


def test_what_is_found_as_asked_is_answered_in_one_search() -> None:
    engine = a_library("trust hope", "trust")
    page = Discovery(engine, KnownLabels()).search(a_request("trust hope"))
    assert (page.total, page.found_as_asked, page.suggestion) == (1, None, None)
    assert (len(engine.searched), engine.counted, engine.looked_up) == (1, [], [])


def test_where_nothing_has_all_words_any_word_suffices_and_the_page_says_so() -> None:
    page = Discovery(a_library("trust", "hope", "love"), KnownLabels()).search(a_request("trust hope"))
    assert (page.total, page.found_as_asked) == (2, 0)
    assert page.query == read_query("trust hope")
    assert [hit.id for hit in page.hits] == ["r000", "r001"]


@pytest.mark.parametrize(
    ("text", "total"),
    [
        pytest.param("zebra trust -hope", 1, id="what is left out stays left out"),
        pytest.param("zebra trust year:2016", 0, id="years stay conditions"),
        pytest.param("trust AND zebra", 0, id="AND stays AND"),
    ],
)
def test_conditions_are_not_relaxed(text: str, total: int) -> None:
    assert Discovery(a_library("trust", "trust hope"), KnownLabels()).search(a_request(text)).total == total


@pytest.mark.parametrize(
    ("enough", "total", "as_asked"),
    [pytest.param(20, 20, None, id="twenty suffice"), pytest.param(19, 21, 19, id="nineteen do not")],
)
def test_a_long_query_that_finds_little_is_relaxed(enough: int, total: int, as_asked: int | None) -> None:
    engine = a_library(*["trust faith hope love"] * enough, "trust", "music")
    page = Discovery(engine, KnownLabels()).search(a_request(LONG))
    assert (page.total, page.found_as_asked) == (total, as_asked)
    assert page.suggestion is None


def test_a_filter_does_not_widen_the_words() -> None:
    engine = FakeEngine(
        FakeRecord(id="a", words="trust hope", facets=FAITH), FakeRecord(id="b", words="trust", facets=TRUST)
    )
    page = Discovery(engine, KnownLabels()).search(a_request("trust hope", theme=["trust"]))
    assert (page.total, page.found_as_asked) == (0, None)


def test_relaxed_words_stay_under_the_filters() -> None:
    engine = FakeEngine(FakeRecord(id="a", words="trust", facets=FAITH), FakeRecord(id="b", words="hope", facets=TRUST))
    page = Discovery(engine, KnownLabels()).search(a_request("trust hope", theme=["trust"]))
    assert (page.total, page.found_as_asked, [hit.id for hit in page.hits]) == (1, 0, ["b"])


@pytest.mark.parametrize(
    ("text", "sort", "used"),
    [
        pytest.param("", Sort.RELEVANCE, Sort.NEWEST, id="nothing typed"),
        pytest.param("year:2016 -trust", Sort.RELEVANCE, Sort.NEWEST, id="only conditions"),
        pytest.param("trust", Sort.RELEVANCE, Sort.RELEVANCE, id="a word"),
        pytest.param("tru*", Sort.RELEVANCE, Sort.RELEVANCE, id="a beginning"),
        pytest.param("", Sort.TITLE, Sort.TITLE, id="an order that was chosen"),
    ],
)
def test_without_words_relevance_is_newest_first(text: str, sort: Sort, used: Sort) -> None:
    engine = a_library("trust")
    Discovery(engine, KnownLabels()).search(SearchRequest(query=read_query(text), sort=sort))
    assert engine.searched[0].sort is used


@pytest.mark.parametrize(
    ("typed", "total", "suggested"),
    [
        pytest.param("trsut", 0, "trust", id="nothing found"),
        pytest.param("trsut hope", 2, "trust hope", id="only some of the words found"),
        pytest.param("trsut love", 1, None, id="no spelling that finds all of them"),
        pytest.param("trust", 1, None, id="found as it was typed"),
    ],
)
def test_a_spelling_is_suggested_where_nothing_was_found_as_asked(
    typed: str, total: int, suggested: str | None
) -> None:
    similar = {"trsut": [WordFrequency(word="trust", edits=1, documents=1)]}
    texts = ("trust hope", "hope", "love")
    engine = FakeEngine(*(FakeRecord(id=text, words=text) for text in texts), similar=similar)
    page = Discovery(engine, KnownLabels()).search(a_request(typed))
    assert page.total == total
    assert (page.suggestion.text if page.suggestion else None) == suggested
    assert page.suggestion is None or page.suggestion.total == 1


def test_labels_are_asked_for_only_where_no_record_carries_them() -> None:
    labels = KnownLabels(gone="Gone", trust="Wrong")
    engine = FakeEngine(FakeRecord(id="a", words="x", facets=FAITH))
    request = a_request(facets=FACET_NAMES, theme=["faith", "gone", "unknown"])
    page = Discovery(engine, labels).search(request)
    assert [(b.value, b.label, b.count) for b in page.facets["theme"]] == [
        ("faith", "Faith", 1),
        ("gone", "Gone", 0),
        ("unknown", None, 0),
    ]
    assert labels.asked == [("theme", ["gone", "unknown"])]


def test_removals_count_what_a_search_without_the_filter_finds() -> None:
    engine = FakeEngine(
        FakeRecord(id="a", words="trust", facets={**FAITH, "type": {"report": "Report"}}),
        FakeRecord(id="b", words="trust", facets=FAITH),
        FakeRecord(id="c", words="hope", facets={"type": {"report": "Report"}}),
    )
    discovery = Discovery(engine, KnownLabels())
    request = a_request("trust", facets=FACET_NAMES, theme=["faith"], type=["report"])
    removals = discovery.removals(request, discovery.search(request))
    assert [(r.facet, r.bucket.value, r.total) for r in removals] == [("theme", "faith", 1), ("type", "report", 2)]
    for removal in removals:
        without = request.without_filter(removal.facet, removal.bucket.value)
        assert discovery.search(without).total == removal.total


def test_removals_count_relaxed_words_where_a_search_would_relax_them() -> None:
    engine = FakeEngine(FakeRecord(id="a", words="trust", facets=FAITH), FakeRecord(id="b", words="hope", facets=FAITH))
    discovery = Discovery(engine, KnownLabels())
    request = a_request("trust hope", facets=FACET_NAMES, theme=["unknown"])
    [removal] = discovery.removals(request, discovery.search(request))
    assert removal.total == discovery.search(request.without_filter("theme", FacetValue("unknown"))).total == 2


def test_only_so_many_removals_are_counted() -> None:
    engine = a_library("trust")
    discovery = Discovery(engine, KnownLabels())
    request = a_request("zebra", facets=("theme",), theme=[f"t{n}" for n in range(40)])
    page = discovery.search(request)
    engine.counted.clear()
    assert len(discovery.removals(request, page)) == 12
    assert len(engine.counted) <= 24


@pytest.fixture
def many_themes() -> Discovery:
    return Discovery(
        FakeEngine(
            *(
                FakeRecord(id=f"r{n:03}", words="trust", facets={"theme": {f"t{n:03}": f"Théme {n} of all"}})
                for n in range(250)
            ),
            FakeRecord(id="without", words="hope"),
        ),
        KnownLabels(),
    )


def test_a_facet_has_pages(many_themes: Discovery) -> None:
    pages = [many_themes.facet_page(a_request(), "theme", page=page) for page in (1, 2, 3, 4)]
    assert [len(page.buckets) for page in pages] == [FACET_PAGE_SIZE, FACET_PAGE_SIZE, 50, 0]
    assert {page.total for page in pages} == {250}
    assert [b.value for page in pages for b in page.buckets] == [f"t{n:03}" for n in range(250)]


@pytest.mark.parametrize(
    ("containing", "total"),
    [
        pytest.param("theme", 250, id="without the accent"),
        pytest.param("THÉME", 250, id="in capitals"),
        pytest.param("me 24 al", 13, id="parts in any order, within words"),
        pytest.param("all 7", 43, id="parts in another order"),
        pytest.param("zebra", 0, id="nowhere"),
        pytest.param("   ", 250, id="spaces"),
    ],
)
def test_a_facet_is_searched_by_its_labels(many_themes: Discovery, containing: str, total: int) -> None:
    assert many_themes.facet_page(a_request(), "theme", containing=containing).total == total


def test_a_facet_page_counts_what_the_search_counts() -> None:
    engine = FakeEngine(FakeRecord(id="a", words="trust", facets=FAITH), FakeRecord(id="b", words="hope", facets=TRUST))
    discovery = Discovery(engine, KnownLabels())
    request = a_request("trust hope", facets=("theme",))
    assert discovery.facet_page(request, "theme").buckets == discovery.search(request).facets["theme"]
