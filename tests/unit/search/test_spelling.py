"""Other spellings of a query, over an engine whose similar words are given."""

import pytest

from search.engine import WordFrequency
from search.language.reader import read_query
from search.request import FacetValue, SearchRequest
from search.spelling import suggest_spelling
from tests.fakes.engine import FakeEngine, FakeRecord

FAITH = {"theme": {"faith": "Faith"}}


def similar(**words: str) -> dict[str, list[WordFrequency]]:
    """For each word those like it, such as "trust/1/20": word, edits, documents."""
    return {
        word: [
            WordFrequency(word=other, edits=int(edits), documents=int(documents))
            for other, edits, documents in (part.split("/") for part in others.split())
        ]
        for word, others in words.items()
    }


LIKE = similar(
    trsut="trust/1/20 thrust/2/3",
    cohesoin="cohesion/1/50",
    comunity="community/1/40 communist/2/1",
    form="form/0/1 from/1/90",
    from_="from/0/90 form/1/1",
    frim="from/1/90 form/1/1",
    hose="hope/1/2 hoe/1/9",
    teh="the/1/99",
    sobre="sombre/1/3 sober/2/9",
    title="title/0/9 tithe/1/500",
    trust="trust/0/20 thrust/1/3",
    whote="white/1/9 whole/1/9",
)

ENGINE_WORDS = [
    "trust",
    "community cohesion",
    "from somewhere",
    "a white hope",
    "sombre",
    "form",
    "tithe",
    "title of trust",
]


def engine() -> FakeEngine:
    records = (FakeRecord(id=f"r{n}", words=words, year=2016) for n, words in enumerate(ENGINE_WORDS))
    return FakeEngine(*records, similar=LIKE)


def suggestion(text: str, among: FakeEngine | None = None, **filters: list[str]) -> str | None:
    chosen = {facet: tuple(map(FacetValue, values)) for facet, values in filters.items()}
    found = suggest_spelling(among or engine(), SearchRequest(query=read_query(text), filters=chosen))
    assert found is None or found.total > 0
    return found.text if found else None


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        pytest.param("trsut", "trust", id="one edit"),
        pytest.param("Trsut", "trust", id="capital"),
        pytest.param("TRSÚT", "trust", id="capitals and accent"),
        pytest.param("comunity cohesoin", "community cohesion", id="two words"),
        pytest.param("comunity  COHESION", "community  COHESION", id="the rest as it was typed"),
        pytest.param('"comunity cohesion"', '"community cohesion"', id="in quotation marks"),
        pytest.param("title:trsut", "title:trust", id="after a field"),
        pytest.param("trsut year:2016 -zebra", "trust year:2016 -zebra", id="beside conditions"),
        pytest.param("(trsut OR zebra)", "(trust OR zebra)", id="in parentheses"),
        pytest.param("trsut trsut", "trust trust", id="everywhere it stands"),
        pytest.param("trsut-trsut", "trust-trust", id="joined by a hyphen"),
        pytest.param("title:title trsut", "title:title trust", id="a field's name as a word"),
        pytest.param("frim", "from", id="the more frequent of two"),
        pytest.param("whote hope", "white hope", id="what finds something beside the other words"),
        pytest.param("form somewhere", "from somewhere", id="a word that is there, for one that is much more frequent"),
    ],
)
def test_another_spelling_finds_something(typed: str, suggested: str) -> None:
    assert suggestion(typed) == suggested


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing typed"),
        pytest.param("zebra", id="nothing like it"),
        pytest.param("teh", id="three letters"),
        pytest.param("sobre", id="five letters, two edits"),
        pytest.param("trsu*", id="a beginning"),
        pytest.param("zebra -trsut", id="only what is left out"),
        pytest.param("year:2016", id="only conditions"),
        pytest.param("trsut cohesoin", id="words that are never together"),
        pytest.param("thrust", id="a word that is there, for one that is not much more frequent"),
    ],
)
def test_no_spelling_is_suggested(typed: str) -> None:
    among = FakeEngine(
        FakeRecord(id="a", words="trust"),
        FakeRecord(id="b", words="cohesion sober the"),
        similar={**LIKE, **similar(sobre="sober/2/9", thrust="thrust/0/2 trust/1/20")},
    )
    assert suggestion(typed, among) is None


def test_a_spelling_has_to_find_something_under_the_filters() -> None:
    among = FakeEngine(FakeRecord(id="a", words="trust", facets=FAITH), similar=LIKE)
    assert suggestion("trsut", among, theme=["faith"]) == "trust"
    assert suggestion("trsut", among, theme=["other"]) is None


def test_a_replaced_word_is_not_replaced_again() -> None:
    among = FakeEngine(FakeRecord(id="a", words="beta gamma"), similar=similar(beat="beta/1/9", beta="gamma/1/9"))
    assert suggestion("beat beta", among) == "beta gamma"


def test_few_spellings_are_tried_however_many_there_are() -> None:
    words = [f"word{letter}" for letter in "abcdefgh"]
    among = FakeEngine(
        FakeRecord(id="a", words="other"), similar={word: similar(x="on/1/1 no/1/1 an/1/1")["x"] for word in words}
    )
    assert suggestion(" ".join(words), among) is None
    assert len(among.counted) <= 8


def test_of_a_pasted_text_no_spelling_is_looked_for() -> None:
    among = engine()
    assert suggestion(" ".join(f"word{number}" for number in range(200)), among) is None
    assert among.looked_up == []
