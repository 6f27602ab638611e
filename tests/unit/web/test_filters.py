from app.web.presenters.filters import MOST_YEARS, RefusedYears, YearSpan, present_chosen, present_facets
from tests.unit.web.samples import a_bucket, a_page, a_request


def facet_of(request, name, buckets):
    views = present_facets(request, a_page(request, facets={name: tuple(buckets)}))
    return next(view for view in views if view.name == name)


def test_chosen_filters_read_as_a_sentence():
    request = a_request(filters={"theme": ("integration", "faith"), "year": ("2016..2018",)}, page=4)
    buckets = (a_bucket("integration", 3, "Integration", chosen=True), a_bucket("faith", 0, "Faith", chosen=True))
    parts = present_chosen(request, a_page(request, facets={"theme": buckets}))
    assert [f"{part.lead} {part.label}" for part in parts] == ["about Integration", "or Faith", "from 2016 to 2018"]


def test_each_chosen_filter_can_be_taken_away_alone():
    request = a_request("x", filters={"theme": ("a", "b"), "type": ("c",)}, page=4)
    removals = [part.remove for part in present_chosen(request, a_page(request))]
    assert removals == ["/search?q=x&theme=b&type=c", "/search?q=x&theme=a&type=c", "/search?q=x&theme=a&theme=b"]


def test_none_given_has_words():
    view = facet_of(a_request(), "theme", [a_bucket("none", 4)])
    assert [(option.value, option.label, option.count) for option in view.options] == [("none", "No theme given", "4")]


def test_a_chosen_value_stays_to_be_unticked_at_0():
    view = facet_of(a_request(filters={"type": ("video",)}), "type", [a_bucket("video", 0, "Video", chosen=True)])
    assert [(option.label, option.count, option.chosen) for option in view.options] == [("Video", "0", True)]


def test_a_full_facet_leads_to_all_its_values():
    buckets = [a_bucket(f"a{n}", 1, f"A{n}") for n in range(10)]
    assert facet_of(a_request("x"), "author", buckets).more == "/search/facets/author?q=x"
    assert facet_of(a_request("x"), "author", buckets[:9]).more is None


def test_years_to_tick_are_the_newest_and_the_chosen():
    buckets = [a_bucket(str(year), 1, chosen=year == 2001) for year in range(2000, 2020)]
    view = facet_of(a_request(filters={"year": ("2001",)}), "year", buckets)
    assert [option.value for option in view.options] == [str(2019 - n) for n in range(MOST_YEARS)] + ["2001"]
    assert view.more == "/search/facets/year?year=2001"


def test_a_chosen_range_stands_in_the_fields_and_not_among_the_boxes():
    request = a_request(filters={"year": ("2016..2018",)})
    view = facet_of(request, "year", [a_bucket("2017", 2), a_bucket("2016..2018", 2, chosen=True)])
    assert (view.span.first, view.span.last) == ("2016", "2018")
    assert [option.value for option in view.options] == ["2017"]


def test_a_second_range_can_be_unticked():
    request = a_request(filters={"year": ("..2010", "2016..")})
    buckets = [a_bucket("2017", 2), a_bucket("..2010", 0, chosen=True), a_bucket("2016..", 2, chosen=True)]
    assert [option.label for option in facet_of(request, "year", buckets).options] == ["2017", "2016 or later"]


def test_a_year_that_is_none_stays_in_its_field_with_what_is_wrong():
    refused = RefusedYears(parameter="year_to", value="soon", first="2016", last="soon")
    views = present_facets(a_request(), a_page(a_request()), refused)
    [view] = views  # also where no record has a year: the fields have to be there
    assert view.span == YearSpan(
        first="2016",
        last="soon",
        problem="“soon” is not a year. Please type four digits, such as 2017.",
        wrong_last=True,
    )


def test_facets_without_values_are_left_out():
    assert present_facets(a_request(), a_page(a_request())) == ()
