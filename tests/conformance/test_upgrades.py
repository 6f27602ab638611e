"""An index that another release made: searched and written as far as its fields go, or refused."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from mappings.fields import FACET_NAMES, FIELDS, Field, Kind
from mappings.form import PRESENT, IndexForm
from search.engine import GenerationName
from search.errors import IndexIncompatible, IndexMissing
from search.request import Sort
from tests.conformance.conftest import MakeEngine
from tests.conformance.engines import new_library
from tests.conformance.library import EngineUnderTest, Library, a_request, eventually
from tests.conformance.records import a_put, a_record

RECORDS = (
    a_record("a", "Trust at work", authors=["Ann Lee"], themes=["Work"], date="2016", abstract="Hope and faith."),
    a_record("b", "Hope", authors=["Bo Lee"], themes=["Faith", "Work"], date="2018", abstract="Trust me."),
    a_record("c", "Faith and hope", publishers=["Demos"], type="Report", doi="10.1000/182"),
)

ADDED = Field(name="colour", kind=Kind.FACET, meaning="A field that a later release has, or an earlier one had.")

NEEDED = {"id", "version", "everything", "shown"}


def made_with(*fields: Field) -> IndexForm:
    """The form of a release with these fields."""
    return replace(PRESENT, fields=fields)


# Of every kind something that was added since, and something that was taken away.
LACKING = {"theme", "year", "title", "abstract", "newest", "exact_title"}
LESS = made_with(ADDED, *(field for field in FIELDS if field.name not in LACKING))
ONLY_NEEDED = made_with(*(field for field in FIELDS if field.name in NEEDED))

# Releases whose indices this one must not touch.
OLDER_FORMAT = replace(PRESENT, format=PRESENT.format - 1)
NEWER_FORMAT = replace(PRESENT, format=PRESENT.format + 1)
OTHER_KIND = made_with(*(replace(field, kind=Kind.TEXT) if field.name == "theme" else field for field in FIELDS))

MakeOlder = Callable[[IndexForm], Library]


@pytest.fixture(scope="module")
def older(make_engine: MakeEngine, tmp_path_factory: pytest.TempPathFactory) -> MakeOlder:
    """The records in an index that a release made in another form, as this release sees it; one for each form."""
    made: dict[IndexForm, Library] = {}

    def make(form: IndexForm) -> Library:
        if form not in made:
            made[form] = upgraded(make_engine(tmp_path_factory.mktemp("older")), form)
        return made[form]

    return make


def upgraded(place: EngineUnderTest, form: IndexForm) -> Library:
    old = new_library(place.in_release(form))
    old.put(*RECORDS)
    old.settle()
    old.writer.close()
    return Library(engine=place.engine, writer=place.writer, generation=old.generation)


def test_only_an_index_with_the_fields_of_this_release_is_current(older: MakeOlder) -> None:
    library = older(PRESENT)
    assert library.writer.is_current(library.generation)
    with pytest.raises(IndexMissing):
        library.writer.is_current(GenerationName("unknown"))


@pytest.mark.parametrize("form", [LESS, ONLY_NEEDED], ids=["less", "only needed"])
def test_an_index_with_other_fields_is_in_use_but_not_current(older: MakeOlder, form: IndexForm) -> None:
    library = older(form)
    assert library.writer.active() == library.engine.generation() == library.generation
    assert not library.writer.is_current(library.generation)


def ids(library: Library) -> list[object]:
    """What finds the same whatever fields an index lacks beside those that are needed."""
    texts = ["", "trust", "hope -work", "fai*", "trust OR faith", "hope zebra", "lee 2016", "Hope"]
    found: list[object] = [sorted(library.ids(text, sort=sort)) for text in texts for sort in Sort]
    pages = [library.search("hope", page=page, size=1).hits for page in (1, 2, 3)]
    return [
        *found,
        sorted(hit.id for page in pages for hit in page),
        sorted(library.engine.similar_words("hpoe"), key=repr),
    ]


@pytest.mark.parametrize("form", [LESS, ONLY_NEEDED], ids=["less", "only needed"])
def test_words_are_found_whatever_other_fields_an_index_has(older: MakeOlder, form: IndexForm) -> None:
    assert ids(older(form)) == ids(older(PRESENT))


def test_a_facet_that_an_index_lacks_is_empty(older: MakeOlder) -> None:
    library, whole = older(LESS), older(PRESENT)
    page = library.search(facets=FACET_NAMES)
    assert page.total == 3
    assert page.facets["theme"] == page.facets["year"] == ()
    assert library.engine.buckets(a_request(), "theme") == library.engine.buckets(a_request(), "year") == ()
    assert page.facets == {**whole.search(facets=FACET_NAMES).facets, "theme": (), "year": ()}


@pytest.mark.parametrize("chosen", [{"theme": ["work"]}, {"theme": ["none"]}, {"year": ["2016"]}, {"year": ["2016.."]}])
def test_a_filter_by_a_facet_that_an_index_lacks_finds_nothing(
    older: MakeOlder, chosen: dict[str, Sequence[str]]
) -> None:
    library = older(LESS)
    [(facet, [value])] = chosen.items()
    page = library.search(filters=chosen, facets=FACET_NAMES)
    assert (page.total, library.count(filters=chosen)) == (0, 0)
    assert [(bucket.value, bucket.count, bucket.chosen) for bucket in page.facets[facet]] == [(value, 0, True)]


def test_a_year_is_not_found_where_an_index_has_no_years(older: MakeOlder) -> None:
    library = older(LESS)
    assert library.ids("year:2016") == library.ids("trust year:2015..2017") == []
    assert library.ids("trust -year:2016", sort=Sort.TITLE) == library.ids("trust", sort=Sort.TITLE)


@pytest.mark.parametrize("words", ["hope", '"hope and faith"', "ho*"], ids=["word", "phrase", "prefix"])
def test_a_text_that_an_index_lacks_holds_no_word(older: MakeOlder, words: str) -> None:
    library, whole = older(LESS), older(PRESENT)
    assert whole.ids(f"abstract:{words}") == ["a"]
    assert library.ids(f"abstract:{words}") == []
    assert len(library.ids(f"-abstract:{words}")) == 3
    assert library.ids("author:lee", sort=Sort.OLDEST) == whole.ids("author:lee", sort=Sort.OLDEST) == ["a", "b"]


def test_words_are_marked_in_the_texts_that_an_index_has(older: MakeOlder) -> None:
    library = older(LESS)
    assert library.titles("hope") == {"a": "Trust at work", "b": "Hope", "c": "Faith and hope"}
    assert library.passages("hope") == {"a": "Hope and faith.", "b": "Trust me.", "c": ""}
    assert older(PRESENT).passages("hope")["a"] == "[Hope] and faith."


def test_an_order_that_an_index_lacks_is_that_of_ids(older: MakeOlder) -> None:
    library = older(LESS)
    assert library.ids(sort=Sort.NEWEST) == ["a", "b", "c"]
    assert library.ids("hope", sort=Sort.NEWEST, page=2, size=2) == ["c"]
    assert library.ids(sort=Sort.OLDEST) == older(PRESENT).ids(sort=Sort.OLDEST) == ["a", "b", "c"]
    assert older(PRESENT).ids(sort=Sort.NEWEST) == ["b", "a", "c"]


def test_an_index_with_other_fields_is_written_until_a_new_one_takes_over(engine_under_test: EngineUnderTest) -> None:
    library = upgraded(engine_under_test, LESS)
    added = a_record("a", "Charity", version=2, authors=["Cy"], themes=["Work"], abstract="Love.")
    library.put(added, a_record("d"))
    library.remove("b", version=2)
    assert eventually(lambda: library.ids(sort=Sort.TITLE) == ["a", "c", "d"])
    assert library.ids("love") == library.ids("author:cy") == library.ids("", {"author": ["cy"]}) == ["a"]
    assert library.ids("trust") == []
    assert list(library.writer.versions(library.generation)) == [("a", 2), ("c", 1), ("d", 1)]
    new = engine_under_test.fresh_name()
    library.writer.create(new)
    library.writer.write(new, [a_put(added)])
    library.writer.activate(new)
    assert library.writer.is_current(new)
    assert library.facet("theme") == [("work", 1)]
    assert library.ids("abstract:love") == ["a"]


@pytest.mark.parametrize("form", [OLDER_FORMAT, OTHER_KIND], ids=["an older format", "another kind"])
def test_an_index_of_another_format_is_neither_searched_nor_written(older: MakeOlder, form: IndexForm) -> None:
    library = older(form)
    for ask in (
        library.search,
        lambda: library.search("hope", {"theme": ["work"]}, facets=FACET_NAMES, sort=Sort.NEWEST),
        lambda: library.search("zebra"),
        library.count,
        lambda: library.count("zebra"),
        lambda: library.engine.buckets(a_request(), "theme"),
        lambda: library.engine.similar_words("hpoe"),
        lambda: library.engine.similar_words("hope"),
        lambda: library.writer.write(library.generation, [a_put(RECORDS[0])]),
        lambda: library.writer.activate(library.generation),
    ):
        with pytest.raises(IndexIncompatible):
            ask()
    assert library.writer.active() is None
    assert not library.writer.is_current(library.generation)


def test_an_index_of_another_format_gives_way_to_a_new_one(engine_under_test: EngineUnderTest) -> None:
    library = upgraded(engine_under_test, OLDER_FORMAT)
    assert list(library.writer.generations()) == [library.generation]
    new = engine_under_test.fresh_name()
    library.writer.create(new)
    library.writer.write(new, [a_put(RECORDS[0])])
    library.writer.activate(new)
    library.writer.remove(library.generation)
    assert library.ids() == ["a"]
    assert list(library.writer.generations()) == [new]


def test_who_searches_sees_that_another_release_took_over(engine_under_test: EngineUnderTest) -> None:
    library = new_library(engine_under_test)
    library.put(*RECORDS)
    library.settle()
    library.writer.close()
    assert len(library.ids()) == 3
    newer = engine_under_test.in_release(NEWER_FORMAT)
    new = newer.fresh_name()
    newer.writer.create(new)
    newer.writer.write(new, list(map(a_put, RECORDS)))
    newer.writer.activate(new)
    newer.writer.close()
    for ask in (library.search, library.count):
        with pytest.raises(IndexIncompatible):
            ask()
