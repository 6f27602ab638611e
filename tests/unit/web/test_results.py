import pytest

from app.web.presenters.results import LONGEST_HEADING, present_results
from search.discovery import Removal
from search.request import Sort
from search.results import Suggestion
from tests.unit.web.samples import a_bucket, a_page, a_query, a_request


def results(text: str = "", *, total: int = 0, **parts):
    request = a_request(text, **{key: parts.pop(key) for key in ("filters", "sort", "page") if key in parts})
    removals = parts.pop("removals", ())
    return present_results(request, a_page(request, total=total, **parts), removals)


@pytest.mark.parametrize(
    ("text", "total", "heading"),
    [
        pytest.param("trust", 28, "28 resources for “trust”", id="found"),
        pytest.param("trust", 1, "1 resource for “trust”", id="one"),
        pytest.param("", 33_994, "33,994 resources", id="all"),
        pytest.param("trust", 0, "No resources for “trust”", id="none"),
    ],
)
def test_heading_counts_what_was_found(text, total, heading):
    assert results(text, total=total).heading == heading


@pytest.mark.parametrize(
    ("as_asked", "total", "heading", "relaxed"),
    [
        pytest.param(0, 12, "No resource has all of these words", "12 have some of them:", id="none as asked"),
        pytest.param(0, 1, "No resource has all of these words", "1 has some of them:", id="one has some"),
        pytest.param(1, 9, "Only 1 resource has most of these words", "9 have some of them:", id="one has most"),
        pytest.param(3, 9, "Only 3 resources have most of these words", "9 have some of them:", id="few have most"),
        pytest.param(0, 0, "No resources for “trust zebra”", None, id="none has any"),
        pytest.param(None, 9, "9 resources for “trust zebra”", None, id="found as asked"),
    ],
)
def test_an_answer_with_some_of_the_words_says_so(as_asked, total, heading, relaxed):
    view = results("trust zebra", total=total, found_as_asked=as_asked)
    assert (view.heading, view.relaxed) == (heading, relaxed)


def test_long_query_is_cut_in_heading_but_not_in_the_box():
    view = results("x" * 3_000)
    assert len(view.heading) < LONGEST_HEADING + 30
    assert view.text == "x" * 3_000


def test_titles_of_pages_differ():
    titles = [results("trust", total=100, page=page).page_title for page in (1, 2)]
    assert titles == ["trust – page 1 of 5", "trust – page 2 of 5"]


def test_suggestion_keeps_the_filters():
    view = results("trsut", filters={"type": ("report",)}, suggestion=Suggestion(text="trust", total=2))
    assert (view.suggestion.address, view.suggestion.found) == ("/search?q=trust&type=report", "2 resources")


def test_removals_say_what_would_be_found():
    bucket = a_bucket("video", 0, "Video", chosen=True)
    view = results("x", filters={"type": ("video",)}, removals=[Removal(facet="type", bucket=bucket, total=7)])
    assert [(way.label, way.address, way.found) for way in view.removals] == [("Video", "/search?q=x", "7 resources")]


def test_clear_all_keeps_words_and_order():
    assert results("x", filters={"type": ("a",)}, sort=Sort.TITLE).clear == "/search?q=x&sort=title"


def test_best_match_is_offered_only_where_words_are_looked_for():
    assert [step.text for step in results("x").sorts] == ["Best match", "Newest", "Oldest", "Title"]
    assert [step.text for step in results().sorts] == ["Newest", "Oldest", "Title"]


def test_the_newest_are_the_order_of_a_search_without_words():
    assert [step.text for step in results().sorts if step.current] == ["Newest"]


def test_how_a_query_was_read_is_shown_only_with_notes():
    noted = a_query("(trust", notes=("A parenthesis was left out.",))
    assert results("(trust", query=noted).reading == "(trust"
    assert results("trust").reading is None


def test_a_page_past_the_end_leads_back():
    view = results("x", total=30, page=9, hits=())
    assert view.last_page == "/search?q=x&page=2"
    assert view.paging is None


def test_showing_says_which_of_them():
    assert results("x", total=1_050, page=2).showing == "Showing 21 to 40"
