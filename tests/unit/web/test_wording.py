import pytest

from app.web import wording


@pytest.mark.parametrize(
    ("date", "words"),
    [("2017", "2017"), ("2017-04", "April 2017"), ("2017-04-18", "18 April 2017"), ("spring", "spring"), (None, None)],
)
def test_dates_are_as_precise_as_they_are_known(date, words):
    assert wording.date_in_words(date) == words


def test_a_date_outside_the_calendar_is_shown_as_it_is():
    assert wording.date_in_words("2017-13") == "2017-13"


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 resources"), (1, "1 resource"), (33_994, "33,994 resources")], ids=str
)
def test_resources_are_counted_in_words(count, words):
    assert wording.resources(count) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
    ids=["none", "one", "two", "three"],
)
def test_names_are_listed_as_in_a_sentence(names, words):
    assert wording.listed(names) == words


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("2017", "2017"),
        ("2016..2018", "2016 to 2018"),
        ("2016..", "2016 or later"),
        ("..2018", "up to 2018"),
        ("none", "No date given"),
    ],
)
def test_years_are_read_as_words(value, label):
    assert wording.facet_value_label("year", value, None) == label


def test_a_value_without_a_label_is_shown_as_it_is():
    assert wording.facet_value_label("theme", "unknown-id", None) == "unknown-id"


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (0, "Search is up to date."),
        (1, "1 change is on the way into search."),
        (1_200, "1,200 changes are on the way into search."),
    ],
    ids=str,
)
def test_freshness_counts_what_waits(waiting, words):
    assert wording.freshness(waiting) == words


def test_only_other_languages_are_named_to_screen_readers():
    assert [wording.foreign(code) for code in ("en", "en-GB", "fr", None)] == [None, None, "fr", None]


def test_right_to_left_languages_have_a_direction():
    assert [wording.direction(code) for code in ("ar", "ur-PK", "fr", None)] == ["rtl", "rtl", None, None]
