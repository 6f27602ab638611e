"""What is suggested while somebody types: names and titles of the library, found by the beginning of any word."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.completion import never_suggested
from mappings.fields import FIELDS
from mappings.form import PRESENT
from search.completion import Completion
from search.discovery import Discovery
from search.language.policy import MAX_QUERY_LENGTH
from search.request import FacetValue
from tests.conformance.conftest import MakeLibrary
from tests.conformance.engines import new_library
from tests.conformance.library import EngineUnderTest, Library, bracketed, eventually, plain
from tests.conformance.records import a_record
from tests.fakes.labels import NoLabels

UNWANTED = min(never_suggested())


@pytest.fixture(scope="module")
def filled(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record("1", "Integration in the north", authors=["Dominic Abrams"], themes=["Cohesion > Integration"]),
        a_record("2", "The state of integration", authors=["Dominic Abrams", "Ana Abramović"], date="2018"),
        a_record("3", "Integration", authors=["Míriam Juan-Torres"], publishers=["Integration Unit"], date="2016"),
        a_record("4", "Integrated schools", publishers=["University of York"], themes=["Schools"], date="2017"),
        a_record("5", "Schools and faith", publishers=["University of York"], themes=["Faith schools"]),
        a_record(
            "6", "Faith", publishers=["The Inter Faith Network"], themes=["Faith schools", "Schools"], type="Guide"
        ),
        a_record("7", "ΑΒΓ Søren's Straße", authors=["Søren Łuczak", "社会融合研究所"], themes=["Œuvre"]),
        a_record("8", "שלום לכולם", authors=["محمد علي", "Ann O’Brien-Lee"], editors=["Lee Ann"]),
        a_record(
            "9", f"A title with {UNWANTED} in it", publishers=[f"{UNWANTED.title()} Press"], themes=["Walla Walla"]
        ),
    )


def completions(
    library: Library, text: str, filters: Mapping[str, Sequence[str]] | None = None, limit: int = 8
) -> tuple[Completion, ...]:
    chosen = {name: tuple(map(FacetValue, values)) for name, values in (filters or {}).items()}
    return Discovery(library.engine, NoLabels()).complete(text, filters=chosen, limit=limit)


def told(library: Library, text: str, filters: Mapping[str, Sequence[str]] | None = None, limit: int = 8) -> list[str]:
    """Kind, id and count of each, in order."""
    return [f"{each.kind} {each.id} {each.count}" for each in completions(library, text, filters, limit)]


def test_what_begins_so_comes_first_then_what_most_records_have(filled: Library) -> None:
    assert told(filled, "integration") == [
        "theme integration 1",  # that is all of its name; of kinds with as many records a theme comes first
        "title 3 1",
        "publisher integration-unit 1",
        "title 1 1",
        "title 2 1",  # within
    ]
    assert told(filled, "schools") == ["theme schools 2", "title 5 1", "theme faith-schools 2", "title 4 1"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        pytest.param("abr", "author dominic-abrams 2", id="the beginning of a later word, most records first"),
        pytest.param("ABRAMO", "author ana-abramovic 1", id="capitals"),
        pytest.param("abramovic", "author ana-abramovic 1", id="without its accent"),
        pytest.param("àbramövić", "author ana-abramovic 1", id="other accents"),
        pytest.param("mi\u0301ri", "author miriam-juan-torres 1", id="decomposed"),
        pytest.param("juan-t", "author miriam-juan-torres 1", id="hyphen"),
        pytest.param("torres miriam", "author miriam-juan-torres 1", id="another order"),
        pytest.param("abrams dom", "author dominic-abrams 2", id="another order, the last one begun"),
        pytest.param("  dominic   abr", "author dominic-abrams 2", id="blanks"),
        pytest.param("dominic a", "author dominic-abrams 2", id="one letter of a second word"),
        pytest.param("o'bri", "author ann-o-brien-lee 1", id="apostrophe"),
        pytest.param("soren", "author søren-łuczak 1", id="a stroke"),
        pytest.param("łuc", "author søren-łuczak 1", id="with its stroke"),
        pytest.param("oeuv", "theme œuvre 1", id="two letters for one"),
        pytest.param("社会", "author 社-会-融-合-研-究-所 1", id="Chinese"),
        pytest.param("研究", "author 社-会-融-合-研-究-所 1", id="Chinese from the middle"),
        pytest.param("社", "author 社-会-融-合-研-究-所 1", id="one Chinese character"),
        pytest.param("محم", "author محمد-علي 1", id="Arabic"),
        pytest.param("שלו", "title 8 1", id="Hebrew"),
        pytest.param("york univ", "publisher university-of-york 2", id="of a publisher"),
        pytest.param("the inter", "publisher the-inter-faith-network 1", id="with its article"),
        pytest.param("strass", "title 7 1", id="sharp s"),
        pytest.param("cohe", "theme cohesion 1", id="a broader theme"),
        pytest.param('"dominic abr', "author dominic-abrams 2", id="a quotation mark"),
        pytest.param("(abr", "author dominic-abrams 2", id="a parenthesis"),
        pytest.param("abr*", "author dominic-abrams 2", id="a star"),
        pytest.param("dominic: abr", "author dominic-abrams 2", id="a colon"),
        pytest.param("\u202eabr\u202c", "author dominic-abrams 2", id="text direction marks"),
        pytest.param("👩‍🎓 abr", "author dominic-abrams 2", id="emoji"),
        pytest.param("<abr>~#\x1f", "author dominic-abrams 2", id="signs of other languages"),
        pytest.param("wal", "theme walla-walla 1", id="a word that a name has twice"),
    ],
)
def test_a_name_is_found(filled: Library, typed: str, first: str) -> None:
    assert told(filled, typed)[:1] == [first]


@pytest.mark.parametrize(
    "typed",
    [
        *["", " ", "!!!", "*", "a", "i", "\x00", "❤️", "\u200b", "zebra", "abrams zebra", "brams", "ntegration"],
        *["author:abr", "year:2016", "abrams -dom", "-abr", "of the", "the", "is", "with", "what is the"],
        *[
            UNWANTED,
            UNWANTED.upper(),
            f"{UNWANTED} pr",
            "x" * MAX_QUERY_LENGTH,
            "abrams " * 20,
            "社" * 500,
            "\ufdfa" * 80,
            "é" * 301,
        ],
        *["none", "\x1f", "0abrams", "1abrams", ".*", "[a-z]+", "a.r", "abr@zebra", "abr&dom", "abr|dom"],
    ],
)
def test_nothing_is_suggested(filled: Library, typed: str) -> None:
    assert told(filled, typed) == []


def test_a_very_common_word_is_the_beginning_of_longer_words_only(filled: Library) -> None:
    assert told(filled, "in") == [
        "theme integration 1",
        "publisher integration-unit 1",
        *["title 4 1", "title 3 1", "title 1 1"],  # the newest first, not "in the north"
        *["publisher the-inter-faith-network 1", "title 2 1"],
    ]
    assert told(filled, "the state of") == ["title 2 1"]
    assert told(filled, "of york")[:1] == ["publisher university-of-york 2"]


def test_what_has_a_word_that_is_never_suggested_is_found_by_a_search_only(filled: Library) -> None:
    assert told(filled, "title wi") == told(filled, "press") == []
    assert filled.ids(UNWANTED) == ["9"]


def test_a_mix_of_kinds_is_suggested(filled: Library) -> None:
    assert told(filled, "integ", limit=3) == ["theme integration 1", "publisher integration-unit 1", "title 4 1"]
    assert told(filled, "fa", limit=2) == ["theme faith-schools 2", "publisher the-inter-faith-network 1"]
    assert len(told(filled, "integ", limit=20)) == 6


def test_only_records_that_pass_the_filters_count(filled: Library) -> None:
    assert told(filled, "abr", {"theme": ["cohesion"]}) == ["author dominic-abrams 1"]
    assert told(filled, "schools", {"publisher": ["university-of-york"]}) == [
        *["theme schools 1", "title 5 1", "theme faith-schools 1", "title 4 1"],
    ]
    assert told(filled, "fai", {"type": ["guide"]}) == [
        *["theme faith-schools 1", "title 6 1", "publisher the-inter-faith-network 1"],
    ]
    assert told(filled, "abr", {"theme": ["unknown"]}) == told(filled, "abr", {"year": ["1999"]}) == []
    assert told(filled, "abr", {"theme": ["unknown", "cohesion"], "type": ["none"]}) == ["author dominic-abrams 1"]


def test_what_was_typed_is_marked(filled: Library) -> None:
    def shown(typed: str) -> list[str]:
        found = completions(filled, typed)
        assert all(plain(each.marked) == each.label for each in found)
        return [bracketed(each.marked) for each in found]

    assert shown("abr") == ["Dominic [Abr]ams", "Ana [Abr]amović"]
    assert shown("abrams do") == ["[Do]minic [Abrams]"]
    assert shown("mirí") == ["[Mírí]am Juan-Torres".replace("í]", "i]")]
    assert shown("soren l") == ["[Søren] [Ł]uczak"]
    assert shown("strass") == ["ΑΒΓ Søren's [Straß]e"]
    assert shown("the state") == ["The [state] of integration"]
    assert shown("研究") == ["社会融合[研][究]所"]


def test_equal_names_of_two_are_two_suggestions(filled: Library) -> None:
    assert told(filled, "lee ann") == ["author lee-ann 1", "author ann-o-brien-lee 1"]


@given(st.text(max_size=30))
def test_any_text_can_be_typed(filled: Library, text: str) -> None:
    assert all(each.count > 0 for each in completions(filled, text))


def test_names_go_with_their_last_record(library: Library) -> None:
    library.put(
        a_record("a", "Trust", themes=["Work", "Faith"], authors=["Ann Lee"]),
        a_record("b", "Hope", themes=["Work"], authors=["Ann Lee"], publishers=["Workers"]),
    )
    assert eventually(lambda: told(library, "wor") == ["theme work 2", "publisher workers 1"])
    library.put(a_record("b", "Hope", version=2, themes=["Worth"]))
    assert eventually(lambda: told(library, "wor") == ["theme work 1", "theme worth 1"])
    assert told(library, "ann") == ["author ann-lee 1"]
    library.remove("a", version=2)
    assert eventually(lambda: told(library, "wor") == ["theme worth 1"])
    assert told(library, "ann") == told(library, "fai") == told(library, "tru") == []


def test_the_newest_titles_are_suggested_and_then_those_of_lower_ids(library: Library) -> None:
    library.put(*(a_record(f"r{n:02}", f"Work {n}", date="2016" if n % 2 else None) for n in range(40)))
    assert eventually(lambda: len(told(library, "work", limit=20)) == 20)
    assert told(library, "wo", limit=3) == ["title r01 1", "title r03 1", "title r05 1"]
    assert told(library, "work 2", limit=20)[:3] == ["title r02 1", "title r21 1", "title r23 1"]


def test_of_many_names_those_of_the_most_records_are_suggested(library: Library) -> None:
    names = [f"Old {'same ' * 9}{n:03}" for n in range(300)]  # found by each of nine equal words
    library.put(*(a_record(f"r{n}", "Title", authors=names) for n in range(3)))
    library.put(*(a_record(f"s{n}", "Title", authors=names[290 : 295 + n]) for n in range(4)))
    library.settle()
    most = [f"author old-{'same-' * 9}{n} {7 - max(0, n - 294)}" for n in range(290, 298)]
    assert eventually(lambda: told(library, "same", limit=8) == most)
    assert told(library, "same same 00", limit=2) == [f"author old-{'same-' * 9}00{n} 3" for n in (0, 1)]


def test_an_index_without_the_names_suggests_titles(engine_under_test: EngineUnderTest) -> None:
    older = PRESENT.__class__(
        format=PRESENT.format, fields=tuple(field for field in FIELDS if not field.name.endswith("_names"))
    )
    old = new_library(engine_under_test.in_release(older))
    old.put(a_record("a", "Trust at work", themes=["Work"], authors=["Trust Me"]))
    old.settle()
    old.writer.close()
    library = Library(engine=engine_under_test.engine, writer=engine_under_test.writer, generation=old.generation)
    assert told(library, "wor") == told(library, "tru") == ["title a 1"]
    assert told(library, "me") == []
