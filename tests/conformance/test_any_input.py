"""Whatever is typed or chosen has an answer."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.fields import FACET_NAMES
from search.language.policy import MAX_QUERY_LENGTH
from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library
from tests.conformance.records import a_record


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record("foobar", "Foo and bar", date="2016", themes=["Faith"], authors=["Ann Lee"], abstract="a b x 99"),
        a_record("hebrew", "שלום לכולם", abstract="Peace for all. <script>alert(1)</script>"),
        a_record("other", "Something else", date="2016", type="Guide"),
    )


@pytest.mark.parametrize(
    ("query", "same"),
    [
        pytest.param("foo/bar", "foo bar", id="slash"),
        pytest.param("foo::bar", "bar", id="two colons"),
        pytest.param("(foo", "foo", id="open parenthesis"),
        pytest.param("foo)) ((", "foo", id="wrong parentheses"),
        pytest.param('"foo', "foo", id="open quotation"),
        pytest.param("foo AND", "foo", id="nothing after AND"),
        pytest.param("OR foo", "foo OR or", id="nothing before OR"),
        pytest.param("/fo./ foo", "fo foo", id="regular expression"),
        pytest.param("x~99", "x 99", id="tilde"),
        pytest.param("foo^3", "foo 3", id="caret"),
        pytest.param("foo -", "foo", id="minus alone"),
        pytest.param("fo?", "fo", id="question mark"),
        pytest.param("[foo TO bar]", "foo TO bar", id="Lucene range"),
        pytest.param("foo && bar || x", "foo bar x", id="ampersands and bars"),
        pytest.param("+foo +bar", "foo bar", id="plus"),
        pytest.param("foo\\bar\\", "foo bar", id="backslashes"),
        pytest.param("_exists_:title foo", "exists title foo", id="Lucene field"),
        pytest.param("{!func}foo", "func foo", id="Solr parser"),
        pytest.param("foo\x00bar\x1f", "foo bar", id="control characters"),
        pytest.param("\u202efoo\u202c", "foo", id="text direction marks"),
        pytest.param("<script>alert(1)</script>", "script alert 1 script", id="markup"),
        pytest.param("foo 👩‍🎓❤️", "foo", id="emoji"),
        pytest.param("title:", "title", id="field without a value"),
        pytest.param("title:*", "title", id="field with a star"),
        pytest.param("nofield:foo", "nofield foo", id="no such field"),
        pytest.param("id:foobar", "id foobar", id="a field that is not for people"),
        pytest.param("year:99999 foo", "year 99999 foo", id="no year"),
        pytest.param("foo* bar**", "foo* bar*", id="stars"),
    ],
)
def test_what_is_no_syntax_finds_what_its_words_find(library: Library, query: str, same: str) -> None:
    assert library.ids(query) == library.ids(same)


@pytest.mark.parametrize("query", ["*", "!!!", "/.*/", "()", '""', "-", "❤️", "\x00", "::", "\u200b"])
def test_a_query_without_words_finds_everything(library: Library, query: str) -> None:
    assert library.ids(query) == ["foobar", "hebrew", "other"]


def test_right_to_left_text_is_found(library: Library) -> None:
    assert library.ids("שלום") == ["hebrew"]
    assert library.titles("שלום") == {"hebrew": "[שלום] לכולם"}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("foo " * (MAX_QUERY_LENGTH // 4), id="one word very often"),
        pytest.param(" ".join(f"w{number}" for number in range(600)), id="more words than are read"),
        pytest.param(" OR ".join(f"w{number}" for number in range(400)), id="more alternatives than are read"),
        pytest.param('"' + "foo bar " * 490 + '"', id="long phrase"),
        pytest.param(" ".join(f"{a}{b}*" for a in "abcdefghijklmno" for b in "abcdefghijklmno"), id="many beginnings"),
        pytest.param("(" * 2_000 + ")" * 2_000, id="only parentheses"),
        pytest.param("(a -(b OR " * 300 + "c" + "))" * 300, id="nested deeper than is read"),
        pytest.param("(a b c d e " * 60 + ")" * 60, id="long runs within each other"),
        pytest.param("-" * MAX_QUERY_LENGTH, id="only minuses"),
        pytest.param("x" * MAX_QUERY_LENGTH, id="one very long word"),
        pytest.param("x" * (MAX_QUERY_LENGTH - 1) + "*", id="one very long beginning"),
        pytest.param("é" * 40 + "a", id="81 bytes"),
        pytest.param("\ufdfa" * MAX_QUERY_LENGTH, id="characters that fold to eighteen"),
        pytest.param("社" * MAX_QUERY_LENGTH, id="Chinese without spaces"),
        pytest.param("İ" * 100 + "*", id="capitals whose small letters are longer"),
    ],
)
def test_very_long_queries_have_an_answer(library: Library, query: str) -> None:
    page = library.search(query, facets=FACET_NAMES)
    assert 0 <= page.total <= 3
    assert page.total == library.count(query)


UNUSUAL_VALUES = [
    pytest.param("", id="empty"),
    pytest.param(".*", id="regular expression"),
    pytest.param("fa[it]{2}h|.+", id="more of it"),
    pytest.param("faith\x1fFaith", id="id with a label"),
    pytest.param("faith\x1f", id="separator"),
    pytest.param("\x00", id="NUL"),
    pytest.param("a\nb\x7f", id="control characters"),
    pytest.param("\x1f", id="separator alone"),
    pytest.param("é社👩‍🎓", id="not ASCII"),
    pytest.param("x" * 70_000, id="very long"),
    pytest.param("FAITH", id="capitals"),
    pytest.param("fait", id="beginning"),
    pytest.param('"faith"', id="quotation marks"),
    pytest.param("faith OR guide", id="operators"),
    pytest.param("..", id="dots"),
    pytest.param("2016...2018", id="three dots"),
    pytest.param("20160..2018", id="five digits"),
    pytest.param("२०१६", id="other digits"),
]


@pytest.mark.parametrize("facet", FACET_NAMES)
@pytest.mark.parametrize("value", UNUSUAL_VALUES)
def test_a_value_that_no_record_has_is_a_filter_that_finds_nothing(library: Library, facet: str, value: str) -> None:
    page = library.search(filters={facet: [value]}, facets=FACET_NAMES)
    assert (page.total, page.hits) == (0, ())
    [chosen] = [bucket for bucket in page.facets[facet] if bucket.chosen]
    assert (chosen.value, chosen.count) == (value, 0)


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=2), st.sampled_from(FACET_NAMES))
@example('title:"', [], "theme")
@example("a* b* -c*", ["x"], "year")
def test_any_text_and_any_filter_have_an_answer(library: Library, text: str, values: list[str], facet: str) -> None:
    encodable = [value.encode(errors="replace").decode() for value in values]
    filters = {facet: encodable} if encodable else {}
    page = library.search(text, filters, facets=FACET_NAMES)
    assert page.total == library.count(text, filters)
    assert len(page.hits) == page.total
