from app.web.presenters.facet_page import present_facet_page
from search.discovery import FacetPage
from tests.unit.web.samples import a_bucket, a_request


def test_values_chosen_on_another_page_are_kept_and_those_here_are_boxes():
    request = a_request("x", filters={"author": ("here", "elsewhere"), "type": ("report",)})
    buckets = (a_bucket("here", 2, "Here", chosen=True), a_bucket("other", 1, "Other"))
    values = FacetPage(facet="author", buckets=buckets, total=150, page=1, size=100)
    view = present_facet_page(request, "author", "", values)
    assert view.kept == [("q", "x"), ("type", "report"), ("author", "elsewhere")]
    assert view.also_chosen == "1 more is ticked, and not among these."
    assert [(option.value, option.chosen) for option in view.options] == [("here", True), ("other", False)]


def test_counts_are_said_to_be_within_a_search_only_where_there_is_one():
    values = FacetPage(facet="author", buckets=(a_bucket("here", chosen=True),), total=1, page=1, size=100)
    alone = present_facet_page(a_request(filters={"author": ("here",)}), "author", "", values)
    assert (alone.within, alone.also_chosen) == (False, None)
    assert present_facet_page(a_request("x"), "author", "", values).within


def test_pages_of_values_keep_what_was_looked_for():
    values = FacetPage(facet="author", buckets=(a_bucket("a"),), total=250, page=2, size=100)
    view = present_facet_page(a_request("x", page=2), "author", "lee", values)
    assert view.paging.after == "/search/facets/author?q=x&page=3&containing=lee"
    assert view.page_title == "250 authors and organisations with “lee” in the name for “x” – page 2 of 3"


def test_nothing_found_says_what_was_looked_for():
    values = FacetPage(facet="theme", buckets=(), total=0, page=1, size=100)
    assert present_facet_page(a_request(), "theme", "zz", values).found == "No themes with “zz” in the name"
