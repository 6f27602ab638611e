from datetime import UTC, datetime, timedelta

import pytest

from app.web import wording
from catalogue.freshness import Freshness
from catalogue.runs import Run, RunKind, RunState


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


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def rebuild(*, done: int, total: int | None) -> Run:
    return Run(
        id=2,
        kind=RunKind.REBUILD,
        state=RunState.FILLING,
        started_by="Ada",
        requested_at=NOON,
        started_at=NOON,
        finished_at=None,
        generation="g2",
        total=total,
        done=done,
        cursor=None,
        rounds=0,
        repair=False,
        report=None,
        error=None,
        losses=0,
        careful_until=0,
        token=None,
        lease_until=None,
    )


def freshness(*, pending: int = 0, minutes: float = 0, dead: int = 0, run: Run | None = None) -> Freshness:
    since = NOON - timedelta(minutes=minutes) if pending else None
    return Freshness(at=NOON, index="g1", pending=pending, oldest_since=since, dead=dead, stop=None, run=run)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (freshness(), "The index is up to date."),
        (freshness(pending=1), "1 change is on its way."),
        (freshness(pending=1_200, minutes=4.9), "1,200 changes are on their way."),
        (freshness(pending=3, minutes=5), "Search shows the library as of 22 November 2026, 11:55 UTC."),
        (freshness(dead=2), "The index is up to date but for 2 records."),
        (freshness(dead=2, pending=1), "1 change is on its way."),
        (freshness(run=rebuild(done=0, total=None)), "The index is being rebuilt: 0%."),
        (freshness(run=rebuild(done=12_000, total=30_000)), "The index is being rebuilt: 40%."),
        (freshness(run=rebuild(done=28, total=28)), "The index is being rebuilt: 99%."),
        (
            freshness(run=rebuild(done=2, total=4), pending=3),
            "The index is being rebuilt: 50%. 3 changes are on their way.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_freshness_says_what_waits_and_what_is_done_about_it(found, words):
    assert wording.freshness(found) == words


def test_only_other_languages_are_named_to_screen_readers():
    assert [wording.foreign(code) for code in ("en", "en-GB", "fr", None)] == [None, None, "fr", None]


def test_right_to_left_languages_have_a_direction():
    assert [wording.direction(code) for code in ("ar", "ur-PK", "fr", None)] == ["rtl", "rtl", None, None]
