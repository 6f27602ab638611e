"""Which records a query finds."""

import unicodedata

import pytest

from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library
from tests.conformance.records import a_record

LONG_WORD = "pneumono" * 10  # 80 bytes: the longest that is indexed
TOO_LONG = LONG_WORD + "s"


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record(
            "handbook",
            "A Handbook for Communities",
            authors=["Míriam Juan-Torres", "Sean O’Brien"],
            editors=["Ted Cantle"],
            publishers=["More in Common", "Demos"],
            date="2017-04",
            type="Report > Handbook",
            themes=["Cohesion > Integration", "Local government"],
            abstract="Trust between neighbours.\n\nSocial capital is built in schools.",
            doi="10.1080/1369183X.2016",
            isbn="9780306406157",
        ),
        a_record(
            "review",
            "Social cohesion: a review of the state of the art",
            authors=["Social Policy Unit", "Cohesion Institute"],
            responsibility="compiled by the Policy Unit with assistance from J. Okafor",
            publishers=["Home Office"],
            date="2018-09-30",
            type="Report",
            themes=["Faith"],
            abstract="Evidence from London and the U.K. about mixed communities, 2016 to 2018.",
        ),
        a_record(
            "faith",
            "Faith in the community",
            authors=["Ann Lee"],
            publishers=["Belong"],
            date="2016",
            type="Guide",
            themes=["Faith"],
            abstract="Interfaith work in Britain’s towns. It doesn't need money. Social housing; cohesion follows.",
        ),
        a_record("chinese", "社会融合研究", abstract="日本語のカナ", date="2003"),
        a_record("undated", "Naïve façades of Łódź", abstract=f"{LONG_WORD} and a café. Cohort, co-operation, 1,000."),
        a_record("long", "Words", abstract=f"small {TOO_LONG} talk now"),
        a_record("who", "WHO guidance on the IT sector", date="2020-01"),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("handbook", {"handbook"}, id="word of the title"),
        pytest.param("schools", {"handbook"}, id="word of the abstract"),
        pytest.param("okafor", {"review"}, id="word of the printed line only"),
        pytest.param("cantle", {"handbook"}, id="editor"),
        pytest.param("belong", {"faith"}, id="publisher"),
        pytest.param("government", {"handbook"}, id="theme"),
        pytest.param("guide", {"faith"}, id="type"),
        pytest.param("cohesion", {"handbook", "review", "faith"}, id="broader theme, title and abstract"),
        pytest.param("report", {"handbook", "review"}, id="broader type"),
        pytest.param("zebra", set(), id="nowhere"),
        pytest.param("HANDBOOK", {"handbook"}, id="capitals"),
        pytest.param("Miriam", {"handbook"}, id="accent left out"),
        pytest.param("mÍRIÂM", {"handbook"}, id="other accents"),
        pytest.param(unicodedata.normalize("NFD", "Míriam"), {"handbook"}, id="decomposed accent"),
        pytest.param("naive facades lodz", {"undated"}, id="diaeresis, cedilla, stroke"),
        pytest.param("community", {"handbook", "review", "faith"}, id="singular finds plural"),
        pytest.param("communities", {"handbook", "review", "faith"}, id="plural finds singular"),
        pytest.param("integrated", {"handbook"}, id="another ending"),
        pytest.param("interfaith", {"faith"}, id="no part of a word"),
        pytest.param("faithinter", set(), id="not the other way round"),
        pytest.param("社会", {"chinese"}, id="Chinese word"),
        pytest.param("会社", set(), id="Chinese characters in another order"),
        pytest.param("社 合", {"chinese"}, id="Chinese characters apart"),
        pytest.param("カナ", {"chinese"}, id="Japanese"),
        pytest.param("O'Brien", {"handbook"}, id="straight apostrophe"),
        pytest.param("O’Brien", {"handbook"}, id="typographic apostrophe"),
        pytest.param("obrien", set(), id="apostrophe left out"),
        pytest.param("U.K.", {"review"}, id="abbreviation"),
        pytest.param("Britain's", {"faith"}, id="possessive"),
        pytest.param("Britain", {"faith"}, id="without the possessive"),
        pytest.param("doesn't need", {"faith"}, id="negation"),
        pytest.param("2016", {"faith", "handbook", "review"}, id="number in a text, a DOI or the date"),
        pytest.param("1,000", {"undated"}, id="number with a comma"),
        pytest.param("co-operation", {"undated"}, id="hyphen"),
        pytest.param("10.1080/1369183X.2016", {"handbook"}, id="DOI"),
        pytest.param("https://doi.org/10.1080/1369183X.2016", {"handbook"}, id="DOI as an address"),
        pytest.param("9780306406157", {"handbook"}, id="ISBN"),
        pytest.param(LONG_WORD, {"undated", "long"}, id="longest word"),
        pytest.param(TOO_LONG, {"undated", "long"}, id="longer word, by what the index has of it"),
        pytest.param("small talk", {"long"}, id="words around one that is too long"),
    ],
)
def test_words_are_found_whatever_their_case_accents_and_endings(library: Library, query: str, found: set[str]) -> None:
    assert set(library.ids(query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param('"social cohesion"', {"review"}, id="in one field"),
        pytest.param('"cohesion social"', set(), id="in this order only"),
        pytest.param('"social capital"', {"handbook"}, id="in the abstract"),
        pytest.param('"Social Capital is built"', {"handbook"}, id="case"),
        pytest.param('"state of the art"', {"review"}, id="with stop words"),
        pytest.param('"state of an art"', set(), id="with other stop words"),
        pytest.param('"state art"', set(), id="stop words not left out"),
        pytest.param('"mixed community"', {"review"}, id="endings"),
        pytest.param('"unit cohesion"', set(), id="not from one author into the next"),
        pytest.param('"institute home"', set(), id="not from one field into the next"),
        pytest.param('"common demos"', set(), id="not from one publisher into the next"),
        pytest.param('"integration cohesion"', set(), id="not from one theme into the next"),
        pytest.param('"neighbours social"', {"handbook"}, id="from one paragraph into the next"),
        pytest.param('"Míriam Juan-Torres"', {"handbook"}, id="name"),
        pytest.param('"local government"', {"handbook"}, id="theme of two words"),
        pytest.param('"social"', {"handbook", "review", "faith"}, id="one word"),
        pytest.param('"社会"', {"chinese"}, id="Chinese"),
        pytest.param('"O Brien"', {"handbook"}, id="name with an apostrophe"),
        pytest.param(f'"small {TOO_LONG} talk"', {"long"}, id="around a word that is too long"),
        pytest.param(f'"small {TOO_LONG} {TOO_LONG} talk"', set(), id="around more such words than there are"),
        pytest.param(f'"{TOO_LONG} talk now"', {"long"}, id="after a word that is too long"),
        pytest.param('"small talk"', set(), id="not over a word that is too long"),
    ],
)
def test_phrases_are_found_word_for_word_within_one_field(library: Library, query: str, found: set[str]) -> None:
    assert set(library.ids(query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("social london", {"review"}, id="side by side: both"),
        pytest.param("social AND london", {"review"}, id="AND"),
        pytest.param("london OR schools", {"review", "handbook"}, id="OR"),
        pytest.param("london OR zebra", {"review"}, id="OR with a word that is nowhere"),
        pytest.param("social -london", {"handbook", "faith"}, id="minus"),
        pytest.param("social NOT london", {"handbook", "faith"}, id="NOT"),
        pytest.param('social -"social capital"', {"review", "faith"}, id="minus a phrase"),
        pytest.param("social -(london OR housing)", {"handbook"}, id="minus a group"),
        pytest.param("-social", {"chinese", "undated", "long", "who"}, id="only a minus"),
        pytest.param("-social -date -words", {"chinese", "undated", "who"}, id="several minuses and nothing else"),
        pytest.param("-integrat*", {"review", "faith", "chinese", "undated", "long", "who"}, id="minus a beginning"),
        pytest.param("social AND (london OR housing)", {"review", "faith"}, id="OR within AND"),
        pytest.param("(social london) OR (faith -london)", {"review", "faith"}, id="groups joined by OR"),
        pytest.param("zebra OR -social", {"chinese", "undated", "long", "who"}, id="OR with what is not there"),
        pytest.param("((((social)))) AND ((london))", {"review"}, id="needless parentheses"),
        pytest.param("title:handbook OR (author:lee AND -london)", {"handbook", "faith"}, id="fields and nesting"),
        pytest.param("the cohesion of communities", {"handbook", "review", "faith"}, id="stop words left out"),
        pytest.param("WHO", {"who"}, id="stop word in capitals is a name"),
        pytest.param("", {"handbook", "review", "faith", "chinese", "undated", "long", "who"}, id="empty: everything"),
        pytest.param("   ", {"handbook", "review", "faith", "chinese", "undated", "long", "who"}, id="spaces"),
    ],
)
def test_operators_join_and_exclude(library: Library, query: str, found: set[str]) -> None:
    assert set(library.ids(query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("commun*", {"handbook", "review", "faith"}, id="several words begin so"),
        pytest.param("integrat*", {"handbook"}, id="word of a theme"),
        pytest.param("coh*", {"handbook", "review", "faith", "undated"}, id="different words"),
        pytest.param("COH*", {"handbook", "review", "faith", "undated"}, id="capitals"),
        pytest.param("mir*", {"handbook"}, id="accent in the index"),
        pytest.param("mír*", {"handbook"}, id="accent in the query"),
        pytest.param("handbook*", {"handbook"}, id="whole word"),
        pytest.param("communities*", {"handbook", "review"}, id="not stemmed"),
        pytest.param("handbooks*", set(), id="longer than the word"),
        pytest.param("title:commun*", {"handbook", "faith"}, id="in the title"),
        pytest.param("author:o*", {"handbook"}, id="one letter is read as a word"),
        pytest.param("author:ok*", {"review"}, id="in the names"),
        pytest.param("publisher:de*", {"handbook"}, id="in the publishers"),
        pytest.param("theme:fa*", {"review", "faith"}, id="in the themes"),
        pytest.param("type:han*", {"handbook"}, id="in the types"),
        pytest.param("abstract:neigh*", {"handbook"}, id="in the abstract"),
        pytest.param("doi:10*", {"handbook"}, id="in the identifiers"),
        pytest.param("社*", {"chinese"}, id="Chinese: read as a word"),
        pytest.param("coh* AND lond*", {"review"}, id="two beginnings"),
        pytest.param(f"{LONG_WORD[:70]}*", {"undated", "long"}, id="very long"),
        pytest.param(f"{TOO_LONG}*", {"undated", "long"}, id="longer than any word"),
    ],
)
def test_a_star_finds_words_that_begin_so(library: Library, query: str, found: set[str]) -> None:
    assert set(library.ids(query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("title:cohesion", {"review"}, id="title"),
        pytest.param("title:(social review)", {"review"}, id="title, several words"),
        pytest.param('title:"social cohesion"', {"review"}, id="title, phrase"),
        pytest.param('title:"social capital"', set(), id="title, phrase that stands elsewhere"),
        pytest.param("author:miriam", {"handbook"}, id="author"),
        pytest.param("author:cantle", {"handbook"}, id="author finds editors"),
        pytest.param("editor:cantle", {"handbook"}, id="editor"),
        pytest.param("by:lee", {"faith"}, id="by"),
        pytest.param("author:okafor", {"review"}, id="author in the printed line"),
        pytest.param("author:cohesion", {"review"}, id="author, not title or theme"),
        pytest.param("theme:cohesion", {"handbook"}, id="broader theme"),
        pytest.param("theme:integration", {"handbook"}, id="theme"),
        pytest.param("type:report", {"handbook", "review"}, id="broader type"),
        pytest.param('publisher:"home office"', {"review"}, id="publisher"),
        pytest.param("abstract:social", {"handbook", "faith"}, id="abstract"),
        pytest.param('doi:"10 1080 1369183X"', {"handbook"}, id="part of a DOI"),
        pytest.param("doi:10.1080/1369183X", {"handbook"}, id="part of a DOI as written"),
        pytest.param("doi:1080/10", set(), id="no DOI"),
        pytest.param("isbn:9780306406157", {"handbook"}, id="ISBN"),
        pytest.param("title:social abstract:london", {"review"}, id="two fields"),
        pytest.param("title:social -abstract:london", set(), id="minus a field"),
        pytest.param("title:the", {"review", "faith", "who"}, id="stop word asked for"),
    ],
)
def test_a_field_is_searched_alone(library: Library, query: str, found: set[str]) -> None:
    assert set(library.ids(query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("year:2017", {"handbook"}, id="one year"),
        pytest.param("year:2016..2018", {"handbook", "review", "faith"}, id="both ends included"),
        pytest.param("year:2018..2016", {"handbook", "review", "faith"}, id="backwards"),
        pytest.param("year:2018..", {"review", "who"}, id="from"),
        pytest.param("year:..2016", {"faith", "chinese"}, id="to"),
        pytest.param("year:2004..2015", set(), id="between"),
        pytest.param("year:0000..9999", {"handbook", "review", "faith", "chinese", "who"}, id="any year, not undated"),
        pytest.param("-year:2016..2018", {"chinese", "undated", "long", "who"}, id="other years, and undated"),
        pytest.param("-year:0000..9999", {"undated", "long"}, id="undated"),
        pytest.param("cohesion year:2017..", {"handbook", "review"}, id="with a word"),
        pytest.param("year:2003 OR year:2020", {"chinese", "who"}, id="either year"),
    ],
)
def test_years_are_conditions(library: Library, query: str, found: set[str]) -> None:
    assert set(library.ids(query)) == found
